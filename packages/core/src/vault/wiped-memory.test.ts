/**
 * Whoever reads the memory of a server finds no more of secrets and keys than is in use: every array that lay open on its
 * way through a cipher is wiped, except what was asked for.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, expect, it, vi } from "vitest"
import { toBase64Url } from "../base64-url.ts"
import { envelopeVault, keyRingFromValues, open, type Place, rewrap, seal } from "./index.ts"

const k1 = { id: "k1", key: toBase64Url(new Uint8Array(32).fill(1)) }
const k2 = { id: "k2", key: toBase64Url(new Uint8Array(32).fill(2)) }
const place: Place = { merchantId: "m1", recordId: "c1", field: "pan" }
const secret = new TextEncoder().encode("4007400000000007")

/** Looks at every array that ciphers are given or give, for as long as the test lasts. */
const watchCiphers = () => {
  const imported = vi.spyOn(crypto.subtle, "importKey")
  const encrypted = vi.spyOn(crypto.subtle, "encrypt")
  const decrypted = vi.spyOn(crypto.subtle, "decrypt")
  return {
    /** What lay open so far: keys, what was encrypted, what was decrypted. */
    seen: async (): Promise<ReadonlyArray<Uint8Array>> => [
      ...imported.mock.calls.map(([, key]) => asBytes(key)),
      ...encrypted.mock.calls.map(([, , data]) => asBytes(data)),
      ...(await Promise.all(decrypted.mock.results.map(({ value }) => value))).map(asBytes)
    ]
  }
}

const asBytes = (memory: unknown): Uint8Array => {
  if (memory instanceof Uint8Array) return memory
  if (memory instanceof ArrayBuffer) return new Uint8Array(memory)
  throw new TypeError("no bytes")
}

const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

afterEach(() => {
  vi.restoreAllMocks()
})

it("of a ring's keys nothing is left once others are derived from them", async () => {
  const { seen } = watchCiphers()
  await keyRingFromValues([k1, k2])
  const keys = await seen()
  expect(keys.map((key) => key.length)).toEqual([32, 32, 32])
  expect(keys.every(isWiped)).toBe(true)
})

it("of what is sealed, and of its data key, nothing is left but the caller's own array", async () => {
  const ring = await keyRingFromValues([k1])
  const { seen } = watchCiphers()
  const given = Uint8Array.from(secret)
  await seal(ring, given, place)
  await seal(ring, "a text", place)
  const arrays = await seen()
  expect(arrays).toHaveLength(6)
  expect(arrays.every(isWiped)).toBe(true)
  expect(given).toEqual(secret)
})

it("of what is opened only what was asked for is left, and nothing where it was asked for as a text", async () => {
  const ring = await keyRingFromValues([k1])
  const sealed = await seal(ring, secret, place)
  const { seen } = watchCiphers()
  await Effect.runPromise(envelopeVault(ring).open(sealed, place))
  expect(await seen()).toHaveLength(3)
  expect((await seen()).every(isWiped)).toBe(true)
  const opened = Result.getOrThrow(await open(ring, sealed, place))
  expect((await seen()).filter((bytes) => !isWiped(bytes))).toEqual([opened])
})

it("of what is wrapped anew nothing is left", async () => {
  const sealed = await seal(await keyRingFromValues([k1]), secret, place)
  const ring = await keyRingFromValues([k1, k2])
  const { seen } = watchCiphers()
  expect(Result.getOrThrow(await rewrap(ring, sealed, place))).not.toBe(sealed)
  const arrays = await seen()
  expect(arrays).toHaveLength(5)
  expect(arrays.every(isWiped)).toBe(true)
})
