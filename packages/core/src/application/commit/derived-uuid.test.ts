import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { derivedUuid } from "./derived-uuid.ts"
import { keyedDigest } from "./keyed-digest.ts"

const key = Uint8Array.from({ length: 32 }, (_, at) => at)
const digest = keyedDigest(key)

/** By another implementation of HMAC: its first sixteen bytes, with the bits of version and variant put over them. */
const expected = (parts: ReadonlyArray<string | number>): string => {
  const own = createHmac("sha256", key).update("deposit-id").digest()
  const bytes = createHmac("sha256", own).update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) % 16) + 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) % 64) + 0x80, 8)
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-")
}

describe("a derived id", () => {
  it("is a UUID of version 8, the same for the same parts and another for others", () => {
    const ids = Array.from({ length: 50 }, (_, at) => derivedUuid(digest, "deposit-id", ["ETH", "0xabc", at]))
    for (const [at, id] of ids.entries()) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
      expect(id).toBe(expected(["ETH", "0xabc", at]))
    }
    expect(new Set(ids).size).toBe(50)
    expect(derivedUuid(digest, "record-id", ["ETH", "0xabc", 0])).not.toBe(ids[0])
  })
})
