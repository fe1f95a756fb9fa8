/** The records of API keys in SQLite, in the same file as the payments. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { sql } from "kysely"
import {
  type ApiKeyArguments,
  type ApiKeyRecord,
  type ApiKeys,
  apiKeyArgumentsOf,
  apiKeyRecordOf,
  keysListedMax,
  useToldEveryMs
} from "../api-keys.ts"
import type { ApiKeyRow } from "../schema.ts"
import { prepareConnection, type SqliteDatabase } from "./sqlite-database.ts"
import { isBusy } from "./sqlite-errors.ts"
import { migrate } from "./sqlite-migrations.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

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
  const { find, list, add, revoke, recordUse } = statements(database)
  const write = (run: () => unknown): Promise<void> =>
    inTurn(() => {
      alone(database)
      run()
    })
  return {
    find: (lookup) =>
      inTurn(() => {
        const row = find.get({ lookup })
        return row && apiKeyRecordOf(row)
      }),
    list: (merchantId) => inTurn(() => list.all({ merchantId }).map(apiKeyRecordOf)),
    add: (record) => write(() => add.run(apiKeyArgumentsOf(record))),
    revoke: (lookup, nowMs) => write(() => revoke.run({ lookup, nowMs })),
    recordUse: (lookup, nowMs) => write(() => recordUse.run({ lookup, nowMs }))
  }
}

type Use = { readonly lookup: string; readonly nowMs: number }

const statements = (database: SqliteDatabase) => ({
  find: prepare<{ lookup: string }, ApiKeyRow>(database, (arg) =>
    query.selectFrom("paykernel_api_key").selectAll().where("lookup", "=", arg("lookup"))
  ),
  list: prepare<{ merchantId: string }, ApiKeyRow>(database, (arg) =>
    query
      .selectFrom("paykernel_api_key")
      .selectAll()
      .where("merchant_id", "=", arg("merchantId"))
      .orderBy(sql`revoked_at_ms is not null`)
      .orderBy("created_at_ms", "desc")
      .orderBy("lookup")
      .limit(sql.lit(keysListedMax))
  ),
  add: prepare<ApiKeyArguments, unknown>(database, addRecord),
  revoke: prepare<Use, unknown>(database, (arg) =>
    query
      .updateTable("paykernel_api_key")
      .set({ revoked_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where("revoked_at_ms", "is", null)
  ),
  recordUse: prepare<Use, unknown>(database, (arg) =>
    query
      .updateTable("paykernel_api_key")
      .set({ last_used_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where(sql<boolean>`coalesce(last_used_at_ms + ${sql.lit(useToldEveryMs)} <= ${arg("nowMs")}, true)`)
  )
})

const addRecord = (arg: Arg<ApiKeyArguments>) =>
  query
    .insertInto("paykernel_api_key")
    .values({
      lookup: arg("lookup"),
      merchant_id: arg("merchantId"),
      bcrypt_hash: arg("bcryptHash"),
      created_at_ms: arg("createdAtMs"),
      revoked_at_ms: arg("revokedAtMs"),
      name: arg("name"),
      mode: arg("mode"),
      last_four: arg("lastFour"),
      last_used_at_ms: arg("lastUsedAtMs")
    })
    .onConflict((conflict) =>
      conflict.column("lookup").doUpdateSet(({ fn, ref }) => ({
        merchant_id: ref("excluded.merchant_id"),
        bcrypt_hash: ref("excluded.bcrypt_hash"),
        created_at_ms: ref("excluded.created_at_ms"),
        revoked_at_ms: fn.coalesce("paykernel_api_key.revoked_at_ms", "excluded.revoked_at_ms"),
        name: ref("excluded.name"),
        mode: ref("excluded.mode"),
        last_four: ref("excluded.last_four"),
        last_used_at_ms: latestUse
      }))
    )

/** Of two numbers of which one is missing, SQLite finds none to be the larger. */
const latestUse = sql<number | null>`max(
  coalesce(paykernel_api_key.last_used_at_ms, excluded.last_used_at_ms),
  coalesce(excluded.last_used_at_ms, paykernel_api_key.last_used_at_ms))`

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
