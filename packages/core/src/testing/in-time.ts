/** Lets virtual time pass for work that waits for it now and then, and for promises of its own in between. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"

/** What was begun goes on until it has to wait. */
export const turn: Effect.Effect<unknown> = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Five milliseconds pass, one after another, until something is done. To be run on `onVirtualTime`. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* turn
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust(5)
      yield* turn
    }
    return yield* Fiber.join(fiber)
  })

export const onVirtualTime = <A, E>(story: Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(story.pipe(Effect.provide(TestClock.layer())))
