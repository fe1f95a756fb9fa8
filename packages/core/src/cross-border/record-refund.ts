/** Refunds of what arrived at the network and was not paid out. Together they are never more than that. */
import { type Currency, isPositive, type Money, money } from "../money/index.ts"
import type { CrossBorderPayment, CrossBorderRejection, RefundReference } from "./cross-border.ts"
import { type Command, type CrossBorderDecision, happened, nothingNew, refused } from "./cross-border-decision.ts"

/**
 * What arrived of a currency, less what the payout takes, less what is refunded or being refunded. Until a payment has
 * failed its source amount may still be paid out, or was.
 *
 * @example
 * const received = [{ transactionId: "transaction-1", amount: money(5n, "USDC") }]
 * refundable({ ...noPayment, status: "failed", received }, "USDC") // => { amount: 5n, currency: "USDC" }
 */
export const refundable = (payment: CrossBorderPayment, currency: Currency): Money => {
  const { status, source, received, refunds } = payment
  const takenBack = refunds.filter((refund) => refund.status !== "failed")
  const paidOut = status === "failed" ? [] : [{ amount: source }]
  const of = (parts: ReadonlyArray<{ readonly amount: Money }>): bigint =>
    parts.reduce((total, { amount }) => (amount.currency === currency ? total + amount.amount : total), 0n)
  return money(of(received) - of(paidOut) - of(takenBack), currency)
}

export const recordRefund = (
  payment: CrossBorderPayment,
  { refund, nowMs }: Command<"RecordRefund">
): CrossBorderDecision => {
  const known = payment.refunds.find(({ id }) => id === refund.id)
  if (known !== undefined) {
    if (known.status !== "created" || refund.status === "created") return nothingNew
    // The amount was agreed on when it was created.
    return happened(payment, [{ _tag: "RefundRecorded", refund: { ...refund, amount: known.amount }, atMs: nowMs }])
  }
  const refusal = refusalOf(payment, refund)
  return refusal === undefined ? happened(payment, [{ _tag: "RefundRecorded", refund, atMs: nowMs }]) : refused(refusal)
}

const refusalOf = (payment: CrossBorderPayment, refund: RefundReference): CrossBorderRejection | undefined => {
  const { status } = payment
  if (status === "created" || status === "crypto_funds_pending") return { _tag: "PaymentNotRefundable", status }
  const left = refundable(payment, refund.amount.currency)
  // One that has failed takes nothing, whatever was refunded meanwhile.
  const fits = refund.status === "failed" || refund.amount.amount <= left.amount
  return fits && isPositive(refund.amount) ? undefined : { _tag: "RefundExceedsFunds", refundable: left }
}
