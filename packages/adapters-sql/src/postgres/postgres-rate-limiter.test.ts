/** Counting in PostgreSQL: the suite, and what is this adapter's own. */
import type { RateTake } from "@paykernel/core/effect"
import { describeRateLimiter } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresRateLimiter } from "./postgres-rate-limiter.ts"

let database: MigratedPool
beforeAll(async () => {
  database = await migratedPool()
})
afterAll(() => database.close())
beforeEach(() => database.pool.query("truncate paykernel_rate_window"))

describeRateLimiter("the PostgreSQL rate limiter", async () => ({
  limiter: await postgresRateLimiter(database.pool),
  another: () => postgresRateLimiter(database.poolOf({ max: 3 }))
}))

const minuteMs = 60_000
const nowMs = 1_795_000_020_000
const takeOf = (change: Partial<RateTake> = {}): RateTake => ({
  key: "k",
  limit: 1,
  windowMs: minuteMs,
  nowMs,
  ...change
})

const takerOn = async (pool: pg.Pool) => {
  const limiter = await postgresRateLimiter(pool)
  return (change?: Partial<RateTake>) => Effect.runPromise(Effect.result(limiter.take(takeOf(change))))
}

/** For sessions that begin from now on. */
const setForAll = async (setting: string): Promise<void> => {
  const { rows: found } = await database.pool.query<{ name: string }>("select quote_ident(current_database()) as name")
  await database.pool.query(`alter database ${found[0]?.name} ${setting}`)
}

const rows = async () =>
  (await database.pool.query<{ key: string; end_ms: string }>("select key, end_ms from paykernel_rate_window")).rows

describe("the table of windows", () => {
  it("holds no key, and of each as much as of any other", async () => {
    const take = await takerOn(database.pool)
    for (const key of ["203.0.113.7", "x".repeat(100_000)]) await take({ key })
    expect(await rows()).toHaveLength(2)
    for (const { key } of await rows()) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/u)
  })

  it("is rid of windows as fast as new ones come, once nobody can ask about them", async () => {
    const take = await takerOn(database.pool)
    for (let n = 0; n < 300; n++) await take({ key: `early ${n}` })
    for (let n = 0; n < 30; n++) await take({ key: `soon ${n}`, nowMs: nowMs + 5 * minuteMs })
    expect(await rows()).toHaveLength(330)
    for (let n = 0; n < 30; n++) await take({ key: `late ${n}`, nowMs: nowMs + 6 * minuteMs })
    expect((await rows()).filter(({ end_ms }) => end_ms === `${nowMs + minuteMs}`)).toEqual([])
    expect(await rows()).toHaveLength(60)
  })

  it("is not logged, so a take writes no log and waits for no disk", async () => {
    const { rows: found } = await database.pool.query(
      "select relpersistence from pg_class where relname = 'paykernel_rate_window'"
    )
    expect(found).toEqual([{ relpersistence: "u" }])
  })
})

describe("a take", () => {
  it("gives way to another transaction at any isolation level, and is counted once", async () => {
    await setForAll("set default_transaction_isolation = 'serializable'")
    const take = await takerOn(database.poolOf({ max: 4 }))
    const answers = await Promise.all(Array.from({ length: 60 }, () => take({ limit: 20 })))
    const allowed = answers.filter((answer) => answer._tag === "Success" && answer.success.allowed)
    const failed = answers.filter((answer) => answer._tag === "Failure")
    expect([allowed.length, failed.length]).toEqual([20, 0])
    await setForAll("reset default_transaction_isolation")
  })

  it("is unavailable where the server, the pool or the table is gone", async () => {
    const pool = database.poolOf({ max: 1 })
    const take = await takerOn(pool)
    await database.pool.query("alter table paykernel_rate_window rename to away")
    expect(await take()).toMatchObject({ failure: { _tag: "RateLimiterUnavailable", reason: "42P01" } })
    await database.pool.query("alter table away rename to paykernel_rate_window")
    expect(await take()).toMatchObject({ success: { allowed: true } })
    await pool.end()
    expect(await take()).toMatchObject({ failure: { _tag: "RateLimiterUnavailable", reason: "closed" } })
  })
})
