/** Where a division leaves a remainder, somebody decides who gets it. The modes have names and no default. */

/**
 * All rounding modes, with the meaning of their namesakes in Java's `RoundingMode` and in IEEE 754 §4.3. `up` and
 * `down` are away from and towards zero; `halfUp` and `halfDown` differ only in exact halves.
 */
export const roundingModes = ["up", "down", "ceiling", "floor", "halfUp", "halfDown", "halfEven"] as const

/** How an exact value between two whole numbers becomes one of them. */
export type RoundingMode = (typeof roundingModes)[number]

/**
 * `numerator / denominator` as a whole number. Dividing by zero throws, as it does for bigint.
 *
 * @example
 * divideRounded(5n, 2n, "halfEven") // => 2n
 * divideRounded(-5n, 2n, "up") // => -3n
 */
export const divideRounded = (numerator: bigint, denominator: bigint, mode: RoundingMode): bigint => {
  const towardsZero = numerator / denominator
  const remainder = numerator % denominator
  if (remainder === 0n) return towardsZero
  const sign = numerator < 0n === denominator < 0n ? 1n : -1n
  return goesAway(mode, sign, towardsZero, magnitude(remainder) * 2n, magnitude(denominator))
    ? towardsZero + sign
    : towardsZero
}

const goesAway = (mode: RoundingMode, sign: bigint, towardsZero: bigint, twice: bigint, whole: bigint): boolean => {
  switch (mode) {
    case "up":
      return true
    case "down":
      return false
    case "ceiling":
      return sign > 0n
    case "floor":
      return sign < 0n
    case "halfUp":
      return twice >= whole
    case "halfDown":
      return twice > whole
    case "halfEven":
      return twice > whole || (twice === whole && towardsZero % 2n !== 0n)
  }
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
