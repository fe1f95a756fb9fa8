/** A key that holds a commit back may be let go while the writer still asks why nothing was written. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type pg from "pg"
import { afterEach, beforeEach, expect, it } from "vitest"
import { boundOf, commitOf, nowMs, refOf, writeOf } from "../../test/commits.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresStore } from "./postgres-store.ts"

let database: MigratedPool
beforeEach(async () => {
  database = await migratedPool()
})
afterEach(() => database.close())

/** Lets `act` happen whenever the writer is about to ask which commits cannot be. */
const beforeAsking = (pool: pg.Pool, act: () => Promise<unknown>): pg.Pool =>
  new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== "function") return value
      if (name !== "query") return value.bind(target)
      return async (statement: string | { readonly text: string }) => {
        if (typeof statement !== "string" && statement.text.includes("'version'")) await act()
        return value.call(target, statement)
      }
    }
  })

const set = (isOpen: number) => database.pool.query("update paykernel_aggregate set is_open = $1", [isOpen])

/** Binds a key to an open payment, and then tries the key again long after its time. */
const again = async (whenAsked: () => Promise<unknown>): Promise<string> => {
  const { store, close } = await postgresStore({ pool: beforeAsking(database.pool, whenAsked) })
  const first = { ...boundOf("k", "p"), aggregate: refOf("p"), createdAtMs: nowMs, expiresAtMs: nowMs + 1 }
  const open = writeOf("p", { retention: { _tag: "Open" } })
  await Effect.runPromise(store.commit(commitOf({ idempotency: first, aggregates: [open] })))
  const second = commitOf({ idempotency: { ...first, createdAtMs: nowMs + 2, expiresAtMs: nowMs + 3, body: "second" } })
  const done = await Effect.runPromise(Effect.result(store.commit(second)))
  await close()
  return Result.isSuccess(done) ? "Committed" : done.failure._tag
}

it("a key that is held is taken", async () => {
  expect(await again(async () => {})).toBe("KeyTaken")
})

it("a key that is let go meanwhile is as good as new", async () => {
  expect(await again(() => set(0))).toBe("Committed")
})
