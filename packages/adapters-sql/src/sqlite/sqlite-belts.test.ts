/**
 * Three belts against double capture and over-refund: the version, the guarded write, and the constraints of the
 * tables. In each test one belt is left on and the others are made to look away, by what is done to the file.
 */
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { commitOf, merchantId, nowMs, refOf, writeOf } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { commitStatements } from "./sqlite-commit-statements.ts"
import { type SqliteStore, sqliteStore } from "./sqlite-store.ts"

const capture = (captured: bigint, attempt: string, refunded = 0n): Commit =>
  commitOf({
    aggregates: [
      writeOf("p", { expectedVersion: 1, state: { attempt }, bounds: { authorized: 100n, captured, refunded } })
    ],
    ledger: [
      {
        id: `capture ${attempt}`,
        merchantId,
        kind: "capture",
        reference: { type: "payment", id: "p" },
        atMs: nowMs,
        postings: [
          { account: "card_receivable", layer: "posted", amount: { amount: captured, currency: "USD" } },
          { account: "merchant_unsettled", layer: "posted", amount: { amount: -captured, currency: "USD" } }
        ]
      }
    ]
  })

let opened: SqliteStore
beforeEach(async () => {
  opened = sqliteStore({ path: temporaryDatabase() })
  const bounds = { authorized: 100n, captured: 0n, refunded: 0n }
  await Effect.runPromise(opened.store.commit(commitOf({ aggregates: [writeOf("p", { bounds })] })))
})
afterEach(() => opened.close())

const outcome = (commit: Commit): Promise<string> =>
  Effect.runPromise(opened.store.commit(commit)).then(
    () => "Committed",
    (error: { readonly _tag: string }) => error._tag
  )

const captured = async (): Promise<bigint> => {
  const balances = await Effect.runPromise(opened.store.balances(merchantId))
  return balances.find(({ account }) => account === "card_receivable")?.posted ?? 0n
}

const checksOff = () => opened.database.pragma("ignore_check_constraints = ON")
const historyForgotten = () => opened.database.exec("delete from paykernel_event")
/** Every writer now finds the version that it expects. */
const versionLies = () => opened.database.exec("update paykernel_aggregate set version = 1")

describe("the version alone", () => {
  it("lets one of two captures through that exceed the authorization together but not alone", async () => {
    checksOff()
    expect(await outcome(capture(60n, "a"))).toBe("Committed")
    historyForgotten()
    expect(await outcome(capture(60n, "b"))).toBe("VersionConflict")
    expect(await captured()).toBe(60n)
  })
})

describe("the write itself", () => {
  it("changes no row at another version, even if nobody looked before", () => {
    const { updateAggregate } = commitStatements(opened.database)
    const row = { ...refOf("p"), version: 2, schemaVersion: 1, state: "{}", ...noBounds }
    expect(updateAggregate.run({ ...row, expectedVersion: 2 })).toBe(0)
    expect(updateAggregate.run({ ...row, expectedVersion: 0 })).toBe(0)
    expect(updateAggregate.run({ ...row, expectedVersion: 1 })).toBe(1)
  })

  const noBounds = { authorized: null, captured: null, refunded: null }
})

describe("the guarded write alone", () => {
  it.each([
    ["captured above authorized", capture(101n, "a")],
    ["captured above authorized, with one digit more", capture(1000n, "a")],
    ["refunded above captured", capture(50n, "a", 51n)],
    ["refunded below zero", capture(50n, "a", -1n)]
  ])("refuses %s", async (_, commit) => {
    checksOff()
    historyForgotten()
    versionLies()
    expect(await outcome(commit)).toBe("InvariantViolated")
    expect(await captured()).toBe(0n)
    expect(await Effect.runPromise(opened.store.load(refOf("p")))).toMatchObject({ state: { id: "p" } })
  })
})

describe("the constraints alone", () => {
  const put = (column: string, amount: bigint) =>
    opened.database.prepare(`update paykernel_aggregate set ${column} = ?`).run([amount.toString().padStart(38, "0")])

  it("refuse amounts out of bounds that any program writes", () => {
    expect(() => put("captured", 101n)).toThrow("0 <= refunded <= captured <= authorized")
    expect(() => put("refunded", 1n)).toThrow("0 <= refunded <= captured <= authorized")
    expect(() => put("authorized", 10n ** 38n)).toThrow("bounded amounts have one width")
    expect(() => opened.database.exec("update paykernel_aggregate set captured = '7'")).toThrow("one width")
    put("captured", 100n)
    put("refunded", 100n)
  })

  it("refuse a second history from a version that lies", async () => {
    expect(await outcome(capture(60n, "a"))).toBe("Committed")
    versionLies()
    expect(await outcome(capture(60n, "b"))).toBe("InvariantViolated")
    expect(await captured()).toBe(60n)
  })

  it("refuse the same fact in the books a second time, though version and history are forgotten", async () => {
    expect(await outcome(capture(60n, "a"))).toBe("Committed")
    versionLies()
    historyForgotten()
    expect(await outcome(capture(60n, "a"))).toBe("InvariantViolated")
    expect(await captured()).toBe(60n)
  })
})

describe("no belt at all", () => {
  it("captures too much, so that the tests above can tell", async () => {
    checksOff()
    expect(await outcome(capture(60n, "a"))).toBe("Committed")
    versionLies()
    historyForgotten()
    expect(await outcome(capture(60n, "b"))).toBe("Committed")
    expect(await captured()).toBe(120n)
  })
})
