/** Bodies that are no JSON, or that could be read in more than one way. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parseStrict } from "../src/front/strict-json.ts"
import { openShop, type Shop } from "./shop.ts"

const limits = { depthMax: 16, keysMax: 256 }
const bytes = (text: string) => new TextEncoder().encode(text)
const faultOf = (input: Uint8Array | string): string => {
  const parsed = parseStrict(typeof input === "string" ? bytes(input) : input, limits)
  return Result.isFailure(parsed) ? parsed.failure._tag : "none"
}
const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
const wide = (keys: number) => `{${Array.from({ length: keys }, (_, at) => `"k${at}":1`).join(",")}}`

const hostile: ReadonlyArray<readonly [string, Uint8Array | string]> = [
  ["NotJson", ""],
  ["NotJson", "{"],
  ["NotJson", '{"a":1,}'],
  ["NotJson", '{"a":01}'],
  ["NotJson", '{"a":NaN}'],
  ["NotJson", '{"a":Infinity}'],
  ["NotJson", '{"a":+1}'],
  ["NotJson", "{'a':1}"],
  ["NotJson", '{"a":1} {}'],
  ["NotJson", '{"a":"\t"}'],
  ["NotJson", '{"a":1}//'],
  ["NotJson", '{"a'],
  ["NotJson", '{"\\u12":1}'],
  ["NotJson", "\ufeff{}"],
  ["NotUtf8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
  ["NotUtf8", Uint8Array.of(0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
  ["NotUtf8", Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
  ["NotAnObject", "null"],
  ["NotAnObject", "[]"],
  ["NotAnObject", '"{}"'],
  ["NotAnObject", "1e400"],
  ["TooDeep", nested(17)],
  ["TooDeep", `{"a":${'{"a":'.repeat(9000)}`],
  ["TooDeep", "[".repeat(60_000)],
  ["TooManyKeys", wide(257)],
  ["TooManyKeys", `{"a":[${Array.from({ length: 256 }, () => '{"b":1}').join(",")}]}`],
  ["KeyRepeated", '{"amount":1,"amount":2}'],
  ["KeyRepeated", '{"a":1,"\\u0061":2}'],
  ["KeyRepeated", '{"x":[{"a":1,"b":"}","a":2}]}'],
  ["KeyForbidden", '{"__proto__":{"a":1}}'],
  ["KeyForbidden", '{"a":{"constructor":1}}'],
  ["KeyForbidden", '{"\\u005f_proto__":1}'],
  ["KeyForbidden", '{"prototype":1}'],
  ["TextMalformed", '{"a":"\\ud800"}'],
  ["TextMalformed", '{"a":["\\udc00\\ud800"]}'],
  ["TextMalformed", '{"a":"\\u0000"}'],
  ["TextMalformed", '{"\\ud800":1}']
]

describe("a body", () => {
  it.each(hostile)("is refused as %s: %s", (fault, input) => expect(faultOf(input)).toBe(fault))

  it.each([
    nested(16),
    wide(256),
    '{"a":{"b":1},"c":{"b":1}}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\ud83d\\ude00"}'
  ])("is taken up to the limits: %s", (text) => expect(faultOf(text)).toBe("none"))

  it("takes null and absent for the same", () => {
    const parsed = parseStrict(bytes('{"a":null,"b":{"c":null,"d":0},"e":[null]}'), limits)
    expect(Result.getOrThrow(parsed)).toEqual({ b: { d: 0 }, e: [null] })
  })

  const withoutNulls = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== null)
            .map(([key, member]) => [key, withoutNulls(member)])
        )
      : value

  const jsonObject = fc.dictionary(
    fc.string({ unit: "binary", maxLength: 6 }).filter((key) => !/^(?:__proto__|constructor|prototype)$/u.test(key)),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 6 }
  )

  it("reads whatever JSON.parse reads, where the text has one reading", () => {
    fc.assert(
      fc.property(jsonObject, (object) => {
        const text = JSON.stringify(object)
        const parsed = parseStrict(bytes(text), limits)
        if (Result.isFailure(parsed)) return ["TextMalformed", "KeyForbidden"].includes(parsed.failure._tag)
        expect(parsed.success).toEqual(withoutNulls(JSON.parse(text)))
        return true
      }),
      { numRuns: 10_000 }
    )
  })

  it("never throws, whatever the bytes", () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0a1e-nul ') })
    const anything = fc.oneof(fc.uint8Array({ maxLength: 64 }), soup.map(bytes))
    fc.assert(
      fc.property(anything, (input) => {
        parseStrict(input, limits)
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("over HTTP", () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.close())

  it("given a body that could be read in two ways, then code 2, and nothing of it in the answer", async () => {
    for (const [, input] of hostile) {
      if (typeof input !== "string") continue
      const reply = await shop.call("POST", "/v1/payments", input)
      expect([reply.status, reply.json["code"]], input.slice(0, 40)).toEqual([400, 2])
      expect(String(reply.json["message"])).toMatch(/^Invalid entity\.\nThe body [a-zA-Z0-9 ,-]+\.$/u)
    }
  })
})
