/**
 * Money and rates as stored: plain JSON, with every bigint as digits. How many digits there may be is settled before
 * anything is converted, because reading an unbounded number of them stops the process for seconds.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { Currency } from "./currency.ts"
import type { Money } from "./money.ts"
import type { Rational } from "./rational.ts"

/** `amount` is digits in minor units: `{ amount: "314", currency: "USD" }`. */
export type MoneyJson = { readonly amount: string; readonly currency: string }

export type RationalJson = { readonly numerator: string; readonly denominator: string }

/** Amounts are read from 38 digits at most; the rest is room for sums and for conversions to finer units. */
const digitsStoredMax = 60

/** A whole number as its only decimal text: no sign but one minus, no leading zeros, no minus zero. */
export const BigIntText: Schema.Codec<bigint, string> = Schema.String.check(
  Schema.isPattern(new RegExp(`^(?:0|-?[1-9][0-9]{0,${digitsStoredMax - 1}})$`, "u"))
).pipe(
  Schema.decodeTo(
    Schema.BigInt,
    SchemaTransformation.transform({ decode: (digits) => BigInt(digits), encode: (whole) => whole.toString() })
  )
)

const isCurrencyCode = (text: string): text is Currency => currencyShape.test(text)

/** The shape of a code and not membership of a table: which currencies exist beyond the standard is up to the host. */
const currencyShape = /^[A-Z][A-Z0-9]{1,15}$/u

export const CurrencyCode: Schema.Codec<Currency, string> = Schema.String.pipe(Schema.refine(isCurrencyCode))

export const MoneyCodec: Schema.Codec<Money, MoneyJson> = Schema.Struct({ amount: BigIntText, currency: CurrencyCode })

export const RationalCodec: Schema.Codec<Rational, RationalJson> = Schema.Struct({
  numerator: BigIntText,
  denominator: BigIntText
})

/**
 * What `MoneyCodec` encodes, without its cost: acceptance of a payment encodes a dozen amounts.
 *
 * @example
 * encodeMoney({ amount: 314n, currency: "USD" }) // => { amount: "314", currency: "USD" }
 */
export const encodeMoney = (money: Money): MoneyJson => ({ amount: money.amount.toString(), currency: money.currency })

export const encodeRational = (ratio: Rational): RationalJson => ({
  numerator: ratio.numerator.toString(),
  denominator: ratio.denominator.toString()
})
