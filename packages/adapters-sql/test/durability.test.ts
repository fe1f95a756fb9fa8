/**
 * What is answered has been synced to the disk. A killed process proves nothing about that, because the page cache
 * outlives it; so the settings are read back, and where strace is at hand the syncs are counted.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { createOf, merchantId, refOf } from "./commits.ts"
import { runScript } from "./run-script.ts"
import { temporaryDatabase } from "./temporary-database.ts"

const wanted = { journal_mode: "wal", synchronous: 2, foreign_keys: 1, trusted_schema: 0, fullfsync: 1 }

const settings = (database: { pragma(name: string, options: { simple: true }): unknown }) =>
  Object.fromEntries(Object.keys(wanted).map((name) => [name, database.pragma(name, { simple: true })]))

describe("the connection", () => {
  it("is durable when new, after use, and when opened again", async () => {
    const path = temporaryDatabase()
    for (const id of ["first", "second"]) {
      const { store, database, close } = sqliteStore({ path })
      expect(settings(database)).toEqual(wanted)
      await Effect.runPromise(store.commit(createOf(id)))
      expect(settings(database)).toEqual(wanted)
      expect(database.pragma("busy_timeout", { simple: true })).toBeLessThanOrEqual(1500)
      await close()
    }
  })

  it("is made durable when the host brings one that is not, and stays the host's to close", async () => {
    const database = new Database(temporaryDatabase())
    database.pragma("journal_mode = DELETE")
    database.pragma("synchronous = OFF")
    const { store, close } = sqliteStore({ database })
    await Effect.runPromise(store.commit(createOf("p")))
    expect(settings(database)).toEqual(wanted)
    expect(database.pragma("busy_timeout", { simple: true })).toBe(1500)
    await close()
    expect(database.open).toBe(true)
    database.close()
  })

  it("is refused where nothing could be durable", () => {
    expect(() => sqliteStore({ path: ":memory:" })).toThrow("a store needs a file")
    const database = new Database(":memory:")
    expect(() => sqliteStore({ database })).toThrow("a store needs a database in a file")
    database.close()
  })
})

describe("a process that is killed in the middle of its commits", () => {
  it("leaves every answered commit, whole, in a sound file", async () => {
    const path = temporaryDatabase()
    const script = fileURLToPath(new URL("commit-and-tell.ts", import.meta.url))
    const child = spawn(process.execPath, ["--conditions=source", script, `sqlite:${path}`], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let printed = ""
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.length > 4000) child.kill("SIGKILL")
    })
    await once(child, "close")
    const told = printed.split("\n").slice(0, -1)
    expect(told.length).toBeGreaterThan(200)
    const { store, database, close } = sqliteStore({ path })
    for (const id of told) {
      expect(await Effect.runPromise(store.load(refOf(id)))).toMatchObject({ version: 1 })
      expect(await Effect.runPromise(store.find(merchantId, "payments", id))).toMatchObject({ id })
      expect(await Effect.runPromise(store.events(refOf(id), 0))).toHaveLength(1)
    }
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok")
    await close()
  })
})

const hasStrace = (() => {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

type Mode = "store" | "defaults" | "limiter" | "store beside limiter"

const syncsOf = async (mode: Mode, writes: number): Promise<number> => {
  const path = temporaryDatabase()
  const log = `${path}.strace`
  const strace = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", log]
  await runScript("count-syncs.ts", [path, mode, String(writes)], strace)
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => /\bf(data)?sync\(\d+\)\s*= 0/u.test(line)).length
}

describe.skipIf(!hasStrace)("seen by strace (skipped where strace cannot run)", () => {
  it("each answered commit has been synced", async () => {
    expect(await syncsOf("store", 40)).toBeGreaterThanOrEqual(40)
  })

  it("a take of a rate limit waits for no disk, and takes no commit's sync away", async () => {
    expect(await syncsOf("limiter", 40)).toBeLessThan(20)
    expect(await syncsOf("store beside limiter", 40)).toBeGreaterThanOrEqual(40)
  })

  it("the same count fails for the defaults of better-sqlite3, so it can tell the difference", async () => {
    expect(await syncsOf("defaults", 40)).toBeLessThan(20)
  })
})
