import * as fc from "fast-check"
import type { Fee, FeeSchedule } from "../../fees/index.ts"
import { type Currency, type Money, type Rational, type RoundingMode, roundingModes } from "../../money/index.ts"
import { anyCurrency, moneyIn } from "./money-arbitraries.ts"
import { anyText } from "./text-arbitraries.ts"

const share: fc.Arbitrary<Rational> = fc.record({
  numerator: fc.bigInt(0n, 10_000n),
  denominator: fc.bigInt(1n, 10_000n)
})

const rounding: fc.Arbitrary<RoundingMode> = fc.constantFrom(...roundingModes)

const some = (currency: Currency): fc.Arbitrary<Money> => moneyIn(currency, 0n, 10_000n)

/** Present or left out: the optional fields of a schedule are never there and empty. */
const optional = <Fields extends object, Optional extends object>(
  required: { [Field in keyof Fields]: fc.Arbitrary<Fields[Field]> },
  extra: { [Field in keyof Optional]: fc.Arbitrary<Optional[Field]> }
) => fc.tuple(fc.record<Fields>(required), fc.record<Optional, never>(extra, { requiredKeys: [] }))

const terms = (currency: Currency) =>
  optional({ rate: share }, { fixed: some(currency) }).map(([required, extra]) => ({ ...required, ...extra }))

const cardTerms = (currency: Currency) =>
  optional({ rate: share }, { fixed: some(currency), network: anyText, fundingType: anyText }).map(
    ([required, extra]) => ({ ...required, ...extra })
  )

const tiered = (currency: Currency): fc.Arbitrary<Fee> =>
  fc
    .tuple(fc.uniqueArray(fc.bigInt(1n, 10_000n), { maxLength: 3 }), terms(currency), anyText, rounding)
    .chain(([bounds, last, name, mode]) =>
      fc.record({
        kind: fc.constant("tiered" as const),
        name: fc.constant(name),
        mode: fc.constantFrom("volume" as const, "graduated" as const),
        basis: fc.constantFrom("payment" as const, "volumeToDate" as const),
        tiers: fc
          .tuple(
            ...bounds
              .toSorted((a, b) => (a < b ? -1 : 1))
              .map((upTo) => terms(currency).map((tier) => ({ ...tier, upTo: { amount: upTo, currency } })))
          )
          .map((tiers) => [...tiers, last]),
        rounding: fc.constant(mode)
      })
    )

/** Fees of every kind, nested up to three deep, all of which can be charged. */
export const anyFee: fc.Arbitrary<Fee> = anyCurrency.chain((currency) => feeIn(currency, 2))

const feeIn = (currency: Currency, depth: number): fc.Arbitrary<Fee> => {
  const flat: ReadonlyArray<fc.Arbitrary<Fee>> = [
    fc.record({ kind: fc.constant("fixed" as const), name: anyText, amount: some(currency) }),
    fc.record({ kind: fc.constant("percentage" as const), name: anyText, rate: share, rounding }),
    tiered(currency),
    fc.record({
      kind: fc.constant("interchangePlusPlus" as const),
      name: anyText,
      interchange: fc.array(cardTerms(currency), { maxLength: 2 }),
      scheme: fc.array(cardTerms(currency), { maxLength: 2 }),
      markup: terms(currency),
      rounding
    })
  ]
  if (depth === 0) return fc.oneof(...flat)
  const nested = feeIn(currency, depth - 1)
  const capped = optional(
    { kind: fc.constant("capped" as const), name: anyText, fee: nested },
    { min: moneyIn(currency, 0n, 100n), max: moneyIn(currency, 100n, 10_000n) }
  ).map(([required, extra]) => ({ ...required, ...extra }))
  const when = fc.record(
    { method: anyText, currency: anyCurrency, merchantId: anyText, network: anyText, fundingType: anyText },
    { requiredKeys: [] }
  )
  return fc.oneof(
    ...flat,
    capped,
    fc.record({ kind: fc.constant("sum" as const), fees: fc.array(nested, { maxLength: 2 }) }),
    fc.record({
      kind: fc.constant("select" as const),
      rules: fc.array(fc.record({ when, fee: nested }), { maxLength: 2 }),
      otherwise: nested
    })
  )
}

export const anyFeeSchedule: fc.Arbitrary<FeeSchedule> = fc.record({
  fee: anyFee,
  onExcess: fc.constantFrom("limit" as const, "allowNegativeNet" as const)
})
