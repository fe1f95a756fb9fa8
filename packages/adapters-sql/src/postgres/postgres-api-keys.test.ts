/** Records of API keys, kept beside the payments. */
import { freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import type { ApiKeyRecord, ApiKeys } from "../api-keys.ts"
import { postgresApiKeys } from "./postgres-api-keys.ts"

const record: ApiKeyRecord = {
  merchantId: "0193a000-0000-7000-8000-000000000001",
  lookup: "mT1zN3p5r7v9x2Q4s6U8wA",
  bcryptHash: "$2b$10$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV0123456789",
  createdAtMs: 1_600_000_000_000
}

let database: MigratedPool
let keys: ApiKeys
beforeAll(async () => {
  database = await migratedPool()
  keys = await postgresApiKeys(database.pool)
})
afterAll(() => database.close())
beforeEach(() => database.pool.query("truncate paykernel_api_key"))

describe("a record", () => {
  it("is found by its look-up and by nothing else", async () => {
    await keys.add(record)
    expect(await keys.find(record.lookup)).toEqual(record)
    for (const other of [record.lookup.toLowerCase(), "", "%", `${record.lookup} `]) {
      expect(await keys.find(other)).toBeUndefined()
    }
  })

  it("is there for every node", async () => {
    await keys.add(record)
    expect(await (await postgresApiKeys(database.poolOf({ max: 2 }))).find(record.lookup)).toEqual(record)
  })

  it("may be the first that a database keeps: our tables come to be", async () => {
    const { url, drop } = await freshDatabase()
    const pool = new pg.Pool({ connectionString: url })
    pool.on("error", () => {})
    const own = await postgresApiKeys(pool)
    await own.add(record)
    expect(await own.find(record.lookup)).toEqual(record)
    expect((await pool.query("select from paykernel_aggregate")).rowCount).toBe(0)
    await pool.end()
    await drop()
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
  it("is on the disk once it is answered, whatever the session says", async () => {
    const alone = database.poolOf({ max: 1 })
    const own = await postgresApiKeys(alone)
    for (const write of [() => own.add(record), () => own.revoke(record.lookup, 5)]) {
      await alone.query("begin")
      await alone.query("set local synchronous_commit = off")
      await write()
      const { rows } = await alone.query("show synchronous_commit")
      await alone.query("commit")
      expect(rows).toEqual([{ synchronous_commit: "on" }])
    }
    expect(await keys.find(record.lookup)).toEqual({ ...record, revokedAtMs: 5 })
  })

  it("to a server that is gone is an error, not a silence", async () => {
    const ended = database.poolOf({ max: 2 })
    const own = await postgresApiKeys(ended)
    await ended.end()
    await expect(own.add(record)).rejects.toThrow()
    await expect(own.revoke(record.lookup, 5)).rejects.toThrow()
    await expect(own.find(record.lookup)).rejects.toThrow()
  })
})
