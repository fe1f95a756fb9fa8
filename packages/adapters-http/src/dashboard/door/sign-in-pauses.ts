/**
 * Guessing made slow. Whoever fails a few times, at one account or from one network, waits before the next try, and
 * longer after each further one. What is counted is a name as it was given, so that a pause says nothing about whether
 * there is such an account. Kept in memory, bounded, and forgotten in time.
 */

export type SignInPauses = {
  /** How long whoever tries under a name has to wait; 0 where a try is free. */
  readonly waitMs: (name: string, nowMs: number) => number
  /** A try begins, and counts as failed until it has succeeded: of many at once no more get through than one by one. */
  readonly tried: (name: string, nowMs: number) => void
  /** The latest try was good. */
  readonly forgive: (name: string) => void
  /** All tries are forgotten. */
  readonly forget: (name: string) => void
}

export type PauseLimits = {
  /** Tries that may fail before the first pause. */
  readonly freeTries: number
  /** The longest pause. Default 15 minutes. */
  readonly pauseMsMax?: number
  /** Names remembered at once: the one that was tried longest ago makes room. Default 10 000. */
  readonly namesMax?: number
}

type Tries = { readonly count: number; readonly lastAtMs: number }

const firstPauseMs = 2000
/** Longer than any pause, so that waiting alone starts nothing anew. */
const forgottenAfterMs = 3_600_000

/**
 * Counts tries by name: pauses of 2 s, 4 s, 8 s and so on.
 *
 * @example
 * const pauses = signInPauses({ freeTries: 1 })
 * pauses.tried("ada@example.org", 0)
 * pauses.waitMs("ada@example.org", 500) // => 1500
 * pauses.waitMs("bob@example.org", 500) // => 0
 */
export const signInPauses = (limits: PauseLimits): SignInPauses => {
  const { freeTries, pauseMsMax = 900_000, namesMax = 10_000 } = limits
  const byName = new Map<string, Tries>()

  const triesOf = (name: string, nowMs: number): Tries | undefined => {
    const known = byName.get(name)
    return known !== undefined && Math.abs(nowMs - known.lastAtMs) < forgottenAfterMs ? known : undefined
  }
  const pauseMsOf = (count: number): number =>
    count < freeTries ? 0 : Math.min(firstPauseMs * 2 ** (count - freeTries), pauseMsMax)

  return {
    waitMs: (name, nowMs) => {
      const known = triesOf(name, nowMs)
      if (known === undefined) return 0
      const pauseMs = pauseMsOf(known.count)
      // A clock that was set back leaves nobody waiting for longer than the pause.
      return Math.max(0, Math.min(known.lastAtMs + pauseMs - nowMs, pauseMs))
    },
    tried: (name, nowMs) => {
      const count = (triesOf(name, nowMs)?.count ?? 0) + 1
      byName.delete(name)
      byName.set(name, { count, lastAtMs: nowMs })
      const [longestAgo] = byName.keys()
      if (byName.size > namesMax && longestAgo !== undefined) byName.delete(longestAgo)
    },
    forgive: (name) => {
      const known = byName.get(name)
      if (known !== undefined) byName.set(name, { ...known, count: Math.max(0, known.count - 1) })
    },
    forget: (name) => void byName.delete(name)
  }
}
