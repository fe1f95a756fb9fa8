import * as fc from "fast-check"
import { type Currency, currencies, isCurrency, type Money, type Rational, zero } from "../../money/index.ts"

const magnitudeMax = 10n ** 38n - 1n

/** Every currency of the standard table. */
export const anyCurrency: fc.Arbitrary<Currency> = fc.constantFrom(
  ...currencies.entries.map(({ code }) => code).filter((code) => isCurrency(code))
)

/** An amount of one currency within bounds, both included. */
export const moneyIn = <C extends Currency>(currency: C, min: bigint, max: bigint): fc.Arbitrary<Money<C>> =>
  fc.bigInt(min, max).map((amount) => ({ ...zero(currency), amount }))

/**
 * An amount of one currency, from nothing to so many digits, each length as often as the next. Shrinks to fewer digits
 * first, so a fault that strikes here and there is still found where amounts are small.
 */
export const amountIn = <C extends Currency>(currency: C, digitsMax = 15): fc.Arbitrary<Money<C>> =>
  fc.integer({ min: 0, max: digitsMax }).chain((digits) => moneyIn(currency, 0n, 10n ** BigInt(digits)))

/** Any amount that can be written down, of either sign, up to 38 digits. */
export const anyMoney: fc.Arbitrary<Money> = fc.record({
  amount: fc.oneof(fc.bigInt(-magnitudeMax, magnitudeMax), fc.bigInt(-1_000n, 1_000n)),
  currency: anyCurrency
})

/** A rate above zero. */
export const anyRate: fc.Arbitrary<Rational> = fc.record({
  numerator: fc.bigInt(1n, 10n ** 12n),
  denominator: fc.bigInt(1n, 10n ** 12n)
})
