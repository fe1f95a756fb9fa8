/** Records of API keys, kept beside the payments. */
import Database from "better-sqlite3"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { runScript } from "../../test/run-script.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import type { ApiKeyRecord } from "../api-keys.ts"
import { type SqliteApiKeyRecord, type SqliteApiKeys, sqliteApiKeys } from "./sqlite-api-keys.ts"
import { sqliteStore } from "./sqlite-store.ts"

const record: SqliteApiKeyRecord = {
  merchantId: "0193a000-0000-7000-8000-000000000001",
  lookup: "mT1zN3p5r7v9x2Q4s6U8wA",
  bcryptHash: "$2b$10$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV0123456789",
  createdAtMs: 1_600_000_000_000
}

let path: string
let database: InstanceType<typeof Database>
let keys: SqliteApiKeys
beforeEach(() => {
  path = temporaryDatabase()
  database = new Database(path)
  keys = sqliteApiKeys(database)
})
afterEach(() => {
  database.close()
})

describe("a record", () => {
  it("is found by its look-up and by nothing else", async () => {
    await keys.add(record)
    expect(await keys.find(record.lookup)).toEqual(record)
    for (const other of [record.lookup.toLowerCase(), "", "%", `${record.lookup} `]) {
      expect(await keys.find(other)).toBeUndefined()
    }
  })

  it("outlives the connection, and is there for the store's own", async () => {
    await keys.add(record)
    database.close()
    const { database: reopened, close } = sqliteStore({ path })
    expect(await sqliteApiKeys(reopened).find(record.lookup)).toEqual(record)
    await close()
  })

  it("takes the place of an earlier one", async () => {
    await keys.add(record)
    const stronger = { ...record, bcryptHash: record.bcryptHash.replace("$10$", "$12$"), createdAtMs: 1 }
    await keys.add(stronger)
    expect(await keys.find(record.lookup)).toEqual(stronger)
  })
})

describe("a revocation", () => {
  it("stands from its first time on, whatever comes later", async () => {
    await keys.add(record)
    await keys.revoke(record.lookup, 5)
    await keys.revoke(record.lookup, 9)
    await keys.add(record)
    await keys.add({ ...record, revokedAtMs: 9 })
    expect(await keys.find(record.lookup)).toEqual({ ...record, revokedAtMs: 5 })
  })

  it("of what is not on record does nothing", async () => {
    await keys.revoke(record.lookup, 5)
    expect(await keys.find(record.lookup)).toBeUndefined()
    await keys.add({ ...record, revokedAtMs: 7 })
    expect(await keys.find(record.lookup)).toEqual({ ...record, revokedAtMs: 7 })
  })
})

describe("a merchant's list", () => {
  const others = { ...record, merchantId: "0193a000-0000-7000-8000-000000000002", lookup: "oT1zN3p5r7v9x2Q4s6U8wA" }
  const keyOf = (name: string, createdAtMs: number): ApiKeyRecord => ({
    ...record,
    lookup: `${name}T1zN3p5r7v9x2Q4s6U8w`,
    createdAtMs,
    name,
    mode: "live",
    lastFour: "x9Zz"
  })
  const [old, middle, young] = [keyOf("a", 1), keyOf("b", 2), keyOf("c", 3)]

  it("holds its own keys and no other's, those that work first, then the newest", async () => {
    for (const one of [middle, others, young, old]) await keys.add(one)
    await keys.revoke(young.lookup, 9)
    expect(await keys.list(record.merchantId)).toEqual([middle, old, { ...young, revokedAtMs: 9 }])
    expect(await keys.list(others.merchantId)).toEqual([others])
    for (const nobody of ["", "%", record.merchantId.toUpperCase()]) expect(await keys.list(nobody)).toEqual([])
  })

  it("keeps what its owner calls a key, letter by letter", async () => {
    const names = ["O'Brien; drop table", "  ", "Café ☕ 𝒜", "null", '"', "x".repeat(80)]
    for (const [place, name] of names.entries()) await keys.add({ ...keyOf(`${place}`, place), name })
    expect((await keys.list(record.merchantId)).map(({ name }) => name)).toEqual(names.toReversed())
  })
})

describe("a use", () => {
  const lastUse = async () => (await keys.find(record.lookup))?.lastUsedAtMs

  it("is on record to the minute, and never goes back", async () => {
    await keys.add(record)
    expect(await lastUse()).toBeUndefined()
    const uses = [1_000_000, 1_000_001, 1_059_999, 5, 1_060_000, 1_060_001, 1_000_000]
    const seen = []
    for (const nowMs of uses) {
      await keys.recordUse(record.lookup, nowMs)
      seen.push(await lastUse())
    }
    expect(seen).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_060_000, 1_060_000, 1_060_000])
  })

  it("stands when the record is added again, and of two the later", async () => {
    await keys.add(record)
    await keys.recordUse(record.lookup, 1_000_000)
    await keys.add(record)
    expect(await lastUse()).toBe(1_000_000)
    await keys.add({ ...record, lastUsedAtMs: 5 })
    expect(await lastUse()).toBe(1_000_000)
    await keys.add({ ...record, lastUsedAtMs: 2_000_000 })
    expect(await lastUse()).toBe(2_000_000)
  })

  it("of what is not on record is left at that", async () => {
    await keys.recordUse(record.lookup, 1)
    expect(await keys.find(record.lookup)).toBeUndefined()
  })
})

describe("a write", () => {
  it("waits for another process", async () => {
    const other = runScript("hold-lock.ts", [path, "700"])
    await expect
      .poll(() => database.prepare("select 1 from sqlite_schema where name = 'hosts_own'").get(), { timeout: 20_000 })
      .toBeDefined()
    await keys.add(record)
    await keys.revoke(record.lookup, 5)
    await other
    expect(await keys.find(record.lookup)).toEqual({ ...record, revokedAtMs: 5 })
  })

  it("is refused inside a transaction of the host, which might still be undone", async () => {
    await keys.add(record)
    database.exec("begin")
    await expect(keys.revoke(record.lookup, 5)).rejects.toThrow("in a transaction of the host")
    await expect(keys.add({ ...record, lookup: "other" })).rejects.toThrow("in a transaction of the host")
    database.exec("commit")
    expect(await keys.find(record.lookup)).toEqual(record)
    expect(await keys.find("other")).toBeUndefined()
  })

  it("on a closed database is an error, not a silence", async () => {
    database.close()
    await expect(keys.add(record)).rejects.toThrow()
    await expect(keys.find(record.lookup)).rejects.toThrow()
  })
})
