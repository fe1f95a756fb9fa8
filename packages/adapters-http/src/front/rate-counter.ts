/**
 * Counts calls with a limiter that may be slow or away. While it is, this process counts by itself: it then lets through
 * at least whatever the limiter would, and no call fails or waits because calls cannot be counted. A denial stands until
 * its window ends, so whoever keeps calling is answered without asking again.
 */
import type { RateLimiter, RateTake, RateTaken } from "@paykernel/core/effect"
import { memoryRateLimiter, rateTaken } from "@paykernel/core/memory"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

export type RateCounter = {
  readonly take: (key: string, limit: number) => Promise<RateTaken>
  /** What was denied in the present window, without counting anything. */
  readonly denied: (key: string) => RateTaken | undefined
  /** A window in which nothing is known to be taken. */
  readonly untouched: (limit: number) => RateTaken
}

export type RateCounterOptions = {
  readonly limiter: RateLimiter["Service"]
  readonly nowMs: () => number
  readonly onUnavailable?: ((cause: unknown) => void) | undefined
}

const windowMs = 60_000
/** A call waits this long at most for being counted. */
const answerMaxMs = 1000
/** A limiter that was away is left alone for so long. */
const restMs = 5000
const denialsMax = 10_000

export const rateCounter = ({
  limiter,
  onUnavailable = () => undefined,
  ...options
}: RateCounterOptions): RateCounter => {
  const nowMs = () => Math.floor(options.nowMs())
  const alone = memoryRateLimiter()
  const denials = standingDenials()
  let awayAtMs = -Infinity

  const rests = (take: RateTake): boolean => take.nowMs >= awayAtMs && take.nowMs < awayAtMs + restMs

  const ask = async (take: RateTake): Promise<RateTaken> => {
    if (!rests(take)) {
      const answer = await Effect.runPromiseExit(
        Effect.timeout(
          Effect.suspend(() => limiter.take(take)),
          answerMaxMs
        )
      )
      if (Exit.isSuccess(answer)) return answer.value
      awayAtMs = nowMs()
      onUnavailable(Cause.squash(answer.cause))
    }
    return Effect.runPromise(alone.take(take))
  }

  return {
    take: async (key, limit) => {
      const take = { key, limit, windowMs, nowMs: nowMs() }
      const standing = denials.find(key, take.nowMs)
      if (standing !== undefined) return standing
      const taken = await ask(take)
      if (!taken.allowed) denials.keep(key, taken)
      return taken
    },
    denied: (key) => denials.find(key, nowMs()),
    untouched: (limit) => rateTaken({ key: "", limit, windowMs, nowMs: nowMs() }, 0)
  }
}

/** The latest denials; the one that was made longest ago makes room. */
const standingDenials = () => {
  const denials = new Map<string, RateTaken>()
  return {
    find: (key: string, nowMs: number): RateTaken | undefined => {
      const denial = denials.get(key)
      if (denial === undefined) return undefined
      if (nowMs < denial.resetAtMs && nowMs >= denial.resetAtMs - windowMs) return denial
      denials.delete(key)
      return undefined
    },
    keep: (key: string, denial: RateTaken): void => {
      denials.delete(key)
      denials.set(key, denial)
      const [oldest] = denials.keys()
      if (denials.size > denialsMax && oldest !== undefined) denials.delete(oldest)
    }
  }
}
