/**
 * What each event of a payment moves in the books of its merchant. A debit is positive.
 *
 * A held posting carries the sign of the balance that it sets apart, so that `posted − held` is what is left: a refund in
 * flight sets apart what is going to be given back. An authorization sets nothing of the merchant's apart, so it has
 * accounts of its own. Releasing posts the opposite.
 */
import { entriesOf, type LedgerLayer, type LedgerTransaction, type Posting, releaseOf } from "../ledger/index.ts"
import { type Money, negate } from "../money/index.ts"
import type { Payment, PaymentEvent, Reversal } from "./payment.ts"

/**
 * The transaction that an event causes, or `undefined` where it moves nothing. `payment` is the state that the
 * decision started from.
 *
 * @example
 * ledgerOf(authorized, { _tag: "AuthorizationExpired", atMs: 9 })?.kind // => "authorization_release"
 */
export const ledgerOf = (payment: Payment, event: PaymentEvent): LedgerTransaction | undefined => {
  switch (event._tag) {
    case "PaymentAuthorized":
      // Captured in the same message: the hold and its release would only cancel out.
      if (payment.autoCapture) return undefined
      return entry(payment, payment.id, "authorization_hold", reserve(event.amount), event.atMs)
    case "PaymentCaptured":
      return entry(payment, payment.id, "capture", captured(payment, event.amount), event.atMs)
    case "AuthorizationExpired":
      return release(payment, event.atMs)
    case "PaymentVoided":
      return payment.status === "authorized" ? release(payment, event.atMs) : undefined
    case "PaymentCancelled":
      return entry(payment, payment.id, "capture_void", giveBack(payment.captured), event.atMs)
    case "RefundRequested":
      return entry(payment, event.plan.id, "refund_hold", hold(event.amount), event.atMs)
    case "RefundSucceeded": {
      const { amount, attemptId } = refundOf(payment, event.reversalId)
      return entry(payment, attemptId, "refund", [...releaseOf(hold(amount)), ...giveBack(amount)], event.atMs)
    }
    case "RefundFailed": {
      const { amount, attemptId } = refundOf(payment, event.reversalId)
      return entry(payment, attemptId, "refund_release", releaseOf(hold(amount)), event.atMs)
    }
    default:
      return undefined
  }
}

const entry = entriesOf("payment")

type Postings = ReadonlyArray<Posting>

const receive = (layer: LedgerLayer, amount: Money): Postings => [
  { account: "card_receivable", layer, amount },
  { account: "merchant_unsettled", layer, amount: negate(amount) }
]

const reserve = (amount: Money): Postings => [
  { account: "card_authorized", layer: "held", amount },
  { account: "merchant_authorized", layer: "held", amount: negate(amount) }
]

const hold = (amount: Money): Postings => receive("held", amount)

const giveBack = (amount: Money): Postings => receive("posted", negate(amount))

/** The hold goes whole, also where less was captured: what is left can never be captured any more. */
const captured = (payment: Payment, amount: Money): Postings =>
  payment.autoCapture
    ? receive("posted", amount)
    : [...releaseOf(reserve(payment.authorized)), ...receive("posted", amount)]

const release = (payment: Payment, atMs: number): LedgerTransaction =>
  entry(payment, payment.id, "authorization_release", releaseOf(reserve(payment.authorized)), atMs)

const refundOf = (payment: Payment, reversalId: string): Reversal & { readonly attemptId: string } => {
  const reversal = payment.reversals.find(({ id }) => id === reversalId)
  if (reversal === undefined || reversal.attemptId === null) throw new Error("the refund is not part of the payment")
  return { ...reversal, attemptId: reversal.attemptId }
}
