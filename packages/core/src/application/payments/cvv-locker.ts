/**
 * Card security codes, in memory and nowhere else, for the life of the call that needs them. What a crash or a limit
 * takes from here is gone for good: such a call is looked up or reversed, never sent again.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Cvv } from "../../card/cvv.ts"

export type CvvLocker = {
  /** `false` when the locker is full: the caller must refuse the request instead of losing the code later. */
  readonly put: (subject: string, cvv: Cvv) => boolean
  /** Whether `take` would give the code now. */
  readonly has: (subject: string) => boolean
  /** Hands the code to the call that uses it. Nobody else gets or destroys it until that call is over. */
  readonly take: (subject: string) => CodeInUse | undefined
  readonly isInUse: (subject: string) => boolean
  /** What was laid down before its subject had a name. */
  readonly rename: (from: string, to: string) => void
  /** Forgets the code and leaves it whole: whoever brought it may bring it again. */
  readonly withdraw: (subject: string) => void
  /** Forgets the code and destroys it. */
  readonly discard: (subject: string) => void
  /** Destroys what nobody came for in time. */
  readonly expire: () => void
  readonly clear: () => void
}

export type CodeInUse = {
  readonly cvv: Cvv
  /** The call is over, and the code with it. */
  readonly destroy: () => void
  /** The call has not happened: the code may be asked for again, for what is left of its life. */
  readonly putBack: () => void
}

/** A payer waits minutes for an authorization, not longer; and another process may have brought it to its end. */
export const codeLifeMs = 600_000

type Held = { readonly cvv: Cvv; readonly sinceMs: number }

export const cvvLocker = (entriesMax: number, clock: { readonly nowMs: () => number }): CvvLocker => {
  const held = new Map<string, Held>()
  const inUse = new Set<string>()
  // A clock that was set back must not make a life longer, so any distance from the start counts.
  const isOver = ({ sinceMs }: Held): boolean => Math.abs(clock.nowMs() - sinceMs) >= codeLifeMs
  const discard = (subject: string): void => {
    held.get(subject)?.cvv.destroy()
    held.delete(subject)
  }
  const expire = (): void => {
    for (const [subject, entry] of held) if (isOver(entry)) discard(subject)
  }
  const has = (subject: string): boolean => {
    const entry = held.get(subject)
    if (entry !== undefined && isOver(entry)) discard(subject)
    return held.has(subject)
  }
  return {
    put: (subject, cvv) => {
      if (held.size >= entriesMax) expire()
      if (held.size >= entriesMax || held.has(subject)) return false
      held.set(subject, { cvv, sinceMs: clock.nowMs() })
      return true
    },
    has,
    take: (subject) => {
      const entry = has(subject) ? held.get(subject) : undefined
      if (entry === undefined) return undefined
      held.delete(subject)
      inUse.add(subject)
      const end = (what: () => void) => () => {
        if (inUse.delete(subject)) what()
      }
      return { cvv: entry.cvv, destroy: end(() => entry.cvv.destroy()), putBack: end(() => held.set(subject, entry)) }
    },
    isInUse: (subject) => inUse.has(subject),
    rename: (from, to) => {
      const entry = held.get(from)
      if (entry === undefined) return
      held.delete(from)
      held.set(to, entry)
    },
    withdraw: (subject) => {
      held.delete(subject)
    },
    discard,
    expire,
    clear: () => {
      for (const subject of [...held.keys()]) discard(subject)
    }
  }
}

/**
 * The end of a code that a caller brought: a refusal or a replay is definite, so nothing will ever be sent with it. A
 * request that failed otherwise may be repeated, and its code is left whole for that.
 */
export const endUnused =
  (cvv: Cvv) =>
  (outcome: Result.Result<{ readonly replayed: boolean }, unknown>): Effect.Effect<void> =>
    Effect.sync(() => {
      if (Result.isFailure(outcome) || outcome.success.replayed) cvv.destroy()
    })
