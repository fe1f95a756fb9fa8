import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { generateApiKey, isApiKeyShaped } from "./index.ts"

describe("generated API keys", () => {
  it("have the published form, pass, and never repeat", () => {
    const keys = new Set<string>()
    for (let i = 0; i < 2_000; i++) {
      const key = generateApiKey(i % 2 === 0 ? "live" : "test")
      expect(key).toMatch(i % 2 === 0 ? /^pk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/u : /^pk_test_/u)
      expect(isApiKeyShaped(key)).toBe(true)
      keys.add(key)
    }
    expect(keys.size).toBe(2_000)
  })

  it("use every character everywhere in the secret but its first, which 256 bits do not fill", () => {
    const keys = Array.from({ length: 3_000 }, () => generateApiKey("live"))
    for (let at = 22; at < 21 + 43; at++) expect(new Set(keys.map((key) => key.charAt(at))).size).toBe(62)
  })

  it("are told from mistyped ones by their checksum", () => {
    const key = generateApiKey("test")
    const position = fc.integer({ min: 8, max: key.length - 1 }).filter((at) => at !== 20)
    const char = fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    fc.assert(
      fc.property(position, char, (at, other) => {
        const typed = key.slice(0, at) + other + key.slice(at + 1)
        expect(isApiKeyShaped(typed)).toBe(typed === key)
      }),
      { numRuns: 10_000 }
    )
  })

  it("carry CRC-32, whose check value is published", () => {
    // CRC-32 of "pk_live_AAAAAAAAAAAA_" and 43 times "0", by zlib, in base62.
    expect(isApiKeyShaped(`pk_live_AAAAAAAAAAAA_${"0".repeat(43)}0u9bLA`)).toBe(true)
  })
})

describe("API keys of a host's own making", () => {
  it.each(["12345678", "sk_demo_merchant", "x".repeat(256), "pk_live_short", "a~!@#$%^&*()"])("may be %j", (key) => {
    expect(isApiKeyShaped(key)).toBe(true)
  })

  const tooLong = "x".repeat(257)
  it.each([
    "",
    "1234567",
    tooLong,
    "with space",
    "tab\tinside",
    "newline\n1",
    "schlüssel",
    "\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000"
  ])("may not be %j", (key) => {
    expect(isApiKeyShaped(key)).toBe(false)
  })
})
