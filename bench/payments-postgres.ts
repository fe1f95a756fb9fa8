/**
 * Accepting payments on PostgreSQL, with the settings that a server comes with: they are durable. The hand-written loop
 * sends an `insert` of many rows to each table, prepared, between `begin` and `commit`. It writes `values` lists, since
 * they came out ahead of `unnest`, and is tried on one connection and on two at once.
 */
import { postgresStore } from "@paykernel/adapters-sql/postgres"
import pg from "pg"
import { type ByHand, benchAccepting, type Model } from "./accepting.ts"
import { benchDatabase } from "./bench-server.ts"
import { rowsInPostgres } from "./stored-rows.ts"

export const benchPaymentsPostgres = async (): Promise<void> => {
  const [ours, theirs] = [await benchDatabase(), await benchDatabase()]
  const { store, pool, close } = await postgresStore({ url: ours.url })
  // Made by the same steps, so the tables have the same shape and indexes.
  await (await postgresStore({ url: theirs.url })).close()
  const clients = [new pg.Client(theirs.url), new pg.Client(theirs.url)]
  await Promise.all(clients.map((client) => client.connect()))
  await benchAccepting({
    name: "PostgreSQL",
    store,
    allRows: () => rowsInPostgres(pool),
    byHand: (payment) => [handWritten(clients.slice(0, 1), payment), handWritten(clients, payment)]
  })
  await Promise.all(clients.map((client) => client.end()))
  await close()
  await Promise.all([ours, theirs].map(({ drop }) => drop()))
}

const handWritten = (clients: ReadonlyArray<pg.Client>, payment: Model): ByHand => {
  const tables = [...new Set(payment.rows.map(({ table }) => table))]
  const insertOf = insertStatements()
  const transaction = async (client: pg.Client, payments: number): Promise<void> => {
    const renames = Array.from({ length: payments }, () => payment.another())
    await client.query("begin")
    for (const table of tables) {
      const models = payment.rows.filter((row) => row.table === table).map(({ row }) => row)
      const columns = Object.keys(models[0] ?? {})
      const rows = renames.flatMap((renamed) => models.map((row) => columns.map((column) => renamed(row[column]))))
      await client.query({ ...insertOf(table, columns, rows.length), values: rows.flat() })
    }
    await client.query("commit")
  }
  const insert = async (payments: number, perTransaction: number): Promise<number> => {
    let left = payments
    const loop = async (client: pg.Client) => {
      for (; left > 0; left -= perTransaction) await transaction(client, perTransaction)
    }
    await Promise.all(clients.map(loop))
    return payments
  }
  const connections = clients.length
  return {
    name: `hand-written inserts, ${connections === 1 ? "one connection" : "two connections"}`,
    connections,
    insert
  }
}

/** Each text is made once and has a name, under which the server keeps it prepared. */
const insertStatements = () => {
  const texts = new Map<string, string>()
  return (table: string, columns: ReadonlyArray<string>, rows: number): { readonly name: string; text: string } => {
    const name = `${table} ${rows}`
    const text = texts.get(name) ?? insertText(table, columns, rows)
    texts.set(name, text)
    return { name, text }
  }
}

const insertText = (table: string, columns: ReadonlyArray<string>, rows: number): string => {
  const marks = (row: number) => columns.map((_, at) => `$${row * columns.length + at + 1}`).join(", ")
  const lists = Array.from({ length: rows }, (_, row) => `(${marks(row)})`)
  return `insert into ${table} (${columns.join(", ")}) values ${lists.join(", ")}`
}
