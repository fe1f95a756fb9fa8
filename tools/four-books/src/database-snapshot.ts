/** A database as a judge reads it: with a connection of its own, and every row from one moment. */
import Database from "better-sqlite3"
import pg from "pg"
import { isObject, type JsonObject, textAt } from "./json-reading.ts"

export type Snapshot = {
  readonly rows: (source: string) => Promise<ReadonlyArray<JsonObject>>
  /** The columns in which a posting has its amount, and how to read it from them. */
  readonly postingAmount: { readonly columns: string; readonly of: (row: JsonObject) => bigint }
  /** What the database itself finds wrong with its files; `ok` where it is nothing. */
  readonly integrity: string
}

/** `url` is `sqlite:PATH` or `postgres://…`. */
export const atOneMoment = <A>(url: string, read: (snapshot: Snapshot) => Promise<A>): Promise<A> =>
  url.startsWith("sqlite:") ? inSqlite(url.slice("sqlite:".length), read) : inPostgres(url, read)

const inSqlite = async <A>(path: string, read: (snapshot: Snapshot) => Promise<A>): Promise<A> => {
  const database = new Database(path, { readonly: true, timeout: 5000 })
  try {
    database.defaultSafeIntegers()
    const rows = (source: string): ReadonlyArray<JsonObject> => database.prepare(source).all().filter(isObject)
    database.exec("begin")
    return await read({
      rows: async (source) => rows(source),
      postingAmount: { columns: "p.low, p.mid, p.high", of: limbedAmount },
      integrity: await saying(async () => textAt(rows("pragma integrity_check")[0], "integrity_check"))
    })
  } finally {
    database.close()
  }
}

const limb = 10n ** 13n

const limbedAmount = (row: JsonObject): bigint => {
  const part = (column: string): bigint => {
    const value = row[column]
    return typeof value === "bigint" ? value : 0n
  }
  return part("low") + part("mid") * limb + part("high") * limb * limb
}

const inPostgres = async <A>(url: string, read: (snapshot: Snapshot) => Promise<A>): Promise<A> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const integrity = await faultsOfFiles(client)
    await client.query("begin isolation level repeatable read read only")
    return await read({
      rows: async (source) => (await client.query<JsonObject>(source)).rows,
      postingAmount: {
        columns: "p.amount",
        of: ({ amount }) => (amount === null ? 0n : BigInt(textAt({ amount }, "amount")))
      },
      integrity
    })
  } finally {
    await client.end()
  }
}

/** Every page of every table, and every index against its table, with the server's own checker where it is at hand. */
const faultsOfFiles = async (client: pg.Client): Promise<string> => {
  const { rows } = await client.query(`select 1 from pg_available_extensions, pg_roles
    where name = 'amcheck' and rolname = current_user and rolsuper`)
  if (rows.length === 0) return "ok"
  return saying(async () => {
    await client.query("create extension if not exists amcheck schema pg_catalog")
    await client.query(`select bt_index_check(index => indexrelid, heapallindexed => true) from pg_index
      where indrelid::regclass::text like 'paykernel%'`)
    const damaged = await client.query<{ readonly msg: string }>(`select msg from pg_class, verify_heapam(oid)
      where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname like 'paykernel%' limit 1`)
    return damaged.rows[0]?.msg ?? "ok"
  })
}

/** A checker that cannot go on says why. */
const saying = (check: () => Promise<string>): Promise<string> =>
  check().catch((cause: unknown) => (cause instanceof Error ? cause.message : String(cause)))
