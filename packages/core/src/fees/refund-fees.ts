/**
 * How much of its fee a merchant gets back with a refund. What is returned is worked out from the sum refunded so
 * far, not from each refund by itself, so that many partial refunds return exactly what one whole refund does.
 */
import * as Result from "effect/Result"
import { type Currency, compare, isNegative, type Money, money, subtract } from "../money/index.ts"

/**
 * `keep`: nothing is returned. `returnProportionally`: the same share as of the gross amount, rounded down until
 * the last part is refunded. `returnAll`: the whole fee, with the first part that is refunded.
 */
export type FeeRefundPolicy = "keep" | "returnProportionally" | "returnAll"

/** A payment and its fee, what has been refunded of it before, and what is refunded now. */
export type FeeRefund<C extends Currency = Currency> = {
  readonly policy: FeeRefundPolicy
  readonly gross: Money<C>
  readonly fee: Money<NoInfer<C>>
  readonly refundedBefore: Money<NoInfer<C>>
  readonly refund: Money<NoInfer<C>>
}

/** The part of the fee that goes back now, and all that has gone back with it. */
export type FeeReturn<C extends Currency = Currency> = {
  readonly returned: Money<C>
  readonly returnedToDate: Money<C>
}

export type FeeRefundRejection =
  | { readonly _tag: "FeeRefundBelowZero"; readonly field: "gross" | "fee" | "refundedBefore" | "refund" }
  | {
      readonly _tag: "RefundsExceedGross"
      readonly gross: Money
      readonly refundedBefore: Money
      readonly refund: Money
    }

/**
 * The part of the fee that goes back with a refund. Throws where the currencies differ.
 *
 * @example
 * refundFees({
 *   policy: "returnProportionally",
 *   gross: money(1000n, "USD"),
 *   fee: money(59n, "USD"),
 *   refundedBefore: money(0n, "USD"),
 *   refund: money(500n, "USD")
 * }).success.returned // => { amount: 29n, currency: "USD" }
 */
export const refundFees = <C extends Currency>(
  refunding: FeeRefund<C>
): Result.Result<FeeReturn<C>, FeeRefundRejection> => {
  const { gross, fee, refundedBefore, refund } = refunding
  const field = amountFields.find((name) => isNegative(refunding[name]))
  if (field !== undefined) return Result.fail({ _tag: "FeeRefundBelowZero", field })
  if (compare(refund, subtract(gross, refundedBefore)) > 0) {
    return Result.fail({ _tag: "RefundsExceedGross", gross, refundedBefore, refund })
  }
  const before = money(returnedFor(refunding, refundedBefore.amount), fee.currency)
  const toDate = money(returnedFor(refunding, refundedBefore.amount + refund.amount), gross.currency)
  return Result.succeed({ returned: subtract(toDate, before), returnedToDate: toDate })
}

const amountFields = ["gross", "fee", "refundedBefore", "refund"] as const

const returnedFor = ({ policy, gross, fee }: FeeRefund, refunded: bigint): bigint => {
  if (refunded === 0n) return 0n
  switch (policy) {
    case "keep":
      return 0n
    case "returnProportionally":
      return (fee.amount * refunded) / gross.amount
    case "returnAll":
      return fee.amount
  }
}
