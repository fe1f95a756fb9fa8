/**
 * The session or the process that makes the tables ends at some statement of theirs. Whatever was done by then, the
 * next start completes, and the tables are what they are after a start that nothing happened to.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { migrate as migratePostgres } from "@paykernel/adapters-sql/postgres"
import { migrate as migrateSqlite } from "@paykernel/adapters-sql/sqlite"
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import Database from "better-sqlite3"
import pg from "pg"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openStore } from "../open-store.ts"
import { temporaryDatabase } from "../temporary-database.ts"
import { countedDatabase, countedPool } from "./counted-statements.ts"
import { until } from "./until.ts"
import { isDeep, tell } from "./verdict-of.ts"

const timeout = isDeep ? 900_000 : 60_000

/** Places of kills of whole processes: all of them take minutes. */
const someOf = (statements: number): ReadonlyArray<number> =>
  Array.from({ length: statements }, (_, place) => place + 1).filter((place) => isDeep || place % 30 === 15)

const dies = async (url: string, place: number): Promise<void> => {
  const script = fileURLToPath(new URL("migrate-and-die.ts", import.meta.url))
  const child = spawn(process.execPath, ["--conditions=source", script, url, String(place)], { stdio: "ignore" })
  expect(await once(child, "close")).toEqual([null, "SIGKILL"])
}

const starts = async (url: string): Promise<void> => (await openStore(url)).close()

describe("PostgreSQL", () => {
  let database: FreshDatabase
  let admin: pg.Pool
  beforeEach(async () => {
    database = await freshDatabase()
    admin = new pg.Pool({ connectionString: database.url, max: 2 })
    admin.on("error", () => {})
  })
  afterEach(async () => {
    await admin.end()
    await database.drop()
  })

  const empty = (): Promise<unknown> => admin.query("drop schema public cascade; create schema public")

  const stepsNow = async (): Promise<number> => {
    const found = await admin.query("select to_regclass('paykernel_migration') as made")
    if ((found.rows as ReadonlyArray<{ readonly made: string | null }>)[0]?.made === null) return 0
    return (await admin.query("select from paykernel_migration")).rowCount ?? 0
  }

  /** All but the note of the steps itself, which is made before the first of them. */
  const tablesNow = async (): Promise<ReadonlyArray<unknown>> => {
    const { rows } = await admin.query(`select what from (
      select table_name, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as what
        from information_schema.columns where table_schema = 'public'
      union all select tablename, indexdef from pg_indexes where schemaname = 'public'
      union all select conrelid::regclass::text, conrelid::regclass || ' ' || pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace
      union all select relname, relname || ' ' || coalesce(reloptions::text, '') from pg_class
        where relnamespace = 'public'::regnamespace
      ) as made where table_name not like 'paykernel_migration%' order by what`)
    return rows
  }

  /** Makes the tables and ends the session after its n-th statement, or lets it be. */
  const migrateUntil = async (place: number): Promise<{ readonly statements: number; readonly ended: string }> => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1 })
    pool.on("error", () => {})
    let statements = 0
    const counted = countedPool(pool, async (count, pid) => {
      statements = count
      if (count !== place) return
      await admin.query("select pg_terminate_backend($1)", [pid])
      const gone = async () => (await admin.query("select from pg_stat_activity where pid = $1", [pid])).rowCount === 0
      await until(gone, 20_000, 2)
    })
    const ended = await migratePostgres(counted).then(
      () => "completed",
      () => "failed"
    )
    await pool.end().catch(() => {})
    return { statements, ended }
  }

  it("goes on from whichever statement its session ended at", { timeout }, async () => {
    const tablesAfter = new Map<number, ReadonlyArray<unknown>>()
    let sessionsEnded = 0
    let steps = 0
    for (let place = 1; (await migrateUntil(place)).ended === "failed"; place++) {
      sessionsEnded += 1
      const done = await stepsNow()
      const tables = await tablesNow()
      // A step is there whole or not at all.
      expect(tables).toEqual(tablesAfter.get(done) ?? tables)
      expect(done - steps).toBeLessThanOrEqual(1)
      tablesAfter.set(done, tables)
      if (done > steps) place = 0
      steps = done
    }
    const tables = await tablesNow()
    await empty()
    const { statements } = await migrateUntil(0)
    expect(tables).toEqual(await tablesNow())
    expect(sessionsEnded).toBeGreaterThanOrEqual(statements - 1)
    tell("migration crash, PostgreSQL", { statements, steps, sessionsEnded })
  })

  it("completes from an empty database, whichever statement its session or process ended at", { timeout }, async () => {
    const { statements } = await migrateUntil(0)
    const wanted = await tablesNow()
    const ended = someOf(statements)
    for (const place of ended) {
      await empty()
      await migrateUntil(place)
      await starts(database.url)
      expect(await tablesNow()).toEqual(wanted)
      await empty()
      await dies(database.url, place)
      await starts(database.url)
      expect(await tablesNow()).toEqual(wanted)
    }
    tell("migration crash, PostgreSQL", { statements, sessionsEnded: ended.length, processesKilled: ended.length })
  })
})

describe("SQLite", () => {
  const tablesOf = (path: string): ReadonlyArray<unknown> => {
    const database = new Database(path)
    const tables = database.prepare("select type, name, sql from sqlite_schema order by type, name").all()
    const steps = database.prepare("select step, name from paykernel_migration order by step").all()
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok")
    database.close()
    return [...tables, ...steps]
  }

  it("completes whichever statement its process ended at", { timeout }, async () => {
    const path = temporaryDatabase()
    const imageOf = (count: number): string => join(dirname(path), String(count), "store.db")
    let statements = 0
    const database = countedDatabase(path, (count) => {
      statements = count
      // What a killed process leaves: its files as they are at this moment, without what only it knew of them.
      mkdirSync(dirname(imageOf(count)))
      for (const suffix of ["", "-wal"]) {
        if (existsSync(path + suffix)) copyFileSync(path + suffix, imageOf(count) + suffix)
      }
    })
    database.pragma("journal_mode = WAL")
    migrateSqlite(database)
    database.close()
    const wanted = tablesOf(path)
    for (let place = 1; place <= statements; place++) {
      const image = new Database(imageOf(place))
      image.pragma("synchronous = OFF")
      migrateSqlite(image)
      image.close()
      expect(tablesOf(imageOf(place))).toEqual(wanted)
    }
    const killed = someOf(statements)
    for (const place of killed) {
      const victim = `${path}-${place}`
      await dies(`sqlite:${victim}`, place)
      await starts(`sqlite:${victim}`)
      expect(tablesOf(victim)).toEqual(wanted)
    }
    tell("migration crash, SQLite", { statements, images: statements, processesKilled: killed.length })
    expect(statements).toBeGreaterThan(40)
  })
})
