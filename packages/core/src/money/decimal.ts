/**
 * Amounts as the decimal texts that APIs speak. Digits go straight into a bigint and back, so no amount is ever
 * rounded on its way in or out.
 */
import * as Result from "effect/Result"
import { type Currency, type CurrencyTable, currencies, exponentOf } from "./currency.ts"
import { digitsMax, type NotADecimal, readDecimal, type TooManyDigits, tooManyDigits } from "./decimal-text.ts"
import type { Money } from "./money.ts"

/** Why a text is no amount. Nothing of the text is repeated, because a rejection may be shown or logged. */
export type MoneyRejection =
  | NotADecimal
  | TooManyDigits
  /** More decimals than the currency has, even where they are zeros. */
  | { readonly _tag: "TooPrecise"; readonly exponent: number }
  | { readonly _tag: "UnknownCurrency" }

/**
 * The amount that a decimal text in major units means. Fewer decimals than the currency has are fine, more are not.
 * At most 38 digits, counted in minor units, so that what was parsed can be formatted and parsed again. `currency`
 * may be any text: an unknown one is rejected.
 *
 * @example
 * parse("3.1", "USD") // => Result.succeed({ amount: 310n, currency: "USD" })
 * parse("3.141", "USD") // => Result.fail({ _tag: "TooPrecise", exponent: 2 })
 */
export const parse = <C extends string>(
  text: string,
  currency: C,
  table: CurrencyTable = currencies
): Result.Result<Money<C & Currency>, MoneyRejection> => {
  if (!isKnown(currency, table)) return Result.fail({ _tag: "UnknownCurrency" })
  const exponent = exponentOf(currency, table)
  const read = readDecimal(text)
  if (Result.isFailure(read)) return Result.fail(read.failure)
  const { negative, whole, fraction } = read.success
  if (fraction.length > exponent) return Result.fail({ _tag: "TooPrecise", exponent })
  if (whole.length + exponent > digitsMax) return Result.fail(tooManyDigits)
  const magnitude = BigInt(whole + fraction.padEnd(exponent, "0"))
  return Result.succeed({ amount: negative ? -magnitude : magnitude, currency })
}

/**
 * The amount in major units, always with all the decimals of its currency and no others.
 *
 * @example
 * format(money(-5n, "USD")) // => "-0.05"
 * format(money(300n, "JPY")) // => "300"
 */
export const format = (money: Money, table: CurrencyTable = currencies): string => {
  const exponent = exponentOf(money.currency, table)
  if (exponent === 0) return money.amount.toString()
  const negative = money.amount < 0n
  const digits = (negative ? -money.amount : money.amount).toString().padStart(exponent + 1, "0")
  const point = digits.length - exponent
  return `${negative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`
}

const isKnown = <C extends string>(currency: C, table: CurrencyTable): currency is C & Currency =>
  table.lookUp(currency) !== undefined
