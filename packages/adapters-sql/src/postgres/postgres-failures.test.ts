/** When the server is away, refuses or says nothing: every waiter is told the truth, and the store goes on after. */
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import pg from "pg"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { commitOf, createOf, refOf, writeOf } from "../../test/commits.ts"
import { type PostgresStoreOptions, postgresStore } from "./postgres-store.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const failure = <A, E>(effect: Effect.Effect<A, E>): Promise<unknown> =>
  run(effect).then(
    () => undefined,
    (error: unknown) => error
  )

let database: FreshDatabase
const toClose: Array<() => Promise<unknown>> = []
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
  await database.drop()
})

const open = async (limits: PostgresStoreOptions["limits"] = {}) => {
  const opened = await postgresStore({ url: database.url, limits })
  toClose.push(opened.close)
  return opened
}

const severAll = (pool: pg.Pool): Promise<unknown> =>
  pool
    .query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()")
    .catch(() => {})

describe("a store whose connections are cut", () => {
  it("answers reads and commits as if nothing had been", async () => {
    const { store, pool } = await open()
    await run(store.commit(createOf("a")))
    for (const id of ["b", "c", "d"]) {
      await severAll(pool)
      await run(store.commit(createOf(id)))
      expect(await run(store.load(refOf("a")))).toMatchObject({ version: 1 })
      expect(await run(store.load(refOf(id)))).toMatchObject({ version: 1 })
    }
  })
})

describe("a commit that waits for another transaction", () => {
  it("is found to be written, when its connection is cut while it waits", async () => {
    const { store, pool } = await open()
    await run(store.commit(createOf("a")))
    const other = new pg.Client({ connectionString: database.url })
    other.on("error", () => {})
    await other.connect()
    await other.query("begin; update paykernel_aggregate set version = version")
    const waiting = run(store.commit(commitOf({ aggregates: [writeOf("a", { expectedVersion: 1, state: "second" })] })))
    const cut = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
    await expect.poll(async () => (await pool.query(cut)).rowCount).toBe(1)
    await other.query("rollback")
    await waiting
    await other.end()
    expect(await run(store.load(refOf("a")))).toMatchObject({ version: 2, state: "second" })
  })
})

describe("a server that cannot be reached", () => {
  it("is waited for as long as the store was told, and then nothing was written", async () => {
    const { store, pool } = await open({ patienceMs: 200 })
    pool.options.port = 1
    pool.options.connectionString = database.url.replace(/:\d+\//u, ":1/")
    await severAll(pool)
    const unreachable = { _tag: "StoreUnavailable", reason: "ECONNREFUSED", outcomeUnknown: false }
    expect(await failure(store.commit(createOf("a")))).toMatchObject(unreachable)
    expect(await failure(store.load(refOf("a")))).toMatchObject(unreachable)
    pool.options.connectionString = database.url
    await run(store.commit(createOf("a")))
  })

  it("makes opening fail", async () => {
    await expect(postgresStore({ url: database.url.replace(/:\d+\//u, ":1/") })).rejects.toThrow("ECONNREFUSED")
  })
})

describe("what the server cannot keep", () => {
  it("spoils no commit but its own", async () => {
    const { store } = await open()
    const long = Array.from({ length: 3000 }, (_, place) =>
      String.fromCodePoint(0x4e00 + ((place * 7919) % 20_000))
    ).join("")
    const tooLong = commitOf({
      aggregates: [writeOf("long", { index: [{ collection: "payments", id: long, createdAtMs: 1, fields: {} }] })]
    })
    const answers = await Promise.all(
      [createOf("a"), tooLong, createOf("b")].map((commit) => failure(store.commit(commit)))
    )
    expect(answers).toMatchObject([undefined, { _tag: "InvariantViolated" }, undefined])
    expect(await run(store.load(refOf("long")))).toBeUndefined()
  })
})

describe("a store", () => {
  it("answers what was asked before it closed, and nothing after", async () => {
    const { store, close } = await postgresStore({ url: database.url })
    const commits = ["a", "b", "c"].map((id) => run(store.commit(createOf(id))))
    await close()
    await Promise.all(commits)
    const closed = { _tag: "StoreUnavailable", reason: "closed" }
    expect(await failure(store.commit(createOf("d")))).toMatchObject(closed)
    expect(await failure(store.load(refOf("a")))).toMatchObject(closed)
  })

  it("refuses at once what its queue cannot hold, and writes the rest", async () => {
    const { store } = await open({ waitingMax: 5 })
    const answers = await Promise.all(
      ["a", "b", "c", "d", "e", "f", "g"].map((id) => failure(store.commit(createOf(id))))
    )
    const overloaded = { _tag: "StoreUnavailable", reason: "overloaded", outcomeUnknown: false }
    expect(answers).toMatchObject([undefined, undefined, undefined, undefined, undefined, overloaded, overloaded])
    expect(await run(store.load(refOf("e")))).toBeDefined()
  })

  it("leaves the host's pool as it was, open and with the host's settings", async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 2, options: "-c synchronous_commit=off" })
    toClose.push(() => pool.end())
    const { store, close } = await postgresStore({ pool })
    await Promise.all(["a", "b", "c"].map((id) => run(store.commit(createOf(id)))))
    expect((await pool.query("select 1::bigint as n, current_setting('synchronous_commit') as s")).rows).toEqual([
      { n: "1", s: "off" }
    ])
    await close()
    expect((await pool.query("select count(*)::integer as n from paykernel_aggregate")).rows).toEqual([{ n: 3 }])
  })

  it("takes back the commit of a caller that gives up before it is written", async () => {
    const { store } = await open()
    const fiber = Effect.runFork(store.commit(createOf("gone")))
    await run(Fiber.interrupt(fiber))
    await run(store.commit(createOf("after")))
    expect(await run(store.load(refOf("gone")))).toBeUndefined()
  })
})
