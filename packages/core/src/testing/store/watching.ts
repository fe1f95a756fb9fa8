/** Looking at a store for as long as others write to it. */
import * as Effect from "effect/Effect"
import { run } from "./store-case.ts"

/** Some stores answer within one turn of the event loop, and would otherwise be done before anybody looks. */
export const nextTurn = (): Promise<void> => run(Effect.sleep(0))

/** Each watcher looks again and again until all work has ended, well or badly. Answers how often each has looked. */
export const watched = async (
  work: ReadonlyArray<Promise<void>>,
  watchers: ReadonlyArray<() => Promise<void>>
): Promise<ReadonlyArray<number>> => {
  let isUnderWay = true
  const ended = Promise.all(work).finally(() => {
    isUnderWay = false
  })
  const watch = async (look: () => Promise<void>): Promise<number> => {
    for (let looks = 1; ; looks++) {
      await look()
      if (!isUnderWay) return looks
      await nextTurn()
    }
  }
  const [looks] = await Promise.all([Promise.all(watchers.map(watch)), ended])
  return looks
}
