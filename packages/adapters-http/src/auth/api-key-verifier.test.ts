import { compare } from "bcryptjs"
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import {
  type ApiKeyRecord,
  type ApiKeyRegister,
  apiKeyRecord,
  apiKeyVerifier,
  generateApiKey,
  memoryApiKeyStore,
  type Pepper
} from "./index.ts"

vi.mock("bcryptjs", async (original) => {
  const library = await original<typeof import("bcryptjs")>()
  return { ...library, compare: vi.fn(library.compare) }
})
const bcryptRuns = (): number => vi.mocked(compare).mock.calls.length
beforeEach(() => {
  vi.mocked(compare).mockClear()
})

/** Holds every bcrypt run until it is released, and then lets them succeed. */
const holdBcrypt = () => {
  const gate = Promise.withResolvers<void>()
  const original = vi.mocked(compare).getMockImplementation()
  vi.mocked(compare).mockImplementation(async () => {
    await gate.promise
    return true
  })
  return () => {
    gate.resolve()
    if (original !== undefined) vi.mocked(compare).mockImplementation(original)
  }
}

const hmac = { name: "HMAC", hash: "SHA-256" }
const pepperOf = (fill: number): Promise<Pepper> =>
  crypto.subtle.importKey("raw", new Uint8Array(32).fill(fill), hmac, false, ["sign"])

let pepper: Pepper
beforeAll(async () => {
  pepper = await pepperOf(1)
})

// bcrypt's lowest cost: these tests count its runs, they do not need it to be slow.
const recordOf = (apiKey: string, merchantId = "m1"): Promise<ApiKeyRecord> =>
  apiKeyRecord(pepper, { apiKey, merchantId, nowMs: 0, cost: 4 })

const setUp = async (keys: ReadonlyArray<readonly [apiKey: string, merchantId: string]>, options = {}) => {
  const records = await Promise.all(keys.map(([apiKey, merchantId]) => recordOf(apiKey, merchantId)))
  const store = memoryApiKeyStore(records)
  const find = vi.fn(store.find)
  const recordUse = vi.fn(store.recordUse)
  const clock = { nowMs: 1_000_000 }
  const verifier = apiKeyVerifier({ store: { find, recordUse }, pepper, nowMs: () => clock.nowMs, ...options })
  return { records, store, find, recordUse, clock, verifier }
}

const authenticated = (merchantId: string) => ({
  _tag: "Authenticated",
  merchantId,
  keyId: expect.stringMatching(/^[A-Za-z0-9+/]{22}$/u)
})
const unknown = { _tag: "Unknown" }

describe("a key on record", () => {
  it("is recognised in the header, and pays for bcrypt once, not per request", async () => {
    const apiKey = generateApiKey("live")
    const { verifier, find, clock, records } = await setUp([[apiKey, "m1"]])
    for (const header of [`Bearer ${apiKey}`, `bearer ${apiKey}`, `Bearer  ${apiKey} `]) {
      expect(await verifier.authenticate(header)).toEqual(authenticated("m1"))
    }
    clock.nowMs += 999
    expect(await verifier.verify(apiKey)).toMatchObject({ keyId: records[0]?.lookup })
    expect([bcryptRuns(), find.mock.calls.length]).toEqual([1, 1])
  })

  it("given a second has passed, then the store is asked again, and bcrypt only if the hash is another", async () => {
    const { verifier, find, clock, store } = await setUp([["demo-key-1", "m1"]])
    await verifier.verify("demo-key-1")
    clock.nowMs += 1000
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
    expect([bcryptRuns(), find.mock.calls.length]).toEqual([1, 2])
    await store.add(await recordOf("demo-key-1", "m2"))
    clock.nowMs += 1000
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m2"))
    expect([bcryptRuns(), find.mock.calls.length]).toEqual([2, 3])
    clock.nowMs -= 1_000_000
    await verifier.verify("demo-key-1")
    expect(find.mock.calls.length).toBe(4)
  })

  it("given many requests arrive with it first, then they share one bcrypt", async () => {
    const { verifier, find } = await setUp([["demo-key-1", "m1"]])
    const answers = await Promise.all(Array.from({ length: 200 }, () => verifier.verify("demo-key-1")))
    expect(new Set(answers.map((answer) => answer._tag))).toEqual(new Set(["Authenticated"]))
    expect([bcryptRuns(), find.mock.calls.length]).toEqual([1, 1])
  })

  it("is told from a twin that differs after 72 bytes only", async () => {
    const prefix = "k".repeat(72)
    const { verifier } = await setUp([
      [`${prefix}-one`, "m1"],
      [`${prefix}-two`, "m2"]
    ])
    expect(await verifier.verify(`${prefix}-one`)).toEqual(authenticated("m1"))
    expect(await verifier.verify(`${prefix}-two`)).toEqual(authenticated("m2"))
    expect(await verifier.verify(`${prefix}-three`)).toEqual(unknown)
    expect(await verifier.verify(prefix)).toEqual(unknown)
  })

  it("is refused when its hash is that of another key", async () => {
    const { verifier, store, records } = await setUp([["demo-key-1", "m1"]])
    const other = await recordOf("demo-key-2")
    for (const record of records) await store.add({ ...record, bcryptHash: other.bcryptHash })
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })
})

describe("a store that is away", () => {
  const away = new Error("away")

  it("does not keep out whose key was proven within the minute, and keeps out all others", async () => {
    const { verifier, find, clock } = await setUp([
      ["demo-key-1", "m1"],
      ["demo-key-2", "m2"]
    ])
    await verifier.verify("demo-key-1")
    find.mockRejectedValue(away)
    clock.nowMs += 59_999
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
    await expect(verifier.verify("demo-key-2")).rejects.toBe(away)
    clock.nowMs += 1
    await expect(verifier.verify("demo-key-1")).rejects.toBe(away)
    find.mockReset()
    find.mockImplementation(async () => undefined)
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })

  it("keeps out a key that was revoked here while it could be asked", async () => {
    const { verifier, find, store, records, clock } = await setUp([["demo-key-1", "m1"]])
    await verifier.verify("demo-key-1")
    const lookup = records[0]?.lookup ?? ""
    await store.revoke(lookup, clock.nowMs)
    verifier.forget(lookup)
    find.mockRejectedValue(away)
    await expect(verifier.verify("demo-key-1")).rejects.toBe(away)
  })
})

describe("the uses of a key", () => {
  const lastUse = async (store: { list: ApiKeyRegister["list"] }) => (await store.list("m1"))[0]?.lastUsedAtMs

  it("are on record to the minute, and one write each minute", async () => {
    const { verifier, store, recordUse, clock } = await setUp([["demo-key-1", "m1"]])
    const seen: Array<number | undefined> = []
    for (const afterMs of [0, 1, 999, 30_000, 29_000, 60_000, 60_000]) {
      clock.nowMs += afterMs
      await verifier.verify("demo-key-1")
      seen.push(await lastUse(store))
    }
    expect(seen).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_060_000, 1_120_000, 1_180_000])
    expect(recordUse.mock.calls.length).toBe(4)
  })

  it("are not waited for, and one that cannot be written spoils nothing", async () => {
    const { verifier, recordUse, clock } = await setUp([["demo-key-1", "m1"]])
    recordUse.mockImplementation(() => new Promise(() => {}))
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
    clock.nowMs += 60_000
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
    expect(recordUse.mock.calls.length).toBe(1)
    const failing = await setUp([["demo-key-1", "m1"]])
    failing.recordUse.mockRejectedValue(new Error("disk full"))
    for (let n = 0; n < 3; n++) {
      expect(await failing.verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
      failing.clock.nowMs += 60_000
    }
    expect(failing.recordUse.mock.calls.length).toBe(3)
  })

  it("are written a few at a time, whatever number of keys is used at once", async () => {
    const keys = Array.from({ length: 40 }, (_, n) => [`demo-key-${n}`, `m${n}`] as const)
    const { verifier, recordUse } = await setUp(keys)
    recordUse.mockImplementation(() => new Promise(() => {}))
    for (const [apiKey] of keys) await verifier.verify(apiKey)
    expect(recordUse.mock.calls.length).toBe(32)
  })

  it("need no store that can note them, and are not those of a refused key", async () => {
    const { store, recordUse, verifier } = await setUp([["demo-key-1", "m1"]])
    const plain = apiKeyVerifier({ store: { find: store.find }, pepper, nowMs: () => 0 })
    expect(await plain.verify("demo-key-1")).toEqual(authenticated("m1"))
    await verifier.verify("demo-key-2")
    expect(recordUse).not.toHaveBeenCalled()
  })
})

describe("a revoked key", () => {
  it("is refused at once after `forget`, and after a second without", async () => {
    const { verifier, store, records, clock } = await setUp([
      ["demo-key-1", "m1"],
      ["demo-key-2", "m2"]
    ])
    const [first, second] = records
    if (first === undefined || second === undefined) throw new Error("no records")
    await verifier.verify("demo-key-1")
    await verifier.verify("demo-key-2")
    await store.revoke(first.lookup, clock.nowMs)
    expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
    await store.revoke(second.lookup, clock.nowMs)
    verifier.forget(second.lookup)
    expect(await verifier.verify("demo-key-2")).toEqual(unknown)
    clock.nowMs += 1000
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })

  it("is refused at once everywhere where every request asks the store", async () => {
    const { verifier, store, records, clock, find } = await setUp([["demo-key-1", "m1"]], { answerTtlMs: 0 })
    for (let n = 1; n <= 3; n++) {
      expect(await verifier.verify("demo-key-1")).toEqual(authenticated("m1"))
      expect([bcryptRuns(), find.mock.calls.length]).toEqual([1, n])
    }
    await store.revoke(records[0]?.lookup ?? "", clock.nowMs)
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })

  it("stays revoked when a record of it is added again", async () => {
    const { verifier, store } = await setUp([["demo-key-1", "m1"]])
    const record = await recordOf("demo-key-1", "m1")
    await store.revoke(record.lookup, 1)
    await store.add(record)
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })

  it("does not come back by a request that read its record before", async () => {
    const { verifier, store, records } = await setUp([["demo-key-1", "m1"]])
    const [record] = records
    if (record === undefined) throw new Error("no record")
    const release = holdBcrypt()
    const before = verifier.verify("demo-key-1")
    await expect.poll(bcryptRuns).toBe(1)
    await store.revoke(record.lookup, 1)
    verifier.forget(record.lookup)
    release()
    expect(await before).toEqual(authenticated("m1"))
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })
})

describe("what is no key", () => {
  it.each([
    null,
    "",
    "Bearer",
    "Bearer ",
    "Bearer short",
    "Basic dXNlcjpwYXNz",
    "Bearer two keys-in-one",
    "demo-key-1"
  ])("is malformed and never looked up: %j", async (header) => {
    const { verifier, find } = await setUp([["demo-key-1", "m1"]])
    expect(await verifier.authenticate(header)).toEqual({ _tag: "Malformed" })
    expect(find).not.toHaveBeenCalled()
  })

  it("given a flood of made-up keys, then bcrypt never runs and nothing is kept of them", async () => {
    const { verifier } = await setUp([["demo-key-1", "m1"]], { maxKeys: 1 })
    await verifier.verify("demo-key-1")
    const answers = await Promise.all(Array.from({ length: 3_000 }, (_, i) => verifier.verify(`demo-key-1-${i}`)))
    expect(answers.every((answer) => answer._tag === "Unknown")).toBe(true)
    await verifier.verify("demo-key-1")
    expect(bcryptRuns()).toBe(1)
  })

  it("includes a good key under another pepper", async () => {
    const { store } = await setUp([["demo-key-1", "m1"]])
    const verifier = apiKeyVerifier({ store, pepper: await pepperOf(2), nowMs: () => 0 })
    expect(await verifier.verify("demo-key-1")).toEqual(unknown)
  })
})

describe("bounds", () => {
  it("of memory: the key that was proven longest ago makes room", async () => {
    const { verifier } = await setUp(
      [
        ["demo-key-1", "m1"],
        ["demo-key-2", "m2"],
        ["demo-key-3", "m3"]
      ],
      { maxKeys: 2 }
    )
    for (const key of ["demo-key-1", "demo-key-2", "demo-key-3"]) await verifier.verify(key)
    expect(bcryptRuns()).toBe(3)
    await verifier.verify("demo-key-3")
    await verifier.verify("demo-key-2")
    expect(bcryptRuns()).toBe(3)
    await verifier.verify("demo-key-1")
    expect(bcryptRuns()).toBe(4)
  })

  it("of work: 2 run, 32 wait, and the others are told to come back", async () => {
    const keys = Array.from({ length: 50 }, (_, i) => [`demo-key-${i}`, `m${i}`] as const)
    const { verifier } = await setUp(keys)
    const release = holdBcrypt()
    const answered: Array<string> = []
    const asked = keys.map(async ([apiKey]) => answered.push((await verifier.verify(apiKey))._tag))
    await expect.poll(() => answered).toHaveLength(16)
    expect(new Set(answered)).toEqual(new Set(["Busy"]))
    expect(bcryptRuns()).toBe(2)
    release()
    await Promise.all(asked)
    expect(answered.filter((tag) => tag === "Authenticated")).toHaveLength(34)
    expect(await verifier.verify("demo-key-49")).toEqual(authenticated("m49"))
  })
})

describe("a record", () => {
  it("shows nothing of its key, and is refused for what is no key", async () => {
    const apiKey = generateApiKey("live")
    const record = await apiKeyRecord(pepper, { apiKey, merchantId: "m1", nowMs: 5, cost: 4 })
    expect(record).toMatchObject({ merchantId: "m1", createdAtMs: 5, mode: "live", lastFour: apiKey.slice(-4) })
    expect(record.lookup).toMatch(/^[A-Za-z0-9+/]{22}$/u)
    expect(record.bcryptHash).toMatch(/^\$2[aby]\$04\$/u)
    expect(JSON.stringify(record)).not.toContain(apiKey.slice(8, 20))
    // A key of a host's own making may be so short that its end would give it away.
    expect(Object.keys(await recordOf("demo-key-1"))).not.toContain("lastFour")
    await expect(apiKeyRecord(pepper, { apiKey: "short", merchantId: "m1", nowMs: 5 })).rejects.toThrow(TypeError)
  })
})
