/**
 * What one thing that happened changes of a cross-border payment and its parts, decided on one reading of them and written
 * in one commit: a payment says what its transactions, requests and refunds say, at every moment. Where somebody else was
 * faster, all of it is read and decided again.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderCommand, CrossBorderEvent, CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { type CrossBorderRejection, decide, evolve, openRfi } from "../../cross-border/index.ts"
import type { Decision, TaskRequest } from "../../decision.ts"
import type { LedgerTransaction } from "../../ledger/ledger.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { Clock } from "../../ports/clock.ts"
import type { AggregateWrite, IdempotencyRecord, SealedRecord, TaskInsert, TaskUpdate } from "../../ports/commit.ts"
import { type CommitError, Store, StoreUnavailable, type VersionConflict } from "../../ports/store.ts"
import type { Place } from "../../ports/vault.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import { insertion } from "../commit/transact.ts"
import { crossBorderDefinition } from "../storage/cross-border-aggregates.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { presentCrossBorder } from "./read-cross-border.ts"

export type Draft = {
  readonly merchantId: string
  readonly nowMs: number
  readonly before: Loaded<CrossBorderPayment>
  /** As it is after everything so far. */
  payment: CrossBorderPayment
  readonly events: Array<CrossBorderEvent>
  readonly ledger: Array<LedgerTransaction>
  readonly tasks: Array<TaskRequest>
  /** Of the parts. */
  readonly writes: Array<AggregateWrite>
  /** Requests for information that are among them, as they will be. */
  readonly rfis: Map<string, Rfi>
  readonly sealed: Array<SealedRecord>
  readonly erased: Array<Place>
  /** What becomes of the task in whose name this is done. */
  lease: TaskUpdate | null
  idempotency: IdempotencyRecord | null
  /** Tasks that are born leased to this process. */
  bornLeased: (task: TaskRequest) => TaskInsert["bornLeased"]
}

/** What was written, and the tasks that were filed with it. */
export type Drafted<A> = { readonly value: A; readonly tasks: ReadonlyArray<TaskInsert> }

const conflictsMax = 12

/**
 * Has a draft made and writes it. `work` may run several times, so it touches nothing but the draft; a rejection of it is
 * a value, and nothing is written.
 */
export const drafting = Effect.fnUntraced(function* <A, Rejection, E, R>(
  merchantId: string,
  paymentId: string,
  work: (draft: Draft) => Effect.Effect<Result.Result<A, Rejection>, E, R>
): Effect.fn.Return<
  Result.Result<Drafted<A>, Rejection>,
  E | Exclude<CommitError, VersionConflict>,
  R | Store | Clock
> {
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const draft = yield* openDraft(merchantId, paymentId)
    const made = yield* work(draft)
    if (Result.isFailure(made)) return Result.fail(made.failure)
    const tasks = yield* commitDraft(draft, paymentId)
    if (tasks !== null) return Result.succeed({ value: made.success, tasks })
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

const openDraft = Effect.fnUntraced(function* (merchantId: string, paymentId: string) {
  const before = yield* load(crossBorderDefinition, merchantId, paymentId)
  const nowMs = (yield* Clock).nowMs()
  const draft: Draft = {
    ...{ merchantId, nowMs, before, payment: before.state },
    ...{ events: [], ledger: [], tasks: [], writes: [], rfis: new Map(), sealed: [], erased: [] },
    ...{ lease: null, idempotency: null, bornLeased: () => null }
  }
  return draft
})

/** `null`: somebody else wrote one of them meanwhile. */
const commitDraft = Effect.fnUntraced(
  function* (draft: Draft, paymentId: string) {
    const { merchantId, before, events, ledger, writes, sealed, erased, lease, idempotency } = draft
    const tasks = draft.tasks.map((task) => insertion(merchantId, task, draft.bornLeased))
    const own =
      events.length === 0 ? [] : [written(crossBorderDefinition, { merchantId, id: paymentId }, before, events).write]
    const aggregates = [...own, ...writes]
    const changes = aggregates.length + ledger.length + tasks.length + sealed.length + erased.length
    if (changes > 0 || lease !== null || idempotency !== null) {
      yield* (yield* Store).commit({ idempotency, aggregates, ledger, tasks, lease, sealed, erased })
    }
    return tasks
  },
  Effect.catchTag("VersionConflict", () => Effect.succeed(null))
)

/** The payment as it will be, with the request that will be open. */
export const viewOf = Effect.fnUntraced(function* ({ payment, rfis }: Draft) {
  const open = openRfi(payment)
  const changed = open === undefined ? undefined : rfis.get(open.id)
  return changed === undefined ? yield* presentCrossBorder(payment) : { payment, activeRfi: changed }
})

/** Tells the payment. What it refuses changes nothing. */
export const tell = (
  draft: Draft,
  command: CrossBorderCommand
): Result.Result<ReadonlyArray<CrossBorderEvent>, CrossBorderRejection> => {
  const decided = decide(draft.payment, command)
  if (Result.isFailure(decided)) return Result.fail(decided.failure)
  const { events, ledger, tasks } = decided.success
  for (const event of events) draft.payment = evolve(draft.payment, event)
  draft.events.push(...events)
  draft.ledger.push(...ledger)
  draft.tasks.push(...tasks)
  return Result.succeed(events)
}

/** A part as it would be after some commands. Nothing of it is in a draft until it is put there. */
export type Part<State, Event> = Decision<Event> & { readonly state: State; readonly write: AggregateWrite }

type Fact = { readonly _tag: string; readonly atMs: number }

/** What one command after the other comes to. */
export const decidePart = <State, Event extends Fact, Command, Rejection>(
  definition: AggregateDefinition<State, Event>,
  decidePartly: (state: State, command: Command) => Result.Result<Decision<Event>, Rejection>,
  ref: { readonly merchantId: string; readonly id: string },
  loaded: Loaded<State>,
  commands: ReadonlyArray<Command>
): Result.Result<Part<State, Event>, Rejection> => {
  const all: { events: Array<Event>; ledger: Array<LedgerTransaction>; tasks: Array<TaskRequest> } = {
    ...{ events: [], ledger: [], tasks: [] }
  }
  let state = loaded.state
  for (const command of commands) {
    const decided = decidePartly(state, command)
    if (Result.isFailure(decided)) return Result.fail(decided.failure)
    const { events, ledger, tasks } = decided.success
    for (const event of events) state = definition.evolve(state, event)
    all.events.push(...events)
    all.ledger.push(...ledger)
    all.tasks.push(...tasks)
  }
  return Result.succeed({ ...all, ...written(definition, ref, loaded, all.events) })
}

/** Puts a part into the draft. One to which nothing happened is left out. */
export const put = <State, Event>(draft: Draft, { events, ledger, tasks, write }: Part<State, Event>): void => {
  if (events.length === 0) return
  draft.writes.push(write)
  draft.ledger.push(...ledger)
  draft.tasks.push(...tasks)
}
