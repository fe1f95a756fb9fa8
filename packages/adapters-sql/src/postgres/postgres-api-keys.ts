/** The records of API keys in PostgreSQL, in the same database as the payments. */
import { sql } from "kysely"
import {
  type ApiKeyArguments,
  type ApiKeys,
  apiKeyArgumentsOf,
  apiKeyRecordOf,
  keysListedMax,
  useToldEveryMs
} from "../api-keys.ts"
import type { ApiKeyRow } from "../schema.ts"
import type { PostgresPool } from "./postgres-database.ts"
import { makeDurable } from "./postgres-durability.ts"
import { migrate } from "./postgres-migrations.ts"
import { type Arg, prepare, query } from "./postgres-statement.ts"

/**
 * The register of API keys in a database: that of a `postgresStore`, or one of the host's own. Brings the tables up to
 * date, as the store does.
 *
 * @example
 * const { pool } = await postgresStore({ url: databaseUrl })
 * const keys = await postgresApiKeys(pool)
 * await keys.find("AAAAAAAAAAAAAAAAAAAAAA") // => undefined
 */
export const postgresApiKeys = async (pool: Pick<PostgresPool, "connect" | "query">): Promise<ApiKeys> => {
  await migrate(pool)
  const { find, list, add, revoke, recordUse } = statements(pool)
  return {
    find: async (lookup) => {
      const row = await find.get({ lookup })
      return row && apiKeyRecordOf(row)
    },
    list: async (merchantId) => (await list.all({ merchantId })).map(apiKeyRecordOf),
    add: async (record) => {
      await add.run(apiKeyArgumentsOf(record))
    },
    revoke: async (lookup, nowMs) => {
      await revoke.run({ lookup, nowMs })
    },
    recordUse: async (lookup, nowMs) => {
      await recordUse.run({ lookup, nowMs })
    }
  }
}

type Use = { readonly lookup: string; readonly nowMs: number }

const statements = (pool: Pick<PostgresPool, "query">) => ({
  find: prepare<{ lookup: string }, ApiKeyRow>(pool, (arg) =>
    query.selectFrom("paykernel_api_key").selectAll().where("lookup", "=", arg("lookup"))
  ),
  list: prepare<{ merchantId: string }, ApiKeyRow>(pool, (arg) =>
    query
      .selectFrom("paykernel_api_key")
      .selectAll()
      .where("merchant_id", "=", arg("merchantId"))
      .orderBy(sql`revoked_at_ms is not null`)
      .orderBy("created_at_ms", "desc")
      .orderBy("lookup")
      .limit(sql.lit(keysListedMax))
  ),
  add: prepare(pool, addRecord),
  revoke: prepare(pool, (arg: Arg<Use>) =>
    query
      .updateTable("paykernel_api_key")
      .set({ revoked_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where("revoked_at_ms", "is", null)
      .where(isDurable)
  ),
  recordUse: prepare(pool, (arg: Arg<Use>) =>
    query
      .updateTable("paykernel_api_key")
      .set({ last_used_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where(sql<boolean>`coalesce(last_used_at_ms + ${sql.lit(useToldEveryMs)} <= ${arg("nowMs")}, true)`)
      .where(isDurable)
  )
})

const isDurable = sql<boolean>`(${sql.raw(makeDurable)}) is not null`

const addRecord = (arg: Arg<ApiKeyArguments>) =>
  query
    .insertInto("paykernel_api_key")
    .columns([
      "lookup",
      "merchant_id",
      "bcrypt_hash",
      "created_at_ms",
      "revoked_at_ms",
      "name",
      "mode",
      "last_four",
      "last_used_at_ms"
    ])
    .expression(
      query
        .selectNoFrom([
          sql<string>`${arg("lookup")}::text`.as("lookup"),
          sql<string>`${arg("merchantId")}::text`.as("merchant_id"),
          sql<string>`${arg("bcryptHash")}::text`.as("bcrypt_hash"),
          sql<number>`${arg("createdAtMs")}::bigint`.as("created_at_ms"),
          sql<number | null>`${arg("revokedAtMs")}::bigint`.as("revoked_at_ms"),
          sql<string | null>`${arg("name")}::text`.as("name"),
          sql<string | null>`${arg("mode")}::text`.as("mode"),
          sql<string | null>`${arg("lastFour")}::text`.as("last_four"),
          sql<number | null>`${arg("lastUsedAtMs")}::bigint`.as("last_used_at_ms")
        ])
        .where(isDurable)
    )
    .onConflict((conflict) =>
      conflict.column("lookup").doUpdateSet(({ fn, ref }) => ({
        merchant_id: ref("excluded.merchant_id"),
        bcrypt_hash: ref("excluded.bcrypt_hash"),
        created_at_ms: ref("excluded.created_at_ms"),
        revoked_at_ms: fn.coalesce("paykernel_api_key.revoked_at_ms", "excluded.revoked_at_ms"),
        name: ref("excluded.name"),
        mode: ref("excluded.mode"),
        last_four: ref("excluded.last_four"),
        last_used_at_ms: sql<number | null>`greatest(paykernel_api_key.last_used_at_ms, excluded.last_used_at_ms)`
      }))
    )
