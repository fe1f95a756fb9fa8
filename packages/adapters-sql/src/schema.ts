/**
 * The tables, as Kysely types, for every SQL dialect. Each leads with the merchant, so that rows can be spread over
 * machines by it; only API keys, which say who the merchant is, are keyed by their look-up, and the windows of rate
 * limits, which also count strangers, by what is counted.
 */
import { collections, type Retention } from "@paykernel/core/effect"
import type { Generated } from "kysely"

export type AggregateRow = {
  readonly merchant_id: string
  readonly type: string
  readonly id: string
  readonly version: number
  readonly schema_version: number
  /** JSON. */
  readonly state: string
  /** Bounded amounts, padded with zeros to one width so that text compares as the numbers do, beyond 64 bits. */
  readonly authorized: string | null
  readonly captured: string | null
  readonly refunded: string | null
  /** 1 while what was begun with it has not ended, which keeps the idempotency keys that name it bound; else 0. */
  readonly is_open: number
  /** From when on it may be removed; `null`: not at all. */
  readonly forget_at_ms: number | null
}

/** A retention as columns of its aggregate. */
export const retentionColumns = (retention: Retention) => ({
  is_open: retention._tag === "Open" ? 1 : 0,
  forget_at_ms: retention._tag === "Until" ? retention.atMs : null
})

export type EventRow = {
  readonly merchant_id: string
  readonly type: string
  readonly id: string
  /** Of the aggregate after the event. Unique, so that a history can never fork. */
  readonly version: number
  readonly tag: string
  readonly schema_version: number
  /** JSON. */
  readonly data: string
  readonly at_ms: number
}

/** Which of the declared fields of a collection a column holds depends on the collection: see `columnOf`. */
export type FieldColumn = "k1" | "k2" | "k3" | "k4" | "k5" | "k6" | "k7" | "k8"

export type ListingRow = {
  readonly merchant_id: string
  readonly collection: string
  readonly id: string
  readonly created_at_ms: number
  readonly type: string
  readonly aggregate_id: string
} & { readonly [column in FieldColumn]: string | null }

export type TaskState = "ready" | "leased" | "done" | "parked"

export type TaskRow = {
  readonly id: string
  readonly kind: string
  /** Follows from the kind. */
  readonly lane: string
  readonly merchant_id: string
  readonly type: string
  readonly aggregate_id: string
  readonly subject: string
  readonly state: TaskState
  readonly due_at_ms: number
  readonly leased_until_ms: number
  readonly lease_owner: string | null
  readonly fence: number
  readonly attempt: number
  readonly why: string | null
}

export type IdempotencyRow = {
  readonly merchant_id: string
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
  readonly status: number
  readonly body: string
  readonly aggregate_merchant_id: string
  readonly type: string
  readonly aggregate_id: string
  readonly subject: string
  readonly created_at_ms: number
  readonly expires_at_ms: number
}

export type LedgerTransactionRow = {
  readonly merchant_id: string
  /** In the order of the commits of any one aggregate. SQLite counts a merchant's from 1 without a gap. */
  readonly seq: number
  readonly id: string
  readonly kind: string
  readonly reference_type: string
  readonly reference_id: string
  readonly at_ms: number
}

export type LedgerPostingRow = {
  readonly merchant_id: string
  readonly seq: number
  readonly line: number
  readonly account: string
  readonly currency: string
  readonly layer: string
}

/** The amount is `low + mid·10^13 + high·10^26`, so that sums of 64-bit integers are exact at any size. */
export type LimbedPostingRow = LedgerPostingRow & {
  readonly low: bigint
  readonly mid: bigint
  readonly high: bigint
}

/** The amount as an exact number of the database, read as its digits. */
export type NumericPostingRow = LedgerPostingRow & { readonly amount: string }

/** The sums of all postings up to and including `through_seq`, as JSON. */
export type LedgerCheckpointRow = {
  readonly merchant_id: string
  readonly through_seq: number
  readonly sums: string
}

export type SealedRow = {
  readonly merchant_id: string
  readonly record_id: string
  readonly field: string
  readonly sealed: string
}

/** Where in the slots a record lies: see `sqlite-sealed.ts`. */
export type SlottedSealedRow = Omit<SealedRow, "sealed"> & { readonly slot: number }

export type ApiKeyRow = {
  readonly lookup: string
  readonly merchant_id: string
  readonly bcrypt_hash: string
  readonly created_at_ms: number
  readonly revoked_at_ms: number | null
  readonly name: string | null
  /** `live` or `test`, of a generated key. */
  readonly mode: string | null
  readonly last_four: string | null
  readonly last_used_at_ms: number | null
}

/** What was taken of a rate limit in one window of time. */
export type RateWindowRow = {
  /** A digest of who is counted, for what, and in windows of which length. */
  readonly key: string
  readonly start_ms: number
  readonly end_ms: number
  readonly taken: number
}

/** One durable write, or one of which somebody made sure that it never happens. Times are the server's. */
export type BatchRow = { readonly id: string; readonly at_ms: number; readonly abandoned: boolean }

/** Prefixed, because a host may keep its own tables in the same database. */
type SharedTables = {
  readonly paykernel_aggregate: AggregateRow
  readonly paykernel_event: EventRow
  readonly paykernel_listing: ListingRow
  readonly paykernel_task: TaskRow
  readonly paykernel_idempotency: IdempotencyRow
  readonly paykernel_ledger_transaction: LedgerTransactionRow
  readonly paykernel_ledger_checkpoint: LedgerCheckpointRow
  readonly paykernel_api_key: ApiKeyRow
  readonly paykernel_rate_window: RateWindowRow
}

export type SqliteTables = SharedTables & {
  readonly paykernel_ledger_posting: LimbedPostingRow
  readonly paykernel_sealed: SlottedSealedRow
  readonly paykernel_sealed_slot: { readonly id: Generated<number>; readonly sealed: string }
  readonly paykernel_sealed_free: { readonly bytes: number; readonly slot: number }
}

export type PostgresTables = SharedTables & {
  readonly paykernel_ledger_posting: NumericPostingRow
  readonly paykernel_sealed: SealedRow
  readonly paykernel_batch: BatchRow
}

export const fieldColumns: ReadonlyArray<FieldColumn> = ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"]

/** A row of which no field is set. */
export const noFields = Object.fromEntries(fieldColumns.map((column) => [column, null])) as {
  [column in FieldColumn]: string | null
}

/**
 * The column of a declared field: its place in the declaration. Stored rows depend on it, so the catalogue of fields
 * may grow at its end and never change otherwise. Asking for a field that is not declared is a defect.
 */
export const columnOf = (collection: string, field: string): FieldColumn => {
  const column = fieldColumns[declaredFields(collection).indexOf(field)]
  if (column === undefined) throw new RangeError(`${collection} declare no field ${field}`)
  return column
}

export const declaredFields = (collection: string): ReadonlyArray<string> => {
  if (!Object.hasOwn(collections, collection)) throw new RangeError(`no collection is called ${collection}`)
  return collections[collection as keyof typeof collections]
}
