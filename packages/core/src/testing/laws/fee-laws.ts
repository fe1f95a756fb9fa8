/** Laws of fees, for a schedule, for generated schedules, or for pricing code of one's own. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assessFees, type FeeAssessment, type FeeContext, type FeeSchedule, noFee } from "../../fees/index.ts"
import type { Currency, Money } from "../../money/index.ts"
import { amountIn, moneyIn } from "../arbitraries/money-arbitraries.ts"
import { checksOf, LawBroken } from "./law.ts"

/** What a payment costs, as code. */
export type Pricing = (gross: Money, context: FeeContext) => Omit<FeeAssessment, "gross">

/** Fees as data, one schedule or many, or as code; and what they are asked about. */
export type FeesUnderTest = (
  | { readonly schedule: FeeSchedule | fc.Arbitrary<FeeSchedule> }
  | { readonly price: Pricing }
) & {
  /** Of the default amounts and volumes. Default USD. */
  readonly currency?: Currency
  /** Default: from nothing to 10^15 minor units, of any length. */
  readonly grosses?: fc.Arbitrary<Money>
  /** Default: a card payment with some volume to date. */
  readonly contexts?: fc.Arbitrary<FeeContext>
}

/**
 * Gross is net plus every line, and the total is the sum of the lines.
 *
 * @example
 * fc.assert(conservation({ schedule: defaultFeeSchedule }))
 */
export const conservation = (fees: FeesUnderTest) => {
  const { same } = checksOf("conservation")
  return fc.property(schedulesOf(fees), grossesOf(fees), contextsOf(fees), (schedule, gross, context) => {
    const { net, total, breakdown } = priceOf(fees, schedule)(gross, context)
    const lines = breakdown.reduce((sum, { amount }) => sum + amount.amount, 0n)
    same("net and fees do not add up to the gross amount", gross.amount, net.amount + lines)
    same("the total is not the sum of its lines", lines, total.amount)
    const currencies = [net, total, ...breakdown.map(({ amount }) => amount)].map(({ currency }) => currency)
    for (const currency of currencies) same("a part is in another currency", gross.currency, currency)
  })
}

/**
 * No line is below zero, and neither is the net amount, unless a schedule allows that in so many words.
 *
 * @example
 * fc.assert(nonNegative({ schedule: defaultFeeSchedule }))
 */
export const nonNegative = (fees: FeesUnderTest) => {
  const { that } = checksOf("nonNegative")
  return fc.property(schedulesOf(fees), grossesOf(fees), contextsOf(fees), (schedule, gross, context) => {
    const { net, breakdown } = priceOf(fees, schedule)(gross, context)
    for (const line of breakdown) that(line.amount.amount >= 0n, "a fee is below zero", line)
    if (schedule?.onExcess !== "allowNegativeNet") that(net.amount >= 0n, "fees exceed the payment", { gross, net })
  })
}

/**
 * A larger payment never costs less. Not every schedule has it: generated ones are filtered with `isMonotone` first.
 *
 * @example
 * fc.assert(monotone({ schedule: defaultFeeSchedule }))
 */
export const monotone = (fees: FeesUnderTest) => {
  const { that } = checksOf("monotone")
  const grosses = grossesOf(fees)
  return fc.property(schedulesOf(fees), grosses, grosses, contextsOf(fees), (schedule, one, other, context) => {
    const price = priceOf(fees, schedule)
    const [small, large] = one.amount < other.amount ? [one, other] : [other, one]
    const totals = { small: price(small, context).total, large: price(large, context).total }
    that(totals.small.amount <= totals.large.amount, "the larger payment costs less", totals)
  })
}

/** `null` where the fees are code, so that a report shows a schedule only where there is one. */
const schedulesOf = (fees: FeesUnderTest): fc.Arbitrary<FeeSchedule | null> => {
  if (!("schedule" in fees)) return fc.constant(null)
  return fees.schedule instanceof fc.Arbitrary ? fees.schedule : fc.constant(fees.schedule)
}

const priceOf = (fees: FeesUnderTest, schedule: FeeSchedule | null): Pricing => {
  if ("price" in fees) return fees.price
  return (gross, context) => {
    const assessed = assessFees(schedule ?? { fee: noFee, onExcess: "limit" }, gross, context)
    if (Result.isFailure(assessed))
      throw new LawBroken("assessment", "the payment has no price", { gross }, assessed.failure)
    return assessed.success
  }
}

const grossesOf = ({ grosses, currency = "USD" }: FeesUnderTest): fc.Arbitrary<Money> => grosses ?? amountIn(currency)

const contextsOf = ({ contexts, currency = "USD" }: FeesUnderTest): fc.Arbitrary<FeeContext> =>
  contexts ??
  fc.record({
    method: fc.constant("card"),
    merchantId: fc.constantFrom("m1", "m2"),
    network: fc.constantFrom("VISA", "MASTERCARD", "AMEX", "UNKNOWN"),
    fundingType: fc.constantFrom("credit", "debit", "prepaid", "unknown"),
    volumeToDate: moneyIn(currency, 0n, 10n ** 9n)
  })
