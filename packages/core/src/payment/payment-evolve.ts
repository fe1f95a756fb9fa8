/**
 * How a payment comes to be and how it changes. Every change is an edge of the payment machine, and the amounts that
 * bound each other are checked at every change of one of them: a violation is a defect, so it throws and stops the
 * commit.
 */
import { type Attempt, type AttemptPlan, evolveAttempt, planAttempt } from "../attempt/index.ts"
import { follow } from "../machine.ts"
import { add, compare, subtract, zero } from "../money/index.ts"
import { acceptedPayment } from "./accepted-payment.ts"
import type { Authentication, Payment, PaymentEvent, PaymentStatus, Reversal } from "./payment.ts"
import { paymentMachine } from "./payment-machine.ts"

export { noPayment } from "./accepted-payment.ts"

/**
 * The payment after an event.
 *
 * @example
 * evolve(authorized, { _tag: "AuthorizationExpired", atMs: 9 }).status // => "expired"
 */
export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  const status = follow(paymentMachine, payment.status, event._tag)
  switch (event._tag) {
    case "PaymentRequested":
      return acceptedPayment(event)
    case "ChallengeIssued":
    case "AuthenticationPassed":
    case "PaymentFailed":
      return evolveUnsent(payment, status, event)
    case "AttemptPlanned":
    case "CaptureRequested":
      return { ...payment, status, attempts: withPlan(payment, event.plan), updatedAtMs: event.atMs }
    case "AttemptAdvanced":
      return { ...payment, status, attempts: withAdvance(payment, event), updatedAtMs: event.atMs }
    case "PaymentAuthorized":
      return {
        ...payment,
        status,
        authorized: event.amount,
        verification: { avs: event.avs, cvv: event.cvv },
        authorizationExpiresAtMs: event.expiresAtMs,
        updatedAtMs: event.atMs
      }
    case "PaymentCaptured":
      return bounded({
        ...payment,
        status,
        captured: event.amount,
        capturedAtMs: event.atMs,
        fees: event.fees,
        updatedAtMs: event.atMs
      })
    case "CaptureFailed":
    case "AuthorizationExpired":
      return { ...payment, status, updatedAtMs: event.atMs }
    case "PaymentSettled":
    case "ReversalSettled":
      return evolveSettled(payment, status, event)
    default:
      return bounded(evolveReversal(payment, status, event))
  }
}

type EventOf<Tag extends PaymentEvent["_tag"]> = Extract<PaymentEvent, { readonly _tag: Tag }>

const evolveUnsent = (
  payment: Payment,
  status: PaymentStatus,
  event: EventOf<"ChallengeIssued" | "AuthenticationPassed" | "PaymentFailed">
): Payment => {
  const { authentication } = payment
  const updatedAtMs = event.atMs
  switch (event._tag) {
    case "ChallengeIssued": {
      const { url: challengeUrl, expiresAtMs } = event
      const challenged = authenticated(authentication, { status: "challenged", challengeUrl, expiresAtMs })
      return { ...payment, status, authentication: challenged, updatedAtMs }
    }
    case "AuthenticationPassed": {
      const passed = authenticated(authentication, { status: "passed", challengeUrl: null, eci: event.eci })
      return { ...payment, status, authentication: passed, updatedAtMs }
    }
    case "PaymentFailed": {
      const { code: failure, risk, avs, cvv } = event
      const over = authentication === null || authentication.status === "passed" || authentication.status === "failed"
      return {
        ...payment,
        status,
        failure,
        risk,
        verification: avs === null || cvv === null ? payment.verification : { avs, cvv },
        authentication: over ? authentication : { ...authentication, status: "failed", challengeUrl: null },
        updatedAtMs
      }
    }
  }
}

const authenticated = (authentication: Authentication | null, change: Partial<Authentication>): Authentication => {
  if (authentication === null) throw new Error("the payment has no authentication")
  return { ...authentication, ...change }
}

const evolveReversal = (
  payment: Payment,
  status: PaymentStatus,
  event: EventOf<
    | "CancelRequested"
    | "PaymentVoided"
    | "PaymentCancelled"
    | "CancelFailed"
    | "RefundRequested"
    | "RefundSucceeded"
    | "RefundFailed"
  >
): Payment => {
  const updatedAtMs = event.atMs
  switch (event._tag) {
    case "CancelRequested": {
      const attempts = event.plan === null ? payment.attempts : withPlan(payment, event.plan)
      return { ...payment, status, attempts, reversals: withReversal(payment, event, "cancel", false), updatedAtMs }
    }
    case "RefundRequested": {
      const asRefund = event.type === "cancel"
      return {
        ...payment,
        status,
        refunding: add(payment.refunding, event.amount),
        attempts: withPlan(payment, event.plan),
        reversals: withReversal(payment, event, event.type, asRefund),
        updatedAtMs
      }
    }
    case "PaymentVoided":
    case "PaymentCancelled":
      return { ...payment, status, reversals: withEnd(payment, event, { status: "paid" }), updatedAtMs }
    case "CancelFailed":
      return {
        ...payment,
        status,
        reversals: withEnd(payment, event, { status: "failed", failure: event.code }),
        updatedAtMs
      }
    case "RefundSucceeded": {
      const { amount } = reversalOf(payment, event.reversalId)
      return {
        ...payment,
        status,
        refunding: subtract(payment.refunding, amount),
        refunded: add(payment.refunded, amount),
        reversals: withEnd(payment, event, { status: "paid" }),
        updatedAtMs
      }
    }
    case "RefundFailed": {
      const { amount } = reversalOf(payment, event.reversalId)
      return {
        ...payment,
        status,
        refunding: subtract(payment.refunding, amount),
        reversals: withEnd(payment, event, { status: "failed", failure: event.code }),
        updatedAtMs
      }
    }
  }
}

/** Money returned before the settlement lowers that settlement; money returned later is marked by a later one. */
const evolveSettled = (
  payment: Payment,
  status: PaymentStatus,
  event: EventOf<"PaymentSettled" | "ReversalSettled">
): Payment => {
  const { settlementId, atMs: updatedAtMs } = event
  if (event._tag === "ReversalSettled") {
    return { ...payment, status, reversals: withEnd(payment, event, { settlementId }), updatedAtMs }
  }
  const reversals = payment.reversals.map((reversal) =>
    reversal.status === "paid" && reversal.settlementId === null ? { ...reversal, settlementId, updatedAtMs } : reversal
  )
  return { ...payment, status, settlementId, reversals, updatedAtMs }
}

const withPlan = (payment: Payment, plan: AttemptPlan): ReadonlyArray<Attempt> => {
  if (payment.attempts.some(({ id }) => id === plan.id)) throw new Error("an attempt with this id exists")
  return [...payment.attempts, planAttempt(plan)]
}

const withAdvance = (payment: Payment, { attemptId, event }: EventOf<"AttemptAdvanced">): ReadonlyArray<Attempt> => {
  const index = payment.attempts.findIndex(({ id }) => id === attemptId)
  const attempt = payment.attempts[index]
  if (attempt === undefined) throw new Error("the attempt is not part of the payment")
  const attempts = payment.attempts.slice()
  attempts[index] = evolveAttempt(attempt, event)
  return attempts
}

const withReversal = (
  payment: Payment,
  event: EventOf<"CancelRequested" | "RefundRequested">,
  type: Reversal["type"],
  asRefund: boolean
): ReadonlyArray<Reversal> => {
  const { reversalId: id, amount, reason, plan, atMs } = event
  if (payment.reversals.some((reversal) => reversal.id === id)) throw new Error("a reversal with this id exists")
  const attemptId = plan === null ? null : plan.id
  const opened = { status: "pending", failure: null, settlementId: null, createdAtMs: atMs, updatedAtMs: atMs } as const
  return [...payment.reversals, { id, type, asRefund, attemptId, amount, reason, ...opened }]
}

const withEnd = (
  payment: Payment,
  event: { readonly reversalId: string; readonly atMs: number },
  change: Partial<Reversal>
): ReadonlyArray<Reversal> => {
  const ended = { ...reversalOf(payment, event.reversalId), ...change, updatedAtMs: event.atMs }
  return payment.reversals.map((reversal) => (reversal.id === ended.id ? ended : reversal))
}

const reversalOf = (payment: Payment, reversalId: string): Reversal => {
  const reversal = payment.reversals.find(({ id }) => id === reversalId)
  if (reversal === undefined) throw new Error("the reversal is not part of the payment")
  return reversal
}

/** captured ≤ authorized, and returned or being returned ≤ captured. */
const bounded = (payment: Payment): Payment => {
  const { authorized, captured, refunded, refunding } = payment
  const nothing = zero(captured.currency)
  if (compare(captured, authorized) > 0) throw new Error("captured exceeds authorized")
  if (compare(refunding, nothing) < 0) throw new Error("a refund was released twice")
  if (compare(add(refunded, refunding), captured) > 0) throw new Error("refunds exceed what was captured")
  return payment
}
