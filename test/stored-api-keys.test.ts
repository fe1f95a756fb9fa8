/** API keys over a restart: hashed, in the file of the payments, and verified by another process's worth of state. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type ApiKeyRegister, apiKeyRecord, apiKeyVerifier, generateApiKey } from "@paykernel/adapters-http"
import { sqliteApiKeys, sqliteStore } from "@paykernel/adapters-sql/sqlite"
import { keyRingFromValues } from "@paykernel/core/vault"
import { expect, it, onTestFinished } from "vitest"

it("a key that was given out is known after a restart, and unknown once it is revoked", async () => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, "payments.db")
  const ring = await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])
  const pepper = await ring.derivedKey("api-keys")
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
  expect(await asked()).toEqual({ _tag: "Authenticated", merchantId: "m1" })
  await opened((keys) => keys.revoke(record.lookup, 2))
  expect(await asked()).toEqual({ _tag: "Unknown" })
  await opened((keys) => keys.add(record))
  expect(await asked()).toEqual({ _tag: "Unknown" })
  const [, , , secret = "none"] = apiKey.split("_")
  expect(readFileSync(path, "latin1")).not.toContain(secret)
})
