/** Accepting payments on SQLite with full durability. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import Database from "better-sqlite3"
import { type ByHand, benchAccepting, type Model } from "./accepting.ts"
import type { StoredRow } from "./stored-rows.ts"

/** One bench on files of its own, removed afterwards. */
export const benchPaymentsSqlite = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "paykernel-bench-"))
  try {
    const path = join(folder, "kernel.sqlite")
    const { store, close } = sqliteStore({ path })
    await benchAccepting({
      name: "SQLite FULL",
      store,
      allRows: () => allRowsOf(path),
      byHand: (payment) => [handWritten(path, join(folder, "by-hand.sqlite"), payment)]
    })
    await close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const allRowsOf = (path: string): ReadonlyArray<StoredRow> => {
  const database = new Database(path, { readonly: true })
  const rows = database
    .prepare<[], { name: string }>("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .flatMap(({ name: table }) =>
      database
        .prepare<[], StoredRow["row"]>(`select * from "${table}"`)
        .all()
        .map((row) => ({ table, row }))
    )
  database.close()
  return rows
}

/** Prepared inserts into a database of the same shape. */
const handWritten = (shape: string, path: string, payment: Model): ByHand => {
  const database = new Database(path)
  database.pragma("journal_mode = WAL")
  database.pragma("synchronous = FULL")
  const source = new Database(shape, { readonly: true })
  const shapes = source
    .prepare<[], { sql: string }>(
      "select sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by rootpage"
    )
    .all()
  for (const { sql } of shapes) database.exec(sql)
  source.close()
  const statements = payment.rows.map(({ table, row }) => {
    const columns = Object.keys(row)
    const marks = columns.map(() => "?").join(", ")
    const names = columns.map((column) => `"${column}"`).join(", ")
    return { insert: database.prepare(`insert into "${table}" (${names}) values (${marks})`), row: Object.values(row) }
  })
  const insert = (payments: number, perTransaction: number): number => {
    for (let done = 0; done < payments; done += perTransaction) {
      database.exec("begin immediate")
      for (let at = 0; at < perTransaction; at++) {
        const renamed = payment.another()
        for (const { insert, row } of statements) insert.run(row.map(renamed))
      }
      database.exec("commit")
    }
    return payments
  }
  return { name: "hand-written inserts", connections: 1, insert }
}
