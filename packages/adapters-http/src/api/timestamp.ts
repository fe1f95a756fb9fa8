/** Moments as `/api` writes them: ISO 8601 in UTC, to the second. */
import * as Result from "effect/Result"

/**
 * @example
 * timestamp(1_700_000_000_999) // => "2023-11-14T22:13:20Z"
 */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/**
 * The moment that an ISO 8601 text with a zone names, down to its second: what is not shown again does not count.
 *
 * @example
 * readTimestamp("2025-08-23T23:59:59.5+02:00") // => Result.succeed(1_755_986_399_000)
 * readTimestamp("2025-02-30T00:00:00Z") // => Result.fail("must be an ISO 8601 date and time with a zone")
 */
export const readTimestamp = (text: string): Result.Result<number, string> => {
  const match = shape.exec(text)
  const ms = match === null ? Number.NaN : Date.parse(text)
  if (match === null || Number.isNaN(ms) || !isOfCalendar(match)) return Result.fail(says)
  return Result.succeed(Math.floor(ms / 1000) * 1000)
}

const says = "must be an ISO 8601 date and time with a zone"
const shape =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/u

/** The parser takes a day that the month does not have for one of the next. */
const isOfCalendar = ([, year = "", month = "", day = ""]: RegExpExecArray): boolean => {
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCDate(Number.parseInt(day, 10))
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`)
}
