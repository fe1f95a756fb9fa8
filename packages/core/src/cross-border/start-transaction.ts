/** The payment's leave to create a transaction: one at a time, unless it overtakes one that the chain leaves waiting. */
import type { CrossBorderPayment, CrossBorderRejection, OnchainReference } from "./cross-border.ts"
import { type Command, type CrossBorderDecision, happened, nothingNew, refused } from "./cross-border-decision.ts"
import { openRfi } from "./record-rfi.ts"

/** In the life of one payment. */
export const transactionsMax = 50

export const startTransaction = (
  payment: CrossBorderPayment,
  { transactionId, accelerates, nowMs }: Command<"StartTransaction">
): CrossBorderDecision => {
  if (payment.transactions.some(({ id }) => id === transactionId)) return nothingNew
  const refusal =
    refusalOf(payment, nowMs) ?? (accelerates ? accelerationRefusal(payment) : activeRefusal(payment)) ?? full(payment)
  if (refusal !== undefined) return refused(refusal)
  const overtaken = accelerates ? newestBroadcast(payment) : undefined
  const replaces = overtaken?.id ?? null
  return happened(payment, [{ _tag: "TransactionStarted", transactionId, replaces, atMs: nowMs }])
}

const refusalOf = (payment: CrossBorderPayment, nowMs: number): CrossBorderRejection | undefined => {
  const { status, expiresAtMs, received } = payment
  if (status !== "crypto_funds_pending") return { _tag: "PaymentNotAwaitingFunds", status }
  const [funds] = received
  if (funds !== undefined) return { _tag: "FundsAlreadyReceived", transactionId: funds.transactionId }
  if (nowMs >= expiresAtMs) return { _tag: "PaymentHasExpired", expiredAtMs: expiresAtMs }
  const rfi = openRfi(payment)
  return rfi === undefined ? undefined : { _tag: "RfiPending", rfiId: rfi.id }
}

const activeRefusal = ({ transactions }: CrossBorderPayment): CrossBorderRejection | undefined => {
  const active = transactions.find(({ status }) => status !== "failed")
  return active === undefined ? undefined : { _tag: "AnotherTransactionActive", transactionId: active.id }
}

const accelerationRefusal = (payment: CrossBorderPayment): CrossBorderRejection | undefined => {
  const inPreparation = payment.transactions.find(({ status }) => status === "created" || status === "pending")
  if (inPreparation !== undefined) return { _tag: "TransactionInPreparation", transactionId: inPreparation.id }
  return newestBroadcast(payment) === undefined ? { _tag: "NothingToAccelerate" } : undefined
}

const full = ({ transactions }: CrossBorderPayment): CrossBorderRejection | undefined =>
  transactions.length >= transactionsMax ? { _tag: "TooManyTransactions", limit: transactionsMax } : undefined

const newestBroadcast = ({ transactions }: CrossBorderPayment): OnchainReference | undefined =>
  transactions.findLast(({ status }) => status === "broadcasted")
