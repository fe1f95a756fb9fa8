/**
 * How PostgreSQL carries out what a commit sends: it finds every row by its key, whatever it knows of the tables, which
 * may be nothing, and of the batch, which may be large.
 */
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import type pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { boundOf, captureOf, commitOf, nowMs, refOf, taskOf, writeOf } from "../../test/commits.ts"
import { insertRows } from "../../test/fill-tables.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresStore } from "./postgres-store.ts"

type Sent = { readonly text: string; readonly values: ReadonlyArray<unknown> }

type Statement = {
  /** The words by which it is known among all that the store sent. */
  readonly isIt: RegExp
  /** The indexes by which it finds rows. */
  readonly looksIn: ReadonlyArray<string>
}

const statements: { readonly [name: string]: Statement } = {
  "a batch of commits that create": { isIt: /created as .* sealed as/su, looksIn: ["paykernel_aggregate_key"] },
  "a batch of commits that change": {
    isIt: /updated as .* leases as .* transactions as .* postings as/su,
    looksIn: ["paykernel_aggregate_key", "paykernel_task_key"]
  },
  "what became of a batch": { isIt: /abandoned = paykernel_batch\.abandoned/u, looksIn: [] },
  "which commits cannot be": {
    isIt: /'version'/u,
    looksIn: [
      "paykernel_aggregate_key",
      "paykernel_aggregate_key",
      "paykernel_idempotency_key",
      "paykernel_ledger_transaction_id",
      "paykernel_task_key"
    ]
  }
}

let database: MigratedPool
let sent: ReadonlyArray<Sent> = []
beforeAll(async () => {
  database = await migratedPool()
  const { pool } = database
  for (const table of tables) await pool.query(`alter table ${table} set (autovacuum_enabled = false)`)
  await pool.query("analyze")
  await insertRows(pool)
  sent = await everythingSent(pool)
})
afterAll(() => database.close())

const tables = ["aggregate", "event", "listing", "task", "idempotency", "ledger_transaction", "ledger_posting"].map(
  (name) => `paykernel_${name}`
)

const payments = Array.from({ length: 200 }, (_, at) => `new-${at}`)

const everythingSent = async (pool: pg.Pool): Promise<ReadonlyArray<Sent>> => {
  const watched = watch(pool)
  const { store, close } = await postgresStore({ pool: watched.pool, limits: { writersMax: 1 } })
  const all = (commits: ReadonlyArray<Commit>) =>
    Promise.allSettled(commits.map((commit) => Effect.runPromise(store.commit(commit))))
  await all(payments.slice(0, 1).map(creating))
  await all(payments.map(creating))
  watched.loseNext()
  await all(payments.slice(0, 1).map(changing))
  await all(payments.map(changing))
  await close()
  return watched.sent
}

const creating = (id: string): Commit =>
  commitOf({
    idempotency: boundOf(id, id),
    aggregates: [
      writeOf(id, { index: [{ collection: "payments", id, createdAtMs: nowMs, fields: { status: "new" } }] })
    ],
    tasks: [{ ...taskOf(id), bornLeased: { owner: "me", untilMs: nowMs } }],
    sealed: [{ merchantId: refOf(id).merchantId, recordId: id, field: "pan", sealed: "x" }]
  })

const changing = (id: string): Commit =>
  commitOf({
    aggregates: [writeOf(id, { expectedVersion: 1 })],
    ledger: [captureOf(id)],
    lease: { merchantId: refOf(id).merchantId, id, fence: 1, then: { _tag: "Done" } }
  })

/** A pool that tells what is sent through it, and breaks a connection on demand, before anything was sent. */
const watch = (pool: pg.Pool) => {
  const sent: Array<Sent> = []
  let losesNext = false
  const watching = <A extends pg.Pool | pg.PoolClient>(target: A): A =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== "function") return value
        if (name === "connect") return async () => watching(await pool.connect())
        if (name !== "query") return value.bind(target)
        return (statement: string | Sent) => {
          if (typeof statement === "string") return value.call(target, statement)
          sent.push(statement)
          const isLost = losesNext
          losesNext = false
          return isLost ? Promise.reject(new Error("the connection broke")) : value.call(target, statement)
        }
      }
    })
  return {
    pool: watching(pool),
    sent,
    loseNext: () => {
      losesNext = true
    }
  }
}

const planOf = async (explain: string, values?: ReadonlyArray<unknown>): Promise<string> => {
  const { rows } = await database.pool.query<{ readonly "QUERY PLAN": string }>(explain, values && [...values])
  return rows.map((row) => row["QUERY PLAN"]).join("\n")
}

/** Without its arguments, and with each of those it was sent with. */
const plansOf = async ({ isIt }: Statement): Promise<ReadonlyArray<string>> => {
  const meant = sent.filter(({ text }) => isIt.test(text))
  const texts = [...new Set(meant.map(({ text }) => text))]
  const generic = await Promise.all(texts.map((text) => planOf(`explain (generic_plan) ${text}`)))
  const custom = await Promise.all(meant.map(({ text, values }) => planOf(`explain ${text}`, values)))
  return [...generic, ...custom]
}

describe.each([
  ["knows of no rows", async () => {}],
  ["knows the tables", () => database.pool.query("analyze")]
])("where the planner %s", (_, learn) => {
  beforeAll(async () => {
    await learn()
  })

  it.each(Object.entries(statements))("%s finds its rows by their keys", async (_, statement) => {
    const plans = await plansOf(statement)
    expect(plans.length).toBeGreaterThan(1)
    for (const plan of plans) {
      expect(plan.split("\n").filter((line) => /(?:Seq|Bitmap \w+) Scan/u.test(line))).toEqual([])
      const indexes = [...plan.matchAll(/Index (?:Only )?Scan (?:Backward )?using (\w+)/gu)].map(([, index]) => index)
      expect(indexes.toSorted()).toEqual(statement.looksIn)
    }
  })
})
