/**
 * Currencies and the exponent that ties their minor unit to the major one. The known codes are a type, so that
 * mixing them does not compile; a table is a value that is handed in, so nobody can change it for everybody.
 */
import { iso4217 } from "./iso-4217.ts"

/** Crypto assets, by the number of decimals their networks count in. Not part of ISO 4217. */
export const cryptoAssets = { USDC: 6, EURC: 6, BTC: 8, ETH: 18, SOL: 9, MATIC: 18, FLOW: 8 } as const

/**
 * Codes that a host adds to the `Currency` type by declaration merging; the values of its keys are not read. The
 * exponent comes in at run time, with a `currencyTable`.
 *
 * `declare module "@paykernel/core/domain" { interface CustomCurrencies { POINTS: true } }`
 */
export interface CustomCurrencies extends Readonly<Record<never, true>> {}

/** The code of a currency or asset: ISO 4217, the crypto assets above, and what a host has added. */
export type Currency = keyof typeof iso4217 | keyof typeof cryptoAssets | Extract<keyof CustomCurrencies, string>

/** One row of a table. `exponent` is the number of decimals of the major unit: USD 2, JPY 0, ETH 18. */
export type CurrencyEntry = { readonly code: string; readonly exponent: number }

/** An immutable set of currencies. Functions take one as their last parameter and fall back to `currencies`. */
export type CurrencyTable = {
  readonly entries: ReadonlyArray<CurrencyEntry>
  /** The exponent of a code, or `undefined` where the table does not know it. */
  readonly lookUp: (code: string) => number | undefined
}

/** The largest exponent a table accepts: one whole major unit still fits the 38 digits of an amount. */
export const exponentMax = 36

/**
 * A table of exactly these entries. Spread `currencies.entries` to add to the standard ones. A malformed or repeated
 * code, or an exponent outside 0 to 36, is a mistake in the host's configuration and throws a `RangeError`.
 *
 * @example
 * currencyTable([...currencies.entries, { code: "POINTS", exponent: 0 }]).lookUp("POINTS") // => 0
 */
export const currencyTable = (entries: ReadonlyArray<CurrencyEntry>): CurrencyTable => {
  const exponents = new Map<string, number>()
  for (const { code, exponent } of entries) {
    if (!codeShape.test(code)) throw new RangeError("a currency code is 2 to 16 capital letters and digits")
    if (exponents.has(code)) throw new RangeError(`currency ${code} is in the table twice`)
    if (!Number.isInteger(exponent) || exponent < 0 || exponent > exponentMax) {
      throw new RangeError(`the exponent of ${code} is not a whole number from 0 to ${exponentMax}`)
    }
    exponents.set(code, exponent)
  }
  return Object.freeze({
    entries: Object.freeze(Array.from(exponents, ([code, exponent]) => Object.freeze({ code, exponent }))),
    lookUp: (code: string) => exponents.get(code)
  })
}

const codeShape = /^[A-Z][A-Z0-9]{1,15}$/u

/** All of ISO 4217 that has a minor unit, and the crypto assets: the table that is used where none is given. */
export const currencies: CurrencyTable = currencyTable(
  Object.entries({ ...iso4217, ...cryptoAssets }).map(([code, exponent]) => ({ code, exponent }))
)

/**
 * Number of decimals of a currency's major unit. A currency that the table lacks is a bug of the caller, who has
 * either not checked a text with `isCurrency` or not handed on his own table; it throws.
 *
 * @example
 * exponentOf("JPY") // => 0
 */
export const exponentOf = (currency: Currency, table: CurrencyTable = currencies): number => {
  const exponent = table.lookUp(currency)
  if (exponent === undefined) throw new RangeError("the currency is not in the table")
  return exponent
}

/**
 * Whether a text is the code of a currency in the table. Codes are upper case, as the standard writes them.
 *
 * @example
 * isCurrency("usd") // => false
 */
export const isCurrency = (text: string, table: CurrencyTable = currencies): text is Currency =>
  table.lookUp(text) !== undefined
