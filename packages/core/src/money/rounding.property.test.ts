import * as fc from "fast-check"
import { describe, it } from "vitest"
import { divideRounded, type RoundingMode, roundingModes } from "./index.ts"

const runs = { numRuns: 10_000 }
const numerators = fc.oneof(fc.bigInt(-1000n, 1000n), fc.bigInt(-(10n ** 40n), 10n ** 40n))
const denominators = fc.oneof(fc.bigInt(1n, 20n), fc.bigInt(1n, 10n ** 20n))

type Place = { readonly below: bigint; readonly exact: boolean; readonly half: -1 | 0 | 1; readonly positive: boolean }

/** Where n/d lies, found from the two whole numbers around it: `half` compares it with their middle. */
const placeOf = (n: bigint, d: bigint): Place => {
  const below = (n - (((n % d) + d) % d)) / d
  const doubledMiddle = (2n * below + 1n) * d
  const half = 2n * n === doubledMiddle ? 0 : 2n * n < doubledMiddle ? -1 : 1
  return { below, exact: below * d === n, half, positive: n > 0n }
}

/** The definition of each mode: whether the upper neighbour is taken. */
const takesUpper: { readonly [Mode in RoundingMode]: (place: Place) => boolean } = {
  ceiling: () => true,
  floor: () => false,
  up: ({ positive }) => positive,
  down: ({ positive }) => !positive,
  halfUp: ({ half, positive }) => half > 0 || (half === 0 && positive),
  halfDown: ({ half, positive }) => half > 0 || (half === 0 && !positive),
  halfEven: ({ half, below }) => half > 0 || (half === 0 && below % 2n !== 0n)
}

describe("laws of rounding", () => {
  it.each(roundingModes)("%s takes the neighbour that its definition names", (mode) => {
    fc.assert(
      fc.property(numerators, denominators, fc.boolean(), (n, d, turned) => {
        const place = placeOf(n, d)
        const expected = place.exact || !takesUpper[mode](place) ? place.below : place.below + 1n
        return (turned ? divideRounded(-n, -d, mode) : divideRounded(n, d, mode)) === expected
      }),
      runs
    )
  })

  it.each(roundingModes)("%s never reverses an order", (mode) => {
    fc.assert(
      fc.property(numerators, numerators, denominators, (a, b, d) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        return divideRounded(low, d, mode) <= divideRounded(high, d, mode)
      }),
      runs
    )
  })
})
