import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import { isPositive } from "../money/index.ts"
import type { Checkout, CheckoutCommand, CheckoutEvent, CheckoutRejection, OpenCheckout } from "./checkout.ts"

export type CheckoutDecision = Result.Result<Decision<CheckoutEvent>, CheckoutRejection>

type Command<Tag extends CheckoutCommand["_tag"]> = Extract<CheckoutCommand, { readonly _tag: Tag }>

/** Tries that one hosted checkout takes before it is given up: a page is no place to find out which stolen card works. */
export const checkoutTriesMax = 10

/** Most payments are decided by then; a later look finds the others. */
const firstLookMs = 2000

/** How far ahead a checkout may run out. */
export const checkoutLifetimeMaxMs = 30 * 86_400_000

/** Characters of the name of a try. */
export const attemptNameLengthMax = 255

/**
 * What follows from a command, given what has happened to the checkout so far. Total and deterministic; time and ids
 * arrive in the command. An outcome that is known already changes nothing, and a payment begun again under the name of
 * an earlier try is that try, and begins nothing.
 *
 * @example
 * const start = { _tag: "StartPayment", paymentId: "payment-1", transactionId: "txn_1", attempt: "first", nowMs }
 * const started = Result.getOrThrow(decide(openCheckout, start))
 * started.events.map(({ _tag }) => _tag) // => ["CheckoutPaymentStarted"]
 * const paying = started.events.reduce(evolve, openCheckout)
 * decide(paying, { ...start, attempt: "second" }) // => Result.fail({ _tag: "CheckoutIsBeingPaid" })
 * decide(paying, { _tag: "CancelCheckout", nowMs }) // => Result.fail({ _tag: "CheckoutIsBeingPaid" })
 */
export const decide = (checkout: Checkout, command: CheckoutCommand): CheckoutDecision => {
  if (command._tag === "OpenCheckout") return openCheckout(checkout, command)
  if (checkout.status === "none") return Result.fail({ _tag: "CheckoutNotFound" })
  switch (command._tag) {
    case "StartPayment":
      return startPayment(checkout, command)
    case "RecordPayment":
      return recordPayment(checkout, command)
    case "CancelCheckout":
      return end(refusalAt(checkout, command.nowMs), { _tag: "CheckoutCancelled", atMs: command.nowMs })
    case "ExpireCheckout":
      return expireCheckout(checkout, command.nowMs)
  }
}

const openCheckout = (checkout: Checkout, command: OpenCheckout): CheckoutDecision => {
  if (checkout.status !== "none") return Result.fail({ _tag: "CheckoutAlreadyExists" })
  if (!isPositive(command.amount)) return Result.fail({ _tag: "CheckoutAmountNotPositive" })
  const { expiresAtMs, nowMs, _tag, ...details } = command
  if (expiresAtMs !== null && !isWithinLifetime(expiresAtMs, nowMs)) {
    return Result.fail({ _tag: "ExpiryNotAllowed", maxMs: checkoutLifetimeMaxMs })
  }
  const opened: CheckoutEvent = { _tag: "CheckoutOpened", ...details, expiresAtMs, atMs: nowMs }
  return happened([opened], expiresAtMs === null ? [] : [expireTask(command.id, expiresAtMs)])
}

const isWithinLifetime = (expiresAtMs: number, nowMs: number): boolean =>
  Number.isInteger(expiresAtMs) && expiresAtMs > nowMs && expiresAtMs - nowMs <= checkoutLifetimeMaxMs

const startPayment = (checkout: Checkout, command: Command<"StartPayment">): CheckoutDecision => {
  const { paymentId, transactionId, attempt, nowMs } = command
  if (attempt.length === 0 || attempt.length > attemptNameLengthMax) {
    return Result.fail({ _tag: "AttemptNameNotAllowed", lengthMax: attemptNameLengthMax })
  }
  if (checkout.payments.some((payment) => payment.attempt === attempt)) return nothingNew
  const refusal = refusalAt(checkout, nowMs)
  if (refusal !== undefined) return Result.fail(refusal)
  const started: CheckoutEvent = { _tag: "CheckoutPaymentStarted", paymentId, transactionId, attempt, atMs: nowMs }
  return happened([started], [followTask(checkout.id, paymentId, nowMs + firstLookMs)])
}

const recordPayment = (checkout: Checkout, command: Command<"RecordPayment">): CheckoutDecision => {
  const { paymentId, outcome, authenticatedPaymentId, nowMs: atMs } = command
  const payment = checkout.payments.find(({ id }) => id === paymentId)
  // Told before the payment was begun here: taking note of it now would lose it.
  if (payment === undefined) return Result.fail({ _tag: "CheckoutPaymentNotFound" })
  if (payment.status !== "open") return nothingNew
  if (outcome._tag === "Succeeded") return happened([{ _tag: "CheckoutCompleted", paymentId, atMs }])
  const { code } = outcome
  const isFirst = checkout.payments.filter(({ attempt }) => attempt === payment.attempt).length === 1
  if (code === "three_d_secure_required" && isFirst && authenticatedPaymentId !== null) {
    const steppedUp: CheckoutEvent = { _tag: "CheckoutSteppedUp", paymentId, authenticatedPaymentId, atMs }
    return happened([steppedUp], [followTask(checkout.id, authenticatedPaymentId, atMs + firstLookMs)])
  }
  const tries = new Set(checkout.payments.map(({ attempt }) => attempt)).size
  const isLast = checkout.kind === "direct" || tries >= checkoutTriesMax
  return happened([{ _tag: isLast ? "CheckoutFailed" : "CheckoutPaymentDeclined", paymentId, code, atMs }])
}

/** A payment that is under way at the end of the time is waited for: money may be moving. */
const expireCheckout = (checkout: Checkout, nowMs: number): CheckoutDecision => {
  const { expiresAtMs } = checkout
  if (expiresAtMs === null || ended.has(checkout.status)) return nothingNew
  if (nowMs < expiresAtMs) return Result.fail({ _tag: "CheckoutNotDue", dueAtMs: expiresAtMs })
  return end(refusalOf(checkout), { _tag: "CheckoutExpired", atMs: nowMs })
}

const end = (refusal: CheckoutRejection | undefined, event: CheckoutEvent): CheckoutDecision =>
  refusal === undefined ? happened([event]) : Result.fail(refusal)

/** Time that is over ends a checkout, whether or not anybody has come by to close it. */
const refusalAt = (checkout: Checkout, nowMs: number): CheckoutRejection | undefined =>
  refusalOf(checkout) ??
  (checkout.expiresAtMs !== null && nowMs >= checkout.expiresAtMs ? { _tag: "CheckoutHasExpired" } : undefined)

const ended: ReadonlySet<Checkout["status"]> = new Set(["completed", "cancelled", "expired", "failed"])

/** Why nothing new may begin. */
const refusalOf = (checkout: Checkout): CheckoutRejection | undefined => {
  switch (checkout.status) {
    case "none":
      return { _tag: "CheckoutNotFound" }
    case "open":
      return undefined
    case "paying":
      return { _tag: "CheckoutIsBeingPaid" }
    case "completed":
      return { _tag: "CheckoutIsCompleted" }
    case "cancelled":
      return { _tag: "CheckoutIsCancelled" }
    case "expired":
      return { _tag: "CheckoutHasExpired" }
    case "failed":
      return { _tag: "CheckoutHasFailed" }
  }
}

/** Waits for the time to pay to end. */
const expireTask = (id: string, dueAtMs: number): TaskRequest => ({
  id: `${id}:expire-checkout`,
  kind: "expire_checkout",
  aggregate: { type: "checkout", id },
  subject: id,
  dueAtMs
})

/** Brings the outcome of a payment here, when there is one. */
const followTask = (id: string, paymentId: string, dueAtMs: number): TaskRequest => ({
  id: `${id}:follow:${paymentId}`,
  kind: "follow_payment",
  aggregate: { type: "checkout", id },
  subject: paymentId,
  dueAtMs
})

const happened = (events: ReadonlyArray<CheckoutEvent>, tasks: ReadonlyArray<TaskRequest> = []): CheckoutDecision =>
  Result.succeed({ events, ledger: [], tasks })

const nothingNew: CheckoutDecision = Result.succeed({ events: [], ledger: [], tasks: [] })
