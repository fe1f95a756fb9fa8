/** Everything that can be asked of a payment, and which rule answers it. */
import { expireChallenge, recordAuthentication } from "./authenticate-payment.ts"
import { cancelPayment } from "./cancel-payment.ts"
import { capturePayment, expireAuthorization } from "./capture-payment.ts"
import type { Payment, PaymentCommand } from "./payment.ts"
import { type PaymentDecision, refused } from "./payment-decision.ts"
import { recordAttempt } from "./record-attempt.ts"
import { refundPayment } from "./refund-payment.ts"
import { requestPayment } from "./request-payment.ts"
import { recordRisk } from "./screen-payment.ts"
import { settlePayment } from "./settle-payment.ts"

/**
 * What follows from a command, given what has happened so far: events, the movements of money they cause and the
 * tasks they want, or the fact that forbids it. Total and deterministic; time and ids arrive in the command.
 *
 * What is heard from outside (replies, look-ups, authentication outcomes, risk) may come late, twice or out of order:
 * what changes nothing is answered with no events.
 *
 * @example
 * decide(authorized, { ...capture, amount: usd(1_500n) })
 * // => Result.fail({ _tag: "CaptureExceedsAuthorized", authorized: usd(1_000n), asked: usd(1_500n) })
 */
export const decide = (payment: Payment, command: PaymentCommand): PaymentDecision => {
  if (command._tag === "RequestPayment") return requestPayment(payment, command)
  if (payment.status === "none") return refused({ _tag: "PaymentNotFound" })
  switch (command._tag) {
    case "RecordRisk":
      return recordRisk(payment, command)
    case "RecordAuthentication":
      return recordAuthentication(payment, command)
    case "ExpireChallenge":
      return expireChallenge(payment, command.nowMs)
    case "CapturePayment":
      return capturePayment(payment, command)
    case "CancelPayment":
      return cancelPayment(payment, command)
    case "RefundPayment":
      return refundPayment(payment, command)
    case "ExpireAuthorization":
      return expireAuthorization(payment, command.nowMs)
    case "StartAttempt":
    case "DeclareHolderLost":
    case "AbandonAttempt":
    case "RecordReply":
    case "RecordLookup":
    case "RecordReversal":
      return recordAttempt(payment, command)
    case "SettlePayment":
      return settlePayment(payment, command.settlementId, command.nowMs)
  }
}
