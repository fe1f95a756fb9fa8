/** A PostgreSQL database of a test's own, with our tables. */
import { freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { migrate } from "../src/postgres/postgres-migrations.ts"

export type MigratedPool = {
  readonly pool: pg.Pool
  /** Another pool on the same database, as another node has it. */
  readonly poolOf: (options: { readonly max: number }) => pg.Pool
  /** Ends the pools that are left and drops the database. */
  readonly close: () => Promise<void>
}

export const migratedPool = async (): Promise<MigratedPool> => {
  const { url, drop } = await freshDatabase()
  const pools: Array<pg.Pool> = []
  const poolOf = (options: { readonly max: number }): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, ...options })
    // A pool has ended before its connections have, and these complain when the database goes under them.
    pool.on("error", () => {})
    pools.push(pool)
    return pool
  }
  const pool = poolOf({ max: 20 })
  await migrate(pool)
  const close = async (): Promise<void> => {
    await Promise.all(pools.filter(({ ending }) => !ending).map((one) => one.end()))
    await drop()
  }
  return { pool, poolOf, close }
}
