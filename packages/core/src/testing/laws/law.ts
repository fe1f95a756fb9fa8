/** How a law says what broke it: its own name, what was found, and the difference line by line. */
import { differenceOf, sameData } from "../plain-data.ts"

/** Thrown inside a property. fast-check adds the shrunk counterexample and keeps this as the cause. */
export class LawBroken extends Error {
  readonly law: string
  readonly expected: unknown
  readonly actual: unknown
  constructor(law: string, found: string, expected: unknown, actual: unknown) {
    super(`${law}: ${found}\n${differenceOf(expected, actual)}`)
    this.name = "LawBroken"
    this.law = law
    this.expected = expected
    this.actual = actual
  }
}

/** Checks of one law. `found` says what is the case where a check fails. */
export type Checks = {
  readonly same: (found: string, expected: unknown, actual: unknown) => void
  readonly that: (holds: boolean, found: string, evidence: unknown) => void
}

/**
 * The checks of the law with this name.
 *
 * @example
 * checksOf("conservation").same("nothing is lost", 1n, 1n) // => undefined
 */
export const checksOf = (law: string): Checks => ({
  same: (found, expected, actual) => {
    if (!sameData(expected, actual)) throw new LawBroken(law, found, expected, actual)
  },
  that: (holds, found, evidence) => {
    if (!holds) throw new LawBroken(law, found, undefined, evidence)
  }
})
