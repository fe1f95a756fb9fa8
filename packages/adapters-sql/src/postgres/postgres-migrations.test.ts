/** The tables come into being once, whoever starts and however often. */
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { migrate } from "./postgres-migrations.ts"
import { migrations } from "./postgres-tables.ts"

let database: FreshDatabase
let pool: pg.Pool
beforeEach(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on("error", () => {})
})
afterEach(async () => {
  await pool.end()
  await database.drop()
})

const tables = async (): Promise<ReadonlyArray<string>> => {
  const { rows } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1"
  )
  return rows.map(({ name }) => name)
}

const names = migrations.map(({ name }) => name)

describe("migrate", () => {
  it("runs each step once", async () => {
    expect(await migrate(pool)).toEqual(names)
    expect(await migrate(pool)).toEqual([])
  })

  it("runs each step in one of several processes that start at once", async () => {
    const ran = await Promise.all(Array.from({ length: 6 }, () => migrate(pool)))
    expect(ran.flat().sort()).toEqual([...names].sort())
  })

  it("leaves nothing of a step that fails, and completes at the next start", async () => {
    const broken = { name: "broken", statements: [{ compile: () => ({ sql: "create table half (id text)" }) }, fails] }
    await expect(migrate(pool, [...migrations.slice(0, 2), broken as never])).rejects.toThrow("nobody_has_this")
    expect(await tables()).toEqual([
      "paykernel_aggregate",
      "paykernel_event",
      "paykernel_listing",
      "paykernel_migration"
    ])
    expect(await migrate(pool)).toEqual(names.slice(2))
  })

  it("refuses a database that a newer version has written", async () => {
    await migrate(pool)
    await pool.query("insert into paykernel_migration (step, name) values (99, 'of tomorrow')")
    await expect(migrate(pool)).rejects.toThrow("newer version")
  })

  it("touches nothing that is not its own", async () => {
    await pool.query("create table payment (id text); insert into payment values ('the host''s')")
    await migrate(pool)
    expect((await pool.query("select id from payment")).rows).toEqual([{ id: "the host's" }])
    expect((await tables()).filter((name) => !name.startsWith("paykernel_"))).toEqual(["payment"])
  })
})

const fails = { compile: () => ({ sql: "select * from nobody_has_this" }) }
