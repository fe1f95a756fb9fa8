/**
 * When a card ends. A card is good through the last day of the month it shows; months are taken in UTC, so the
 * answer depends on nothing but the numbers given.
 */
import type { CardRejection } from "./card.ts"

/** Cards are issued for a few years; a year further off than this is a slip of the keyboard. */
const yearsAheadMax = 50

/**
 * Why an expiry date cannot be accepted at a moment, or `undefined` where it can.
 *
 * @example
 * expiryRejection(12, 2030, Date.UTC(2026, 0, 1)) // => undefined
 * expiryRejection(12, 2025, Date.UTC(2026, 0, 1)) // => { _tag: "CardExpired" }
 * expiryRejection(13, 2030, Date.UTC(2026, 0, 1)) // => { _tag: "ExpiryOutOfRange" }
 */
export const expiryRejection = (expMonth: number, expYear: number, nowMs: number): CardRejection | undefined => {
  if (!isWithin(expMonth, 1, 12) || !isWithin(expYear, 1, 9999)) return { _tag: "ExpiryOutOfRange" }
  if (nowMs >= endOfMonthMs(expYear, expMonth)) return { _tag: "CardExpired" }
  if (nowMs < endOfMonthMs(expYear - yearsAheadMax, expMonth)) return { _tag: "ExpiryOutOfRange" }
  return undefined
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

/** `Date.UTC` counts months from zero, so the month of the card names the first moment after it. */
const endOfMonthMs = (year: number, month: number): number => Date.UTC(year, month)
