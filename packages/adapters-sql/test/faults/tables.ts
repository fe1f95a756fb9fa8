/** The tables as a judge reads them: with a connection of its own, all rows from one moment, every value as text. */
import Database from "better-sqlite3"
import pg from "pg"

export type Row = { readonly [column: string]: string }

export type Tables = {
  readonly aggregates: ReadonlyArray<Row>
  readonly events: ReadonlyArray<Row>
  readonly entries: ReadonlyArray<Row>
  readonly tasks: ReadonlyArray<Row>
  readonly keys: ReadonlyArray<Row>
  readonly transactions: ReadonlyArray<Row>
  readonly postings: ReadonlyArray<Row>
  readonly sealed: ReadonlyArray<Row>
}

/** `source` is `sqlite:` and a path, `postgres://…`, or a connection with a transaction of its own. */
export const readTables = (source: string | pg.Client): Promise<Tables> => {
  if (typeof source !== "string") return throughClient(source)
  return source.startsWith("sqlite:") ? fromSqlite(source.slice("sqlite:".length)) : fromPostgres(source)
}

const queries = {
  aggregates: "select * from paykernel_aggregate",
  events: "select * from paykernel_event order by version",
  entries: "select * from paykernel_listing",
  tasks: "select * from paykernel_task",
  keys: "select * from paykernel_idempotency",
  transactions: "select * from paykernel_ledger_transaction",
  postings: `select p.*, t.id as transaction_id from paykernel_ledger_posting p
    left join paykernel_ledger_transaction t on t.merchant_id = p.merchant_id and t.seq = p.seq`,
  sealed: "select * from paykernel_sealed"
} as const satisfies { readonly [table in keyof Tables]: string }

const sealedInSqlite = `select merchant_id, record_id, field, slot.sealed
  from paykernel_sealed join paykernel_sealed_slot as slot on slot.id = paykernel_sealed.slot`

const tableNames = Object.keys(queries) as ReadonlyArray<keyof Tables>

const readAll = async (rowsOf: (query: string) => Promise<ReadonlyArray<unknown>>): Promise<Tables> => {
  const tables: Array<readonly [string, ReadonlyArray<Row>]> = []
  for (const table of tableNames) tables.push([table, (await rowsOf(queries[table])).map(asText)])
  return Object.fromEntries(tables) as Tables
}

const asText = (row: unknown): Row =>
  Object.fromEntries(Object.entries(row ?? {}).map(([column, value]) => [column, value === null ? "" : String(value)]))

const fromSqlite = async (path: string): Promise<Tables> => {
  const database = new Database(path, { timeout: 5000 })
  try {
    database.defaultSafeIntegers()
    database.exec("begin")
    const tables = await readAll(async (query) =>
      database.prepare(query === queries.sealed ? sealedInSqlite : query).all()
    )
    return { ...tables, postings: tables.postings.map(withAmount) }
  } finally {
    database.close()
  }
}

const limb = 10n ** 13n

const withAmount = (row: Row): Row => {
  const part = (name: string): bigint => BigInt(row[name] ?? "0")
  return { ...row, amount: (part("low") + part("mid") * limb + part("high") * limb * limb).toString() }
}

const fromPostgres = async (url: string): Promise<Tables> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("begin isolation level repeatable read read only")
    return await throughClient(client)
  } finally {
    await client.end()
  }
}

const throughClient = async (client: pg.Client): Promise<Tables> => {
  const tables = await readAll(async (query) => (await client.query(query)).rows)
  const answers = tables.keys.map((row) => ({ ...row, body: String(JSON.parse(row["body"] ?? "")) }))
  return { ...tables, keys: answers }
}
