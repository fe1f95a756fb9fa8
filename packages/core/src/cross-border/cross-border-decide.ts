import { createPayment } from "./create-payment.ts"
import type { CrossBorderCommand, CrossBorderPayment } from "./cross-border.ts"
import { type CrossBorderDecision, happened, nothingNew, refused } from "./cross-border-decision.ts"
import { awaitsFunds } from "./cross-border-ledger.ts"
import { recordRefund } from "./record-refund.ts"
import { recordReport } from "./record-report.ts"
import { recordRfi } from "./record-rfi.ts"
import { recordTransaction } from "./record-transaction.ts"
import { startTransaction } from "./start-transaction.ts"

/**
 * What follows from a command, given what has happened to the payment so far. Total and deterministic; time and ids
 * arrive in the command. Reports come late, again and in any order: what is known is nothing new, and what cannot be yet
 * is refused, so that it comes again. The first end stands.
 *
 * @example
 * const cleared = { _tag: "RecordReport", report: { _tag: "Cleared" }, nowMs } as const
 * decide(noPayment, cleared) // => Result.fail({ _tag: "PaymentNotFound" })
 */
export const decide = (payment: CrossBorderPayment, command: CrossBorderCommand): CrossBorderDecision => {
  if (command._tag === "CreatePayment") return createPayment(payment, command)
  if (payment.status === "none" || payment.status === "withdrawn") return refused({ _tag: "PaymentNotFound" })
  switch (command._tag) {
    case "RecordReport":
      return recordReport(payment, command)
    case "RecordRfi":
      return recordRfi(payment, command)
    case "StartTransaction":
      return startTransaction(payment, command)
    case "RecordTransaction":
      return recordTransaction(payment, command)
    case "RecordRefund":
      return recordRefund(payment, command)
    case "ExpirePayment":
      return expirePayment(payment, command.nowMs)
    case "WithdrawPayment":
      return withdrawPayment(payment, command.nowMs)
  }
}

/** What the network has said anything about, it has taken. */
const withdrawPayment = (payment: CrossBorderPayment, nowMs: number): CrossBorderDecision => {
  const { status, manualReview, rfis } = payment
  return status === "created" && !manualReview && rfis.length === 0
    ? happened(payment, [{ _tag: "PaymentWithdrawn", atMs: nowMs }])
    : refused({ _tag: "PaymentNotWithdrawable", status })
}

/** Money that came in time is paid out, however long that takes. */
const expirePayment = (payment: CrossBorderPayment, nowMs: number): CrossBorderDecision => {
  const { status, expiresAtMs } = payment
  if (status !== "created" && !awaitsFunds(payment)) return nothingNew
  if (nowMs < expiresAtMs) return refused({ _tag: "PaymentNotDue", dueAtMs: expiresAtMs })
  return happened(payment, [{ _tag: "PaymentFailed", code: "PM09000", atMs: nowMs }])
}
