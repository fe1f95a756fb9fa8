/**
 * Which window a take falls into. Windows begin at whole multiples of their length since 1970, so that all who count
 * agree on them without asking each other, and the end of one can be told to the second.
 */
import type { RateTake, RateTaken } from "../ports/rate-limiter.ts"

export type RateWindow = { readonly startMs: number; readonly endMs: number }

/**
 * The window of a take. Throws a `RangeError` for a limit, window or time that is no whole number: the asker's mistake.
 *
 * @example
 * rateWindow({ limit: 10, windowMs: 60_000, nowMs: 90_500 }) // => { startMs: 60_000, endMs: 120_000 }
 */
export const rateWindow = ({ limit, windowMs, nowMs }: Omit<RateTake, "key">): RateWindow => {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError("a limit is a whole number from 0 on")
  if (!Number.isSafeInteger(windowMs) || windowMs < 1) throw new RangeError("a window is a whole number from 1 ms on")
  if (!Number.isSafeInteger(nowMs)) throw new RangeError("a time is a whole number of milliseconds")
  // A remainder is exact where a division of large numbers is not; before 1970 it is negative.
  const remainder = nowMs % windowMs
  const startMs = nowMs - (remainder < 0 ? remainder + windowMs : remainder)
  if (!Number.isSafeInteger(startMs + windowMs)) throw new RangeError("the window ends beyond all times")
  return { startMs, endMs: startMs + windowMs }
}

/**
 * What a take is answered, after it has been counted as the `taken`th of its window; `null` where it was denied.
 *
 * @example
 * rateTaken({ key: "k", limit: 10, windowMs: 60_000, nowMs: 0 }, 3)
 * // => { allowed: true, limit: 10, remaining: 7, resetAtMs: 60_000 }
 */
export const rateTaken = (take: RateTake, taken: number | null): RateTaken => ({
  allowed: taken !== null,
  limit: take.limit,
  remaining: taken === null ? 0 : Math.max(0, take.limit - taken),
  resetAtMs: rateWindow(take).endMs
})
