/** Records of API keys, kept beside the payments. */
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

  it("is there for every node, also one that starts on a database without our tables", async () => {
    await keys.add(record)
    await database.pool.query("drop table paykernel_batch; delete from paykernel_migration where name = 'batches'")
    const others = database.poolOf({ max: 2 })
    expect(await (await postgresApiKeys(others)).find(record.lookup)).toEqual(record)
    expect((await others.query("select from paykernel_batch")).rowCount).toBe(0)
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
