/** Card numbers and security codes to be sent and looked for: made up anew for each run, so that they exist nowhere else. */
import { randomInt } from "node:crypto"

/** How many numbers that no issuer knows. */
export type CanaryCount = { readonly unknown: number }

export type Canaries = {
  /** Of test cards, which the simulated issuer knows. */
  readonly issued: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
  readonly wrongCheckDigit: ReadonlyArray<string>
  /** For places where no card number belongs. */
  readonly misplaced: ReadonlyArray<string>
  readonly newCvv: () => string
  /** Every code that `newCvv` has given out. */
  readonly cvvs: () => ReadonlyArray<string>
}

export const makeCanaries = (count: CanaryCount): Canaries => {
  const cvvs = new Set<string>()
  const unknown = Array.from({ length: count.unknown }, () => cardNumber("4"))
  return {
    issued: ["4007400000000007", "5102420000000006", "4000000000000002", "4000000000003220", "345678901234564"],
    unknown,
    wrongCheckDigit: unknown
      .slice(0, 5)
      .map((number) => number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10)),
    misplaced: Array.from({ length: 20 }, () => cardNumber("55")),
    newCvv: () => {
      const cvv = String(randomInt(1000, 9999))
      cvvs.add(cvv)
      return cvv
    },
    cvvs: () => [...cvvs]
  }
}

/** A number of this many digits with a right check digit (ISO/IEC 7812-1). */
const cardNumber = (beginning: string, length = 16): string => {
  let digits = beginning
  while (digits.length < length - 1) digits += String(randomInt(10))
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}
