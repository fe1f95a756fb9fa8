/** The records of API keys in PostgreSQL, in the same database as the payments. */
import { sql } from "kysely"
import { type ApiKeys, apiKeyRecordOf } from "../api-keys.ts"
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
  const { find, add, revoke } = statements(pool)
  return {
    find: async (lookup) => {
      const row = await find.get({ lookup })
      return row && apiKeyRecordOf(row)
    },
    add: async ({ lookup, merchantId, bcryptHash, createdAtMs, revokedAtMs = null }) => {
      await add.run({ lookup, merchantId, bcryptHash, createdAtMs, revokedAtMs })
    },
    revoke: async (lookup, nowMs) => {
      await revoke.run({ lookup, nowMs })
    }
  }
}

type AddArguments = {
  readonly lookup: string
  readonly merchantId: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
}

const statements = (pool: Pick<PostgresPool, "query">) => ({
  find: prepare<{ lookup: string }, ApiKeyRow>(pool, (arg) =>
    query.selectFrom("paykernel_api_key").selectAll().where("lookup", "=", arg("lookup"))
  ),
  add: prepare(pool, addRecord),
  revoke: prepare(pool, (arg: Arg<{ lookup: string; nowMs: number }>) =>
    query
      .updateTable("paykernel_api_key")
      .set({ revoked_at_ms: arg("nowMs") })
      .where("lookup", "=", arg("lookup"))
      .where("revoked_at_ms", "is", null)
      .where(isDurable)
  )
})

const isDurable = sql<boolean>`(${sql.raw(makeDurable)}) is not null`

const addRecord = (arg: Arg<AddArguments>) =>
  query
    .insertInto("paykernel_api_key")
    .columns(["lookup", "merchant_id", "bcrypt_hash", "created_at_ms", "revoked_at_ms"])
    .expression(
      query
        .selectNoFrom([
          sql<string>`${arg("lookup")}::text`.as("lookup"),
          sql<string>`${arg("merchantId")}::text`.as("merchant_id"),
          sql<string>`${arg("bcryptHash")}::text`.as("bcrypt_hash"),
          sql<number>`${arg("createdAtMs")}::bigint`.as("created_at_ms"),
          sql<number | null>`${arg("revokedAtMs")}::bigint`.as("revoked_at_ms")
        ])
        .where(isDurable)
    )
    .onConflict((conflict) =>
      conflict.column("lookup").doUpdateSet(({ fn, ref }) => ({
        merchant_id: ref("excluded.merchant_id"),
        bcrypt_hash: ref("excluded.bcrypt_hash"),
        created_at_ms: ref("excluded.created_at_ms"),
        revoked_at_ms: fn.coalesce("paykernel_api_key.revoked_at_ms", "excluded.revoked_at_ms")
      }))
    )
