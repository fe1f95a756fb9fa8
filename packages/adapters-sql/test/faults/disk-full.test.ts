/**
 * The disk fills up under a load. Nothing is acknowledged that was not written, callers are told so in the store's own
 * words, reading goes on, and once there is room again the same processes commit again into sound files.
 */
import { join } from "node:path"
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import Database from "better-sqlite3"
import pg from "pg"
import { afterEach, describe, expect, it } from "vitest"
import type { Line } from "./journal.ts"
import { endLoads, type LoadProcess, startLoad } from "./load-process.ts"
import { noSmallDisk, type SmallDisk, smallDisk } from "./small-disk.ts"
import { sleep, until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, unanswered, verdictOf } from "./verdict-of.ts"

let disk: SmallDisk | undefined
let server: PostgresServer | undefined
afterEach(async () => {
  await endLoads()
  await server?.close()
  disk?.remove()
  server = undefined
  disk = undefined
})

const failed = (line: Line): boolean => "answered" in line && line.answered.outcome === "StoreUnavailable"

/** Questions that were answered while commits failed. */
const readsMeanwhile = (lines: ReadonlyArray<Line>): number => {
  const first = lines.findIndex(failed)
  const last = lines.findLastIndex(failed)
  return lines.slice(first, last).filter((line) => "asked" in line && line.asked.reason === "").length
}

const goesOn = async (load: LoadProcess): Promise<void> => {
  const before = load.acknowledged()
  await until(() => load.acknowledged() > before + 60, 30_000)
}

describe.skipIf(noSmallDisk !== "")(`SQLite on a disk that fills up${noSmallDisk}`, () => {
  const fills = isDeep ? 200 : 3

  it(`loses nothing and recovers, ${fills} times`, { timeout: 60_000 + fills * 5000 }, async () => {
    // Room for all that is written meanwhile, so that only the ballast fills it.
    const small = smallDisk(isDeep ? 500 : 160)
    disk = small
    const path = join(small.path, "store.db")
    const load = await startLoad(`sqlite:${path}`, "a", { callers: 4, pauseMs: isDeep ? 60 : 20 })
    for (let n = 0; n < fills; n++) {
      await goesOn(load)
      const before = load.unavailable()
      small.fill((n % 7) * 30_000)
      await until(() => load.unavailable() > before + 8, 30_000, 50)
      small.makeRoom()
      expect(small.bytesFree()).toBeGreaterThan(50_000_000)
    }
    await goesOn(load)
    await load.stop()
    const verdict = await verdictOf(`sqlite:${path}`, [load])
    const lines = load.lines()
    tell("disk full, SQLite", {
      fills,
      readsMeanwhile: readsMeanwhile(lines),
      unanswered: unanswered(lines).length,
      reasons: reasonsOf(lines),
      ...figuresOf(verdict)
    })
    expect(verdict.differences).toEqual([])
    expect(Object.keys(reasonsOf(lines)).filter((reason) => !/^SQLITE_(?:FULL|IOERR)/u.test(reason))).toEqual([])
    const database = new Database(path)
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok")
    database.close()
  })
})

describe.skipIf(noSmallDisk !== "")(`PostgreSQL on a disk that fills up${noSmallDisk}`, () => {
  const fills = isDeep ? 40 : 2

  it(`loses nothing and recovers, ${fills} times`, { timeout: 120_000 + fills * 20_000 }, async () => {
    const small = smallDisk(220)
    disk = small
    const settings = { min_wal_size: "32MB", max_wal_size: "32MB", shared_buffers: "16MB" }
    const running = await startPostgres({ directory: small.path, settings })
    server = running
    const load = await startLoad(running.url, "a", { callers: 4, limits: { patienceMs: 500 } })
    let restarts = 0
    for (let n = 0; n < fills; n++) {
      await goesOn(load)
      const before = load.unavailable()
      small.fill((n % 5) * 20_000)
      // Every second time the log runs out of space as well, over which the server itself stops.
      if (n % 2 === 1) await wasteLog(running.url)
      await until(() => load.unavailable() > before + 8, 60_000, 50)
      small.makeRoom()
      if (await isDown(running.url)) restarts += await startAgain(running)
    }
    await goesOn(load)
    await load.stop()
    const verdict = await verdictOf(running.url, [load])
    const lines = load.lines()
    tell("disk full, PostgreSQL", {
      fills,
      restarts,
      readsMeanwhile: readsMeanwhile(lines),
      unanswered: unanswered(lines).length,
      reasons: reasonsOf(lines),
      ...figuresOf(verdict)
    })
    expect(verdict.differences).toEqual([])
    expect(await damageOf(running.url)).toEqual([])
  })
})

/** Begins new segments of the log until there is no room for one. */
const wasteLog = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  client.on("error", () => {})
  try {
    await client.connect()
    for (let n = 0; n < 6; n++) {
      await client.query("select pg_switch_wal()")
      await sleep(50)
    }
  } catch {
    return
  } finally {
    await client.end().catch(() => {})
  }
}

const isDown = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url })
  client.on("error", () => {})
  try {
    await client.connect()
    return false
  } catch {
    return true
  } finally {
    await client.end().catch(() => {})
  }
}

/** A server that came back by itself meanwhile needs nobody. */
const startAgain = async (running: PostgresServer): Promise<0 | 1> => {
  let started: 0 | 1 = 0
  await until(
    async () => {
      if (!(await isDown(running.url))) return true
      started = 1
      await running.start().catch(() => {})
      return false
    },
    60_000,
    200
  )
  return started
}

/** What the server's own checker finds wrong, in every index against its table, and in every page of the tables. */
const damageOf = async (url: string): Promise<ReadonlyArray<unknown>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("create extension amcheck")
  const { rowCount } = await client.query(`select bt_index_check(index => indexrelid, heapallindexed => true)
    from pg_index where indrelid::regclass::text like 'paykernel%'`)
  expect(rowCount).toBeGreaterThan(10)
  const { rows } = await client.query(`select relname, msg from pg_class, verify_heapam(oid)
    where relkind = 'r' and relname like 'paykernel%'`)
  await client.end()
  return rows
}
