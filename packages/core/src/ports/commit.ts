/**
 * The one way to write. A commit is a value: everything that one decision changes, applied whole or not at all.
 * No interactive transaction crosses this port, so no network call can ever sit inside one, and a store may
 * put many commits into one durable write.
 */
import type { TaskKind } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import type { Place } from "./vault.ts"

/** Plain data that JSON can carry. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | JsonObject

export type JsonObject = { readonly [key: string]: Json }

export const isJsonObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

export type AggregateRef = { readonly merchantId: string; readonly type: string; readonly id: string }

/** One event as stored. `version` of the aggregate after it is its place in the history. */
export type EventRecord = {
  readonly tag: string
  readonly schemaVersion: number
  readonly data: Json
  readonly atMs: number
}

/**
 * How an aggregate, or a part of it such as a refund, can be found. An entry replaces the earlier one of the same
 * collection and id. Only fields that the catalogue declares for the collection may be used.
 */
export type IndexEntry = {
  readonly collection: string
  readonly id: string
  readonly createdAtMs: number
  readonly fields: { readonly [field: string]: string | null }
}

/** Amounts that bound each other, in minor units: refunded ≤ captured ≤ authorized. The store enforces them again. */
export type Bounds = { readonly authorized: bigint; readonly captured: bigint; readonly refunded: bigint }

/** How long an aggregate has to stay, which its state decides. */
export type Retention =
  /**
   * What was begun with it has not ended. No idempotency key that names it is over, whatever its time: a client that asks
   * again must not begin a second time what may still have succeeded.
   */
  | { readonly _tag: "Open" }
  /** For good. Idempotency keys that name it end at their own time. */
  | { readonly _tag: "Kept" }
  /** From then on a sweep may remove it, its events and its index entries. Ledger transactions stay. */
  | { readonly _tag: "Until"; readonly atMs: number }

export type AggregateWrite = {
  readonly ref: AggregateRef
  /** 0 creates. The version after the commit is `expectedVersion + events.length`. */
  readonly expectedVersion: number
  readonly schemaVersion: number
  readonly state: Json
  readonly events: ReadonlyArray<EventRecord>
  readonly index: ReadonlyArray<IndexEntry>
  readonly bounds: Bounds | null
  readonly retention: Retention
}

export type IdempotencyKey = { readonly merchantId: string; readonly scope: string; readonly key: string }

/** The answer that a key is bound to. `body` is kept as text: a replay is the same bytes. */
export type IdempotencyRecord = IdempotencyKey & {
  /** Keyed digest of the meaning of the request. */
  readonly fingerprint: string
  readonly status: number
  readonly body: string
  /** The aggregate that the first request made or changed. */
  readonly aggregate: AggregateRef
  /** Which part of it, such as a refund's id; the aggregate's own id otherwise. */
  readonly subject: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** A task to be filed. An id that the merchant has already is left as it is. */
export type TaskInsert = {
  readonly id: string
  readonly kind: TaskKind
  readonly aggregate: AggregateRef
  readonly subject: string
  readonly dueAtMs: number
  /** Born leased to the process that commits it: that process runs it at once, with fence 1. */
  readonly bornLeased: { readonly owner: string; readonly untilMs: number } | null
}

/** What becomes of a leased task. Refused with `LeaseLost` unless `fence` is still the task's own. */
export type TaskUpdate = {
  readonly merchantId: string
  readonly id: string
  readonly fence: number
  readonly then:
    | { readonly _tag: "Done" }
    /** Give it back, to be claimed from `dueAtMs` on. */
    | { readonly _tag: "Again"; readonly dueAtMs: number }
    /** Keep the lease until then. */
    | { readonly _tag: "Hold"; readonly untilMs: number }
    /** Set aside for a person. */
    | { readonly _tag: "Park"; readonly why: string }
}

/** A card number as the vault sealed it, at its place. */
export type SealedRecord = Place & { readonly sealed: string }

export type Commit = {
  readonly idempotency: IdempotencyRecord | null
  readonly aggregates: ReadonlyArray<AggregateWrite>
  readonly ledger: ReadonlyArray<LedgerTransaction>
  readonly tasks: ReadonlyArray<TaskInsert>
  readonly lease: TaskUpdate | null
  readonly sealed: ReadonlyArray<SealedRecord>
  /** Places whose sealed records are removed; none of them is sealed by the same commit. Where nothing is, nothing goes. */
  readonly erased: ReadonlyArray<Place>
}
