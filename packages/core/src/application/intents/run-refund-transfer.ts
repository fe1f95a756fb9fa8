/**
 * Carries the refund of an intent to a definite end on its chain: send, or find out. Each step is a call to the chain
 * followed by one commit under the fence of the task; the commit that ends the refund ends what its intent reserved for it.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Attempt } from "../../attempt/attempt.ts"
import { isOverdue, nextCheckAtMs, nextStep } from "../../attempt/index.ts"
import { decide as decideIntent } from "../../intent/index.ts"
import type { Intent, IntentCommand, IntentRejection } from "../../intent/intent.ts"
import { decide as decideRefund } from "../../intent-refund/index.ts"
import type { IntentRefund, IntentRefundCommand, IntentRefundRejection } from "../../intent-refund/intent-refund.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { type ClaimedTask, Store, StoreUnavailable } from "../../ports/store.ts"
import { again, done, hold, type Operations } from "../operations.ts"
import { intentDefinition, intentRefundDefinition } from "../storage/aggregates.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { commitLease, keepLease, type Lease, renewal } from "../tasks/keep-lease.ts"
import { lookUpRefundOn, sendRefundTo } from "./chain-calls.ts"
import type { IntentDesk } from "./intent-desk.ts"

/** The domain would not record what was learned. Nothing is lost: the task comes back, and the chain is asked again. */
export class TransferRefused extends Data.TaggedError("TransferRefused")<{
  readonly command: IntentRefundCommand["_tag"]
  readonly rejection: IntentRefundRejection["_tag"] | IntentRejection["_tag"]
}> {}

/** Steps that one holder takes before it gives the task back, so that a defect cannot make it spin. */
const stepsMax = 16

type Run = {
  readonly operations: Operations
  readonly desk: IntentDesk
  readonly task: ClaimedTask
  readonly lease: Lease
}

export const runRefundTransfer = Effect.fn("paykernel.refundTransfer")(function* (
  operations: Operations,
  desk: IntentDesk,
  task: ClaimedTask
) {
  const run: Run = { operations, desk, task, lease: { task, untilMs: task.leasedUntilMs } }
  let refund = (yield* load(intentRefundDefinition, task.aggregate.merchantId, task.aggregate.id)).state
  let ours = false
  for (let step = 0; step < stepsMax; step++) {
    const { attempt } = refund
    if (attempt === null || rests(attempt)) return yield* release(done(task))
    const next: Step = yield* takeStep(run, refund, attempt, ours)
    if (next === null) return
    refund = next.refund
    ours = next.ours
  }
  return yield* release(again(task, (yield* Clock).nowMs() + operations.leaseMs))
})

/** Undoing is not among the things that a chain does. */
const rests = (attempt: Attempt): boolean => {
  const step = nextStep(attempt)._tag
  return step === "Rest" || step === "Reverse"
}

/** `ours`: it is in `sending` and this holder may send. `null`: the task was given back, or is done. */
type Step = { readonly refund: IntentRefund; readonly ours: boolean } | null

const takeStep = Effect.fnUntraced(function* (run: Run, refund: IntentRefund, attempt: Attempt, ours: boolean) {
  const { policy } = run.desk
  const nowMs = (yield* Clock).nowMs()
  switch (nextStep(attempt)._tag) {
    case "Send":
      return isOverdue(attempt, policy, nowMs)
        ? yield* moved(run, { _tag: "AbandonTransfer", why: "overdue", nowMs }, false)
        : yield* moved(run, { _tag: "StartTransfer", nowMs }, true)
    case "DeclareLost":
      return ours ? yield* send(run, refund, attempt) : yield* moved(run, { _tag: "DeclareHolderLost", nowMs }, false)
    case "LookUp":
      return yield* lookUp(run, attempt)
    case "Reverse":
    case "Rest":
      return null
  }
})

const send = Effect.fnUntraced(function* (run: Run, { destination, amount }: IntentRefund, attempt: Attempt) {
  const { operations, desk, lease } = run
  yield* keepLease(operations, lease)
  const operation = { key: attempt.gatewayKey, ...destination, amount }
  const reply = yield* sendRefundTo(desk, operation, operations.callTimeoutMs)
  const nowMs = (yield* Clock).nowMs()
  const { refund } = yield* advance(run, { _tag: "RecordReply", reply, nowMs })
  // Provably unsent, or on the chain and not final: there is nothing to do for a while.
  if (refund.attempt?.status === "planned" || reply._tag === "Broadcast") return yield* waitFor(run, refund)
  return { refund, ours: false } satisfies Step
})

const lookUp = Effect.fnUntraced(function* (run: Run, attempt: Attempt) {
  const { operations, desk, lease } = run
  yield* keepLease(operations, lease)
  const lookup = yield* lookUpRefundOn(desk, attempt.gatewayKey, operations.callTimeoutMs)
  const nowMs = (yield* Clock).nowMs()
  const command: IntentRefundCommand = { _tag: "RecordLookup", lookup, policy: desk.policy, nowMs }
  const { refund, written: isWritten } = yield* advance(run, command)
  if (refund.attempt?.status === "unknown") return yield* waitFor(run, refund)
  // Back in `sending` means that the same message, under the same key, may go out once more.
  return { refund, ours: isWritten && refund.attempt?.status === "sending" } satisfies Step
})

const moved = Effect.fnUntraced(function* (run: Run, command: IntentRefundCommand, ours: boolean) {
  const { refund, written: isWritten } = yield* advance(run, command)
  // Where nothing was written another holder was faster: what is in `sending` is his to send.
  return { refund, ours: ours && isWritten } satisfies Step
})

const waitFor = Effect.fnUntraced(function* (run: Run, { attempt }: IntentRefund) {
  const nowMs = (yield* Clock).nowMs()
  const { task, desk } = run
  yield* release(
    attempt === null || rests(attempt)
      ? done(task)
      : again(task, nextCheckAtMs(attempt, desk.policy, nowMs, task.attempt))
  )
  return null
})

/** A lease that is another's by now needs no giving back. */
const release = (lease: TaskUpdate) => Effect.catchTag(commitLease(lease), "LeaseLost", () => Effect.void)

/** Decides and commits one command under this task's fence, which is kept until the refund has come to rest. */
const advance = Effect.fnUntraced(function* (run: Run, command: IntentRefundCommand) {
  const { operations, task, lease } = run
  const renewed = renewal(operations, (yield* Clock).nowMs())
  const { merchantId, id } = task.aggregate
  const recorded = yield* recordTransfer(operations, merchantId, id, command, hold(task, renewed.untilMs))
  if (recorded.written) Object.assign(lease, renewed)
  return recorded
})

const conflictsMax = 12

/** What was learned of a transfer, in the refund and, where that has ended with it, in its intent. */
export const recordTransfer = Effect.fnUntraced(function* (
  operations: Operations,
  merchantId: string,
  refundId: string,
  command: IntentRefundCommand,
  lease: TaskUpdate | null
) {
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const before = yield* load(intentRefundDefinition, merchantId, refundId)
    const decided = decideRefund(before.state, command)
    if (Result.isFailure(decided)) {
      return yield* new TransferRefused({ command: command._tag, rejection: decided.failure._tag })
    }
    const { events, ledger } = decided.success
    if (events.length === 0) return { refund: before.state, written: false }
    const made = written(intentRefundDefinition, { merchantId, id: refundId }, before, events)
    const intent = hasEnded(made.state) ? yield* load(intentDefinition, merchantId, made.state.intentId) : null
    const ended = intent === null ? null : tell(intent, made.state, command)
    if (ended !== null && Result.isFailure(ended)) {
      // Somebody else may have ended both of them after the one was read and before the other.
      const { version } = yield* load(intentRefundDefinition, merchantId, refundId)
      if (version !== before.version) continue
      return yield* new TransferRefused({ command: command._tag, rejection: ended.failure._tag })
    }
    const told = ended === null ? null : ended.success
    const isWritten = yield* (yield* Store)
      .commit({
        idempotency: null,
        aggregates: told === null ? [made.write] : [made.write, told],
        ledger,
        tasks: [],
        lease,
        sealed: [],
        erased: []
      })
      .pipe(
        Effect.as(true),
        Effect.catchTag("VersionConflict", () => Effect.succeed(false)),
        Effect.catchTag("KeyTaken", (error) => Effect.die(error))
      )
    if (isWritten) {
      report(operations, before.state, made.state)
      return { refund: made.state, written: true }
    }
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

const hasEnded = ({ status }: IntentRefund): boolean => status === "paid" || status === "failed"

const tell = (intent: Loaded<Intent>, refund: IntentRefund, command: IntentRefundCommand) => {
  const outcome = refund.status === "paid" ? "paid" : "failed"
  const { id: refundId, amount } = refund
  const told: IntentCommand = { _tag: "RecordRefund", refundId, amount, outcome, nowMs: command.nowMs }
  return Result.map(
    decideIntent(intent.state, told),
    ({ events }) => written(intentDefinition, intent.state, intent, events).write
  )
}

const report = ({ onIncident }: Operations, before: IntentRefund, after: IntentRefund): void => {
  const { merchantId, id, attempt } = after
  if (attempt?.status !== "manual" || before.attempt?.status === "manual") return
  const aggregate = { type: intentRefundDefinition.type, id }
  onIncident({ kind: "attempt_escalated", merchantId, aggregate, subject: attempt.id, why: "a refund is in doubt" })
}

/** Asks the chain again about a refund that is in doubt or in a person's hands. What it cannot say changes nothing. */
export const recheckRefund = Effect.fn("paykernel.recheckRefund")(function* (
  operations: Operations,
  desk: IntentDesk,
  merchantId: string,
  refundId: string
) {
  const { attempt } = (yield* load(intentRefundDefinition, merchantId, refundId)).state
  if (attempt === null || (attempt.status !== "unknown" && attempt.status !== "manual")) return
  const lookup = yield* lookUpRefundOn(desk, attempt.gatewayKey, operations.callTimeoutMs)
  // Only the task may conclude from an absence that it has to be sent again.
  if (lookup._tag !== "Found") return
  const nowMs = (yield* Clock).nowMs()
  const command: IntentRefundCommand = { _tag: "RecordLookup", lookup, policy: desk.policy, nowMs }
  yield* recordTransfer(operations, merchantId, refundId, command, null)
})
