/**
 * Whether a larger payment can cost less. Schedules that allow it are legal, but they invite splitting or padding
 * payments, so a contract's editor wants to know.
 */
import * as Result from "effect/Result"
import { chargeTerms } from "./charge-terms.ts"
import { checkFeeSchedule } from "./check-fee-schedule.ts"
import type { Fee, FeeSchedule, FeeTier, TieredFee } from "./fee-schedule.ts"

/**
 * `true` where the total never falls as the gross amount grows, for any one currency and context.
 *
 * Fixed, percentage, interchange++ and graduated fees never fall. Sums, caps, choices and the limit at the gross
 * amount keep what their parts have. A volume fee falls where a tier begins cheaper than the one before it ended;
 * counted from the volume to date, where that depends on the payment, the answer is `true` only if no tier has a
 * lower rate or fixed part than the one before it. A schedule that cannot be charged is not monotone.
 *
 * @example
 * isMonotone(defaultFeeSchedule) // => true
 */
export const isMonotone = (schedule: FeeSchedule): boolean =>
  Result.isSuccess(checkFeeSchedule(schedule)) && neverFalls(schedule.fee)

const neverFalls = (fee: Fee): boolean => {
  switch (fee.kind) {
    case "fixed":
    case "percentage":
    case "interchangePlusPlus":
      return true
    case "tiered":
      return fee.mode === "graduated" || pairs(fee.tiers).every(([lower, upper]) => stepsUp(fee, lower, upper))
    case "capped":
      return neverFalls(fee.fee)
    case "sum":
      return fee.fees.every(neverFalls)
    case "select":
      return fee.rules.every((rule) => neverFalls(rule.fee)) && neverFalls(fee.otherwise)
  }
}

const stepsUp = (fee: TieredFee, lower: FeeTier, upper: FeeTier): boolean => {
  if (fee.basis === "volumeToDate") {
    const rateHolds = lower.rate.numerator * upper.rate.denominator <= upper.rate.numerator * lower.rate.denominator
    return rateHolds && (lower.fixed?.amount ?? 0n) <= (upper.fixed?.amount ?? 0n)
  }
  const end = lower.upTo?.amount ?? 0n
  return chargeTerms(lower, end, fee.rounding) <= chargeTerms(upper, end + 1n, fee.rounding)
}

const pairs = (tiers: ReadonlyArray<FeeTier>): ReadonlyArray<readonly [FeeTier, FeeTier]> =>
  tiers.flatMap((tier, index) => {
    const next = tiers[index + 1]
    return next === undefined ? [] : [[tier, next] as const]
  })
