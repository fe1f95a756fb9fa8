/** API keys in a database: hashed, over a restart, and between nodes that share it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type ApiKeyRegister,
  apiKeyRecord,
  apiKeyVerifier,
  generateApiKey,
  merchantApiKeys
} from "@paykernel/adapters-http"
import { postgresApiKeys, postgresStore } from "@paykernel/adapters-sql/postgres"
import { sqliteApiKeys, sqliteStore } from "@paykernel/adapters-sql/sqlite"
import { keyRingFromValues } from "@paykernel/core/vault"
import { freshDatabase } from "@paykernel/test-postgres"
import * as Redacted from "effect/Redacted"
import { describe, expect, it, onTestFinished, vi } from "vitest"

const pepperOf = async () => (await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])).derivedKey("api-keys")

it("a key that was given out is known after a restart, and unknown once it is revoked", async () => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, "payments.db")
  const pepper = await pepperOf()
  const apiKey = generateApiKey("live")
  const record = await apiKeyRecord(pepper, { apiKey, merchantId: "m1", nowMs: 1, cost: 4 })

  const opened = async <A>(act: (keys: ApiKeyRegister) => Promise<A>): Promise<A> => {
    const { database, close } = sqliteStore({ path })
    const answer = await act(sqliteApiKeys(database))
    await close()
    return answer
  }
  const asked = () => opened((store) => apiKeyVerifier({ store, pepper, nowMs: () => 1 }).verify(apiKey))

  await opened((keys) => keys.add(record))
  expect(await asked()).toEqual({ _tag: "Authenticated", merchantId: "m1", keyId: record.lookup })
  await opened((keys) => keys.revoke(record.lookup, 2))
  expect(await asked()).toEqual({ _tag: "Unknown" })
  await opened((keys) => keys.add(record))
  expect(await asked()).toEqual({ _tag: "Unknown" })
  const [, , , secret = "none"] = apiKey.split("_")
  expect(readFileSync(path, "latin1")).not.toContain(secret)
})

/** Opens the register of one database as often as there are nodes. */
const registers: { readonly [engine: string]: () => Promise<() => Promise<ApiKeyRegister>> } = {
  SQLite: async () => {
    const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    return async () => {
      const { database, close } = sqliteStore({ path: join(directory, "payments.db") })
      onTestFinished(close)
      return sqliteApiKeys(database)
    }
  },
  PostgreSQL: async () => {
    const { url, drop } = await freshDatabase()
    onTestFinished(drop)
    return async () => {
      const { pool, close } = await postgresStore({ url, connectionsMax: 2 })
      onTestFinished(close)
      return postgresApiKeys(pool)
    }
  }
}

describe.each(Object.entries(registers))("two nodes on one database of %s", (_, database) => {
  const setUp = async () => {
    const open = await database()
    const pepper = await pepperOf()
    const clock = { nowMs: 1_795_000_000_000 }
    const nowMs = () => clock.nowMs
    const nodeOf = async () => {
      const register = await open()
      const verifier = apiKeyVerifier({ store: register, pepper, nowMs })
      return { verifier, keys: merchantApiKeys({ register, pepper, verifier, nowMs, cost: 4 }) }
    }
    return { clock, here: await nodeOf(), there: await nodeOf() }
  }

  it("know a key that one of them made, and neither a second after the other revoked it", async () => {
    const { clock, here, there } = await setUp()
    const made = await here.keys.create("m-ada", { mode: "live", name: "Café ☕" })
    if (!made.ok) throw new Error(made.error._tag)
    const { apiKey: redacted, ...shown } = made.value
    const apiKey = Redacted.value(redacted)
    const known = { _tag: "Authenticated", merchantId: "m-ada", keyId: shown.id }
    expect(await there.verifier.verify(apiKey)).toEqual(known)
    await vi.waitFor(async () => {
      expect(await here.keys.list("m-ada")).toEqual([{ ...shown, lastUsedAtMs: clock.nowMs }])
    })
    expect(await there.keys.revoke("m-bob", shown.id)).toEqual({ ok: false, error: { _tag: "ApiKeyNotFound" } })
    expect(await there.keys.list("m-bob")).toEqual([])
    expect(await here.verifier.verify(apiKey)).toEqual(known)
    expect((await here.keys.revoke("m-ada", shown.id)).ok).toBe(true)
    expect(await here.verifier.verify(apiKey)).toEqual({ _tag: "Unknown" })
    clock.nowMs += 1000
    expect(await there.verifier.verify(apiKey)).toEqual({ _tag: "Unknown" })
    const usedAtMs = clock.nowMs - 1000
    expect(await there.keys.list("m-ada")).toEqual([{ ...shown, lastUsedAtMs: usedAtMs, revokedAtMs: usedAtMs }])
  })

  it("note the uses of a key together, once a minute", async () => {
    const { clock, here, there } = await setUp()
    const made = await here.keys.create("m-ada", { mode: "test", name: "Till" })
    if (!made.ok) throw new Error(made.error._tag)
    const startMs = clock.nowMs
    for (const second of [0, 20, 40, 59, 60, 61, 119, 120]) {
      clock.nowMs = startMs + second * 1000
      const node = second % 40 === 0 ? here : there
      await node.verifier.verify(Redacted.value(made.value.apiKey))
      const noted = startMs + Math.floor(second / 60) * 60_000
      await vi.waitFor(async () => expect((await here.keys.list("m-ada"))[0]?.lastUsedAtMs).toBe(noted))
    }
  })
})
