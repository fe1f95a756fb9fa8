/** Capturing an authorization, once, whole or in part; and releasing one that nobody captured in time. */
import * as Result from "effect/Result"
import { isOpen } from "../attempt/index.ts"
import { equals, isPositive } from "../money/index.ts"
import { captureFees } from "./capture-fees.ts"
import type { CapturePayment, Payment, PaymentRejection } from "./payment.ts"
import { decided, nothingNew, type PaymentDecision, planFor, refused } from "./payment-decision.ts"
import { attemptTask } from "./payment-tasks.ts"

/** A capture that failed may be tried again, but a payment does not grow without end. */
export const captureAttemptsMax = 100

/** Plans the capture of what was authorized, or of a part of it where the contract allows that. */
export const capturePayment = (payment: Payment, command: CapturePayment): PaymentDecision => {
  const amount = command.amount ?? payment.authorized
  const objection = objectionTo(payment, command)
  if (objection !== undefined) return refused(objection)
  // Asked before money moves: afterwards an uncovered payment could only wait for a better contract.
  const fees = captureFees(payment, amount, command.terms)
  if (Result.isFailure(fees)) return refused(fees.failure)
  const plan = planFor(command, "capture", amount, false)
  return decided(
    payment,
    [{ _tag: "CaptureRequested", plan, atMs: command.nowMs }],
    [attemptTask(payment.id, plan.id, command.nowMs)]
  )
}

const objectionTo = (payment: Payment, command: CapturePayment): PaymentRejection | undefined => {
  const { status, authorized, authorizationExpiresAtMs: expiredAtMs } = payment
  if (status === "failed") return { _tag: "OriginalPaymentFailed" }
  if (status !== "authorized") return { _tag: "PaymentNotCapturable", status }
  const open = payment.attempts.find(isOpen)
  if (open !== undefined) return { _tag: "OperationInFlight", kind: open.kind }
  if (expiredAtMs !== null && command.nowMs >= expiredAtMs) return { _tag: "AuthorizationHasExpired", expiredAtMs }
  if (payment.attempts.filter(({ kind }) => kind === "capture").length >= captureAttemptsMax) {
    return { _tag: "PaymentNotCapturable", status }
  }
  const asked = command.amount
  if (asked === null) return undefined
  if (asked.currency !== authorized.currency) return { _tag: "CurrencyNotSupported", currency: asked.currency }
  if (!isPositive(asked)) return { _tag: "AmountNotPositive" }
  if (asked.amount > authorized.amount) return { _tag: "CaptureExceedsAuthorized", authorized, asked }
  if (!equals(asked, authorized) && !command.terms.partialCapture) return { _tag: "PartialCaptureNotEnabled" }
  return undefined
}

/** Releases an authorization whose time is up, unless something is still being done with it. */
export const expireAuthorization = (payment: Payment, nowMs: number): PaymentDecision => {
  const dueAtMs = payment.authorizationExpiresAtMs
  if (payment.status !== "authorized" || dueAtMs === null) return nothingNew
  if (nowMs < dueAtMs) return refused({ _tag: "NotDue", dueAtMs })
  const open = payment.attempts.find(isOpen)
  if (open !== undefined) return refused({ _tag: "OperationInFlight", kind: open.kind })
  return decided(payment, [{ _tag: "AuthorizationExpired", atMs: nowMs }])
}
