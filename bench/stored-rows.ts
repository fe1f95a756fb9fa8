/** Rows as a database shows them, whatever they mean. */
import type pg from "pg"

export type StoredRow = { readonly table: string; readonly row: { readonly [column: string]: unknown } }

/** Every row of ours, but for what the store notes about itself. */
export const rowsInPostgres = async (pool: Pick<pg.Pool, "query">): Promise<ReadonlyArray<StoredRow>> => {
  const { rows: tables } = await pool.query<{ readonly name: string }>(`select tablename as name from pg_tables
    where tablename like 'paykernel\\_%' and tablename not in ('paykernel_batch', 'paykernel_migration')`)
  const found: Array<StoredRow> = []
  for (const { name } of tables) {
    const { rows } = await pool.query<StoredRow["row"]>(`select * from ${name}`)
    found.push(...rows.map((row) => ({ table: name, row })))
  }
  return found
}
