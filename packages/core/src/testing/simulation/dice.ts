/**
 * Where every choice of a simulation comes from. Each step of a schedule brings a seed of its own, so that leaving one
 * step out changes nothing about the choices of the others: that is what lets a schedule shrink.
 */
import { seededRandom } from "../gateway-examples.ts"

export type Dice = {
  /** From here on choices follow from this seed. */
  readonly reseed: (seed: number) => void
  /** A number from 0 up to 1, excluding 1. */
  readonly next: () => number
  /** A whole number from 0 up to `below`, excluding it. */
  readonly below: (below: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(choices: readonly [A, ...ReadonlyArray<A>]) => A
  /** One of any number of things; `undefined` of none. */
  readonly any: <A>(choices: ReadonlyArray<A>) => A | undefined
}

export const makeDice = (seed: number): Dice => {
  let random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return {
    reseed: (next) => {
      random = seededRandom(next)
    },
    next: () => random(),
    below,
    // Drawn where the answer is known too: whether a fault is possible must not shift what is drawn after it.
    chance: (probability) => random() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    any: (choices) => choices[below(choices.length)]
  }
}
