/**
 * Card numbers while they are being typed. Like everything in the form that judges a text, it tells what is wrong from
 * what is merely unfinished: nobody is scolded for the digits he has not come to yet.
 */

/** `wrong` cannot become right by typing on; `unfinished` can. */
export type Verdict = "good" | "unfinished" | "wrong"

export type Brand = {
  readonly name: string
  readonly lengths: ReadonlyArray<number>
  /** Digits of each group, as embossed. */
  readonly groups: ReadonlyArray<number>
  readonly cvvLengths: ReadonlyArray<number>
}

const fours = [4, 4, 4, 4, 3]
const visa: Brand = { name: "Visa", lengths: [13, 16, 19], groups: fours, cvvLengths: [3] }
const mastercard: Brand = { name: "Mastercard", lengths: [16], groups: fours, cvvLengths: [3] }
const amex: Brand = { name: "American Express", lengths: [15], groups: [4, 6, 5], cvvLengths: [4] }

/** Any other network: its number is judged by the check digit alone (ISO/IEC 7812-1). */
const other: Brand = { name: "", lengths: [12, 13, 14, 15, 16, 17, 18, 19], groups: fours, cvvLengths: [3, 4] }

/**
 * The brand that the first digits tell: Visa 4; Mastercard 51–55 and 2221–2720; American Express 34 and 37.
 *
 * @example
 * brandOf("2221").name // => "Mastercard"
 * brandOf("22").name // => ""
 */
export const brandOf = (digits: string): Brand => {
  if (digits.startsWith("4")) return visa
  if (/^3[47]/u.test(digits)) return amex
  return /^5[1-5]/u.test(digits) || /^(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)/u.test(digits)
    ? mastercard
    : other
}

/**
 * How a number stands, given as bare digits.
 *
 * @example
 * judgeNumber("4242") // => "unfinished"
 * judgeNumber("4242424242424242") // => "good"
 * judgeNumber("4242424242424241") // => "wrong"
 */
export const judgeNumber = (digits: string): Verdict => {
  const { lengths } = brandOf(digits)
  if (lengths.includes(digits.length) && luhnHolds(digits)) return "good"
  // Sixteen digits are what nearly every card has, so that is where a slip is told.
  const usual = lengths.length === 1 ? (lengths[0] ?? 0) : 16
  return digits.length < usual || (digits.length > usual && digits.length < Math.max(...lengths))
    ? "unfinished"
    : "wrong"
}

/**
 * The digits in the groups in which they stand on the card.
 *
 * @example
 * groupNumber("378282246310005") // => "3782 822463 10005"
 */
export const groupNumber = (digits: string): string => {
  const { groups } = brandOf(digits)
  const parts: Array<string> = []
  let from = 0
  for (const size of groups) {
    if (from < digits.length) parts.push(digits.slice(from, from + size))
    from += size
  }
  return parts.join(" ")
}

/** The longest number that can be typed, which for an unfinished one is the longest of all. */
export const numberLengthMax = (digits: string): number => Math.max(...brandOf(digits).lengths)

const luhnHolds = (digits: string): boolean => {
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    const weighted = fromRight % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}
