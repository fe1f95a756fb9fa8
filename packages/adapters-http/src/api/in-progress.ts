/**
 * Requests with one key that come at the same time. The first is carried out, and the others wait to be answered like it;
 * who has waited as long as an answer may take is told to come again (409, draft-ietf-httpapi-idempotency-key-header
 * §2.6). That a key begins nothing twice is the store's to see to, for all processes.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Operation } from "./operation.ts"
import { keyInUse } from "./published-error.ts"

/** `name` tells the key from those of other merchants. */
export type InProgress = <A>(name: string, waitMs: number, work: Operation<A>) => Operation<A>

export const inProgress = (): InProgress => {
  const running = new Map<string, Promise<void>>()

  /** Of several that have waited for the same one, all go on: what has been done is found by its key. */
  const begin = <A>(name: string, work: Operation<A>): Operation<A> =>
    Effect.suspend(() => {
      if (running.has(name)) return work
      const { promise, resolve } = Promise.withResolvers<void>()
      running.set(name, promise)
      const over = Effect.sync(() => {
        running.delete(name)
        resolve()
      })
      return Effect.ensuring(work, over)
    })

  return (name, waitMs, work) =>
    Effect.suspend(() => {
      const earlier = running.get(name)
      if (earlier === undefined) return begin(name, work)
      return Effect.flatMap(
        Effect.timeoutOption(
          Effect.promise(() => earlier),
          waitMs
        ),
        (ended) => (Option.isSome(ended) ? begin(name, work) : Effect.fail(keyInUse))
      )
    })
}
