import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type Currency, format, type Money, money, parse, rationalFromDecimal } from "./index.ts"

const nines = (count: number) => "9".repeat(count)

describe("parsing an amount", () => {
  it.each<[string, Currency, bigint]>([
    ["3.14", "USD", 314n],
    ["5", "USD", 500n],
    ["5.0", "USD", 500n],
    ["5.00", "USD", 500n],
    ["-0.05", "USD", -5n],
    ["0", "USD", 0n],
    ["0.00", "USD", 0n],
    ["300", "JPY", 300n],
    ["1.234", "BHD", 1234n],
    ["1.2345", "CLF", 12345n],
    ["0.000001", "USDC", 1n],
    ["0.000000000000000001", "ETH", 1n],
    [nines(20), "ETH", BigInt(nines(20)) * 10n ** 18n],
    [`${nines(36)}.99`, "USD", 10n ** 38n - 1n],
    [`-${nines(36)}.99`, "USD", 1n - 10n ** 38n],
    [nines(38), "JPY", 10n ** 38n - 1n]
  ])("reads %s %s", (text, currency, amount) => {
    expect(Result.getOrThrow(parse(text, currency))).toEqual({ amount, currency })
  })

  it.each([
    "",
    " ",
    "1 ",
    " 1",
    "1\n",
    "+1",
    "01",
    "-01",
    "00",
    "-0",
    "-0.00",
    "1.",
    ".5",
    "-",
    "-.5",
    "1e3",
    "1E3",
    "0x10",
    "1,000",
    "1_000",
    "1n",
    "--1",
    "1.2.3",
    "NaN",
    "Infinity",
    "١",
    "\uFF11",
    "1\u0000",
    "null"
  ])("refuses %j as no decimal", (text) => {
    expect(parse(text, "ETH")).toMatchObject({ failure: { _tag: "NotADecimal" } })
  })

  it.each<[string, Currency, number]>([
    ["5.001", "USD", 2],
    ["5.000", "USD", 2],
    ["5.0", "JPY", 0],
    ["0.0000001", "USDC", 6]
  ])("refuses %s %s as too precise", (text, currency, exponent) => {
    expect(parse(text, currency)).toMatchObject({ failure: { _tag: "TooPrecise", exponent } })
  })

  it.each<[string, Currency]>([
    [nines(37), "USD"],
    [nines(39), "JPY"],
    [nines(21), "ETH"],
    [`0.${nines(39)}`, "USD"],
    [nines(1_000_000), "USD"],
    ["x".repeat(1_000_000), "USD"]
  ])("refuses more than 38 digits, case %#", (text, currency) => {
    expect(parse(text, currency)).toMatchObject({ failure: { _tag: "TooManyDigits", maximum: 38 } })
  })

  it("refuses a currency that the table does not have, before looking at the amount", () => {
    expect(parse("junk", "ZZZ")).toMatchObject({ failure: { _tag: "UnknownCurrency" } })
    expect(parse("1", "usd")).toMatchObject({ failure: { _tag: "UnknownCurrency" } })
  })

  it("repeats nothing of what it refused", () => {
    for (const text of ["4111111111111111x", "4111111111.111111", "4111111111111111".repeat(9)]) {
      const shown = JSON.stringify(parse(text, "USD"))
      expect(shown).toContain("Failure")
      expect(shown).not.toContain("4111")
    }
  })

  it("gives money of the currency that was asked for", () => {
    const dollars: Money<"USD"> = Result.getOrThrow(parse("1.00", "USD"))
    expect(dollars).toEqual(money(100n, "USD"))
    // @ts-expect-error it is in dollars
    const euros: Money<"EUR"> = dollars
    expect(euros.currency).toBe("USD")
  })
})

describe("formatting an amount", () => {
  it.each<[bigint, Currency, string]>([
    [314n, "USD", "3.14"],
    [300n, "JPY", "300"],
    [-300n, "JPY", "-300"],
    [-5n, "USD", "-0.05"],
    [0n, "USD", "0.00"],
    [1n, "BHD", "0.001"],
    [1n, "CLF", "0.0001"],
    [3140000n, "USDC", "3.140000"],
    [-(10n ** 18n), "ETH", "-1.000000000000000000"]
  ])("writes %s %s with all its decimals", (amount, currency, text) => {
    expect(format(money(amount, currency))).toBe(text)
  })
})

describe("parsing a rate", () => {
  it("keeps every digit", () => {
    expect(Result.getOrThrow(rationalFromDecimal("17.0825"))).toEqual({ numerator: 6833n, denominator: 400n })
    expect(Result.getOrThrow(rationalFromDecimal("-2"))).toEqual({ numerator: -2n, denominator: 1n })
    expect(Result.getOrThrow(rationalFromDecimal("0.00"))).toEqual({ numerator: 0n, denominator: 1n })
  })

  it("has the grammar and the bounds of amounts", () => {
    expect(rationalFromDecimal("1e9")).toMatchObject({ failure: { _tag: "NotADecimal" } })
    expect(rationalFromDecimal(nines(39))).toMatchObject({ failure: { _tag: "TooManyDigits" } })
    expect(rationalFromDecimal(`${nines(20)}.${nines(19)}`)).toMatchObject({ failure: { _tag: "TooManyDigits" } })
  })
})
