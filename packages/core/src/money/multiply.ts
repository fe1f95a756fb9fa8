/** Scaling an amount by an exact rate. Rounds once, at the end, in the mode that the caller names. */
import type { Currency } from "./currency.ts"
import type { Money } from "./money.ts"
import type { Rational } from "./rational.ts"
import { divideRounded, type RoundingMode } from "./rounding.ts"

/**
 * An amount times a rate.
 *
 * @example
 * multiply(money(1000n, "USD"), bps(290n), "halfUp") // => { amount: 29n, currency: "USD" }
 */
export const multiply = <C extends Currency>(money: Money<C>, factor: Rational, rounding: RoundingMode): Money<C> => ({
  amount: divideRounded(money.amount * factor.numerator, factor.denominator, rounding),
  currency: money.currency
})
