/** A process that writes and ends without closing: `file mode writes`. Its test counts its syncs. */
import { sqliteRateLimiter, sqliteStore } from "@paykernel/adapters-sql/sqlite"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { createOf } from "./commits.ts"

const [file = "", mode = "", writes = ""] = process.argv.slice(2)
const count = Number.parseInt(writes, 10)

const withStore = async (): Promise<void> => {
  const { store } = sqliteStore({ path: file })
  for (let n = 0; n < count; n++) await Effect.runPromise(store.commit(createOf(`p-${n}`)))
}

const withDefaults = (): void => {
  const database = new Database(file)
  database.pragma("journal_mode = WAL")
  database.exec("create table payment (id integer)")
  for (let n = 0; n < count; n++) database.prepare("insert into payment values (?)").run(n)
}

const taking = () => {
  const { limiter } = sqliteRateLimiter({ path: file })
  return () => Effect.runPromise(limiter.take({ key: "k", limit: count, windowMs: 60_000, nowMs: 0 }))
}

const withLimiter = async (): Promise<void> => {
  const take = taking()
  for (let n = 0; n < count; n++) await take()
}

const withStoreBesideLimiter = async (): Promise<void> => {
  const { store } = sqliteStore({ path: file })
  const take = taking()
  for (let n = 0; n < count; n++) {
    await take()
    await Effect.runPromise(store.commit(createOf(`p-${n}`)))
  }
}

const modes: { readonly [mode: string]: () => Promise<void> | void } = {
  store: withStore,
  defaults: withDefaults,
  limiter: withLimiter,
  "store beside limiter": withStoreBesideLimiter
}
await modes[mode]?.()
process.exit(0)
