/**
 * Carries one attempt to a definite end: send, or find out, or undo. Each step is a call to the gateway followed by one
 * commit under the fence of the task, so a holder that lost its lease writes nothing.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Attempt, GatewayReply } from "../../attempt/attempt.ts"
import { isOverdue, nextCheckAtMs, nextStep } from "../../attempt/index.ts"
import { decide } from "../../payment/index.ts"
import type { Payment, PaymentCommand, PaymentEvent, PaymentRejection } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { Risk } from "../../ports/risk.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { type Committed, transact } from "../commit/transact.ts"
import { again, done, hold, type Operations, wakeFor } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease, type Lease, mayEnd, renewal } from "../tasks/keep-lease.ts"
import { messageOf } from "./attempt-message.ts"
import type { CodeInUse } from "./cvv-locker.ts"
import { lookUpAtGateway, reverseAtGateway, sendToGateway } from "./gateway-calls.ts"
import { loadCard } from "./load-card.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

/**
 * The domain would not record what was learned, such as a capture whose fees the merchant's terms cannot assess. Nothing
 * is lost: the task comes back, and the gateway is asked again.
 */
export class OutcomeRefused extends Data.TaggedError("OutcomeRefused")<{
  readonly command: PaymentCommand["_tag"]
  readonly rejection: PaymentRejection["_tag"]
}> {}

/** Steps that one holder takes before it gives the task back, so that a defect cannot make it spin. */
const stepsMax = 16

/** `fresh`: this process made the attempt, and was the first to hold its task. */
export const runAttempt = Effect.fn("paykernel.runAttempt")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  task: ClaimedTask,
  fresh: boolean
) {
  const run: Run = { operations, directory, task, lease: { task, untilMs: task.leasedUntilMs } }
  let { state: payment } = yield* load(paymentDefinition, task.aggregate.merchantId, task.aggregate.id)
  let ours = fresh && bornSending(attemptOf(payment, task))
  let released = false
  for (let step = 0; step < stepsMax; step++) {
    const attempt = attemptOf(payment, task)
    if (attempt === undefined || nextStep(attempt)._tag === "Rest") {
      if (attempt?.needsCvv === true) operations.cvvs.discard(task.subject)
      return released ? undefined : yield* release(done(task))
    }
    // What may have been sent is never sent again, so its code has no use any more.
    if (attempt.needsCvv && attempt.status !== "planned" && !ours) operations.cvvs.discard(task.subject)
    const moved = yield* takeStep(run, payment, attempt, ours)
    if (moved === "wait") return
    payment = moved.payment
    ours = moved.ours
    // The commit that ended the attempt has ended the task too.
    released = true
  }
  return yield* release(again(task, (yield* Clock).nowMs() + operations.leaseMs))
})

/**
 * Marked as being sent in the very commit that planned it, which its maker alone can have done. A mark of later is of
 * whoever has taken the task over meanwhile, by a clock that is ahead of ours.
 */
const bornSending = (attempt: Attempt | undefined): boolean =>
  attempt?.status === "sending" && attempt.startedAtMs === attempt.plannedAtMs

type Run = {
  readonly operations: Operations
  readonly directory: MerchantDirectory
  readonly task: ClaimedTask
  readonly lease: Lease
}

/** `ours`: the attempt is in `sending` and this holder may send. `wait`: the task was given back. */
type Step = { readonly payment: Payment; readonly ours: boolean } | "wait"

const waiting: Step = "wait"

const takeStep = Effect.fnUntraced(function* (run: Run, payment: Payment, attempt: Attempt, ours: boolean) {
  const { operations } = run
  const attemptId = attempt.id
  const nowMs = (yield* Clock).nowMs()
  switch (nextStep(attempt)._tag) {
    case "Rest":
      return waiting
    case "Send":
      if (attempt.needsCvv && !operations.cvvs.has(attemptId)) {
        return moved(yield* advance(run, { _tag: "AbandonAttempt", attemptId, why: "cvv_lost", nowMs }), false)
      }
      if (isOverdue(attempt, operations.policy, nowMs)) {
        return moved(yield* advance(run, { _tag: "AbandonAttempt", attemptId, why: "overdue", nowMs }), false)
      }
      return moved(yield* advance(run, { _tag: "StartAttempt", attemptId, nowMs }), true)
    case "DeclareLost":
      return ours
        ? yield* send(run, payment, attempt)
        : moved(yield* advance(run, { _tag: "DeclareHolderLost", attemptId, nowMs }), false)
    case "LookUp":
      return yield* lookUp(run, attempt)
    case "Reverse":
      return yield* reverse(run, attempt)
  }
})

const moved = (committed: Committed<Payment, PaymentEvent>, ours: boolean): Step => ({
  payment: committed.state,
  ours
})

const lookUp = Effect.fnUntraced(function* (run: Run, attempt: Attempt) {
  const { operations } = run
  const lookup = yield* lookUpAtGateway(attempt.gatewayKey, operations.callTimeoutMs)
  const terms = yield* termsOf(run)
  const nowMs = (yield* Clock).nowMs()
  const { policy } = operations
  const found = yield* advance(run, { _tag: "RecordLookup", attemptId: attempt.id, lookup, policy, terms, nowMs })
  if (found.events.length === 0) return yield* waitFor(run, attempt)
  // Back in `sending` means that the same message, under the same key, may go out once more.
  return moved(found, attemptOf(found.state, run.task)?.status === "sending")
})

const reverse = Effect.fnUntraced(function* (run: Run, attempt: Attempt) {
  const { operations } = run
  const reversal = yield* reverseAtGateway(attempt.gatewayKey, operations.callTimeoutMs)
  const nowMs = (yield* Clock).nowMs()
  const { policy } = operations
  const undone = yield* advance(run, { _tag: "RecordReversal", attemptId: attempt.id, reversal, policy, nowMs })
  return undone.events.length === 0 ? yield* waitFor(run, attempt) : moved(undone, false)
})

/** The message itself. What it does not say clearly is unknown, and the next step finds out. */
const send = Effect.fnUntraced(function* (run: Run, payment: Payment, attempt: Attempt) {
  const { operations, lease } = run
  // It waited for its turn so long that what is reckoned from its start would be wrong. It starts anew.
  if (attempt.sends === 1 && mayEnd(operations, lease)) return yield* takeBack(run, attempt, "waited too long")
  const prepared = yield* Effect.onError(prepare(payment, attempt), (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.ignore(takeBack(run, attempt, "not prepared"))
  )
  if (prepared._tag === "Denied") {
    const nowMs = (yield* Clock).nowMs()
    const { evaluation } = prepared
    return moved(yield* advance(run, { _tag: "RecordRisk", attemptId: attempt.id, evaluation, nowMs }), false)
  }
  yield* keepLease(operations, lease)
  const code = attempt.needsCvv ? operations.cvvs.take(attempt.id) : null
  if (code === undefined) return yield* takeBack(run, attempt, "cvv_lost")
  const sending = sendToGateway(prepared.message(code?.cvv ?? null), operations.callTimeoutMs)
  const reply = yield* code === null ? sending : Effect.onExit(sending, (exit) => letGo(code, exit))
  const terms = yield* termsOf(run)
  const nowMs = (yield* Clock).nowMs()
  const replied = yield* advance(run, { _tag: "RecordReply", attemptId: attempt.id, reply, terms, nowMs })
  if (attemptOf(replied.state, run.task)?.status === "planned") return yield* waitFor(run, attempt)
  return moved(replied, false)
})

/** The code lives as long as the authorization may still be sent, which only a provably unsent one may. */
const letGo = (code: CodeInUse, exit: Exit.Exit<GatewayReply>): Effect.Effect<void> =>
  Effect.sync(Exit.isSuccess(exit) && exit.value._tag === "NotSent" ? code.putBack : code.destroy)

/** Everything that a message needs before it can leave. */
const prepare = Effect.fnUntraced(function* (payment: Payment, attempt: Attempt) {
  const isByCard = payment.source.type === "card"
  const card = isByCard ? yield* loadCard(payment.merchantId, payment.source.id) : null
  // Asked once: on a message that goes out again a denial would come too late to mean anything. A transfer is not
  // asked about: nobody can make one with what he has stolen from a card.
  if (card !== null && attempt.kind === "authorize" && attempt.sends === 1) {
    const evaluation = yield* (yield* Risk).assessPayment(payment, card, (yield* Clock).nowMs())
    if (evaluation.decision === "denied") return { _tag: "Denied", evaluation } as const
  }
  return { _tag: "Ready", message: yield* messageOf(payment, attempt, card) } as const
})

/** Nothing has left, and this holder knows it: what it cannot send now is as it was before. */
const takeBack = Effect.fnUntraced(function* (run: Run, attempt: Attempt, why: string) {
  const terms = yield* termsOf(run)
  const nowMs = (yield* Clock).nowMs()
  const reply: GatewayReply = { _tag: "NotSent", why }
  return moved(yield* advance(run, { _tag: "RecordReply", attemptId: attempt.id, reply, terms, nowMs }), false)
})

/** Decides and commits one command under this task's fence; the lease follows from where the attempt stands then. */
const advance = Effect.fnUntraced(function* (run: Run, command: PaymentCommand) {
  const { operations, task } = run
  const renewed = renewal(operations, (yield* Clock).nowMs())
  const decided = yield* transact({
    definition: paymentDefinition,
    merchantId: task.aggregate.merchantId,
    id: task.aggregate.id,
    decide: (state) => decide(state, command),
    lease: (state) => leaseAfter(run, state, renewed.untilMs)
  })
  if (Result.isFailure(decided)) {
    return yield* new OutcomeRefused({ command: command._tag, rejection: decided.failure._tag })
  }
  if (leaseAfter(run, decided.success.state, renewed.untilMs).then._tag === "Hold") Object.assign(run.lease, renewed)
  report(operations, task, decided.success)
  wakeFor(operations, decided.success.tasks)
  return decided.success
})

const leaseAfter = (run: Run, payment: Payment, untilMs: number): TaskUpdate => {
  const attempt = attemptOf(payment, run.task)
  return attempt === undefined || nextStep(attempt)._tag === "Rest" ? done(run.task) : hold(run.task, untilMs)
}

const waitFor = Effect.fnUntraced(function* (run: Run, attempt: Attempt) {
  const nowMs = (yield* Clock).nowMs()
  yield* release(again(run.task, nextCheckAtMs(attempt, run.operations.policy, nowMs, run.task.attempt)))
  return waiting
})

/** A lease that is another's by now needs no giving back. */
const release = (lease: TaskUpdate) => Effect.catchTag(commitLease(lease), "LeaseLost", () => Effect.void)

const termsOf = (run: Run) => Effect.map(run.directory.get(run.task.aggregate.merchantId), (merchant) => merchant.terms)

const attemptOf = (payment: Payment, task: ClaimedTask): Attempt | undefined =>
  payment.attempts.find((one) => one.id === task.subject)

const report = (operations: Operations, task: ClaimedTask, committed: Committed<Payment, PaymentEvent>): void => {
  for (const event of committed.events) {
    if (event._tag !== "AttemptAdvanced") continue
    const tag = event.event._tag
    if (tag !== "AttemptEscalated" && tag !== "LateSuccessFound") continue
    operations.onIncident({
      kind: tag === "AttemptEscalated" ? "attempt_escalated" : "late_success_undone",
      merchantId: task.aggregate.merchantId,
      aggregate: { type: task.aggregate.type, id: task.aggregate.id },
      subject: event.attemptId,
      why:
        event.event._tag === "AttemptEscalated"
          ? event.event.why
          : "the gateway executed what had been reported as failed"
    })
  }
}
