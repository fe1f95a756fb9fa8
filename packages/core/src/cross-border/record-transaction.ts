/**
 * What becomes of a transaction, and of the money that it brings. The first money that is right and in time pays for the
 * payment; any other money that arrives is in the network's hands and has to come back.
 */
import { equals, isPositive, type Money } from "../money/index.ts"
import type { CrossBorderEvent, CrossBorderPayment, OnchainReference } from "./cross-border.ts"
import { type Command, type CrossBorderDecision, happened, refollow, refused, task } from "./cross-border-decision.ts"
import { awaitsFunds } from "./cross-border-ledger.ts"

export const recordTransaction = (
  payment: CrossBorderPayment,
  { transaction: { id, status }, received, nowMs }: Command<"RecordTransaction">
): CrossBorderDecision => {
  const known = payment.transactions.find((one) => one.id === id)
  if (known === undefined) return refused({ _tag: "TransactionNotPartOfPayment" })
  const moved: ReadonlyArray<CrossBorderEvent> =
    rankOf[status] > rankOf[known.status]
      ? [{ _tag: "TransactionRecorded", transaction: { id, status }, atMs: nowMs }]
      : []
  const isNews =
    received !== null && isPositive(received) && !payment.received.some(({ transactionId }) => transactionId === id)
  const funds = isNews ? fundsEvents(payment, id, received, nowMs) : []
  // Of all that arrives, also of what it cannot pay out: it is in its hands, and has to be given back.
  const notice = funds.length > 0 ? [task("pay_out", payment.id, nowMs, id), ...refollow(payment, id, nowMs)] : []
  return happened(payment, [...moved, ...funds], notice)
}

const fundsEvents = (
  payment: CrossBorderPayment,
  transactionId: string,
  amount: Money,
  atMs: number
): ReadonlyArray<CrossBorderEvent> => {
  const arrived: CrossBorderEvent = { _tag: "FundsReceived", transactionId, amount, atMs }
  if (!awaitsFunds(payment)) return [arrived]
  // Too late is too late, whether or not anybody has come by to close the payment.
  if (atMs >= payment.expiresAtMs) return [arrived, { _tag: "PaymentFailed", code: "PM09000", atMs }]
  return equals(amount, payment.source) ? [arrived] : [arrived, { _tag: "PaymentFailed", code: "PM05001", atMs }]
}

/** How far a transaction has come. What is further never goes back. */
const rankOf: { readonly [status in OnchainReference["status"]]: number } = {
  created: 0,
  pending: 1,
  broadcasted: 2,
  completed: 3,
  failed: 3
}
