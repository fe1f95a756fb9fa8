import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { sameData } from "../testing/plain-data.ts"
import { canonical, canonicalCharactersMax, canonicalDepthMax } from "./index.ts"

const text = (value: unknown): string => Result.getOrThrow(canonical(value))
const refusal = (value: unknown) => Result.getOrThrow(Result.flip(canonical(value)))

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

const leaf = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("1", "1n", "null", "true", "{}", '"', "\\", "\u2028"),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(-3n, 3n),
  fc.boolean(),
  fc.constant(null)
)

const meaning = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "B", "__proto__", "é", "1", '"'), tie("value"), { maxKeys: 4 })
  )
})).value

/** The same value with the fields of every object in another order. */
const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, shuffled(inner)])
  return Object.fromEntries(entries.toReversed())
}

describe("the canonical text of a meaning", () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
    [{ amount: 314n }, '{"amount":314n}'],
    [{ a: undefined, b: "set" }, '{"b":"set"}'],
    [{ Z: 1, a: 2, é: 3, 10: 4, 9: 5 }, '{"10":4,"9":5,"Z":1,"a":2,"é":3}'],
    [-0, "0"],
    ['a\n"b"', '"a\\n\\"b\\""'],
    [{}, "{}"],
    [[], "[]"],
    [JSON.parse('{"__proto__": 1}'), '{"__proto__":1}']
  ])("%# is written in one way", (value, expected) => {
    expect(text(value)).toBe(expected)
  })

  it("does not depend on the order of fields", () => {
    fc.assert(
      fc.property(meaning, (value) => {
        expect(text(shuffled(value))).toBe(text(value))
      }),
      { numRuns: 10_000 }
    )
  })

  it("differs where the meanings differ", () => {
    fc.assert(
      fc.property(meaning, meaning, (a, b) => {
        const alike = sameData(positiveZeros(a), positiveZeros(b))
        expect(text(a) === text(b)).toBe(alike)
      }),
      { numRuns: 20_000 }
    )
  })

  it.each<[string, unknown, unknown]>([
    ["a number and its text", 1, "1"],
    ["a number and a bigint", 1, 1n],
    ["a bigint and its text", 1n, "1n"],
    ["nothing and absence", { a: null }, {}],
    ["one item and two", ["a,b"], ["a", "b"]],
    ["a list and an object", ["a"], { 0: "a" }],
    ["a text that looks like JSON", '{"a":1}', { a: 1 }],
    ["composed and decomposed letters", "\u00e9", "e\u0301"]
  ])("tells apart %s", (_, a, b) => {
    expect(text(a)).not.toBe(text(b))
  })

  it("is refused beyond its depth, also where a value holds itself", () => {
    expect(text(nested(canonicalDepthMax))).toBe(`${"[".repeat(16)}1${"]".repeat(16)}`)
    const tooDeep = { _tag: "MeaningTooDeep", depthMax: canonicalDepthMax }
    expect(refusal(nested(canonicalDepthMax + 1))).toEqual(tooDeep)
    const circle: { inner?: unknown } = {}
    circle.inner = circle
    expect(refusal(circle)).toEqual(tooDeep)
  })

  it.each<[string, unknown]>([
    ["a long text", "x".repeat(canonicalCharactersMax)],
    ["a long key", { ["k".repeat(canonicalCharactersMax + 1)]: 1 }],
    ["many items", Array.from({ length: canonicalCharactersMax }, () => 1)],
    ["a bigint of many digits", 10n ** 100_000n],
    ["a bigint far above zero", 10n ** 65n],
    ["a bigint far below zero", -(10n ** 65n)]
  ])("is refused beyond its size: %s", (_, value) => {
    expect(refusal(value)).toEqual({ _tag: "MeaningTooLarge", charactersMax: canonicalCharactersMax })
  })

  it("is accepted up to its size", () => {
    expect(text("x".repeat(canonicalCharactersMax - 2))).toHaveLength(canonicalCharactersMax)
    expect([text(10n ** 64n), text(-(10n ** 64n))]).toEqual([`1${"0".repeat(64)}n`, `-1${"0".repeat(64)}n`])
  })

  it.each<[unknown, string]>([
    [Number.NaN, "number"],
    [Number.POSITIVE_INFINITY, "number"],
    [undefined, "undefined"],
    [[undefined], "undefined"],
    [[undefined, 1], "undefined"],
    [new Array(3), "undefined"],
    [() => 1, "function"],
    [Symbol("x"), "symbol"],
    [new Date(0), "object"],
    [new Map([["a", 1]]), "object"],
    [{ card: new (class Pan {})() }, "object"]
  ])("is refused where a value is not plain data: %s", (value, found) => {
    expect(refusal(value)).toEqual({ _tag: "MeaningNotPlain", found })
  })
})

/** JSON has one zero. */
const positiveZeros = (value: unknown): unknown => {
  if (Object.is(value, -0)) return 0
  if (Array.isArray(value)) return value.map(positiveZeros)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, positiveZeros(inner)]))
}
