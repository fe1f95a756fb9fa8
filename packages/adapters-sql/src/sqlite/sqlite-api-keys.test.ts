/** Records of API keys, kept beside the payments. */
import Database from "better-sqlite3"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { runScript } from "../../test/run-script.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
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
