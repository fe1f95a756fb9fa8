/**
 * The one grammar for decimal numbers in texts, shared by amounts and rates: what it accepts has a single reading,
 * and how long it may be is settled before anything is converted.
 */
import * as Result from "effect/Result"

/** The most digits a number may have. Amounts keep to it in minor units, rates in the digits as written. */
export const digitsMax = 38

/** Not a number of the grammar: a sign other than one minus, leading zeros, an exponent, spaces, minus zero. */
export type NotADecimal = { readonly _tag: "NotADecimal" }

/** More digits than a number may have. */
export type TooManyDigits = { readonly _tag: "TooManyDigits"; readonly maximum: number }

/** A number taken apart. `whole` and `fraction` are digits; `fraction` may be empty. */
export type DecimalParts = { readonly negative: boolean; readonly whole: string; readonly fraction: string }

/**
 * Takes a text apart as `-?(0|[1-9][0-9]*)(.[0-9]+)?` with at most 38 digits. Zero has no minus, so that every text
 * of an amount means something different from its negation.
 *
 * @example
 * readDecimal("-3.14") // => Result.succeed({ negative: true, whole: "3", fraction: "14" })
 */
export const readDecimal = (text: string): Result.Result<DecimalParts, NotADecimal | TooManyDigits> => {
  if (text.length > digitsMax + "-.".length) return Result.fail(tooManyDigits)
  if (!decimalShape.test(text) || minusZeroShape.test(text)) return Result.fail({ _tag: "NotADecimal" })
  const negative = text.startsWith("-")
  const [whole = "", fraction = ""] = (negative ? text.slice(1) : text).split(".")
  if (whole.length + fraction.length > digitsMax) return Result.fail(tooManyDigits)
  return Result.succeed({ negative, whole, fraction })
}

/** The fact that a number has too many digits. */
export const tooManyDigits: TooManyDigits = Object.freeze({ _tag: "TooManyDigits", maximum: digitsMax })

const decimalShape = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/u
const minusZeroShape = /^-[0.]*$/u
