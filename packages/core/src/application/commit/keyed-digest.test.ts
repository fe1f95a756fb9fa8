import { createHmac } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Digest } from "../../ports/digest.ts"
import { digestBytes, keyedDigest } from "./keyed-digest.ts"

type Purpose = Parameters<Digest["Service"]["of"]>[0]

const key = Uint8Array.from({ length: 32 }, (_, at) => at)
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

const purposes: ReadonlyArray<Purpose> = [
  ...(["gateway-key", "fingerprint", "return-state", "public-id"] as const),
  ...(["checkout-page", "webhook-id", "webhook-secret", "webhook-confirmation"] as const),
  ...(["deposit-id", "record-id"] as const)
]

/** By another implementation of HMAC, and by whole numbers: the first 130 bits, five a letter. */
const expected = (purpose: Purpose, text: string): string => {
  const own = createHmac("sha256", key).update(purpose).digest()
  const bits = BigInt(`0x${createHmac("sha256", own).update(text).digest("hex")}`) >> 126n
  return Array.from({ length: 26 }, (_, at) => alphabet[Number((bits >> BigInt(125 - 5 * at)) & 31n)]).join("")
}

describe("a keyed digest", () => {
  it.each(purposes)("is the HMAC under a key of its own purpose: %s", (purpose) => {
    const digest = keyedDigest(key)
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(digest.of(purpose, text)).toBe(expected(purpose, text))
      }),
      { numRuns: 200 }
    )
  })

  it("stands for its first sixteen bytes", () => {
    const own = createHmac("sha256", key).update("webhook-id").digest()
    const bytes = createHmac("sha256", own).update("a").digest().subarray(0, 16)
    expect([...digestBytes(keyedDigest(key).of("webhook-id", "a"))]).toEqual([...bytes])
    expect([...digestBytes("")]).toEqual([])
  })

  it("wants a key that nobody can search for", () => {
    expect(() => keyedDigest(key.subarray(0, 31))).toThrow("at least 32 bytes")
  })
})
