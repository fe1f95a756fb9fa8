/** Work that one node files and another may do is heard of at once, and the nodes do not wake themselves. */
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterEach, beforeEach, expect, it } from "vitest"
import { commitOf, nowMs, refOf, writeOf } from "../../test/commits.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

let database: FreshDatabase
let here: PostgresStore
let there: PostgresStore
let scope: Scope.Closeable
beforeEach(async () => {
  database = await freshDatabase()
  here = await postgresStore({ url: database.url })
  there = await postgresStore({ url: database.url })
  scope = await Effect.runPromise(Scope.make())
})
afterEach(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await here.close()
  await there.close()
  await database.drop()
})

/** Counts what a store rings, once its connection listens. */
const listenTo = async ({ store }: PostgresStore) => {
  const heard = { rings: 0 }
  await Effect.runPromise(
    Effect.provideService(
      store.nudges(() => void heard.rings++),
      Scope.Scope,
      scope
    )
  )
  await expect.poll(() => heard.rings).toBe(1)
  heard.rings = 0
  return heard
}

const filing = (id: string, dueAtMs: number, owner: string | null = null) =>
  commitOf({
    aggregates: [writeOf(id)],
    tasks: [
      {
        id,
        kind: "attempt",
        aggregate: refOf(id),
        subject: id,
        dueAtMs,
        bornLeased: owner === null ? null : { owner, untilMs: nowMs + 1000 }
      }
    ]
  })

const quiet = () => new Promise((resolve) => setTimeout(resolve, 150))

it("wakes the other node and not the one that filed", async () => {
  const [own, other] = [await listenTo(here), await listenTo(there)]
  await Effect.runPromise(here.store.commit(filing("t", nowMs)))
  await expect.poll(() => other.rings).toBe(1)
  await quiet()
  expect(own.rings).toBe(0)
})

it("says many things filed at once in one word, and nothing of what is leased or due later", async () => {
  const other = await listenTo(there)
  await Effect.runPromise(here.store.commit(filing("later", nowMs + 60_000)))
  await Effect.runPromise(here.store.commit(filing("mine", nowMs, "here")))
  await quiet()
  expect(other.rings).toBe(0)
  const ids = Array.from({ length: 50 }, (_, place) => `t-${place}`)
  await Promise.all(ids.map((id) => Effect.runPromise(here.store.commit(filing(id, nowMs)))))
  await quiet()
  expect(other.rings).toBeGreaterThan(0)
  expect(other.rings).toBeLessThan(5)
})

it("listens again after its connection was cut, and looks once for what it missed", async () => {
  const other = await listenTo(there)
  await here.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'")
  await expect.poll(() => other.rings, { timeout: 5000 }).toBe(1)
  await Effect.runPromise(here.store.commit(filing("t", nowMs)))
  await expect.poll(() => other.rings).toBe(2)
})
