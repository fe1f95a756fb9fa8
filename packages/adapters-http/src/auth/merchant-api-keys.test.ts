/** What merchants do with their API keys, and cannot do with another's. */
import { inspect } from "node:util"
import type { Outcome } from "@paykernel/core"
import * as Redacted from "effect/Redacted"
import { beforeEach, describe, expect, it } from "vitest"
import {
  type ApiKeyVerifier,
  apiKeyVerifier,
  isApiKeyShaped,
  type MerchantApiKeys,
  memoryApiKeyStore
} from "./index.ts"
import { merchantApiKeys } from "./merchant-api-keys.ts"

const [ada, bob] = ["m-ada", "m-bob"]
const clock = { nowMs: 0 }
const nowMs = () => clock.nowMs

const setUp = async (options: { readonly activeKeysMax?: number } = {}) => {
  const hmac = { name: "HMAC", hash: "SHA-256" }
  const pepper = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), hmac, false, ["sign"])
  const register = memoryApiKeyStore()
  const verifier = apiKeyVerifier({ store: register, pepper, nowMs })
  // bcrypt's lowest cost: these tests do not need it to be slow.
  const keys = merchantApiKeys({ register, pepper, verifier, nowMs, cost: 4, ...options })
  return { pepper, register, verifier, keys }
}

const unwrapped = <A, E>(outcome: Outcome<A, E>): A => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

let keys: MerchantApiKeys
let verifier: ApiKeyVerifier
beforeEach(async () => {
  clock.nowMs = 1_795_000_000_000
  const fresh = await setUp()
  keys = fresh.keys
  verifier = fresh.verifier
})

describe("a key that was created", () => {
  it.each(["live", "test"] as const)("in mode %s is shown once, and works at once", async (mode) => {
    const made = unwrapped(await keys.create(ada, { mode, name: "  Till 3 " }))
    const apiKey = Redacted.value(made.apiKey)
    expect(apiKey).toMatch(mode === "live" ? /^pk_live_/u : /^pk_test_/u)
    expect(isApiKeyShaped(apiKey)).toBe(true)
    expect(await verifier.verify(apiKey)).toEqual({ _tag: "Authenticated", merchantId: ada, keyId: made.id })
    const listed = {
      id: made.id,
      name: "Till 3",
      mode,
      lastFour: apiKey.slice(-4),
      createdAtMs: clock.nowMs,
      lastUsedAtMs: clock.nowMs,
      revokedAtMs: null
    }
    await expect.poll(() => keys.list(ada)).toEqual([listed])
  })

  it("is in no text that a program makes of what it was answered, nor of the list or the record", async () => {
    const { register, keys } = await setUp()
    const made = unwrapped(await keys.create(ada, { mode: "live", name: "Till" }))
    const secret = Redacted.value(made.apiKey).slice(20)
    const texts = [made, await keys.list(ada), await register.find(made.id)].flatMap((one) => [
      inspect(one, { depth: 9, showHidden: true }),
      JSON.stringify(one)
    ])
    for (const text of texts) expect(text).not.toContain(secret)
  })

  it("is one of at most so many that work, and a revoked one makes room", async () => {
    const { keys } = await setUp({ activeKeysMax: 3 })
    const asked = Array.from({ length: 5 }, (_, n) => keys.create(ada, { mode: "test", name: `Till ${n}` }))
    const outcomes = await Promise.all(asked)
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, false, false])
    expect(outcomes[4]).toEqual({ ok: false, error: { _tag: "TooManyKeys", activeKeysMax: 3 } })
    expect((await keys.create(bob, { mode: "test", name: "Till" })).ok).toBe(true)
    const [first] = await keys.list(ada)
    await keys.revoke(ada, first?.id ?? "")
    expect((await keys.create(ada, { mode: "test", name: "Till 5" })).ok).toBe(true)
  })

  it("needs a name that a person can read", async () => {
    for (const name of ["", "   ", "x".repeat(81), "a\nb", "a\u0000b", "\u007f", "a\u2028b", "\ud800"]) {
      const refused = await keys.create(ada, { mode: "live", name })
      expect(refused, JSON.stringify(name)).toEqual({ ok: false, error: { _tag: "NameInvalid" } })
    }
    expect(await keys.list(ada)).toEqual([])
    for (const name of ["x".repeat(80), "Café ☕ 𝒜", "<b>&\"'"]) {
      expect(unwrapped(await keys.create(ada, { mode: "live", name })).name).toBe(name)
    }
  })

  it("is made with others in a row, and who comes when the row is full is told so", async () => {
    const asked = Array.from({ length: 12 }, (_, n) => keys.create(ada, { mode: "test", name: `${n}` }))
    const outcomes = await Promise.all(asked)
    const busy = outcomes.filter((outcome) => !outcome.ok && outcome.error._tag === "Busy")
    expect([outcomes.filter(({ ok }) => ok).length, busy.length]).toEqual([9, 3])
    expect(await keys.list(ada)).toHaveLength(9)
  })
})

describe("a key that was revoked", () => {
  it("is refused at once, and listed last with the first time it was revoked", async () => {
    const made = unwrapped(await keys.create(ada, { mode: "live", name: "Old" }))
    clock.nowMs += 1
    const other = unwrapped(await keys.create(ada, { mode: "live", name: "Older, and good" }))
    const apiKey = Redacted.value(made.apiKey)
    await verifier.verify(apiKey)
    const atMs = clock.nowMs
    expect(unwrapped(await keys.revoke(ada, made.id))).toMatchObject({ id: made.id, revokedAtMs: atMs })
    expect(await verifier.verify(apiKey)).toEqual({ _tag: "Unknown" })
    clock.nowMs += 5000
    expect(unwrapped(await keys.revoke(ada, made.id))).toMatchObject({ revokedAtMs: atMs })
    expect((await keys.list(ada)).map(({ id, revokedAtMs }) => [id, revokedAtMs])).toEqual([
      [other.id, null],
      [made.id, atMs]
    ])
  })

  it("is refused within a second by another process, without a word from this one", async () => {
    const { register, pepper, keys } = await setUp()
    const elsewhere = apiKeyVerifier({ store: register, pepper, nowMs })
    const made = unwrapped(await keys.create(ada, { mode: "live", name: "Leaked" }))
    const apiKey = Redacted.value(made.apiKey)
    expect(await elsewhere.verify(apiKey)).toMatchObject({ _tag: "Authenticated" })
    await keys.revoke(ada, made.id)
    clock.nowMs += 1000
    expect(await elsewhere.verify(apiKey)).toEqual({ _tag: "Unknown" })
  })
})

describe("another merchant's key", () => {
  it("does not exist: it is in no list, and cannot be revoked", async () => {
    const made = unwrapped(await keys.create(ada, { mode: "live", name: "Ada's" }))
    const absent = { ok: false, error: { _tag: "ApiKeyNotFound" } }
    expect(await keys.list(bob)).toEqual([])
    expect(await keys.revoke(bob, made.id)).toEqual(absent)
    expect(await keys.revoke("", made.id)).toEqual(absent)
    expect(await verifier.verify(Redacted.value(made.apiKey))).toMatchObject({ _tag: "Authenticated" })
    for (const id of ["", "x", "a".repeat(22), "\u0000".repeat(22), `${made.id} `, Redacted.value(made.apiKey)]) {
      expect(await keys.revoke(ada, id)).toEqual(absent)
    }
  })
})
