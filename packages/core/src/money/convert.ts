/** Changing an amount into another currency. The exponents of both are part of the exact value; it rounds once. */
import { type Currency, type CurrencyTable, currencies, exponentOf } from "./currency.ts"
import type { Money } from "./money.ts"
import type { Rational } from "./rational.ts"
import { divideRounded, type RoundingMode } from "./rounding.ts"

/**
 * An amount in another currency. `rate` is major units of `to` for one major unit of the amount's own currency, as
 * rates are quoted; one that is not above zero is a bug of the caller and throws.
 *
 * @example
 * convert(money(100n, "USD"), "JPY", percent(15025n), "halfEven") // => { amount: 150n, currency: "JPY" }
 */
export const convert = <To extends Currency>(
  money: Money,
  to: To,
  rate: Rational,
  rounding: RoundingMode,
  table: CurrencyTable = currencies
): Money<To> => {
  if (rate.numerator <= 0n || rate.denominator <= 0n) throw new RangeError("an exchange rate is above zero")
  const minorPerMajor = 10n ** BigInt(exponentOf(money.currency, table))
  const targetMinorPerMajor = 10n ** BigInt(exponentOf(to, table))
  return {
    amount: divideRounded(
      money.amount * rate.numerator * targetMinorPerMajor,
      rate.denominator * minorPerMajor,
      rounding
    ),
    currency: to
  }
}
