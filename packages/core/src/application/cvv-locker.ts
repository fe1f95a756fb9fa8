/**
 * Card security codes, in memory and nowhere else, for the life of the call that needs them. What a crash or a limit
 * takes from here is gone for good: such a call is looked up or reversed, never sent again.
 */
import type { Cvv } from "../card/cvv.ts"

export type CvvLocker = {
  /** `false` when the locker is full: the caller must refuse the request instead of losing the code later. */
  readonly put: (subject: string, cvv: Cvv) => boolean
  readonly peek: (subject: string) => Cvv | undefined
  /** Forgets the code and destroys it. */
  readonly discard: (subject: string) => void
  readonly clear: () => void
}

export const cvvLocker = (entriesMax: number): CvvLocker => {
  const held = new Map<string, Cvv>()
  return {
    put: (subject, cvv) => {
      if (held.size >= entriesMax) return false
      held.set(subject, cvv)
      return true
    },
    peek: (subject) => held.get(subject),
    discard: (subject) => {
      held.get(subject)?.destroy()
      held.delete(subject)
    },
    clear: () => {
      for (const cvv of held.values()) cvv.destroy()
      held.clear()
    }
  }
}
