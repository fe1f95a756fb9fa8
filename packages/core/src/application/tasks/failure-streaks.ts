/**
 * How often each task has failed in a row, and for the same reason, in this process. The store counts claims, and a
 * look-up that finds nothing new or a settlement that recurs is a claim as well: only failures say that something is
 * wrong.
 */
export type FailureStreaks = {
  /** Counts one more failure. Answers how many of this kind there have been in a row. */
  readonly failed: (taskId: string, why: string) => number
  readonly ended: (taskId: string) => void
}

/** Where more than `entriesMax` tasks fail at once the trouble is not theirs, and counting starts anew. */
export const failureStreaks = (entriesMax = 10_000): FailureStreaks => {
  const streaks = new Map<string, { readonly why: string; readonly length: number }>()
  return {
    failed: (taskId, why) => {
      const before = streaks.get(taskId)
      const length = before?.why === why ? before.length + 1 : 1
      if (before === undefined && streaks.size >= entriesMax) streaks.clear()
      streaks.set(taskId, { why, length })
      return length
    },
    ended: (taskId) => {
      streaks.delete(taskId)
    }
  }
}
