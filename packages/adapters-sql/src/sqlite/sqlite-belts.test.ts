/** The three belts of the store on SQLite, and what its own statements and constraints say beyond the suite's cases. */
import { type BeltSwitches, describeBelts } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { commitOf, refOf, writeOf } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { commitStatements } from "./sqlite-commit-statements.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type SqliteStore, sqliteStore } from "./sqlite-store.ts"

const switchesOf = (database: SqliteDatabase): BeltSwitches => ({
  pretendVersion: (version) => {
    database.prepare("update paykernel_aggregate set version = ?").run([version])
  },
  overwriteBounds: ({ merchantId, type, id }, { authorized, captured, refunded }) => {
    const change = "update paykernel_aggregate set authorized = ?, captured = ?, refunded = ?"
    const where = "where merchant_id = ? and type = ? and id = ?"
    const amounts = [authorized, captured, refunded].map(inOneWidth)
    database.prepare(`${change} ${where}`).run([...amounts, merchantId, type, id])
  },
  dropChecks: () => {
    database.pragma("ignore_check_constraints = ON")
  },
  forgetHistory: () => {
    database.exec("delete from paykernel_event")
  }
})

const inOneWidth = (amount: bigint): string =>
  amount < 0n ? `-${(-amount).toString().padStart(37, "0")}` : amount.toString().padStart(38, "0")

describeBelts("the SQLite store", async () => {
  const { store, database, close } = sqliteStore({ path: temporaryDatabase() })
  return { store, close, switches: switchesOf(database) }
})

describe("beyond that, SQLite", () => {
  let opened: SqliteStore
  beforeEach(async () => {
    opened = sqliteStore({ path: temporaryDatabase() })
    const bounds = { authorized: 100n, captured: 0n, refunded: 0n }
    await Effect.runPromise(opened.store.commit(commitOf({ aggregates: [writeOf("p", { bounds })] })))
  })
  afterEach(() => opened.close())

  it("changes no row at another version, even if nobody looked before", () => {
    const { updateAggregate } = commitStatements(opened.database)
    const row = { ...refOf("p"), version: 2, schemaVersion: 1, state: "{}", ...noBounds }
    expect(updateAggregate.run({ ...row, expectedVersion: 2 })).toBe(0)
    expect(updateAggregate.run({ ...row, expectedVersion: 0 })).toBe(0)
    expect(updateAggregate.run({ ...row, expectedVersion: 1 })).toBe(1)
  })

  const noBounds = { authorized: null, captured: null, refunded: null, isOpen: 0, forgetAtMs: null }

  it.each([
    ["captured", "101", "0 <= refunded <= captured <= authorized"],
    ["refunded", "1", "0 <= refunded <= captured <= authorized"],
    ["authorized", "1".padEnd(39, "0"), "bounded amounts have one width"]
  ])("says which constraint an amount breaks: %s = %s", (column, amount, constraint) => {
    const put = opened.database.prepare(`update paykernel_aggregate set ${column} = ?`)
    expect(() => put.run([amount.padStart(38, "0")])).toThrow(constraint)
  })

  it("refuses an amount of another width, which would not compare as a number does", () => {
    expect(() => opened.database.exec("update paykernel_aggregate set captured = '7'")).toThrow("one width")
  })
})
