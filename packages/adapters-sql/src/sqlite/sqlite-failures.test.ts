/** When the disk is full or fails, every waiter is told so, nothing is half written, and the store goes on after. */
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { commitOf, createOf, merchantId, refOf, writeOf } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { sqliteStore } from "./sqlite-store.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const failure = <A, E>(effect: Effect.Effect<A, E>): Promise<unknown> => run(effect).catch((error: unknown) => error)

/** A database of which one statement can be made to fail as the disk would make it fail. */
const failing = (text: string, code: string) => {
  const real = new Database(temporaryDatabase())
  let broken = false
  const database = new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (name !== "prepare") return typeof value === "function" ? value.bind(target) : value
      return (source: string) => {
        const statement = target.prepare(source)
        if (source !== text) return statement
        const fails = () => {
          throw new Database.SqliteError("disk I/O error", code)
        }
        return { run: (values: ReadonlyArray<unknown>) => (broken ? fails() : statement.run(values)) }
      }
    }
  })
  return { real, database, breakIt: (now: boolean) => (broken = now) }
}

describe("a full disk", () => {
  it("refuses every commit of the batch, keeps what was written before, and recovers", async () => {
    const { store, database, close } = sqliteStore({ path: temporaryDatabase() })
    await run(store.commit(createOf("before")))
    const pages = Number.parseInt(String(database.pragma("page_count", { simple: true })), 10)
    database.pragma(`max_page_count = ${pages}`)
    const filler = "x".repeat(20_000)
    const large = ["a", "b", "c"].map((id) => store.commit(commitOf({ aggregates: [writeOf(id, { state: filler })] })))
    for (const error of await Promise.all(large.map(failure))) {
      expect(error).toMatchObject({ _tag: "StoreUnavailable", reason: "SQLITE_FULL", outcomeUnknown: false })
    }
    expect(await run(store.load(refOf("a")))).toBeUndefined()
    expect(await run(store.load(refOf("before")))).toMatchObject({ version: 1 })
    database.pragma("max_page_count = 1000000")
    await Promise.all(large.map((commit) => run(commit)))
    expect(await run(store.load(refOf("c")))).toMatchObject({ state: filler })
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok")
    await close()
  })
})

describe("a disk that fails", () => {
  it("at COMMIT leaves the outcome unknown, for every waiter", async () => {
    const { real, database, breakIt } = failing("commit", "SQLITE_IOERR_FSYNC")
    const { store, close } = sqliteStore({ database })
    breakIt(true)
    const answers = await Promise.all(["a", "b"].map((id) => failure(store.commit(createOf(id)))))
    const unknown = { _tag: "StoreUnavailable", reason: "SQLITE_IOERR_FSYNC", outcomeUnknown: true }
    expect(answers).toMatchObject([unknown, unknown])
    expect(real.inTransaction).toBe(false)
    breakIt(false)
    await run(store.commit(createOf("c")))
    await close()
    real.close()
  })

  it("before COMMIT leaves nothing, and says so", async () => {
    const { real, database, breakIt } = failing("begin immediate", "SQLITE_IOERR_READ")
    const { store, close } = sqliteStore({ database })
    breakIt(true)
    const unavailable = { _tag: "StoreUnavailable", reason: "SQLITE_IOERR_READ", outcomeUnknown: false }
    expect(await failure(store.commit(createOf("a")))).toMatchObject(unavailable)
    breakIt(false)
    expect(await run(store.load(refOf("a")))).toBeUndefined()
    await close()
    real.close()
  })
})

describe("a store", () => {
  it("answers what was asked before it closed, and nothing after", async () => {
    const { store, close } = sqliteStore({ path: temporaryDatabase() })
    const commits = ["a", "b", "c"].map((id) => run(store.commit(createOf(id))))
    await close()
    await Promise.all(commits)
    const closed = { _tag: "StoreUnavailable", reason: "closed" }
    expect(await failure(store.commit(createOf("d")))).toMatchObject(closed)
    expect(await failure(store.load(refOf("a")))).toMatchObject(closed)
    await close()
  })

  it("refuses at once what its queue cannot hold, and writes the rest", async () => {
    const { store, close } = sqliteStore({ path: temporaryDatabase(), limits: { waitingMax: 5 } })
    const ids = ["a", "b", "c", "d", "e", "f", "g"]
    const answers = await Promise.all(ids.map((id) => failure(store.commit(createOf(id)))))
    const overloaded = { _tag: "StoreUnavailable", reason: "overloaded", outcomeUnknown: false }
    expect(answers.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(answers.slice(5)).toMatchObject([overloaded, overloaded])
    expect(await run(store.load(refOf("e")))).toBeDefined()
    expect(await run(store.load(refOf("f")))).toBeUndefined()
    await close()
  })

  it("does not write a commit whose caller was interrupted while it waited", async () => {
    const { store, close } = sqliteStore({ path: temporaryDatabase() })
    const fiber = Effect.runFork(store.commit(createOf("a")))
    await run(Fiber.interrupt(fiber))
    await run(store.commit(createOf("b")))
    expect(await run(store.load(refOf("a")))).toBeUndefined()
    await close()
  })

  it("lets a commit die alone whose state no text can hold", async () => {
    const { store, close } = sqliteStore({ path: temporaryDatabase() })
    const circular: { [key: string]: string } = {}
    Object.assign(circular, { self: circular })
    const answers = [
      store.commit(createOf("a")),
      store.commit(commitOf({ aggregates: [writeOf("x", { state: circular })] }))
    ]
    expect(await Promise.all(answers.map(failure))).toEqual([undefined, expect.any(TypeError)])
    expect(await run(store.load(refOf("a")))).toBeDefined()
    await close()
  })

  it("keeps nothing of a merchant's long history in memory to answer for its balances", async () => {
    const { store, database, close } = sqliteStore({ path: temporaryDatabase() })
    const ledger = Array.from({ length: 2500 }, (_, n) => ({
      id: `t-${n}`,
      merchantId,
      kind: "capture" as const,
      reference: { type: "payment", id: "p" },
      atMs: 1,
      postings: [
        {
          account: "cash" as const,
          layer: "posted" as const,
          amount: { amount: 10n ** 24n, currency: "ETH" as const }
        },
        {
          account: "conversion" as const,
          layer: "posted" as const,
          amount: { amount: -(10n ** 24n), currency: "ETH" as const }
        }
      ]
    }))
    await run(store.commit(commitOf({ ledger })))
    expect(await run(store.balances(merchantId))).toMatchObject([
      { posted: 25n * 10n ** 26n },
      { posted: -25n * 10n ** 26n }
    ])
    const checkpoint = database.prepare("select through_seq from paykernel_ledger_checkpoint").get([])
    expect(checkpoint).toEqual({ through_seq: 2048 })
    await close()
  })
})
