/**
 * A connection that keeps what it was told. Everything that durability rests on is set on every connection and read
 * back, because the defaults of a build, or of the host that opened it, may say otherwise.
 */
import Database from "better-sqlite3"
import { isBusy } from "./sqlite-errors.ts"

/** What the adapter uses of a better-sqlite3 `Database`. */
export type SqliteDatabase = {
  readonly open: boolean
  readonly memory: boolean
  readonly inTransaction: boolean
  prepare(source: string): SqliteStatement
  exec(source: string): unknown
  pragma(source: string, options?: { simple?: boolean }): unknown
  close(): unknown
}

export type SqliteStatement = {
  run(parameters: ReadonlyArray<unknown>): { readonly changes: number }
  get(parameters: ReadonlyArray<unknown>): unknown
  all(parameters: ReadonlyArray<unknown>): Array<unknown>
}

/**
 * How long one statement waits for another process, blocking this one. What takes longer waits in the group commit,
 * where it blocks nobody. A host that shares its connection keeps its own time, up to a limit.
 */
const busyTimeoutMs = 10
const hostsBusyTimeoutMaxMs = 1500

/** Opens a file, or creates it. */
export const openSqlite = (path: string): SqliteDatabase => {
  if (path === "" || path.startsWith(":memory:")) throw new Error("a store needs a file; memoryStore needs none")
  return new Database(path, { timeout: busyTimeoutMs })
}

/** Sets a connection up, and throws when the file cannot give what is needed. */
export const prepareConnection = (database: SqliteDatabase): void => {
  if (database.memory) throw new Error("a store needs a database in a file")
  const hostsBusyTimeoutMs = database.pragma("busy_timeout", { simple: true })
  if (typeof hostsBusyTimeoutMs !== "number" || hostsBusyTimeoutMs > hostsBusyTimeoutMaxMs) {
    database.pragma(`busy_timeout = ${hostsBusyTimeoutMaxMs}`)
  }
  const mode = patiently(() => database.pragma("journal_mode = WAL", { simple: true }))
  if (mode !== "wal") throw new Error(`the database cannot use a write-ahead log; its journal is ${String(mode)}`)
  database.pragma("synchronous = FULL")
  // Without it, fsync on macOS leaves data in the drive's cache.
  database.pragma("fullfsync = ON")
  // What is erased is overwritten in the file, and does not lie there until its page is needed again.
  database.pragma("secure_delete = ON")
  database.pragma("foreign_keys = ON")
  database.pragma("trusted_schema = OFF")
  database.pragma("temp_store = MEMORY")
  // Indexes are written all over: pages that stay in memory are not read back, and pages that change again before a
  // checkpoint are copied into the database once. The log this leaves is at most 32 MiB to replay after a crash.
  database.pragma("cache_size = -65536")
  database.pragma("wal_autocheckpoint = 8192")
  // better-sqlite3 reports FULL before the first use and falls back to NORMAL at it, so use comes before the check.
  patiently(() => database.prepare("select count(*) from sqlite_schema").get([]))
  const synchronous = database.pragma("synchronous", { simple: true })
  const erases = database.pragma("secure_delete", { simple: true })
  if (erases !== 1) throw new Error(`what is erased would stay in the file: secure_delete is ${String(erases)}`)
  if (synchronous !== 2) throw new Error(`commits would not be durable: synchronous is ${String(synchronous)}`)
}

/**
 * Repeats what another process may be in the way of, for some seconds. It blocks, and is for start-up only, when
 * several processes may be creating or recovering the file at the same time.
 */
export const patiently = <A>(act: () => A): A => {
  for (let attempt = 1; ; attempt++) {
    try {
      return act()
    } catch (error) {
      if (!isBusy(error) || attempt === startAttempts) throw error
      Atomics.wait(sleeper, 0, 0, startPauseMs)
    }
  }
}

const startAttempts = 100
const startPauseMs = 50
const sleeper = new Int32Array(new SharedArrayBuffer(4))
