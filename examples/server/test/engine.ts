/** The databases that the server runs on. What is said of the server is tried on each of them. */
import { join } from "node:path"
import { freshDatabase } from "@paykernel/test-postgres"
import { type ServerEnvironment, type ServerProcess, scratchDirectory, startProcess } from "./server-process.ts"

export type Engine = "sqlite" | "postgres"

export const engines: ReadonlyArray<Engine> = ["sqlite", "postgres"]

/** Where a server lives: a directory of its own, and an empty database. */
export type Site = {
  readonly path: string
  /** Where the server keeps what is not in the database. */
  readonly sandboxDir: string
  readonly databaseUrl: string
  readonly start: (environment?: ServerEnvironment) => Promise<ServerProcess>
  readonly remove: () => Promise<void>
}

/** On the PostgreSQL server that all tests share, unless another one is named. */
export const openSite = async (engine: Engine, postgresUrl?: string): Promise<Site> => {
  const { path, remove } = scratchDirectory()
  const sandboxDir = join(path, "data")
  const { url: databaseUrl, drop } = await databaseOf[engine](sandboxDir, postgresUrl)
  return {
    path,
    sandboxDir,
    databaseUrl,
    start: (environment) => startProcess(path, { DATABASE_URL: databaseUrl, ...environment }),
    remove: () => drop().finally(remove)
  }
}

type Database = { readonly url: string; readonly drop: () => Promise<void> }

const databaseOf: { readonly [engine in Engine]: (directory: string, postgresUrl?: string) => Promise<Database> } = {
  // The file goes with its directory.
  sqlite: async (directory) => ({ url: `sqlite:${join(directory, "paykernel.sqlite")}`, drop: async () => {} }),
  postgres: (_directory, postgresUrl) => freshDatabase(postgresUrl)
}
