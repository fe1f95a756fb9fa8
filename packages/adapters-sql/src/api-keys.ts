/**
 * The records of API keys, beside the payments. A record holds no key and nothing that a key could be had from: a
 * look-up and a bcrypt hash of keyed digests, and the little by which its owner knows it.
 */
import type { ApiKeyRow } from "./schema.ts"

/** What is kept of a key. `lookup` is unique; times are milliseconds since 1970. */
export type ApiKeyRecord = {
  readonly merchantId: string
  readonly lookup: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs?: number
  /** What its owner calls it. */
  readonly name?: string
  /** Of a generated key, as is what it ends with. */
  readonly mode?: "live" | "test"
  readonly lastFour?: string
  /** To the minute. */
  readonly lastUsedAtMs?: number
}

/** Every promise is kept once it resolves: what was written is on the disk. It rejects with the error of the database. */
export type ApiKeys = {
  /** A record by its look-up, also a revoked one; `undefined` for what is not on record. */
  readonly find: (lookup: string) => Promise<ApiKeyRecord | undefined>
  /** A merchant's keys: those that work first, then the newest. At most 1000. */
  readonly list: (merchantId: string) => Promise<ReadonlyArray<ApiKeyRecord>>
  /**
   * Keeps a record in place of an earlier one of the same key. A revocation stands, whatever is added later, and so does
   * the latest use.
   */
  readonly add: (record: ApiKeyRecord) => Promise<void>
  /** Revokes a key for good. Of several times the first counts; a key that is not on record is left at that. */
  readonly revoke: (lookup: string, nowMs: number) => Promise<void>
  /** Notes that a key was used. What is less than a minute later than the use on record, or before it, is left at that. */
  readonly recordUse: (lookup: string, nowMs: number) => Promise<void>
}

/** How much of a merchant is listed. A register that holds more of one is not in the hands of people. */
export const keysListedMax = 1000

/** Uses are told apart by the minute: nobody looks closer, and each is a write. */
export const useToldEveryMs = 60_000

/** A record as its row has it. */
export const apiKeyRecordOf = (row: ApiKeyRow): ApiKeyRecord => ({
  merchantId: row.merchant_id,
  lookup: row.lookup,
  bcryptHash: row.bcrypt_hash,
  createdAtMs: row.created_at_ms,
  ...(row.revoked_at_ms === null ? {} : { revokedAtMs: row.revoked_at_ms }),
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.mode === "live" || row.mode === "test" ? { mode: row.mode } : {}),
  ...(row.last_four === null ? {} : { lastFour: row.last_four }),
  ...(row.last_used_at_ms === null ? {} : { lastUsedAtMs: row.last_used_at_ms })
})

/** What a record is as arguments of the statement that keeps it. */
export type ApiKeyArguments = {
  readonly lookup: string
  readonly merchantId: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
  readonly name: string | null
  readonly mode: string | null
  readonly lastFour: string | null
  readonly lastUsedAtMs: number | null
}

export const apiKeyArgumentsOf = (record: ApiKeyRecord): ApiKeyArguments => ({
  lookup: record.lookup,
  merchantId: record.merchantId,
  bcryptHash: record.bcryptHash,
  createdAtMs: record.createdAtMs,
  revokedAtMs: record.revokedAtMs ?? null,
  name: record.name ?? null,
  mode: record.mode ?? null,
  lastFour: record.lastFour ?? null,
  lastUsedAtMs: record.lastUsedAtMs ?? null
})
