/** The records of API keys in SQLite, in the same file as the payments. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type ApiKeyRecord, type ApiKeys, apiKeyRecordOf } from "../api-keys.ts"
import type { ApiKeyRow } from "../schema.ts"
import { prepareConnection, type SqliteDatabase } from "./sqlite-database.ts"
import { isBusy } from "./sqlite-errors.ts"
import { migrate } from "./sqlite-migrations.ts"
import { prepare, query } from "./sqlite-statement.ts"

/** The record of a key, by the name it had before other databases kept it too. */
export type SqliteApiKeyRecord = ApiKeyRecord

export type SqliteApiKeys = ApiKeys

/**
 * The register of API keys in a database: that of a `sqliteStore`, or one of the host's own. Sets the connection up
 * and brings the tables up to date, as the store does.
 *
 * @example
 * const { database } = sqliteStore({ path: "payments.db" })
 * await sqliteApiKeys(database).find("AAAAAAAAAAAAAAAAAAAAAA") // => undefined
 */
export const sqliteApiKeys = (database: SqliteDatabase): ApiKeys => {
  prepareConnection(database)
  migrate(database)
  const { find, add, revoke } = statements(database)
  return {
    find: (lookup) =>
      inTurn(() => {
        const row = find.get({ lookup })
        return row && apiKeyRecordOf(row)
      }),
    add: ({ lookup, merchantId, bcryptHash, createdAtMs, revokedAtMs = null }) =>
      inTurn(() => {
        alone(database)
        add.run({ lookup, merchantId, bcryptHash, createdAtMs, revokedAtMs })
      }),
    revoke: (lookup, nowMs) =>
      inTurn(() => {
        alone(database)
        revoke.run({ lookup, nowMs })
      })
  }
}

const statements = (database: SqliteDatabase) => ({
  find: prepare<{ lookup: string }, ApiKeyRow>(database, (arg) =>
    query.selectFrom("paykernel_api_key").selectAll().where("lookup", "=", arg("lookup"))
  ),
  add: prepare<AddArguments, unknown>(database, (arg) =>
    query
      .insertInto("paykernel_api_key")
      .values({
        lookup: arg("lookup"),
        merchant_id: arg("merchantId"),
        bcrypt_hash: arg("bcryptHash"),
        created_at_ms: arg("createdAtMs"),
        revoked_at_ms: arg("revokedAtMs")
      })
      .onConflict((conflict) =>
        conflict.column("lookup").doUpdateSet(({ fn, ref }) => ({
          merchant_id: ref("excluded.merchant_id"),
          bcrypt_hash: ref("excluded.bcrypt_hash"),
          created_at_ms: ref("excluded.created_at_ms"),
          revoked_at_ms: fn.coalesce("paykernel_api_key.revoked_at_ms", "excluded.revoked_at_ms")
        }))
      )
  ),
  revoke: prepare<{ lookup: string; nowMs: number }, unknown>(database, (arg) =>
    query
      .updateTable("paykernel_api_key")
      .set({ revoked_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where("revoked_at_ms", "is", null)
  )
})

type AddArguments = {
  readonly lookup: string
  readonly merchantId: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
}

/** Inside a transaction of the host, a write would be answered before it is kept, and might be undone. */
const alone = (database: SqliteDatabase): void => {
  if (database.inTransaction) throw new Error("the connection is in a transaction of the host")
}

/** Another process that writes is waited for, for some seconds and without blocking this one. */
const inTurn = <A>(act: () => A): Promise<A> =>
  Effect.runPromise(
    Effect.retry(Effect.try({ try: act, catch: (error) => error }), {
      while: isBusy,
      schedule: Schedule.spaced(20),
      times: 250
    })
  )
