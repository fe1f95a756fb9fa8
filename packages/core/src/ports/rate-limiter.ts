/**
 * How often a caller may do something. One take asks and counts at once, so that two callers can never both be the last
 * one that fits; how it is counted, and how far the count reaches, is the adapter's.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** The limiter cannot count. Nothing is known about the caller; whether to let it pass is for the asker to decide. */
export class RateLimiterUnavailable extends Data.TaggedError("RateLimiterUnavailable")<{ readonly reason: string }> {}

export type RateTake = {
  /** Who is counted, and for what: any text. Keys that differ in anything are counted apart. */
  readonly key: string
  /** Takes in one window. At 0 none is allowed. */
  readonly limit: number
  /** Windows begin at whole multiples of their length since 1970. Windows of different lengths are counted apart. */
  readonly windowMs: number
  readonly nowMs: number
}

export type RateTaken = {
  readonly allowed: boolean
  readonly limit: number
  /** How many more are allowed in this window. */
  readonly remaining: number
  /** The first millisecond of the next window. */
  readonly resetAtMs: number
}

/**
 * Counts takes in fixed windows. Laws, tested by `describeRateLimiter`: no window of a key allows more than its limit,
 * whoever takes at the same time; a denied take counts for nothing; a window begins with all of its limit; a clock that
 * is set back finds the earlier window as it was left. A limit, window or time that is no whole number dies.
 */
export class RateLimiter extends Context.Service<
  RateLimiter,
  { readonly take: (take: RateTake) => Effect.Effect<RateTaken, RateLimiterUnavailable> }
>()("@paykernel/core/RateLimiter") {}
