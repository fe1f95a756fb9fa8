/**
 * What a payment abroad costs, from whichever side it is asked for. The fees are taken off the source and the rest is
 * exchanged, so asking for a destination amount is the same sum read backwards: the smallest source that pays for it.
 */
import * as Result from "effect/Result"
import { allocate, convert, divideRounded, isPositive, type Money, money, type Rational, sum } from "../money/index.ts"
import type { QuoteFee, QuoteFees, QuoteFeeType, QuoteSide, QuoteTerms } from "./quote.ts"

/** One fee: an amount and a share of the source. Neither is below zero. */
export type FeeRule = { readonly type: QuoteFeeType; readonly fixed: bigint; readonly bps: bigint }

export type PricingTerms = {
  readonly sourceCurrency: Money["currency"]
  readonly destinationCurrency: Money["currency"]
  /** Major units of the destination for one of the source. Above zero. */
  readonly rate: Rational
  /** In minor units of the source. All shares together are less than the whole. */
  readonly fees: ReadonlyArray<FeeRule>
}

export type QuotePrice = Pick<QuoteTerms, "fixedSide" | "source" | "destination" | "rate" | "fees">

export type PricingRejection =
  | { readonly _tag: "AmountNotPositive" }
  /** It is in neither of the two currencies that its side is in. */
  | { readonly _tag: "CurrencyNotOfSide" }
  /** Too little to leave anything after fees, or to be worth a minor unit abroad. */
  | { readonly _tag: "AmountBelowFees" }

const wholeBps = 10_000n

/**
 * Both amounts and the fees between them. Whoever pays never pays for more than a minor unit of rounding, and whoever
 * offers never gives more than the rate: a source buys a destination rounded down, a destination needs a source rounded
 * up. Fee rules that eat the whole, and a rate that is not above zero, are bugs of the caller and throw.
 *
 * @example
 * const terms = {
 *   sourceCurrency: "USDC", destinationCurrency: "EUR", rate: { numerator: 9n, denominator: 10n },
 *   fees: [{ type: "payout_institution", fixed: 240_000n, bps: 0n }]
 * } as const
 * const price = Result.getOrThrow(priceQuote(terms, "source", money(100_240_000n, "USDC")))
 * price.destination // => { amount: 9000n, currency: "EUR" }
 * Result.getOrThrow(priceQuote(terms, "destination", price.destination)).source // => price.source
 */
export const priceQuote = (
  terms: PricingTerms,
  fixedSide: QuoteSide,
  amount: Money
): Result.Result<QuotePrice, PricingRejection> => {
  if (!isPositive(amount)) return Result.fail({ _tag: "AmountNotPositive" })
  const expected = fixedSide === "source" ? terms.sourceCurrency : terms.destinationCurrency
  if (amount.currency !== expected) return Result.fail({ _tag: "CurrencyNotOfSide" })
  const source = fixedSide === "source" ? amount : sourceFor(terms, amount)
  const fees = feesOf(terms, source)
  const net = money(source.amount - fees.total.amount, source.currency)
  const destination = fixedSide === "source" ? exchanged(terms, net) : amount
  if (!isPositive(destination)) return Result.fail({ _tag: "AmountBelowFees" })
  return Result.succeed({ fixedSide, source, destination, rate: terms.rate, fees })
}

const exchanged = ({ destinationCurrency, rate }: PricingTerms, net: Money): Money =>
  convert(net, destinationCurrency, rate, "down")

/**
 * The least source whose net amount reaches what the destination takes. With a share r and fixed fees F, the fees of a
 * source s are F + ⌈r·s⌉, so s − fees(s) = ⌊s·(1 − r)⌋ − F, and the least s is ⌈(net + F) / (1 − r)⌉, exactly.
 */
const sourceFor = (terms: PricingTerms, destination: Money): Money => {
  const inverse = { numerator: terms.rate.denominator, denominator: terms.rate.numerator }
  const net = convert(destination, terms.sourceCurrency, inverse, "up")
  const left = wholeBps - shareOf(terms)
  return money(divideRounded((net.amount + fixedOf(terms)) * wholeBps, left, "up"), terms.sourceCurrency)
}

/** The share is rounded once and then split, so that the parts are the total whatever their number. */
const feesOf = (terms: PricingTerms, source: Money): QuoteFees => {
  const { currency } = source
  const share = money(divideRounded(source.amount * shareOf(terms), wholeBps, "up"), currency)
  const parts = allocate(
    share,
    terms.fees.map(({ bps }) => bps),
    "largestRemainder"
  )
  const breakdown = terms.fees.map(({ type, fixed }, place): QuoteFee => {
    // Nothing to split where no fee has a share.
    const part = Result.isSuccess(parts) ? (parts.success[place]?.amount ?? 0n) : 0n
    return { type, amount: money(fixed + part, currency) }
  })
  return {
    breakdown,
    total: sum(
      breakdown.map((fee) => fee.amount),
      currency
    )
  }
}

const fixedOf = ({ fees }: PricingTerms): bigint => fees.reduce((total, { fixed }) => total + fixed, 0n)

const shareOf = ({ fees }: PricingTerms): bigint => {
  const share = fees.reduce((total, { bps }) => total + bps, 0n)
  if (share >= wholeBps) throw new RangeError("the fees of a quote take less than the whole")
  return share
}
