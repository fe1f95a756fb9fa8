/** Each engine that a store is there for: a database of its own for a test, and SQL that goes past the store. */
import { freshDatabase } from "@paykernel/test-postgres"
import Database from "better-sqlite3"
import pg from "pg"
import { onTestFinished } from "vitest"
import { temporaryDatabase } from "./temporary-database.ts"

export type Engine = {
  readonly name: string
  /** The URL of an empty database that is gone with its test. */
  readonly database: () => Promise<string>
  readonly execute: (url: string, statements: ReadonlyArray<string>) => Promise<void>
}

const sqlite: Engine = {
  name: "SQLite",
  database: async () => `sqlite:${temporaryDatabase()}`,
  execute: async (url, statements) => {
    const database = new Database(url.slice("sqlite:".length))
    for (const statement of statements) database.exec(statement)
    database.close()
  }
}

const postgres: Engine = {
  name: "PostgreSQL",
  database: async () => {
    const { url, drop } = await freshDatabase()
    onTestFinished(drop)
    return url
  },
  execute: async (url, statements) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
}

export const engines: ReadonlyArray<Engine> = [sqlite, postgres]
