/**
 * Splitting an amount without losing or inventing a minor unit. It is the only way to split: dividing would round
 * each part by itself, and the parts would not add up.
 */
import * as Result from "effect/Result"
import type { Currency } from "./currency.ts"
import type { Money } from "./money.ts"

/**
 * Who gets the units that are left when every part has been rounded towards zero. There are always fewer of them
 * than parts with a weight, and each part gets at most one; a part whose weight is zero gets none.
 *
 * `first` and `last` go by position, `largestWeight` by weight, `largestRemainder` by what each part lost when it
 * was rounded (Hamilton's method, no part is then a whole unit off). Equals are served from the first.
 */
export type RemainderPolicy = "first" | "last" | "largestWeight" | "largestRemainder"

/** Why weights divide nothing. `index` is the position of the first offender. */
export type AllocationRejection =
  | { readonly _tag: "NoWeights" }
  | { readonly _tag: "TooManyWeights"; readonly maximum: number }
  | { readonly _tag: "NegativeWeight"; readonly index: number }
  | { readonly _tag: "AllWeightsZero" }

/** The most parts an amount is split into at once. */
export const weightsMax = 10_000

/**
 * Splits an amount in proportion to weights: one part per weight, in their order, adding up to the amount exactly.
 * A negative amount is split like its opposite.
 *
 * @example
 * allocate(money(5n, "JPY"), [1n, 3n], "first")
 * // => Result.succeed([{ amount: 2n, currency: "JPY" }, { amount: 3n, currency: "JPY" }])
 */
export const allocate = <C extends Currency>(
  money: Money<C>,
  weights: ReadonlyArray<bigint>,
  remainder: RemainderPolicy
): Result.Result<ReadonlyArray<Money<C>>, AllocationRejection> => {
  const rejection = reject(weights)
  if (rejection !== undefined) return Result.fail(rejection)
  const sign = money.amount < 0n ? -1n : 1n
  const parts = split(money.amount * sign, weights, remainder)
  return Result.succeed(parts.map(({ share }) => ({ amount: share * sign, currency: money.currency })))
}

const reject = (weights: ReadonlyArray<bigint>): AllocationRejection | undefined => {
  if (weights.length === 0) return { _tag: "NoWeights" }
  if (weights.length > weightsMax) return { _tag: "TooManyWeights", maximum: weightsMax }
  const index = weights.findIndex((weight) => weight < 0n)
  if (index !== -1) return { _tag: "NegativeWeight", index }
  return weights.every((weight) => weight === 0n) ? { _tag: "AllWeightsZero" } : undefined
}

type Part = { readonly weight: bigint; readonly lost: bigint; share: bigint }

const split = (amount: bigint, weights: ReadonlyArray<bigint>, remainder: RemainderPolicy): ReadonlyArray<Part> => {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  const parts = weights.map((weight): Part => {
    const exact = amount * weight
    return { weight, lost: exact % total, share: exact / total }
  })
  let left = parts.reduce((rest, { share }) => rest - share, amount)
  for (const part of inLine(parts, remainder)) {
    if (left === 0n) break
    part.share += 1n
    left -= 1n
  }
  return parts
}

/** The parts in the order in which they are served. Sorting is stable, so equals keep their positions. */
const inLine = (parts: ReadonlyArray<Part>, remainder: RemainderPolicy): ReadonlyArray<Part> => {
  const entitled = parts.filter(({ weight }) => weight > 0n)
  switch (remainder) {
    case "first":
      return entitled
    case "last":
      return entitled.toReversed()
    case "largestWeight":
      return entitled.sort((a, b) => descending(a.weight, b.weight))
    case "largestRemainder":
      return entitled.sort((a, b) => descending(a.lost, b.lost))
  }
}

const descending = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1)
