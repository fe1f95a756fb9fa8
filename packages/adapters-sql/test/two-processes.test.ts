/** Two writers on one file of SQLite: each waits for the other, and for the host, in every way that there is. */
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { commitOf, createOf, refOf } from "./commits.ts"
import { runScript } from "./run-script.ts"
import { temporaryDatabase } from "./temporary-database.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

it("a commit waits for another process that is writing, and then goes through", async () => {
  const file = temporaryDatabase()
  const { store, close } = sqliteStore({ path: file })
  const other = runScript("hold-lock.ts", [file, "700"])
  for (let n = 0; n < 40; n++) {
    await run(store.commit(createOf(`p-${n}`)))
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  expect(await other).toBe("held")
  expect(await run(store.load(refOf("p-39")))).toMatchObject({ version: 1 })
  await close()
})

it("a writer that never ends is answered for, after the last try, as an unavailable store", async () => {
  const file = temporaryDatabase()
  const holder = sqliteStore({ path: file })
  const waiter = sqliteStore({ path: file, limits: { busyRetriesMax: 2 } })
  holder.database.exec("begin immediate")
  const commits = ["p", "q"].map((id) => run(waiter.store.commit(createOf(id))).catch((error: unknown) => error))
  expect(await Promise.all(commits)).toMatchObject([
    { _tag: "StoreUnavailable", reason: "busy", outcomeUnknown: false },
    { _tag: "StoreUnavailable", reason: "busy", outcomeUnknown: false }
  ])
  expect(await run(waiter.store.load(refOf("p")))).toBeUndefined()
  holder.database.exec("rollback")
  await run(waiter.store.commit(createOf("p")))
  await Promise.all([holder.close(), waiter.close()])
})

it("a transaction that the host has open on its own connection is waited for and not joined", async () => {
  const file = temporaryDatabase()
  const { store, database, close } = sqliteStore({ path: file })
  database.exec("create table hosts_own (value text); begin; insert into hosts_own values ('x')")
  const committed = run(store.commit(createOf("p")))
  await new Promise((resolve) => setTimeout(resolve, 30))
  database.exec("rollback")
  await committed
  expect(database.prepare("select count(*) as rows from hosts_own").get([])).toEqual({ rows: 0 })
  expect(await run(store.load(refOf("p")))).toMatchObject({ version: 1 })
  await close()
})

it("two workers in two processes never claim the same task", async () => {
  const file = temporaryDatabase()
  const workers = [sqliteStore({ path: file }), sqliteStore({ path: file })]
  const ids = Array.from({ length: 60 }, (_, n) => `t-${n}`)
  const tasks = ids.map((id) => {
    const about = { kind: "attempt" as const, aggregate: refOf("p"), subject: "s" }
    return { id, ...about, dueAtMs: 1, bornLeased: null }
  })
  for (const worker of workers.slice(0, 1)) await run(worker.store.commit(commitOf({ tasks })))
  const request = { lane: "money" as const, owner: "w", nowMs: 2, leaseMs: 1000, limit: 7 }
  const claims = Array.from({ length: 10 }, (_, n) => workers[n % 2]?.store.claim(request) ?? Effect.succeed([]))
  const claimed = (await Promise.all(claims.map(run))).flat().map(({ id }) => id)
  expect(claimed.toSorted()).toEqual(ids.toSorted())
  for (const worker of workers) await worker.close()
})
