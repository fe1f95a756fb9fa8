/** Copies of a server's books that may be tampered with, while the server goes on with the real ones. */
import { copyFileSync, mkdirSync } from "node:fs"
import { basename, join } from "node:path"
import Database from "better-sqlite3"
import pg from "pg"
import type { Engine } from "./engine.ts"

/** How each database says what the forgeries want. */
export type Dialect = {
  /** A copy of the database, in this directory where it is a file. Gives its URL. */
  readonly copy: (url: string, directory: string) => Promise<string>
  /** Changes the database, and gives how many rows that were. */
  readonly change: (url: string, statement: string) => Promise<number>
  /** A text inside the state of an aggregate. */
  readonly text: (...path: ReadonlyArray<string>) => string
  /** The state of an aggregate with another text at this place. */
  readonly stateWith: (text: string, ...path: ReadonlyArray<string>) => string
  /** The part of an amount that counts single cents. */
  readonly cents: string
}

export const dialects: { readonly [engine in Engine]: Dialect } = {
  sqlite: {
    copy: async (url, directory) => {
      const path = url.replace(/^sqlite:/u, "")
      inFile(path, (database) => database.pragma("wal_checkpoint(truncate)"))
      copyFileSync(path, join(directory, basename(path)))
      return `sqlite:${join(directory, basename(path))}`
    },
    change: async (url, statement) =>
      inFile(url.replace(/^sqlite:/u, ""), (database) => database.prepare(statement).run().changes),
    text: (...path) => `state ->> '$.${path.join(".")}'`,
    stateWith: (text, ...path) => `json_set(state, '$.${path.join(".")}', '${text}')`,
    cents: "low"
  },
  postgres: {
    copy: async (url, directory) => {
      const schema = basename(directory).replaceAll("-", "_")
      await inServer(url, async (client) => {
        const tables = await client.query<{ readonly name: string }>(
          "select tablename as name from pg_tables where schemaname = 'public' and tablename like 'paykernel%'"
        )
        await client.query(`create schema ${schema}`)
        for (const { name } of tables.rows) await client.query(`create table ${schema}.${name} as table public.${name}`)
      })
      const copy = new URL(url)
      copy.searchParams.set("options", `-csearch_path=${schema}`)
      return copy.href
    },
    change: async (url, statement) => inServer(url, async (client) => (await client.query(statement)).rowCount ?? 0),
    text: (...path) => `state::jsonb #>> '{${path.join(",")}}'`,
    stateWith: (text, ...path) => `jsonb_set(state::jsonb, '{${path.join(",")}}', '"${text}"')::text`,
    cents: "amount"
  }
}

/** An empty directory for one set of copies. */
export const forgersDesk = (parent: string, nth: number): string => {
  const directory = join(parent, `forged-${nth}`)
  mkdirSync(directory)
  return directory
}

const inFile = <A>(path: string, act: (database: Database.Database) => A): A => {
  const database = new Database(path)
  try {
    return act(database)
  } finally {
    database.close()
  }
}

const inServer = async <A>(url: string, act: (client: pg.Client) => Promise<A>): Promise<A> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}
