/**
 * 3-D Secure: what the issuer's authentication service says, until it passes, fails or runs out of time. Only a
 * payment that still waits for it listens; everything later or repeated changes nothing.
 */
import type { Authentication, AuthenticationOutcome, Eci, Payment, RecordAuthentication } from "./payment.ts"
import { decided, nothingNew, type PaymentDecision, planFor, refused } from "./payment-decision.ts"
import type { PaymentErrorCode } from "./payment-error-code.ts"
import { attemptTask } from "./payment-tasks.ts"

/** Records the outcome of an authentication, or that a challenge was issued. */
export const recordAuthentication = (payment: Payment, command: RecordAuthentication): PaymentDecision => {
  const authentication = awaited(payment)
  if (authentication === null) return nothingNew
  const outcome: AuthenticationOutcome = command.outcome
  switch (outcome._tag) {
    case "ChallengeOpen":
      return nothingNew
    case "ChallengeIssued":
      if (authentication.status === "challenged") return nothingNew
      return decided(payment, [
        {
          _tag: "ChallengeIssued",
          url: outcome.url,
          expiresAtMs: authentication.expiresAtMs,
          atMs: command.nowMs
        }
      ])
    case "AuthenticationPassed":
      return passed(payment, command, outcome.eci)
    case "AuthenticationFailed":
      return failed(payment, outcome.code, command.nowMs)
  }
}

/** Fails a payment whose payer has not answered in time. */
export const expireChallenge = (payment: Payment, nowMs: number): PaymentDecision => {
  const authentication = awaited(payment)
  if (authentication === null) return nothingNew
  if (nowMs < authentication.expiresAtMs) return refused({ _tag: "NotDue", dueAtMs: authentication.expiresAtMs })
  return failed(payment, "three_d_secure_action_expired", nowMs)
}

/** The authentication that the payment still waits for. */
export const awaited = (payment: Payment): Authentication | null => {
  if (payment.status !== "pending" && payment.status !== "action_required") return null
  const { authentication } = payment
  if (authentication === null) return null
  return authentication.status === "planned" || authentication.status === "challenged" ? authentication : null
}

const passed = (payment: Payment, command: RecordAuthentication, eci: Eci): PaymentDecision => {
  const { nowMs } = command
  const plan = planFor({ ...command, sendNow: false }, "authorize", payment.amount, false)
  return decided(
    payment,
    [
      { _tag: "AuthenticationPassed", eci, atMs: nowMs },
      { _tag: "AttemptPlanned", plan, atMs: nowMs }
    ],
    [attemptTask(payment.id, plan.id, nowMs)]
  )
}

const failed = (payment: Payment, code: PaymentErrorCode, atMs: number): PaymentDecision =>
  decided(payment, [{ _tag: "PaymentFailed", code, risk: null, avs: null, cvv: null, atMs }])
