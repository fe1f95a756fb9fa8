/**
 * The one way a use case changes something: load, decide, commit; and when somebody else was faster, load and decide
 * again. Nothing here waits for the network, so nothing here holds a transaction open.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../../decision.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { Commit, IdempotencyRecord, SealedRecord, TaskInsert, TaskUpdate } from "../../ports/commit.ts"
import { type CommitError, Store, StoreUnavailable, type VersionConflict } from "../../ports/store.ts"
import type { Place } from "../../ports/vault.ts"
import { type Loaded, load, written } from "../storage/repository.ts"

/** What remains when version conflicts have been retried. */
export type TransactError = Exclude<CommitError, VersionConflict>

export type Transaction<State, Event extends { readonly _tag: string; readonly atMs: number }, Rejection> = {
  readonly definition: AggregateDefinition<State, Event>
  readonly merchantId: string
  readonly id: string
  readonly decide: (state: State) => Result.Result<Decision<Event>, Rejection>
  /** Set when the aggregate is known not to exist, which saves a read. */
  readonly fresh?: boolean
  /** Tasks due at once are born leased to this process, which will run them itself. */
  readonly bornLeased?: (task: TaskRequest) => TaskInsert["bornLeased"]
  /** What becomes of the task in whose name this is done, given the state it leads to. */
  readonly lease?: (state: State) => TaskUpdate
  readonly idempotency?: (state: State) => IdempotencyRecord
  readonly sealed?: ReadonlyArray<SealedRecord>
  /** Places of secrets that are no longer needed, given the state before and the one it leads to. */
  readonly erased?: (before: State, after: State) => ReadonlyArray<Place>
}

export type Committed<State, Event> = {
  readonly state: State
  readonly events: ReadonlyArray<Event>
  readonly tasks: ReadonlyArray<TaskInsert>
}

/** How often a conflict is answered by deciding again. Past it the caller is told to come back later. */
const conflictsMax = 12

/**
 * Decides and commits. A rejection is a value and changes nothing; a decision without events commits only what
 * else was asked for (a task's lease).
 */
export const transact = <State, Event extends { readonly _tag: string; readonly atMs: number }, Rejection>(
  transaction: Transaction<State, Event, Rejection>
): Effect.Effect<Result.Result<Committed<State, Event>, Rejection>, TransactError, Store> => round(transaction, 1)

const round = <State, Event extends { readonly _tag: string; readonly atMs: number }, Rejection>(
  transaction: Transaction<State, Event, Rejection>,
  turn: number
): Effect.Effect<Result.Result<Committed<State, Event>, Rejection>, TransactError, Store> => {
  const { definition, merchantId, id } = transaction
  const known = transaction.fresh === true && turn === 1
  const loading = known
    ? Effect.succeed<Loaded<State>>({ state: definition.initial, version: 0 })
    : load(definition, merchantId, id)
  return Effect.flatMap(loading, (loaded) => {
    const decided = transaction.decide(loaded.state)
    if (Result.isFailure(decided)) return Effect.succeed(Result.fail(decided.failure))
    const planned = plan(transaction, loaded, decided.success)
    if (planned.commit === null) return Effect.succeed(Result.succeed(planned.committed))
    const commit = planned.commit
    return Effect.flatMap(Store, (store) => store.commit(commit)).pipe(
      Effect.as(Result.succeed(planned.committed)),
      Effect.catchTag("VersionConflict", () =>
        turn >= conflictsMax
          ? Effect.fail(new StoreUnavailable({ reason: "contended", outcomeUnknown: false }))
          : Effect.andThen(turn > 2 ? Effect.sleep(turn * 2) : Effect.void, round(transaction, turn + 1))
      )
    )
  })
}

const plan = <State, Event extends { readonly _tag: string; readonly atMs: number }, Rejection>(
  transaction: Transaction<State, Event, Rejection>,
  loaded: Loaded<State>,
  decision: Decision<Event>
): { readonly committed: Committed<State, Event>; readonly commit: Commit | null } => {
  const { merchantId, id } = transaction
  const { state, write } = written(transaction.definition, { merchantId, id }, loaded, decision.events)
  const tasks = decision.tasks.map((task) => insertion(merchantId, task, transaction.bornLeased))
  const lease = transaction.lease?.(state) ?? null
  const committed = { state, events: decision.events, tasks }
  const changes = decision.events.length > 0 || tasks.length > 0
  if (!changes && lease === null && transaction.idempotency === undefined) return { committed, commit: null }
  return {
    committed,
    commit: {
      idempotency: transaction.idempotency?.(state) ?? null,
      aggregates: decision.events.length > 0 ? [write] : [],
      ledger: decision.ledger,
      tasks,
      lease,
      sealed: transaction.sealed ?? [],
      erased: transaction.erased?.(loaded.state, state) ?? []
    }
  }
}

export const insertion = (
  merchantId: string,
  task: TaskRequest,
  bornLeased: ((task: TaskRequest) => TaskInsert["bornLeased"]) | undefined
): TaskInsert => ({
  id: task.id,
  kind: task.kind,
  aggregate: { merchantId, type: task.aggregate.type, id: task.aggregate.id },
  subject: task.subject,
  dueAtMs: task.dueAtMs,
  bornLeased: bornLeased?.(task) ?? null
})
