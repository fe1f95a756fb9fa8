/**
 * One server per data directory: two would each keep the simulated bank's book and undo the other's. The lock is
 * SQLite's on a file of its own, so the system gives it back however the process ends.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"

export class DirectoryInUse extends Error {
  constructor(directory: string) {
    super(`another server is running on ${directory}; stop it, or set PAYKERNEL_SANDBOX_DIR`)
    this.name = "DirectoryInUse"
  }
}

/** Takes the lock; throws `DirectoryInUse` where somebody holds it. */
export const lockDirectory = (directory: string): { readonly release: () => void } => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const database = new Database(join(directory, "server.lock"), { timeout: 0 })
  try {
    // Nothing is ever written to it, so there is nothing to roll back after a crash.
    database.pragma("journal_mode = memory")
    database.pragma("locking_mode = exclusive")
    database.exec("begin exclusive")
  } catch (cause) {
    database.close()
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY"))
      throw new DirectoryInUse(directory)
    throw cause
  }
  return { release: () => database.close() }
}
