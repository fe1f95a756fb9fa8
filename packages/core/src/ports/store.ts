/**
 * Where everything durable lives. Every read and write names its merchant, so another tenant's data is unreachable
 * by construction; only the task queue is read across merchants, by the worker.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { TaskKind, TaskLane } from "../decision.ts"
import type { Balance, LedgerTransaction } from "../ledger/ledger.ts"
import type {
  AggregateRef,
  Commit,
  EventRecord,
  IdempotencyKey,
  IdempotencyRecord,
  Json,
  SealedRecord
} from "./commit.ts"
import type { Place } from "./vault.ts"

/** Somebody else wrote the aggregate first: load and decide again. */
export class VersionConflict extends Data.TaggedError("VersionConflict")<{ readonly ref: AggregateRef }> {}
/** The idempotency key is bound already: read its record and replay or refuse. */
export class KeyTaken extends Data.TaggedError("KeyTaken")<{ readonly key: IdempotencyKey }> {}
/** The task belongs to another holder now. Whatever this holder learned must not be written. */
export class LeaseLost extends Data.TaggedError("LeaseLost")<{ readonly taskId: string }> {}
/** The store cannot answer. `outcomeUnknown` says that a commit may nevertheless have happened. */
export class StoreUnavailable extends Data.TaggedError("StoreUnavailable")<{
  readonly reason: string
  readonly outcomeUnknown: boolean
}> {}
/** A bound, a balance or a uniqueness that must always hold would have been broken: a defect, stopped at the store. */
export class InvariantViolated extends Data.TaggedError("InvariantViolated")<{ readonly invariant: string }> {}

export type CommitError = VersionConflict | KeyTaken | LeaseLost | StoreUnavailable | InvariantViolated

export type StoredAggregate = {
  readonly ref: AggregateRef
  readonly version: number
  readonly schemaVersion: number
  readonly state: Json
}

export type StoredEvent = EventRecord & { readonly version: number }

/** `held`: the aggregate that it names is open, so the key is bound still, even past `expiresAtMs`. */
export type StoredIdempotencyRecord = IdempotencyRecord & { readonly held: boolean }

export type ClaimedTask = {
  readonly id: string
  readonly kind: TaskKind
  readonly aggregate: AggregateRef
  readonly subject: string
  readonly dueAtMs: number
  /** Claims so far, this one included. */
  readonly attempt: number
  readonly fence: number
  readonly leasedUntilMs: number
}

/** Newest first by (createdAtMs, id). `before` and `after` are item ids, exclusive, and not combined. */
export type ListQuery = {
  readonly merchantId: string
  readonly collection: string
  /** Fields that must equal a value, or one of several. */
  readonly where: { readonly [field: string]: string | ReadonlyArray<string> | null }
  /** Inclusive. */
  readonly fromMs: number | null
  /** Inclusive. */
  readonly toMs: number | null
  readonly page: { readonly _tag: "First" } | { readonly _tag: "After" | "Before"; readonly id: string }
  /** At most 1000. */
  readonly limit: number
}

export type ListedItem = { readonly id: string; readonly createdAtMs: number; readonly aggregate: StoredAggregate }

export type ListPage = {
  readonly items: ReadonlyArray<ListedItem>
  /** Whether there is more further on, towards older items. */
  readonly hasNext: boolean
  /** Whether there is more before, towards newer items. */
  readonly hasPrevious: boolean
}

export class Store extends Context.Service<
  Store,
  {
    readonly commit: (commit: Commit) => Effect.Effect<void, CommitError>
    readonly load: (ref: AggregateRef) => Effect.Effect<StoredAggregate | undefined, StoreUnavailable>
    /** Events with a version above `afterVersion`, oldest first, at most 1000. */
    readonly events: (
      ref: AggregateRef,
      afterVersion: number
    ) => Effect.Effect<ReadonlyArray<StoredEvent>, StoreUnavailable>
    /** An item of a collection by its id, with the aggregate it is part of. */
    readonly find: (
      merchantId: string,
      collection: string,
      id: string
    ) => Effect.Effect<ListedItem | undefined, StoreUnavailable>
    readonly list: (query: ListQuery) => Effect.Effect<ListPage, StoreUnavailable>
    /** How many entries match, counted no further than `atMost`. */
    readonly count: (
      query: Pick<ListQuery, "merchantId" | "collection" | "where" | "fromMs">,
      atMost: number
    ) => Effect.Effect<number, StoreUnavailable>
    readonly idempotencyRecord: (
      key: IdempotencyKey
    ) => Effect.Effect<StoredIdempotencyRecord | undefined, StoreUnavailable>
    readonly sealedRecord: (place: Place) => Effect.Effect<SealedRecord | undefined, StoreUnavailable>
    /**
     * Sealed records of all merchants in a stable order, for re-wrapping under a new key. `after` is the last place
     * of the page before.
     */
    readonly sealedRecords: (
      after: Place | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<SealedRecord>, StoreUnavailable>
    readonly balances: (merchantId: string) => Effect.Effect<ReadonlyArray<Balance>, StoreUnavailable>
    /** Transactions that refer to an aggregate, oldest first, at most 1000. */
    readonly ledgerOf: (
      merchantId: string,
      reference: { readonly type: string; readonly id: string }
    ) => Effect.Effect<ReadonlyArray<LedgerTransaction>, StoreUnavailable>
    /** Due tasks of a lane whose lease is free or over, oldest due first; each gets a new lease and a higher fence. */
    readonly claim: (request: {
      readonly lane: TaskLane
      readonly owner: string
      readonly nowMs: number
      readonly leaseMs: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<ClaimedTask>, StoreUnavailable>
    /** When the next unfinished task of a lane falls due or its lease ends; `null` when there is none. */
    readonly nextDueAtMs: (lane: TaskLane) => Effect.Effect<number | null, StoreUnavailable>
    /**
     * Rings when another process may have filed tasks, as long as the scope lasts. A nudge and no promise: it may come
     * late, for nothing or never, and whoever listens looks now and then all the same.
     */
    readonly nudges: (ring: () => void) => Effect.Effect<void, never, Scope.Scope>
    /** Tasks set aside for a person, oldest first, at most 1000. */
    readonly parked: () => Effect.Effect<ReadonlyArray<ClaimedTask & { readonly why: string }>, StoreUnavailable>
    /**
     * Removes, oldest first, finished tasks, idempotency records that are expired and not held, and aggregates whose time
     * is over. At most `limit` tasks and records; an aggregate counts for itself and each of its events and goes whole,
     * so the last may reach beyond. Returns how many went: fewer than `limit` once nothing is left.
     */
    readonly sweep: (request: {
      readonly nowMs: number
      readonly finishedTasksBeforeMs: number
      readonly limit: number
    }) => Effect.Effect<number, StoreUnavailable>
    /**
     * Ids of the merchants that have any aggregate, each once and in a stable order, for audits. `afterId` is the last
     * id of the page before.
     */
    readonly merchants: (
      afterId: string | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
    /** Every aggregate of one type and merchant in a stable order, for audits. `afterId` is the last id of the page before. */
    readonly scan: (
      merchantId: string,
      type: string,
      afterId: string | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<StoredAggregate>, StoreUnavailable>
  }
>()("@paykernel/core/Store") {}
