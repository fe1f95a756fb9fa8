/**
 * Money: a whole number of minor units of one currency. The currency is in the type, so adding dollars to euros does
 * not compile; where a type was widened, the same mistake is caught at run time before it reaches a book.
 */
import type { Currency } from "./currency.ts"

/** An amount in minor units, such as cents. Plain data: it can be compared, stored and sent as it is. */
export type Money<C extends Currency = Currency> = { readonly amount: bigint; readonly currency: C }

/**
 * An amount in minor units of a currency.
 *
 * @example
 * money(314n, "USD") // => { amount: 314n, currency: "USD" }
 */
export const money = <C extends Currency>(amount: bigint, currency: C): Money<C> => ({ amount, currency })

/**
 * Nothing, of a currency.
 *
 * @example
 * zero("EUR") // => { amount: 0n, currency: "EUR" }
 */
export const zero = <C extends Currency>(currency: C): Money<C> => ({ amount: 0n, currency })

/**
 * The sum of two amounts of one currency. Throws where the currencies differ.
 *
 * @example
 * add(money(1n, "USD"), money(2n, "USD")) // => { amount: 3n, currency: "USD" }
 */
export const add = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => {
  if (a.currency !== b.currency) throw mixed(a, b)
  return { amount: a.amount + b.amount, currency: a.currency }
}

/**
 * What is left of `a` when `b` is taken away; may be negative. Throws where the currencies differ.
 *
 * @example
 * subtract(money(1n, "USD"), money(3n, "USD")) // => { amount: -2n, currency: "USD" }
 */
export const subtract = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => {
  if (a.currency !== b.currency) throw mixed(a, b)
  return { amount: a.amount - b.amount, currency: a.currency }
}

/**
 * The same amount in the other direction.
 *
 * @example
 * negate(money(5n, "USD")) // => { amount: -5n, currency: "USD" }
 */
export const negate = <C extends Currency>(a: Money<C>): Money<C> => ({ amount: -a.amount, currency: a.currency })

/**
 * -1, 0 or 1, as `a` is less than, equal to or greater than `b`. Throws where the currencies differ.
 *
 * @example
 * compare(money(1n, "USD"), money(2n, "USD")) // => -1
 */
export const compare = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): -1 | 0 | 1 => {
  if (a.currency !== b.currency) throw mixed(a, b)
  if (a.amount === b.amount) return 0
  return a.amount < b.amount ? -1 : 1
}

/**
 * Whether both are the same amount of the same currency. Unlike `compare` it answers for any two currencies.
 *
 * @example
 * equals(money(1n, "USD"), money(1n, "EUR")) // => false
 */
export const equals = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

/**
 * Whether an amount of some currency is one of this currency, which narrows its type.
 *
 * @example
 * hasCurrency(money(1n, "USD"), "EUR") // => false
 */
export const hasCurrency = <C extends Currency>(a: Money, currency: C): a is Money<C> => a.currency === currency

/**
 * Whether the amount is nothing.
 *
 * @example
 * isZero(zero("USD")) // => true
 */
export const isZero = (a: Money): boolean => a.amount === 0n

/**
 * Whether the amount is below nothing.
 *
 * @example
 * isNegative(money(-1n, "USD")) // => true
 */
export const isNegative = (a: Money): boolean => a.amount < 0n

/**
 * Whether the amount is above nothing.
 *
 * @example
 * isPositive(money(1n, "USD")) // => true
 */
export const isPositive = (a: Money): boolean => a.amount > 0n

/**
 * The lesser of two amounts of one currency. Throws where the currencies differ.
 *
 * @example
 * min(money(1n, "USD"), money(2n, "USD")) // => { amount: 1n, currency: "USD" }
 */
export const min = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => (compare(a, b) <= 0 ? a : b)

/**
 * The greater of two amounts of one currency. Throws where the currencies differ.
 *
 * @example
 * max(money(1n, "USD"), money(2n, "USD")) // => { amount: 2n, currency: "USD" }
 */
export const max = <C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> => (compare(a, b) >= 0 ? a : b)

/**
 * The sum of any number of amounts. The currency is named, because an empty list has none. Throws on any other.
 *
 * @example
 * sum([money(1n, "USD"), money(2n, "USD")], "USD") // => { amount: 3n, currency: "USD" }
 */
export const sum = <C extends Currency>(amounts: Iterable<Money<NoInfer<C>>>, currency: C): Money<C> => {
  let total = 0n
  for (const item of amounts) {
    if (item.currency !== currency) throw mixed(item, { amount: 0n, currency })
    total += item.amount
  }
  return { amount: total, currency }
}

const mixed = (a: Money, b: Money): TypeError => new TypeError(`currencies mixed: ${a.currency} and ${b.currency}`)
