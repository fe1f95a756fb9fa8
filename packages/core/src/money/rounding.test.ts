import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { addRationals, bps, divideRounded, percent, rational, roundingModes } from "./index.ts"

describe("rounding", () => {
  // The table of examples in the documentation of Java's RoundingMode, in tenths.
  it.each([
    { tenths: 55n, up: 6n, down: 5n, ceiling: 6n, floor: 5n, halfUp: 6n, halfDown: 5n, halfEven: 6n },
    { tenths: 25n, up: 3n, down: 2n, ceiling: 3n, floor: 2n, halfUp: 3n, halfDown: 2n, halfEven: 2n },
    { tenths: 16n, up: 2n, down: 1n, ceiling: 2n, floor: 1n, halfUp: 2n, halfDown: 2n, halfEven: 2n },
    { tenths: 11n, up: 2n, down: 1n, ceiling: 2n, floor: 1n, halfUp: 1n, halfDown: 1n, halfEven: 1n },
    { tenths: 10n, up: 1n, down: 1n, ceiling: 1n, floor: 1n, halfUp: 1n, halfDown: 1n, halfEven: 1n },
    { tenths: -10n, up: -1n, down: -1n, ceiling: -1n, floor: -1n, halfUp: -1n, halfDown: -1n, halfEven: -1n },
    { tenths: -11n, up: -2n, down: -1n, ceiling: -1n, floor: -2n, halfUp: -1n, halfDown: -1n, halfEven: -1n },
    { tenths: -16n, up: -2n, down: -1n, ceiling: -1n, floor: -2n, halfUp: -2n, halfDown: -2n, halfEven: -2n },
    { tenths: -25n, up: -3n, down: -2n, ceiling: -2n, floor: -3n, halfUp: -3n, halfDown: -2n, halfEven: -2n },
    { tenths: -55n, up: -6n, down: -5n, ceiling: -5n, floor: -6n, halfUp: -6n, halfDown: -5n, halfEven: -6n }
  ])("of $tenths tenths follows the published table", ({ tenths, ...expected }) => {
    const found = Object.fromEntries(roundingModes.map((mode) => [mode, divideRounded(tenths, 10n, mode)]))
    expect(found).toEqual(expected)
    const turned = Object.fromEntries(roundingModes.map((mode) => [mode, divideRounded(-tenths, -10n, mode)]))
    expect(turned).toEqual(expected)
  })

  it("throws on a division by zero", () => {
    expect(() => divideRounded(1n, 0n, "down")).toThrow(RangeError)
  })
})

describe("rationals", () => {
  it("are kept in lowest terms, with the sign above the line", () => {
    expect(Result.getOrThrow(rational(6n, -4n))).toEqual({ numerator: -3n, denominator: 2n })
    expect(Result.getOrThrow(rational(-6n, -4n))).toEqual({ numerator: 3n, denominator: 2n })
    expect(Result.getOrThrow(rational(0n, -4n))).toEqual({ numerator: 0n, denominator: 1n })
    expect(rational(1n, 0n)).toMatchObject({ failure: { _tag: "ZeroDenominator" } })
  })

  it("have short names for percentages and basis points", () => {
    expect(percent(15n)).toEqual({ numerator: 3n, denominator: 20n })
    expect(bps(290n)).toEqual({ numerator: 29n, denominator: 1000n })
    expect(bps(0n)).toEqual({ numerator: 0n, denominator: 1n })
    expect(addRationals(percent(50n), percent(-75n))).toEqual({ numerator: -1n, denominator: 4n })
  })
})
