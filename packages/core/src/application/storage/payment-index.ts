/**
 * How payments are found: the payment itself and each of its refunds and cancels is an item of one collection, which
 * is what the published list shows.
 */
import { isOpen } from "../../attempt/index.ts"
import type { Payment, Reversal } from "../../payment/payment.ts"
import type { Bounds, IndexEntry } from "../../ports/commit.ts"
import { sameAddress } from "../../risk/same-address.ts"

export const paymentIndex = (payment: Payment): ReadonlyArray<IndexEntry> => [
  {
    collection: "payments",
    id: payment.id,
    createdAtMs: payment.createdAtMs,
    fields: {
      status: payment.status,
      source: payment.source.id,
      settlementId: payment.settlementId,
      awaiting: isReadyToSettle(payment) ? "settlement" : null,
      email: sameAddress(payment.payer.email),
      ipAddress: sameAddress(payment.payer.ipAddress),
      type: payment.source.type,
      review: payment.attempts.some(({ status }) => status === "manual") ? "manual" : null
    }
  },
  ...payment.reversals.map((reversal) => reversalEntry(payment, reversal))
]

/** What is reserved for a refund under way counts as given back: two of them together must not exceed the capture. */
export const paymentBounds = (payment: Payment): Bounds => ({
  authorized: payment.authorized.amount,
  captured: payment.captured.amount,
  refunded: payment.refunded.amount + payment.refunding.amount
})

/** The payer is counted once per payment, so what goes back to him leaves email and address empty. */
const reversalEntry = (payment: Payment, reversal: Reversal): IndexEntry => ({
  collection: "payments",
  id: reversal.id,
  createdAtMs: reversal.createdAtMs,
  fields: {
    status: reversal.status,
    source: payment.source.id,
    settlementId: reversal.settlementId,
    awaiting: isLeftToSettle(payment, reversal) ? "settlement" : null,
    email: null,
    ipAddress: null,
    type: payment.source.type,
    review: null
  }
})

/** As long as a void may still undo the capture, it is not known whether there is anything to settle. */
const isReadyToSettle = (payment: Payment): boolean =>
  payment.status === "confirmed" && !payment.attempts.some((attempt) => attempt.kind === "void" && isOpen(attempt))

/** What was returned before the payment is settled goes with the payment. */
const isLeftToSettle = (payment: Payment, reversal: Reversal): boolean =>
  payment.status === "paid" && reversal.status === "paid" && reversal.settlementId === null
