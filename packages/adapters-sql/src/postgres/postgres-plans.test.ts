/** How PostgreSQL answers: through an index whose order is the answer's, whether or not it knows the arguments. */
import type { ListQuery } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fillTables, merchantId, nowMs, othersId } from "../../test/fill-tables.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresApiKeys } from "./postgres-api-keys.ts"
import { postgresForgetting } from "./postgres-forgetting.ts"
import { postgresLedger } from "./postgres-ledger.ts"
import { postgresListing } from "./postgres-listing.ts"
import { postgresRateLimiter } from "./postgres-rate-limiter.ts"
import { postgresRecords } from "./postgres-records.ts"
import { postgresTasks } from "./postgres-tasks.ts"

const wheres: ReadonlyArray<ListQuery["where"]> = [
  {},
  { status: "paid" },
  { status: "nobody has it" },
  { status: ["paid", "failed"] },
  { status: "paid", source: "card-1" },
  { status: ["paid", "failed"], email: "1@example.com", type: "payment" },
  { settlementId: ["a", "b"], status: ["paid", "failed"] },
  { email: ["1@example.com", "2@example.com"], awaiting: null },
  { awaiting: null },
  { email: null }
]

const pages: ReadonlyArray<ListQuery["page"]> = [
  { _tag: "First" },
  { _tag: "After", id: "p-9000" },
  { _tag: "Before", id: "p-9000" }
]

type Sent = { readonly text: string; readonly values?: ReadonlyArray<unknown> }

let database: MigratedPool
const sent = new Map<string, Sent>()
beforeAll(async () => {
  database = await migratedPool()
  await fillTables(database.pool)
  const { pool } = database
  const watched: Pick<pg.Pool, "query" | "connect"> = new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== "function") return value
      if (name !== "query") return value.bind(target)
      return (statement: string | Sent) => {
        if (typeof statement !== "string") sent.set(statement.text, statement)
        return value.call(target, statement)
      }
    }
  })
  await useAll(watched)
})
afterAll(() => database.close())

const useAll = async (pool: Pick<pg.Pool, "query" | "connect">): Promise<void> => {
  const listing = postgresListing(pool)
  for (const where of wheres) {
    const filter = { merchantId, collection: "payments", where, fromMs: nowMs }
    for (const page of pages) {
      await listing.page({ ...filter, toMs: nowMs + 1e9, page, limit: 10 })
      await listing.page({ ...filter, fromMs: null, toMs: null, page, limit: 1000 })
    }
    await listing.count(filter, 10)
    await listing.count({ ...filter, fromMs: null }, 10_000)
  }
  await listing.find(merchantId, "payments", "p-1")

  const records = postgresRecords(pool)
  const ref = { merchantId, type: "payment", id: "p-1" }
  await records.load(ref)
  await records.events(ref, 0)
  await records.scan(merchantId, "payment", null, 1000)
  await records.scan(merchantId, "payment", "p-5", 1000)
  await records.merchants(null, 1000)
  await records.merchants(merchantId, 1000)
  await records.idempotencyRecord({ merchantId, scope: "s", key: "k-1" })
  const place = { merchantId, recordId: "r-1", field: "pan" }
  await records.sealedRecord(place)
  await records.sealedRecords(null, 1000)
  await records.sealedRecords(place, 1000)
  await records.sweepExpired(nowMs, 1)
  await records.sweepBatches(1)
  await postgresForgetting(pool)(nowMs, 1)

  const ledger = postgresLedger(pool)
  for (const id of [merchantId, othersId(1)]) {
    await ledger.balances(id)
    await ledger.checkpoint(id)
    await ledger.of(id, { type: "payment", id: "p-1" })
  }

  const tasks = postgresTasks(pool)
  await tasks.claim({ lane: "money", owner: "me", nowMs, leaseMs: 1, limit: 10 })
  await tasks.nextDueAtMs("money")
  await tasks.parked()
  await tasks.sweepFinished(nowMs, 1)

  const keys = await postgresApiKeys(pool)
  await keys.add({ lookup: "l", merchantId, bcryptHash: "h", createdAtMs: 1 })
  await keys.find("l")
  await keys.list(merchantId)
  await keys.recordUse("l", 2)
  await keys.revoke("l", 2)

  const limiter = await postgresRateLimiter(pool)
  const taken = limiter.take({ key: "k", limit: 1, windowMs: 1000, nowMs })
  await Effect.runPromise(taken)
}

const literal = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return `array[${value.map(literal).join(", ")}]`
  return typeof value === "number" ? String(value) : pg.escapeLiteral(String(value))
}

type Mode = "force_generic_plan" | "force_custom_plan"

const plansIn = async (mode: Mode): Promise<ReadonlyArray<readonly [text: string, plan: string]>> => {
  const client = await database.pool.connect()
  await client.query(`set plan_cache_mode = ${mode}`)
  const plans: Array<readonly [string, string]> = []
  for (const { text, values = [] } of sent.values()) {
    await client.query(`prepare explained as ${text}`)
    const given = values.length === 0 ? "" : `(${values.map(literal).join(", ")})`
    const { rows } = await client.query<{ readonly "QUERY PLAN": string }>(`explain execute explained${given}`)
    await client.query("deallocate explained")
    plans.push([text, rows.map((row) => row["QUERY PLAN"]).join("\n")])
  }
  client.release(true)
  return plans
}

describe.each(["force_generic_plan", "force_custom_plan"] as const)("the plans of PostgreSQL under %s", (mode) => {
  let plans: Plans
  beforeAll(async () => {
    plans = await plansIn(mode)
  })

  it("read no table from end to end", () => {
    expect(plans.length).toBeGreaterThan(60)
    expect(those(plans, (_, plan) => /Seq Scan|Hash Join|Merge Join/u.test(plan))).toEqual([])
  })

  it("read the index of the leading filter in its order", () => {
    const led = plans.flatMap(([text, plan]) => {
      const column = /"(k\d)" = (?:\$|wanted)/u.exec(text)?.[1]
      return column === undefined ? [] : [[text, plan, column] as const]
    })
    expect(led.length).toBeGreaterThan(20)
    for (const [text, plan, column] of led) {
      expect(`${text}\n${plan}`).toMatch(
        new RegExp(`Index (?:Only )?Scan (?:Backward )?using paykernel_listing_${column}`, "u")
      )
    }
  })

  it("sort a page only where several values are merged, or any value will do", () => {
    const sorted = those(plans, (text, plan) => /paykernel_listing/u.test(text) && /Sort|Bitmap/u.test(plan))
    expect(sorted.filter((found) => !/unnest|"k4" is not null|"k5" is not null/u.test(found))).toEqual([])
  })

  it("claim by the indexes of ready and leased tasks, and change by place what was locked", () => {
    const [claim = ""] = those(plans, (text) => /update "paykernel_task"/u.test(text))
    for (const step of ["paykernel_task_ready", "paykernel_task_leased", "Tid Scan"]) expect(claim).toContain(step)
  })
})

type Plans = Awaited<ReturnType<typeof plansIn>>

const those = (plans: Plans, are: (text: string, plan: string) => boolean): ReadonlyArray<string> =>
  plans.filter(([text, plan]) => are(text, plan)).map((found) => found.join("\n"))
