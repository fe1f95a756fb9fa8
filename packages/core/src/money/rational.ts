/** Exact ratios of whole numbers, for rates and percentages: 2.9 % and an exchange rate have no float form. */
import * as Result from "effect/Result"
import { type NotADecimal, readDecimal, type TooManyDigits } from "./decimal-text.ts"

/** A fraction in lowest terms; the denominator is above zero and the numerator carries the sign. */
export type Rational = { readonly numerator: bigint; readonly denominator: bigint }

/** Why two numbers are no fraction. */
export type RationalRejection = { readonly _tag: "ZeroDenominator" }

/**
 * The fraction of two whole numbers, in lowest terms and with the sign above the line.
 *
 * @example
 * rational(6n, -4n) // => Result.succeed({ numerator: -3n, denominator: 2n })
 */
export const rational = (numerator: bigint, denominator: bigint): Result.Result<Rational, RationalRejection> =>
  denominator === 0n ? Result.fail({ _tag: "ZeroDenominator" }) : Result.succeed(reduced(numerator, denominator))

/**
 * The fraction that a decimal text means, such as an exchange rate. Same grammar and bounds as amounts.
 *
 * @example
 * rationalFromDecimal("1.25") // => Result.succeed({ numerator: 5n, denominator: 4n })
 */
export const rationalFromDecimal = (text: string): Result.Result<Rational, NotADecimal | TooManyDigits> =>
  Result.map(readDecimal(text), ({ negative, whole, fraction }) => {
    const magnitude = BigInt(whole + fraction)
    return reduced(negative ? -magnitude : magnitude, 10n ** BigInt(fraction.length))
  })

/**
 * Hundredths.
 *
 * @example
 * percent(15n) // => { numerator: 3n, denominator: 20n }
 */
export const percent = (hundredths: bigint): Rational => reduced(hundredths, 100n)

/**
 * Basis points: hundredths of a percent.
 *
 * @example
 * bps(290n) // => { numerator: 29n, denominator: 1000n }
 */
export const bps = (basisPoints: bigint): Rational => reduced(basisPoints, 10_000n)

/**
 * The sum of two fractions, exactly.
 *
 * @example
 * addRationals(percent(50n), percent(25n)) // => { numerator: 3n, denominator: 4n }
 */
export const addRationals = (a: Rational, b: Rational): Rational =>
  reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)

const reduced = (numerator: bigint, denominator: bigint): Rational => {
  const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => {
  let [larger, smaller] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller]
  return larger
}
