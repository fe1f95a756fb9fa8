/** A clock that remembers what it has shown, for what must neither begin anew nor stand still when a clock is set back. */
import type { Clock } from "../ports/clock.ts"

export type WatchedClock = Clock["Service"] & {
  /** The latest time that it has shown. */
  readonly latestMs: () => number
  /** How far it has gone forward, all in all: what it was set back in between is not taken off. */
  readonly passedMs: () => number
}

export const watchedClock = (clock: Clock["Service"]): WatchedClock => {
  let shownMs = clock.nowMs()
  let latestMs = shownMs
  let passedMs = 0
  const nowMs = (): number => {
    const now = clock.nowMs()
    if (now > latestMs) latestMs = now
    if (now > shownMs) passedMs += now - shownMs
    shownMs = now
    return now
  }
  return {
    nowMs,
    latestMs: () => {
      nowMs()
      return latestMs
    },
    passedMs: () => {
      nowMs()
      return passedMs
    }
  }
}
