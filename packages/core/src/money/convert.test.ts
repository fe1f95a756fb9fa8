import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  bps,
  convert,
  currencies,
  currencyTable,
  exponentOf,
  isCurrency,
  type Money,
  money,
  multiply,
  percent,
  rational,
  rationalFromDecimal,
  roundingModes
} from "./index.ts"

const rate = (text: string) => Result.getOrThrow(rationalFromDecimal(text))

describe("multiplying an amount", () => {
  it("rounds once, in the named mode", () => {
    expect(multiply(money(1000n, "USD"), bps(290n), "halfUp")).toEqual(money(29n, "USD"))
    expect(multiply(money(50n, "USD"), percent(5n), "halfEven")).toEqual(money(2n, "USD"))
    expect(multiply(money(50n, "USD"), percent(5n), "halfUp")).toEqual(money(3n, "USD"))
    expect(multiply(money(-50n, "USD"), percent(5n), "ceiling")).toEqual(money(-2n, "USD"))
  })
})

describe("converting an amount", () => {
  it("counts major units by the rate, whatever the exponents", () => {
    expect(convert(money(100n, "USD"), "USDC", rate("1"), "down")).toEqual(money(1_000_000n, "USDC"))
    expect(convert(money(1_000_000n, "USDC"), "USD", rate("1"), "down")).toEqual(money(100n, "USD"))
    expect(convert(money(100n, "USD"), "JPY", rate("150.25"), "halfEven")).toEqual(money(150n, "JPY"))
    expect(convert(money(150n, "JPY"), "USD", rate("0.0067"), "halfUp")).toEqual(money(101n, "USD"))
    expect(convert(money(1n, "ETH"), "USD", rate("4000"), "up")).toEqual(money(1n, "USD"))
    expect(convert(money(100n, "USD"), "BHD", rate("0.376"), "halfUp")).toEqual(money(376n, "BHD"))
  })

  it("takes exponents from the host's table", () => {
    const table = currencyTable([
      { code: "USD", exponent: 2 },
      { code: "EUR", exponent: 4 }
    ])
    expect(convert(money(100n, "USD"), "EUR", rate("1"), "down", table)).toEqual(money(10_000n, "EUR"))
  })

  it("has the target's currency in its type", () => {
    const yen: Money<"JPY"> = convert(money(100n, "USD"), "JPY", rate("150"), "down")
    // @ts-expect-error it is in yen
    const dollars: Money<"USD"> = convert(money(100n, "USD"), "JPY", rate("150"), "down")
    expect(yen).toEqual(dollars)
  })

  it.each([bps(0n), bps(-1n), { numerator: 1n, denominator: 0n }, { numerator: 1n, denominator: -1n }])(
    "throws on a rate that is none, case %#",
    (none) => {
      const converting = () => convert(money(100n, "USD"), "EUR", none, "down")
      expect(converting).toThrow(new RangeError("an exchange rate is above zero"))
    }
  )
})

describe("laws of conversion", () => {
  const codes = currencies.entries.map(({ code }) => code).filter((code) => isCurrency(code))
  const amounts = fc.oneof(fc.bigInt(-1000n, 1000n), fc.bigInt(-(10n ** 15n), 10n ** 15n))
  const wholes = fc.oneof(fc.bigInt(1n, 100n), fc.bigInt(1n, 10n ** 12n))
  const size = (value: bigint) => (value < 0n ? -value : value)

  it("there and back again is off by no more than the two roundings", () => {
    const cases = fc.tuple(amounts, fc.constantFrom(...codes), fc.constantFrom(...codes), wholes, wholes)
    fc.assert(
      fc.property(cases, ([amount, from, to, up, down]) => {
        const there = convert(money(amount, from), to, Result.getOrThrow(rational(up, down)), "halfEven")
        const back = convert(there, from, Result.getOrThrow(rational(down, up)), "halfEven")
        // One minor unit of `from` is k = unitsUp / unitsDown of `to`: half a unit lost there is 1/(2k) here.
        const unitsUp = up * 10n ** BigInt(exponentOf(to))
        const unitsDown = down * 10n ** BigInt(exponentOf(from))
        return 2n * size(back.amount - amount) * unitsUp <= unitsUp + unitsDown
      }),
      { numRuns: 10_000 }
    )
  })

  it("at rate one into a finer unit nothing is lost, in any mode", () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...roundingModes), (amount, mode) => {
        const finer = convert(money(amount, "USD"), "ETH", bps(10_000n), mode)
        return convert(finer, "USD", bps(10_000n), mode).amount === amount
      }),
      { numRuns: 10_000 }
    )
  })
})
