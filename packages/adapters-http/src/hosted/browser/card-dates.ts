/** Expiry dates while they are being typed: two digits of month, then two or four of year. */
import type { Verdict } from "./card-number.ts"

export type Expiry = { readonly month: number; readonly year: number }

/**
 * The digits of a date. A first digit that can only be a month by itself gets its zero.
 *
 * @example
 * expiryDigits("4") // => "04"
 * expiryDigits("12/2030") // => "122030"
 */
export const expiryDigits = (text: string): string => {
  const digits = text.replace(/\D/gu, "")
  return (/^[2-9]/u.test(digits) ? `0${digits}` : digits).slice(0, 6)
}

/**
 * The date as it is shown; the separator is there as soon as a month is, unless something is being deleted.
 *
 * @example
 * groupExpiry("0430", false) // => "04 / 30"
 * groupExpiry("04", false) // => "04 / "
 * groupExpiry("04", true) // => "04"
 */
export const groupExpiry = (digits: string, deleting: boolean): string =>
  digits.length < 2 || (deleting && digits.length === 2) ? digits : `${digits.slice(0, 2)} / ${digits.slice(2)}`

/**
 * Month and year, where there are both.
 *
 * @example
 * readExpiry("0430") // => { month: 4, year: 2030 }
 */
export const readExpiry = (digits: string): Expiry | undefined => {
  if (digits.length !== 4 && digits.length !== 6) return undefined
  const year = Number(digits.slice(2))
  return { month: Number(digits.slice(0, 2)), year: digits.length === 4 ? 2000 + year : year }
}

/**
 * How a date stands in a month such as `2026-01`. A card is good through the month it shows, and for less than
 * fifty years: more is a slip of the keyboard.
 *
 * @example
 * judgeExpiry("0126", "2026-01") // => "good"
 * judgeExpiry("1225", "2026-01") // => "past"
 * judgeExpiry("13", "2026-01") // => "wrong"
 */
export const judgeExpiry = (digits: string, thisMonth: string): Verdict | "past" => {
  const month = Number(digits.slice(0, 2))
  if (digits.length >= 2 && (month < 1 || month > 12)) return "wrong"
  const expiry = readExpiry(digits)
  // Of a year in four digits, the first two are no year yet.
  if (expiry === undefined || /^..20$/u.test(digits)) return "unfinished"
  const now = Number(thisMonth.slice(0, 4)) * 12 + Number(thisMonth.slice(5, 7))
  const monthsLeft = expiry.year * 12 + expiry.month - now
  if (monthsLeft < 0) return "past"
  return monthsLeft < 50 * 12 ? "good" : "wrong"
}
