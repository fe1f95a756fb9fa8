/** What terms come to for an amount. Everything here is in minor units of one currency that the caller has checked. */
import { addRationals, divideRounded, type Rational, type RoundingMode } from "../money/index.ts"
import type { FeeTerms, FeeTier, TieredFee } from "./fee-schedule.ts"

/** The share of an amount, rounded once, and the fixed part. */
export const chargeTerms = (terms: FeeTerms, amount: bigint, rounding: RoundingMode): bigint =>
  divideRounded(amount * terms.rate.numerator, terms.rate.denominator, rounding) + fixedOf(terms)

/** What a tiered fee comes to for a payment of `amount` that starts at `start` on the scale of its tiers. */
export const chargeTiers = (fee: TieredFee, start: bigint, amount: bigint): bigint =>
  fee.mode === "volume"
    ? chargeTerms(tierReached(fee.tiers, start + amount), amount, fee.rounding)
    : chargeSlices(fee, start, start + amount)

const tierReached = (tiers: ReadonlyArray<FeeTier>, position: bigint): FeeTier => {
  const tier = tiers.find(({ upTo }) => upTo === undefined || position <= upTo.amount)
  if (tier === undefined) throw new Error("the last tier of a checked schedule is open")
  return tier
}

/** The slices are added up exactly and rounded together, or the tiers would cost a rounding each. */
const chargeSlices = (fee: TieredFee, start: bigint, end: bigint): bigint => {
  let exact: Rational = { numerator: 0n, denominator: 1n }
  let fixed = 0n
  let from = start
  for (const tier of fee.tiers) {
    const to = tier.upTo === undefined || end < tier.upTo.amount ? end : tier.upTo.amount
    if (to <= from) continue
    const { numerator, denominator } = tier.rate
    exact = addRationals(exact, { numerator: (to - from) * numerator, denominator })
    fixed += fixedOf(tier)
    from = to
  }
  return divideRounded(exact.numerator, exact.denominator, fee.rounding) + fixed
}

const fixedOf = (terms: FeeTerms): bigint => terms.fixed?.amount ?? 0n
