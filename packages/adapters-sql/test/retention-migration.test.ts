/**
 * What was stored before there were lanes and retentions: its tasks move money, and its aggregates are open where their
 * states say so, so that a key of what is under way is held at once.
 */
import {
  type AggregateDefinition,
  cardDefinition,
  checkoutDefinition,
  merchantDefinition,
  paymentDefinition,
  type Store
} from "@paykernel/core/effect"
import { anyCard, anyCheckout, anyMerchant, anyPayment, paymentHistory } from "@paykernel/core/testing"
import { freshDatabase } from "@paykernel/test-postgres"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import pg from "pg"
import { describe, expect, it, onTestFinished } from "vitest"
import { migrate as migratePostgres } from "../src/postgres/postgres-migrations.ts"
import { migrations as postgresSteps } from "../src/postgres/postgres-tables.ts"
import { migrate as migrateSqlite } from "../src/sqlite/sqlite-migrations.ts"
import { migrations as sqliteSteps } from "../src/sqlite/sqlite-tables.ts"
import { openStore } from "./open-store.ts"
import { temporaryDatabase } from "./temporary-database.ts"

type Old = { readonly type: string; readonly id: string; readonly state: string; readonly isOpen: boolean }

/** A database as it was before, and the way to now. */
type Before = {
  readonly url: string
  readonly insert: (statement: string, rows: ReadonlyArray<ReadonlyArray<string | number>>) => Promise<void>
  readonly openNow: () => Promise<ReadonlyArray<string>>
}

const step = "tasks: lanes"
const until = <A extends { readonly name: string }>(steps: ReadonlyArray<A>): ReadonlyArray<A> =>
  steps.slice(
    0,
    steps.findIndex(({ name }) => name === step)
  )

const openIds = "select type || ' ' || id as name from paykernel_aggregate where is_open = 1 order by 1"

const sqlite = async (): Promise<Before> => {
  const path = temporaryDatabase()
  const database = new Database(path)
  onTestFinished(() => void database.close())
  migrateSqlite(database, until(sqliteSteps))
  return {
    url: `sqlite:${path}`,
    insert: async (statement, rows) => {
      for (const row of rows) database.prepare(statement.replaceAll(/\$\d+/gu, "?")).run(row)
    },
    openNow: async () => {
      migrateSqlite(database)
      return (database.prepare(openIds).all() as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name)
    }
  }
}

const postgres = async (): Promise<Before> => {
  const { url, drop } = await freshDatabase()
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  pool.on("error", () => {})
  onTestFinished(async () => {
    await pool.end()
    await drop()
  })
  await migratePostgres(pool, until(postgresSteps))
  return {
    url,
    insert: async (statement, rows) => {
      for (const row of rows) await pool.query(statement, [...row])
    },
    openNow: async () => {
      await migratePostgres(pool)
      return (await pool.query<{ readonly name: string }>(openIds)).rows.map(({ name }) => name)
    }
  }
}

const merchantId = "m"

const putAggregates = ({ insert }: Before, rows: ReadonlyArray<Old>): Promise<void> =>
  insert(
    `insert into paykernel_aggregate (merchant_id, type, id, version, schema_version, state)
      values ($1, $2, $3, $4, $5, $6)`,
    rows.map(({ type, id, state }) => [merchantId, type, id, 1, 1, state])
  )

type Definition<State> = Pick<
  AggregateDefinition<State, { readonly _tag: string; readonly atMs: number }>,
  "type" | "encodeState" | "retention"
>

const oldOf = <State>(
  { type, encodeState, retention }: Definition<State>,
  states: ReadonlyArray<State>
): ReadonlyArray<Old> =>
  states.map((state, n) => ({
    type,
    id: `${n}`.padStart(4, "0"),
    state: JSON.stringify(encodeState(state)),
    isOpen: retention(state)._tag === "Open"
  }))

/** Texts that look like a state, and such as no JSON of a database need be able to hold. */
const misleading = ['{"status":"manual"}', '"status":"pending"', '"attempts":[{"status":"unknown"}]', "\0\ud800"]

const payments = [
  ...fc.sample(anyPayment, 300),
  ...fc.sample(anyPayment, 40).map((payment, n) => ({ ...payment, description: misleading[n % 4] ?? "" })),
  ...fc.sample(paymentHistory(), 40).flatMap(({ states }) => states)
]

const everything = [
  ...oldOf(paymentDefinition, payments),
  ...oldOf(cardDefinition, fc.sample(anyCard, 50)),
  ...oldOf(checkoutDefinition, fc.sample(anyCheckout, 50)),
  ...oldOf(merchantDefinition, fc.sample(anyMerchant, 20))
]

const held = async (store: Store["Service"], key: string): Promise<boolean | undefined> =>
  (await Effect.runPromise(store.idempotencyRecord({ merchantId, scope: "s", key })))?.held

describe.each([
  ["SQLite", sqlite],
  ["PostgreSQL", postgres]
])("an existing database in %s", (_, before) => {
  it("has those aggregates open whose state says so", async () => {
    const database = await before()
    await putAggregates(database, everything)
    const open = everything.filter(({ isOpen }) => isOpen).map(({ type, id }) => `${type} ${id}`)
    expect(await database.openNow()).toEqual(open.toSorted())
    for (const type of ["payment", "card", "checkout"]) expect(open.join()).toContain(type)
    expect(open.length).toBeLessThan(everything.length)
  })

  it("holds the keys of what is under way, and sweeps the others", async () => {
    const database = await before()
    const [open, closed] = [true, false].map((isOpen) => everything.find((one) => one.isOpen === isOpen))
    if (open === undefined || closed === undefined) throw new Error("there is one of each")
    await putAggregates(database, [open, closed])
    await database.insert(
      `insert into paykernel_idempotency (merchant_id, scope, key, fingerprint, status, body, aggregate_merchant_id,
        type, aggregate_id, subject, created_at_ms, expires_at_ms)
        values ($1, 's', $2, 'f', 201, '"{}"', $3, $4, $5, $6, 1, 2)`,
      [open, closed].map(({ type, id, isOpen }) => [merchantId, isOpen ? "open" : "closed", merchantId, type, id, id])
    )
    const { store, close } = await openStore(database.url)
    try {
      expect([await held(store, "open"), await held(store, "closed")]).toEqual([true, false])
      expect(await Effect.runPromise(store.sweep({ nowMs: 3, finishedTasksBeforeMs: 0, limit: 10 }))).toBe(1)
      expect([await held(store, "open"), await held(store, "closed")]).toEqual([true, undefined])
    } finally {
      await close()
    }
  })

  it("has all tasks in the lane of money", async () => {
    const database = await before()
    await database.insert(
      `insert into paykernel_task (merchant_id, id, kind, type, aggregate_id, subject, state, due_at_ms, leased_until_ms,
        fence, attempt) values ($1, $2, 'attempt', 'payment', 'p', 'a', 'ready', 1, 0, 0, 0)`,
      [[merchantId, "t"]]
    )
    const { store, close } = await openStore(database.url)
    try {
      expect(await Effect.runPromise(store.nextDueAtMs("news"))).toBeNull()
      const claim = { lane: "money" as const, owner: "w", nowMs: 1, leaseMs: 1, limit: 1 }
      expect(await Effect.runPromise(store.claim(claim))).toMatchObject([{ id: "t", kind: "attempt" }])
    } finally {
      await close()
    }
  })
})
