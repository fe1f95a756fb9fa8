import { inspect } from "node:util"
import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Cvv } from "./cvv.ts"
import { Pan } from "./pan.ts"

const pan = (text: string): Pan => Result.getOrThrow(Pan.parse(text))
const cvv = (text: string): Cvv => Result.getOrThrow(Cvv.parse(text))

const doubledDigit = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]

/** Appends the one digit that makes the Luhn sum hold, by trial: an oracle that shares no code with the parser. */
const withCheckDigit = (body: string): string => {
  for (let check = 0; check < 10; check++) {
    const fromRight = [...`${body}${check}`].reverse().map((char) => Number.parseInt(char, 10))
    const sum = fromRight.reduce((total, digit, i) => total + (i % 2 === 1 ? (doubledDigit[digit] ?? 0) : digit), 0)
    if (sum % 10 === 0) return `${body}${check}`
  }
  throw new Error("no check digit")
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength, maxLength })

describe("a card number", () => {
  it.each([
    ["4007400000000007", "VISA"],
    ["4012000033330026", "VISA"],
    ["5102420000000006", "MASTERCARD"],
    ["5555555555554444", "MASTERCARD"],
    ["5610591081018250", "UNKNOWN"],
    ["2221000000000009", "MASTERCARD"],
    ["2720990000000007", "MASTERCARD"],
    ["378282246310005", "AMEX"],
    ["341111111111111", "AMEX"],
    ["6011111111111117", "UNKNOWN"],
    ["2220990000000002", "UNKNOWN"],
    ["2721000000000004", "UNKNOWN"]
  ])("%s is of network %s", (text, network) => {
    expect(pan(text).network).toBe(network)
    expect(pan(text).reveal()).toBe(text)
    expect(pan(text).bin).toBe(text.slice(0, 6))
    expect(pan(text).last4).toBe(text.slice(-4))
  })

  it.each([
    "",
    "4007",
    "40074000000",
    "40074000000000070000",
    "4007 4000 0000 0007",
    "4007-4000-0000-0007",
    "4007400000000007\n",
    "٤٠٠٧٤٠٠٠٠٠٠٠٠٠٠٧",
    "4007400000000oo7"
  ])("refuses the shape of %j", (text) => {
    expect(Pan.parse(text)).toEqual(Result.fail({ _tag: "PanMalformed" }))
  })

  it("accepts any body with its check digit, and no other last digit", () => {
    fc.assert(
      fc.property(digits(11, 18), fc.integer({ min: 1, max: 9 }), (body, shift) => {
        const good = withCheckDigit(body)
        const bad = `${body}${(Number.parseInt(good.slice(-1), 10) + shift) % 10}`
        expect(pan(good).reveal()).toBe(good)
        expect(Pan.parse(bad)).toEqual(Result.fail({ _tag: "PanChecksumFailed" }))
      }),
      { numRuns: 10_000 }
    )
  })

  it("is equal to another by its digits only", () => {
    expect(pan("4007400000000007").equals(pan("4007400000000007"))).toBe(true)
    expect(pan("4007400000000007").equals(pan("4012000033330026"))).toBe(false)
  })
})

/** Every way in which a program shows a value without meaning to. */
const renderings = (value: object): ReadonlyArray<string> => [
  String(value),
  `${value}`,
  ["", value].join(""),
  JSON.stringify(value),
  JSON.stringify({ nested: [value] }),
  inspect(value),
  inspect(value, { showHidden: true, getters: true, depth: 9 }),
  inspect(value, { customInspect: false, showHidden: true, getters: false, depth: 9 }),
  inspect({ nested: value }, { showHidden: true }),
  inspect(structuredClone(value), { showHidden: true }),
  JSON.stringify(Object.getOwnPropertyDescriptors(value)),
  JSON.stringify(Object.entries(value)),
  JSON.stringify({ ...value }),
  inspect(new Error("failed", { cause: value }))
]

describe("secrets of a card", () => {
  it("keep the digits out of every rendering", () => {
    for (const text of renderings(pan("4007400000000007"))) expect(text).not.toContain("400740000000")
    for (const text of renderings(cvv("9173"))) expect(text).not.toContain("917")
  })

  it("render masked, so that a reader still knows what was there", () => {
    expect(String(pan("4007400000000007"))).toBe("************0007")
    expect(JSON.stringify({ card: pan("378282246310005"), cvv: cvv("123") })).toBe(
      '{"card":"***********0005","cvv":"[cvv]"}'
    )
    expect(inspect([pan("4007400000000007"), cvv("123")])).toBe("[ Pan(************0007), [cvv] ]")
    expect(String(cvv("123"))).toBe("[cvv]")
  })
})

describe("a card verification value", () => {
  it.each(["123", "0000"])("reads %s", (text) => {
    expect(cvv(text).reveal()).toBe(text)
  })

  it.each(["", "12", "12345", "12a", " 123", "123\n", "١٢٣"])("refuses %j", (text) => {
    expect(Cvv.parse(text)).toEqual(Result.fail({ _tag: "CvvMalformed" }))
  })

  it("given it was destroyed, when it is revealed, then that is a defect", () => {
    const value = cvv("123")
    value.destroy()
    value.destroy()
    expect(() => value.reveal()).toThrow("destroyed")
    expect(inspect(value, { customInspect: false, showHidden: true })).not.toContain("49")
  })
})
