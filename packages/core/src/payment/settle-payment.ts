/**
 * Settlement: the captured money becomes the merchant's, and money returned later is taken out of a later settlement.
 * The books of a settlement are kept by its own room; here it is only marked what it covered.
 */
import type { Payment, PaymentEvent } from "./payment.ts"
import { decided, openAttempt, type PaymentDecision, refused } from "./payment-decision.ts"

/** Marks the payment, or what was returned of it since, as covered by a settlement. */
export const settlePayment = (payment: Payment, settlementId: string, nowMs: number): PaymentDecision => {
  const { status } = payment
  if (status === "confirmed" && openAttempt(payment, ["void"]) === undefined) {
    return decided(payment, [{ _tag: "PaymentSettled", settlementId, atMs: nowMs }])
  }
  const returned = status === "paid" ? reversalsToSettle(payment, settlementId, nowMs) : []
  return returned.length === 0 ? refused({ _tag: "NotSettleable", status }) : decided(payment, returned)
}

const reversalsToSettle = (payment: Payment, settlementId: string, atMs: number): ReadonlyArray<PaymentEvent> =>
  payment.reversals
    .filter((reversal) => reversal.status === "paid" && reversal.settlementId === null)
    .map(({ id }) => ({ _tag: "ReversalSettled", reversalId: id, settlementId, atMs }))
