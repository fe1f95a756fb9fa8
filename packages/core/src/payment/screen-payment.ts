/**
 * What a risk evaluation does to a payment. It is asked before the authorization leaves this machine, and only a
 * denial that comes that early counts: later, money may have moved.
 */
import type { Attempt } from "../attempt/index.ts"
import { awaited } from "./authenticate-payment.ts"
import type { Payment, PaymentCommand, PaymentEvent, RiskEvaluation } from "./payment.ts"
import { decided, nothingNew, type PaymentDecision, refused } from "./payment-decision.ts"
import type { PaymentErrorCode } from "./payment-error-code.ts"

type RecordRisk = Extract<PaymentCommand, { readonly _tag: "RecordRisk" }>

/**
 * Fails the payment where the evaluation denies it. `attemptId` names the authorization that its holder is about to
 * send, `null` a payment that is not authenticated yet.
 */
export const recordRisk = (payment: Payment, command: RecordRisk): PaymentDecision => {
  const { attemptId, evaluation, nowMs } = command
  const attempt = attemptId === null ? null : payment.attempts.find(({ id }) => id === attemptId)
  if (attempt === undefined) return refused({ _tag: "AttemptNotFound" })
  if (evaluation.decision !== "denied") return nothingNew
  if (attempt === null) {
    return awaited(payment) === null ? nothingNew : decided(payment, [denied(evaluation, nowMs)])
  }
  const withdrawal = withdraw(attempt, nowMs)
  return withdrawal.length === 0 ? nothingNew : decided(payment, [...withdrawal, denied(evaluation, nowMs)])
}

/** Takes back an authorization that has not left. One that was sent before cannot be taken back. */
const withdraw = (attempt: Attempt, atMs: number): ReadonlyArray<PaymentEvent> => {
  if (attempt.kind !== "authorize") return []
  const abandoned: PaymentEvent = {
    _tag: "AttemptAdvanced",
    attemptId: attempt.id,
    event: { _tag: "AttemptAbandoned", why: "risk", atMs },
    atMs
  }
  if (attempt.status === "planned") return [abandoned]
  if (attempt.status !== "sending" || attempt.sends !== 1) return []
  return [
    {
      _tag: "AttemptAdvanced",
      attemptId: attempt.id,
      event: { _tag: "AttemptNotSent", why: "risk", atMs },
      atMs
    },
    abandoned
  ]
}

const denied = (risk: RiskEvaluation, atMs: number): PaymentEvent => ({
  _tag: "PaymentFailed",
  code: codeOf(risk),
  risk,
  avs: null,
  cvv: null,
  atMs
})

/** Reason 3350 does not refuse the payer, it asks for an authenticated payment. */
const codeOf = (risk: RiskEvaluation): PaymentErrorCode =>
  risk.reason === "3350" ? "three_d_secure_required" : "payment_denied"
