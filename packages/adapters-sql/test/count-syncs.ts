/** A process that writes and ends without closing: `file store|defaults commits`. Its test counts its syncs. */
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { createOf } from "./commits.ts"

const [file = "", mode = "", commits = ""] = process.argv.slice(2)
const count = Number.parseInt(commits, 10)

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

await (mode === "store" ? withStore() : withDefaults())
process.exit(0)
