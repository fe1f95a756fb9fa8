/** Wakes everyone who listens at that moment; a ring with nobody listening is remembered once. */
import * as Effect from "effect/Effect"

export type Bell = { readonly ring: () => void; readonly heard: Effect.Effect<void> }

export const makeBell = (): Bell => {
  let listeners: Array<() => void> = []
  let rung = false
  return {
    ring: () => {
      const waking = listeners
      listeners = []
      rung = waking.length === 0
      for (const wake of waking) wake()
    },
    heard: Effect.callback<void>((resume) => {
      if (rung) {
        rung = false
        resume(Effect.void)
        return
      }
      const listener = () => resume(Effect.void)
      listeners.push(listener)
      return Effect.sync(() => {
        listeners = listeners.filter((other) => other !== listener)
      })
    })
  }
}
