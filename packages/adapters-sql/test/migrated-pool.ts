/** A pool on a PostgreSQL database of its own, with our tables, that is gone with its test or its file. */
import { freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { migrate } from "../src/postgres/postgres-migrations.ts"

export type MigratedPool = { readonly pool: pg.Pool; readonly url: string; readonly close: () => Promise<void> }

export const migratedPool = async (): Promise<MigratedPool> => {
  const { url, drop } = await freshDatabase()
  const pool = new pg.Pool({ connectionString: url, max: 20 })
  // The database goes with connections that may still be ending, and each would complain of it.
  pool.on("connect", (client) => client.on("error", () => {}))
  await migrate(pool)
  const close = async (): Promise<void> => {
    await pool.end()
    await drop()
  }
  return { pool, url, close }
}
