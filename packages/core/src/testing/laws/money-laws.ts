/** Laws of splitting amounts and of writing values down. */
import * as fc from "fast-check"
import { type Money, money } from "../../money/index.ts"
import { amountIn } from "../arbitraries/money-arbitraries.ts"
import { checksOf } from "./law.ts"

export type SplitUnderTest = {
  readonly split: (amount: Money, weights: ReadonlyArray<bigint>) => ReadonlyArray<Money>
  /** Whether a part may be a whole unit away from its exact share, or must be nearer. Default: nearer. */
  readonly offByUnit?: boolean
  /** Default: USD of either sign, up to 10^15 minor units. */
  readonly amounts?: fc.Arbitrary<Money>
}

/**
 * The parts of a split are as many as the weights and add up exactly; each is within one minor unit of its exact share,
 * on the same side of zero, and nothing goes to who has no weight.
 *
 * @example
 * const split: SplitUnderTest["split"] = (amount, weights) =>
 *   Result.getOrThrow(allocate(amount, weights, "largestRemainder"))
 * fc.assert(allocation({ split }))
 */
export const allocation = ({ split, offByUnit = false, amounts = anyAmount }: SplitUnderTest) => {
  const { same, that } = checksOf("allocation")
  return fc.property(amounts, anyWeights, (amount, weights) => {
    const parts = split(amount, weights)
    same("there are not as many parts as weights", weights.length, parts.length)
    same("the parts do not add up", amount.amount, sumOf(parts.map((part) => part.amount)))
    const total = sumOf(weights)
    for (const [place, part] of parts.entries()) {
      const weight = weights[place] ?? 0n
      const exact = amount.amount * weight
      const offBy = size(part.amount * total - exact)
      same("a part is in another currency", amount.currency, part.currency)
      that(offBy < total || (offByUnit && offBy === total), "a part is far from its share", { part, exact, total })
      that(part.amount * amount.amount >= 0n, "a part is on the other side of zero", part)
      that(weight > 0n || part.amount === 0n, "a part without weight gets something", part)
    }
  })
}

export type WritingUnderTest<A, Written> = {
  readonly values: fc.Arbitrary<A>
  readonly write: (value: A) => Written
  readonly read: (written: Written) => A
}

/**
 * What is written down is read as the same value, and written in the same way again. For codecs of what is stored, and
 * for texts of amounts.
 *
 * @example
 * fc.assert(roundTrip({ values: fc.bigInt(), write: String, read: BigInt }))
 */
export const roundTrip = <A, Written>({ values, write, read }: WritingUnderTest<A, Written>) => {
  const { same } = checksOf("roundTrip")
  return fc.property(values, (value) => {
    const written = write(value)
    const back = read(written)
    same("another value is read than was written", value, back)
    same("what was read is written differently", written, write(back))
  })
}

const anyAmount = fc
  .tuple(amountIn("USD"), fc.boolean())
  .map(([{ amount }, below]) => money(below ? -amount : amount, "USD"))

const anyWeights = fc
  .array(fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 10n ** 18n)), {
    minLength: 1,
    maxLength: 30
  })
  .filter((weights) => weights.some((weight) => weight > 0n))

const size = (value: bigint): bigint => (value < 0n ? -value : value)

const sumOf = (values: ReadonlyArray<bigint>): bigint => values.reduce((total, value) => total + value, 0n)
