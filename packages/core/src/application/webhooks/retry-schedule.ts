/** When a message is tried again: by the published pauses of its dialect, jittered, and no sooner than its receiver asks. */

const dayMs = 86_400_000

/** Each pause is up to a fifth shorter or longer, so that what failed together does not come back together. */
const jitter = 0.2

/** However long a receiver asks for, it is tried again after a day. */
export const retryAfterMaxMs = dayMs

/**
 * The pause before an attempt, jittered. `attempt` counts from 0, `spread` is from 0 up to 1; `null`: the schedule is
 * over.
 *
 * @example
 * pauseBefore([0, 5_000], 1, 0.5) // => 5_000
 * pauseBefore([0, 5_000], 1, 0) // => 4_000
 * pauseBefore([0, 5_000], 2, 0.5) // => null
 */
export const pauseBefore = (delaysMs: ReadonlyArray<number>, attempt: number, spread: number): number | null => {
  const delayMs = delaysMs[attempt]
  return delayMs === undefined ? null : Math.round(delayMs * (1 - jitter + 2 * jitter * spread))
}

/**
 * When to try again after a failure at `nowMs`. What the receiver asks for only ever postpones.
 *
 * @example
 * nextAttemptAtMs({ pauseMs: 5_000, retryAfterMs: 60_000, nowMs: 0 }) // => 60_000
 * nextAttemptAtMs({ pauseMs: 5_000, retryAfterMs: 1_000, nowMs: 0 }) // => 5_000
 */
export const nextAttemptAtMs = (after: {
  readonly pauseMs: number
  readonly retryAfterMs: number | null
  readonly nowMs: number
}): number => after.nowMs + Math.max(after.pauseMs, Math.min(after.retryAfterMs ?? 0, retryAfterMaxMs))
