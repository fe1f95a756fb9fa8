/** Answers that are asked for again and again, each remembered for a moment: as long as they may be out of date. */
import * as Effect from "effect/Effect"
import { Clock } from "../ports/clock.ts"

export type ShortMemory<A> = {
  /** What is remembered under the key, or else what `ask` answers, which is remembered where it is worth it. */
  readonly recall: <E, R>(
    key: string,
    ask: Effect.Effect<A, E, R>,
    isWorthIt: (value: A) => boolean
  ) => Effect.Effect<A, E, R | Clock>
  readonly forget: (key: string) => void
}

/** Remembers each answer for `rememberMs`. When it is full it forgets everything. */
export const shortMemory = <A>(rememberMs: number, entriesMax: number): ShortMemory<A> => {
  const remembered = new Map<string, { readonly value: A; readonly untilMs: number }>()
  let forgotten = 0
  const recall: ShortMemory<A>["recall"] = <E, R>(
    key: string,
    ask: Effect.Effect<A, E, R>,
    isWorthIt: (value: A) => boolean
  ) =>
    Effect.flatMap(Clock, (clock): Effect.Effect<A, E, R> => {
      const nowMs = clock.nowMs()
      const known = remembered.get(key)
      // A clock that was moved back must not make a memory last longer.
      if (known !== undefined && known.untilMs > nowMs && known.untilMs <= nowMs + rememberMs) {
        return Effect.succeed(known.value)
      }
      const before = forgotten
      return Effect.map(ask, (value) => {
        // What was asked before something was forgotten may be what was to be forgotten.
        if (!isWorthIt(value) || forgotten !== before) return value
        if (remembered.size >= entriesMax) remembered.clear()
        remembered.set(key, { value, untilMs: nowMs + rememberMs })
        return value
      })
    })
  const forget = (key: string): void => {
    forgotten++
    remembered.delete(key)
  }
  return { recall, forget }
}
