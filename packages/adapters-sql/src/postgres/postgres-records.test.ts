/** Walks that cost what they show, and sweeps that several nodes make at once. */
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { merchantId, nowMs } from "../../test/commits.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresRecords } from "./postgres-records.ts"

let database: MigratedPool
let pool: pg.Pool
beforeAll(async () => {
  database = await migratedPool()
  pool = database.pool
})
afterAll(() => database.close())
beforeEach(() => pool.query("truncate paykernel_aggregate, paykernel_idempotency, paykernel_batch"))

const hourMs = 3_600_000

const file = {
  aggregates: (merchants: ReadonlyArray<string>, each: number) =>
    pool.query(
      `insert into paykernel_aggregate (merchant_id, type, id, version, schema_version, state)
       select merchant, type, type || n, 1, 1, '{}' from unnest($1::text[]) as merchant,
         generate_series(1, $2::integer) as n, unnest(array['card', 'payment']) as type`,
      [merchants, each]
    ),
  keys: (count: number) =>
    pool.query(
      `insert into paykernel_idempotency (merchant_id, scope, key, fingerprint, status, body, aggregate_merchant_id,
         type, aggregate_id, subject, created_at_ms, expires_at_ms)
       select $1, 's', 'k-' || n, 'f', 200, '"{}"', $1, 'payment', 'p', 'p', 0, $2::bigint + n
       from generate_series(1, $3::integer) as n`,
      [merchantId, nowMs, count]
    ),
  batches: (agesMs: ReadonlyArray<number>) =>
    pool.query(
      `insert into paykernel_batch (id, at_ms, abandoned)
       select age::text, (extract(epoch from clock_timestamp()) * 1000)::bigint - age, false
       from unnest($1::bigint[]) as age`,
      [agesMs]
    )
}

const column = async (text: string): Promise<ReadonlyArray<string>> =>
  (await pool.query<[string]>({ text, rowMode: "array" })).rows.map(([value]) => value)

describe("a walk over the merchants", () => {
  it("meets each once and in order, however much each has", async () => {
    const all = ["m-b", "m-a", "m-é", "m-C", "m-c", "m-0"]
    await file.aggregates(all, 50)
    const { merchants } = postgresRecords(pool)
    expect(await merchants(null, 100)).toEqual(all.toSorted())
    const met: Array<string> = []
    for (;;) {
      const page = await merchants(met.at(-1) ?? null, 4)
      if (page.length === 0) break
      expect(page.length).toBeLessThanOrEqual(4)
      met.push(...page)
    }
    expect(met).toEqual(all.toSorted())
  })

  it("finds nobody in an empty store, and nobody after the last", async () => {
    const { merchants } = postgresRecords(pool)
    expect(await merchants(null, 10)).toEqual([])
    await file.aggregates(["m"], 1)
    expect(await merchants("m", 10)).toEqual([])
    expect(await merchants("l", 10)).toEqual(["m"])
  })

  it("reads a page of the index for each merchant, not all that the merchant has", async () => {
    await file.aggregates(["m-a", "m-b"], 20_000)
    await pool.query("vacuum analyze paykernel_aggregate")
    const client = await pool.connect()
    const seen: Array<string> = []
    const watched = {
      query: (statement: { readonly text: string }) => {
        seen.push(statement.text)
        return client.query(statement)
      }
    }
    expect(await postgresRecords(watched as typeof client).merchants(null, 10)).toEqual(["m-a", "m-b"])
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${seen[0]}`, [10])
    client.release()
    expect(rows[0]["QUERY PLAN"][0].Plan["Shared Hit Blocks"]).toBeLessThan(40)
  })
})

describe("a sweep", () => {
  it("of expired keys takes the oldest, no more than its limit", async () => {
    await file.keys(5)
    const { sweepExpired } = postgresRecords(pool)
    expect(await sweepExpired(nowMs, 10)).toBe(0)
    expect(await sweepExpired(nowMs + 4, 3)).toBe(3)
    expect(await column("select key from paykernel_idempotency order by key")).toEqual(["k-4", "k-5"])
    expect(await sweepExpired(nowMs + 4, 3)).toBe(1)
  })

  it("passes over what another node sweeps, without waiting", async () => {
    await file.keys(5)
    await file.batches([hourMs + 60_000, hourMs + 61_000, hourMs + 62_000])
    const other = await pool.connect()
    await other.query("begin")
    expect(await postgresRecords(other).sweepExpired(nowMs + 5, 2)).toBe(2)
    expect(await postgresRecords(other).sweepBatches(1)).toBe(1)
    expect(await postgresRecords(pool).sweepExpired(nowMs + 5, 10)).toBe(3)
    expect(await postgresRecords(pool).sweepBatches(10)).toBe(2)
    await other.query("rollback")
    other.release()
    expect(await postgresRecords(pool).sweepExpired(nowMs + 5, 10)).toBe(2)
  })

  it("leaves a key alone that is bound anew meanwhile", async () => {
    await file.keys(2)
    const binder = await pool.connect()
    await binder.query("begin")
    await binder.query("update paykernel_idempotency set expires_at_ms = $1 where key = 'k-1'", [nowMs * 2])
    expect(await postgresRecords(pool).sweepExpired(nowMs + 5, 10)).toBe(1)
    await binder.query("commit")
    binder.release()
    expect(await postgresRecords(pool).sweepExpired(nowMs + 5, 10)).toBe(0)
    expect(await column("select key from paykernel_idempotency")).toEqual(["k-1"])
  })

  it("of batches leaves those that somebody may still be in doubt about", async () => {
    await file.batches([0, 60_000, hourMs - 60_000, hourMs + 60_000, hourMs * 5])
    const { sweepBatches } = postgresRecords(pool)
    expect(await sweepBatches(1)).toBe(1)
    expect(await column("select id from paykernel_batch order by at_ms")).not.toContain(String(hourMs * 5))
    expect(await sweepBatches(10)).toBe(1)
    expect(await column("select id from paykernel_batch order by at_ms desc")).toEqual([
      "0",
      "60000",
      String(hourMs - 60_000)
    ])
  })
})
