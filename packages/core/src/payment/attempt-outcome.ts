/**
 * What the end of an attempt means for its payment. A definite outcome and its consequence are decided together, so
 * no stored state ever shows one without the other.
 */
import * as Result from "effect/Result"
import type { Attempt, AttemptEvent, GatewayVerdict } from "../attempt/index.ts"
import type { TaskRequest } from "../decision.ts"
import { captureFees } from "./capture-fees.ts"
import type { Payment, PaymentEvent, PaymentTerms } from "./payment.ts"
import { decided, nothingNew, type PaymentDecision, refused } from "./payment-decision.ts"
import { type PaymentErrorCode, paymentErrorCodeOf } from "./payment-error-code.ts"
import { expireAuthorizationTask, undoAgainTask, undoTask } from "./payment-tasks.ts"
import { authorizationLifetimeMs } from "./payment-times.ts"

/** A verdict of the gateway, and the contract under which it is booked. */
export type Heard = { readonly verdict: GatewayVerdict; readonly terms: PaymentTerms }

type Approved = Extract<GatewayVerdict, { readonly _tag: "Approved" }>
type Events = ReadonlyArray<PaymentEvent>

/** The decision that follows from what is new about an attempt. `heard` is the verdict that brought it, if one did. */
export const conclude = (
  payment: Payment,
  attempt: Attempt,
  news: ReadonlyArray<AttemptEvent>,
  heard: Heard | null,
  nowMs: number
): PaymentDecision => {
  const last = news.at(-1)
  if (last === undefined) return nothingNew
  const events = news.map((event) => advanced(attempt, event, nowMs))
  switch (last._tag) {
    case "AttemptConfirmed":
      if (heard?.verdict._tag !== "Approved") throw new Error("confirmed without an approval")
      return lacksCvvPass(payment, attempt, heard.verdict)
        ? undoUnverified(payment, attempt, events.slice(0, -1), heard.verdict, nowMs)
        : succeed(payment, attempt, events, heard.verdict, heard.terms, nowMs)
    case "AttemptDeclined":
      return fail(payment, attempt, events, paymentErrorCodeOf(last.code), heard?.verdict ?? null, nowMs)
    case "AttemptAbandoned":
      // The CVV was in memory only; without it there was nothing that could be sent.
      return fail(payment, attempt, events, attempt.needsCvv ? "payment_unprocessable" : "payment_failed", null, nowMs)
    case "AttemptReversed":
      // Undoing an orphan changes nothing that was reported: its failure was, when it failed.
      return attempt.status === "orphaned"
        ? decided(payment, events)
        : fail(payment, attempt, events, "payment_failed", null, nowMs)
    case "LateSuccessFound":
      return decided(payment, events, [undoTask(payment.id, attempt.id, last.reference, nowMs)])
    case "AttemptReversalStarted":
      // What was left to a person has no task any more that would do it.
      return decided(payment, events, attempt.status === "manual" ? [undoAgainTask(payment.id, attempt, nowMs)] : [])
    case "AttemptStarted":
    case "AttemptNotSent":
    case "AttemptBecameUnknown":
    case "AttemptStillPending":
    case "AttemptEscalated":
      return decided(payment, events)
  }
}

const advanced = (attempt: Attempt, event: AttemptEvent, atMs: number): PaymentEvent => ({
  _tag: "AttemptAdvanced",
  attemptId: attempt.id,
  event,
  atMs
})

const succeed = (
  payment: Payment,
  attempt: Attempt,
  events: Events,
  verdict: Approved,
  terms: PaymentTerms,
  nowMs: number
): PaymentDecision => {
  switch (attempt.kind) {
    case "authorize":
      return authorize(payment, attempt, events, verdict, terms, nowMs)
    case "capture":
      return capture(payment, attempt, events, terms, nowMs)
    case "void": {
      const _tag = payment.status === "authorized" ? "PaymentVoided" : "PaymentCancelled"
      return decided(payment, [...events, { _tag, reversalId: reversalIdOf(payment, attempt), atMs: nowMs }])
    }
    case "refund": {
      const reversalId = reversalIdOf(payment, attempt)
      return decided(payment, [...events, { _tag: "RefundSucceeded", reversalId, atMs: nowMs }])
    }
  }
}

const authorize = (
  payment: Payment,
  attempt: Attempt,
  events: Events,
  { avs, cvv }: Approved,
  terms: PaymentTerms,
  nowMs: number
): PaymentDecision => {
  const { amount } = attempt
  const expiresAtMs = payment.createdAtMs + authorizationLifetimeMs
  const authorized: Events = [...events, { _tag: "PaymentAuthorized", amount, avs, cvv, expiresAtMs, atMs: nowMs }]
  if (payment.autoCapture) return capture(payment, attempt, authorized, terms, nowMs)
  const tasks: ReadonlyArray<TaskRequest> = [expireAuthorizationTask(payment.id, expiresAtMs)]
  return decided(payment, authorized, tasks)
}

const capture = (
  payment: Payment,
  attempt: Attempt,
  events: Events,
  terms: PaymentTerms,
  nowMs: number
): PaymentDecision => {
  const fees = captureFees(payment, attempt.amount, terms)
  if (Result.isFailure(fees)) return refused(fees.failure)
  const { amount } = attempt
  return decided(payment, [...events, { _tag: "PaymentCaptured", amount, fees: fees.success, atMs: nowMs }])
}

const fail = (
  payment: Payment,
  attempt: Attempt,
  events: Events,
  code: PaymentErrorCode,
  verdict: GatewayVerdict | null,
  atMs: number
): PaymentDecision => decided(payment, [...events, failure(payment, attempt, code, verdict, atMs)])

const failure = (
  payment: Payment,
  attempt: Attempt,
  code: PaymentErrorCode,
  verdict: GatewayVerdict | null,
  atMs: number
): PaymentEvent => {
  switch (attempt.kind) {
    case "authorize":
      return { _tag: "PaymentFailed", code, risk: null, avs: verdict?.avs ?? null, cvv: verdict?.cvv ?? null, atMs }
    case "capture":
      return { _tag: "CaptureFailed", code, atMs }
    case "void":
      return { _tag: "CancelFailed", reversalId: reversalIdOf(payment, attempt), code, atMs }
    case "refund":
      return { _tag: "RefundFailed", reversalId: reversalIdOf(payment, attempt), code, atMs }
  }
}

/** Where the merchant asked for the CVV to be verified, only a pass is an approval. */
const lacksCvvPass = (payment: Payment, attempt: Attempt, verdict: Approved): boolean =>
  attempt.kind === "authorize" && payment.verificationMethod === "cvv" && verdict.cvv !== "pass"

/** The gateway reserved money for a CVV that it did not verify: the payment fails, and what was reserved is undone. */
const undoUnverified = (
  payment: Payment,
  attempt: Attempt,
  events: Events,
  verdict: Approved,
  atMs: number
): PaymentDecision => {
  const { reference } = verdict
  const code = "card_cvv_invalid"
  return decided(
    payment,
    [
      ...events,
      advanced(attempt, { _tag: "AttemptDeclined", code, reference, atMs }, atMs),
      advanced(attempt, { _tag: "LateSuccessFound", reference, atMs }, atMs),
      failure(payment, attempt, code, verdict, atMs)
    ],
    [undoTask(payment.id, attempt.id, reference, atMs)]
  )
}

const reversalIdOf = (payment: Payment, attempt: Attempt): string => {
  const reversal = payment.reversals.find(({ attemptId }) => attemptId === attempt.id)
  if (reversal === undefined) throw new Error(`a ${attempt.kind} without a reversal`)
  return reversal.id
}
