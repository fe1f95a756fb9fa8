/**
 * What a receiver asks for that wants to be left alone for a while (RFC 9110 §10.2.3): seconds, or a date in the one
 * form that senders may generate (§5.6.7).
 */

/** Nobody may ask to be left alone for longer. */
export const retryAfterMaxMs = 24 * 60 * 60 * 1000

/**
 * How long to wait, at most a day; `null` for what cannot be understood.
 *
 * @example
 * readRetryAfter("120", 0) // => 120_000
 * readRetryAfter("Thu, 01 Jan 1970 00:01:00 GMT", 15_000) // => 45_000
 * readRetryAfter("soon", 0) // => null
 */
export const readRetryAfter = (value: string | undefined, nowMs: number): number | null => {
  if (value === undefined) return null
  const waitMs = secondsShape.test(value)
    ? Number(value) * 1000
    : dateShape.test(value)
      ? Date.parse(value) - nowMs
      : null
  return waitMs === null || Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), retryAfterMaxMs)
}

const secondsShape = /^\d{1,15}$/u
const days = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
const months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
const dateShape = new RegExp(`^(?:${days}), \\d\\d (?:${months}) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT$`, "u")
