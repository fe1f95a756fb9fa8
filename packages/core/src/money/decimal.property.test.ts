import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { currencies, exponentOf, format, isCurrency, money, parse } from "./index.ts"

const runs = { numRuns: 10_000 }
const largest = 10n ** 38n - 1n
const powerOfTen = fc.integer({ min: 0, max: 37 }).map((power) => 10n ** BigInt(power))
const amounts = fc.oneof(
  fc.bigInt(-(10n ** 15n), 10n ** 15n),
  fc.bigInt(-largest, largest),
  fc.tuple(powerOfTen, fc.constantFrom(-1n, 0n, 1n)).map(([power, off]) => -power + off),
  fc.tuple(powerOfTen, fc.constantFrom(-1n, 0n, 1n)).map(([power, off]) => power + off)
)
const codes = currencies.entries.map(({ code }) => code).filter((code) => isCurrency(code))

describe("laws of decimal texts", () => {
  it("parse undoes format, for every currency of the table", () => {
    expect(codes).toHaveLength(172)
    fc.assert(
      fc.property(amounts, (amount) =>
        codes.every((currency) => {
          const parsed = parse(format(money(amount, currency)), currency)
          return Result.isSuccess(parsed) && parsed.success.amount === amount && parsed.success.currency === currency
        })
      ),
      runs
    )
  })

  it("format undoes parse, but for the zeros that it adds", () => {
    const digits = (min: number, max: number) =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((found) => found.join(""))
    const texts = fc.tuple(fc.boolean(), fc.bigInt(1n, 10n ** 20n - 1n), digits(0, 18), fc.constantFrom(...codes))
    fc.assert(
      fc.property(texts, ([negative, whole, decimals, currency]) => {
        const exponent = exponentOf(currency)
        const fraction = decimals.slice(0, exponent)
        const text = `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`
        const padded = `${negative ? "-" : ""}${whole}${exponent === 0 ? "" : `.${fraction.padEnd(exponent, "0")}`}`
        return format(Result.getOrThrow(parse(text, currency))) === padded
      }),
      runs
    )
  })

  it("any other text is refused by a value, never by a throw, and never becomes another amount", () => {
    const nearMisses = fc.string({ unit: fc.constantFrom(..."0123456789.-+eE _,x") })
    fc.assert(
      fc.property(fc.oneof(nearMisses, fc.string(), fc.string({ unit: "binary" })), (text) => {
        const parsed = parse(text, "USD")
        return Result.isFailure(parsed)
          ? ["NotADecimal", "TooManyDigits", "TooPrecise"].includes(parsed.failure._tag)
          : format(parsed.success).startsWith(text)
      }),
      runs
    )
  })
})
