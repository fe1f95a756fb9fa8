/**
 * The records of API keys, beside the payments. A record holds no key and nothing that a key could be had from: a
 * look-up and a bcrypt hash of keyed digests.
 */
import type { ApiKeyRow } from "./schema.ts"

/** What is kept of a key. `lookup` is unique; times are milliseconds since 1970. */
export type ApiKeyRecord = {
  readonly merchantId: string
  readonly lookup: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs?: number
}

/** Every promise is kept once it resolves: what was written is on the disk. It rejects with the error of the database. */
export type ApiKeys = {
  /** A record by its look-up, also a revoked one; `undefined` for what is not on record. */
  readonly find: (lookup: string) => Promise<ApiKeyRecord | undefined>
  /** Keeps a record in place of an earlier one of the same key. A revocation stands, whatever is added later. */
  readonly add: (record: ApiKeyRecord) => Promise<void>
  /** Revokes a key for good. Of several times the first counts; a key that is not on record is left at that. */
  readonly revoke: (lookup: string, nowMs: number) => Promise<void>
}

/** A record as its row has it. */
export const apiKeyRecordOf = (row: ApiKeyRow): ApiKeyRecord => ({
  merchantId: row.merchant_id,
  lookup: row.lookup,
  bcryptHash: row.bcrypt_hash,
  createdAtMs: row.created_at_ms,
  ...(row.revoked_at_ms === null ? {} : { revokedAtMs: row.revoked_at_ms })
})
