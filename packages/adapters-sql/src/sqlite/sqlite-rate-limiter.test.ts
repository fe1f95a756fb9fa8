/** Counting in a file: the suite, and what is this adapter's own. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { RateTake } from "@paykernel/core/effect"
import { describeRateLimiter } from "@paykernel/core/testing"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { runScript } from "../../test/run-script.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { sqliteRateLimiter } from "./sqlite-rate-limiter.ts"
import { sqliteStore } from "./sqlite-store.ts"

describeRateLimiter("the SQLite rate limiter", () => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  const open = () => sqliteRateLimiter({ path: join(directory, "limits.db") })
  const opened = [open()]
  const [first] = opened
  if (first === undefined) throw new Error("nothing was opened")
  return {
    limiter: first.limiter,
    another: async () => {
      const one = open()
      opened.push(one)
      return one.limiter
    },
    close: () => {
      for (const { close } of opened) close()
      rmSync(directory, { recursive: true })
    }
  }
})

const minuteMs = 60_000
const nowMs = 1_795_000_020_000
const takeOf = (change: Partial<RateTake> = {}): RateTake => ({
  key: "k",
  limit: 1,
  windowMs: minuteMs,
  nowMs,
  ...change
})

const setUp = () => {
  const path = temporaryDatabase()
  const { limiter, close } = sqliteRateLimiter({ path })
  onTestFinished(close)
  const reader = new Database(path, { readonly: true })
  onTestFinished(() => void reader.close())
  const take = (change?: Partial<RateTake>) => Effect.runPromise(Effect.result(limiter.take(takeOf(change))))
  const rows = () => reader.prepare("select * from paykernel_rate_window").all() as ReadonlyArray<{ end_ms: number }>
  return { path, take, rows, reader, close }
}

const denied = { _tag: "Success", success: { allowed: false } }
const allowed = { _tag: "Success", success: { allowed: true } }

describe("the table of windows", () => {
  it("holds no key, and of each as much as of any other", async () => {
    const { take, rows, path } = setUp()
    for (const key of ["203.0.113.7", "x".repeat(100_000)]) await take({ key })
    expect(rows()).toHaveLength(2)
    for (const row of rows()) expect(row).toMatchObject({ key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/u) })
    const file = new Database(path, { readonly: true }).serialize().toString("latin1")
    expect(file).not.toContain("203.0.113.7")
  })

  it("is rid of windows as fast as new ones come, once nobody can ask about them", async () => {
    const { take, rows } = setUp()
    for (let n = 0; n < 300; n++) await take({ key: `early ${n}` })
    for (let n = 0; n < 30; n++) await take({ key: `soon ${n}`, nowMs: nowMs + 5 * minuteMs })
    expect(rows()).toHaveLength(330)
    for (let n = 0; n < 30; n++) await take({ key: `late ${n}`, nowMs: nowMs + 6 * minuteMs })
    expect(
      rows()
        .map(({ end_ms }) => end_ms)
        .filter((endMs) => endMs <= nowMs + minuteMs)
    ).toEqual([])
    expect(rows()).toHaveLength(60)
  })
})

describe("a take", () => {
  it("outlives the connection", async () => {
    const { path, take, close } = setUp()
    await take()
    close()
    const { limiter, close: closeAgain } = sqliteRateLimiter({ path })
    onTestFinished(closeAgain)
    expect(await Effect.runPromise(limiter.take(takeOf()))).toMatchObject({ allowed: false })
  })

  it("stands in the file of a store, and leaves the store as durable as it was", async () => {
    const path = temporaryDatabase()
    const { database, close } = sqliteStore({ path })
    const { limiter, close: closeLimiter } = sqliteRateLimiter({ path })
    expect(await Effect.runPromise(limiter.take(takeOf()))).toMatchObject({ allowed: true })
    expect(database.pragma("synchronous", { simple: true })).toBe(2)
    closeLimiter()
    expect(database.prepare("select taken from paykernel_rate_window").all([])).toEqual([{ taken: 1 }])
    await close()
  })

  it("waits for another process that writes", async () => {
    const { path, take, rows, reader } = setUp()
    const other = runScript("hold-lock.ts", [path, "700"])
    const begun = () => reader.prepare("select 1 from sqlite_schema where name = 'hosts_own'").get()
    await expect.poll(begun, { timeout: 20_000 }).toBeDefined()
    for (let n = 0; n < 40; n++) {
      expect(await take({ limit: 100 })).toMatchObject(allowed)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    await other
    expect(rows()).toMatchObject([{ taken: 40 }])
  })

  it("is counted once where another process is in the way of the tidying up", async () => {
    const real = new Database(temporaryDatabase())
    onTestFinished(() => void real.close())
    let refusals = 0
    const refused = () => {
      refusals++
      throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" })
    }
    const prepare = (text: string) => {
      const statement = real.prepare(text)
      return /^delete/iu.test(text) ? { run: refused, get: refused, all: refused } : statement
    }
    const database = new Proxy(real, {
      get: (target, name) => {
        const value: unknown = name === "prepare" ? prepare : Reflect.get(target, name, target)
        return typeof value === "function" ? value.bind(target) : value
      }
    })
    const { limiter } = sqliteRateLimiter({ database })
    const take = () => Effect.runPromise(limiter.take(takeOf({ limit: 2 })))
    expect([await take(), await take(), await take()].map(({ allowed }) => allowed)).toEqual([true, true, false])
    expect(refusals).toBe(1)
  })

  it("is unavailable, and not counted, while the host has a transaction of its own open on the connection", async () => {
    const database = new Database(temporaryDatabase())
    onTestFinished(() => void database.close())
    const { limiter, close } = sqliteRateLimiter({ database })
    database.exec("begin")
    const waiting = Effect.runPromise(limiter.take(takeOf()))
    await new Promise((resolve) => setTimeout(resolve, 50))
    database.exec("rollback")
    expect(await waiting).toMatchObject({ allowed: true })
    expect(await Effect.runPromise(limiter.take(takeOf()))).toMatchObject({ allowed: false })
    database.exec("begin")
    const refused = await Effect.runPromise(Effect.result(limiter.take(takeOf())))
    expect(refused).toMatchObject({ _tag: "Failure", failure: { _tag: "RateLimiterUnavailable", reason: "busy" } })
    database.exec("rollback")
    close()
    expect(database.open).toBe(true)
  })

  it("is unavailable once the limiter is closed, and where the table is gone", async () => {
    const { path, take, close } = setUp()
    const breaker = new Database(path)
    breaker.exec("drop table paykernel_rate_window")
    breaker.close()
    expect(await take()).toMatchObject({ failure: { _tag: "RateLimiterUnavailable", reason: "SQLITE_ERROR" } })
    close()
    expect(await take()).toMatchObject({ failure: { _tag: "RateLimiterUnavailable", reason: "closed" } })
  })

  it("is denied to the second process as to the first", async () => {
    const { path, take } = setUp()
    const { limiter, close } = sqliteRateLimiter({ path })
    onTestFinished(close)
    expect(await Effect.runPromise(limiter.take(takeOf()))).toMatchObject({ allowed: true })
    expect(await take()).toMatchObject(denied)
  })
})
