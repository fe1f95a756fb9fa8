/** Where a server keeps things, so that what must not be there can be looked for: its files, and those of its database. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import pg from "pg"
import { type Engine, openSite, type Site } from "./engine.ts"
import type { Haystack } from "./leak-hunter.ts"

export type SearchedSite = Site & {
  readonly haystacks: () => Promise<ReadonlyArray<Haystack>>
  /** Of the places, those in which every payment must have left something, by what their names begin with. */
  readonly certain: ReadonlyArray<string>
}

/** A site whose database may be read to the last byte. */
export const openSearchedSite: { readonly [engine in Engine]: () => Promise<SearchedSite> } = {
  sqlite: async () => {
    const site = await openSite("sqlite")
    return { ...site, haystacks: async () => filesIn(site.sandboxDir), certain: ["paykernel.sqlite-wal"] }
  },
  postgres: async () => {
    const server = await startPostgres({ settings: talkative })
    const site = await openSite("postgres", server.url)
    return {
      ...site,
      haystacks: async () => [
        ...filesIn(site.sandboxDir),
        ...(await tablesOf(site.databaseUrl)),
        ...(await filesOf(server))
      ],
      certain: ["table paykernel_aggregate", "base/", "pg_wal/", "the database's log"],
      remove: () => site.remove().finally(server.close)
    }
  }
}

/** The database writes down whatever it is told, also when it refuses it. */
const talkative = { log_statement: "all", log_parameter_max_length_on_error: -1 }

const filesIn = (directory: string): ReadonlyArray<Haystack> =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ place: path.slice(directory.length + 1), bytes: readFileSync(path) }))

/** Rows as the server gives them: on its disk, long ones are compressed. */
const tablesOf = async (url: string): Promise<ReadonlyArray<Haystack>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query<{ readonly name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'm', 'S') and relnamespace = 'public'::regnamespace"
    )
    const haystacks: Array<Haystack> = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<Array<unknown>>({ text: `select * from ${name}`, rowMode: "array" })
      haystacks.push({ place: `table ${name}`, bytes: Buffer.from(rows.map((row) => row.join("\n")).join("\n")) })
    }
    return haystacks
  } finally {
    await client.end()
  }
}

/** Tables, indexes and write-ahead log as they are on the disk, and what the server has said. */
const filesOf = async ({ url, directory }: PostgresServer): Promise<ReadonlyArray<Haystack>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("checkpoint").finally(() => client.end())
  const log = { place: "the database's log", bytes: readFileSync(join(dirname(directory), "log")) }
  return [...filesIn(directory), log]
}
