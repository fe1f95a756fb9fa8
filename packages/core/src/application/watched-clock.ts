/** A clock that remembers the latest time it has shown, for what must not begin anew when a clock is set back. */
import type { Clock } from "../ports/clock.ts"

export type WatchedClock = Clock["Service"] & { readonly latestMs: () => number }

export const watchedClock = (clock: Clock["Service"]): WatchedClock => {
  let latestMs = clock.nowMs()
  const nowMs = (): number => {
    const now = clock.nowMs()
    if (now > latestMs) latestMs = now
    return now
  }
  return {
    nowMs,
    latestMs: () => {
      nowMs()
      return latestMs
    }
  }
}
