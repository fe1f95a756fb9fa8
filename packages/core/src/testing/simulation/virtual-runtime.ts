/** Puts Effect's own runtime under the agenda: whoever runs with these services neither sleeps nor goes on by himself. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import type { Actor, Agenda } from "./agenda.ts"

/** Services under which all fibers of an actor run on the agenda. Spans are off: nobody looks at them. */
export const virtualRuntime = (agenda: Agenda, actor: Actor): Context.Context<never> =>
  Context.mergeAll(
    Context.make(Scheduler.Scheduler, schedulerOf(agenda, actor)),
    Context.make(Clock.Clock, clockOf(agenda, actor)),
    Context.make(References.TracerEnabled, false)
  )

const schedulerOf = (agenda: Agenda, actor: Actor): Scheduler.Scheduler => ({
  executionMode: "async",
  shouldYield: (fiber) => fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield,
  makeDispatcher: () => ({
    scheduleTask: (task) => agenda.resume(actor, task),
    // Only a synchronous run flushes, and those bring a scheduler of their own.
    flush: () => {}
  })
})

const nanosPerMs = 1_000_000n

const clockOf = (agenda: Agenda, actor: Actor): Clock.Clock => {
  const nanos = (): bigint => BigInt(agenda.nowMs()) * nanosPerMs
  return {
    currentTimeMillisUnsafe: agenda.nowMs,
    currentTimeMillis: Effect.sync(agenda.nowMs),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => {
      const ms = Duration.toMillis(duration)
      if (!Number.isFinite(ms)) return Effect.never
      return Effect.callback((resume) => {
        const timer = agenda.after(actor, Math.ceil(ms), () => resume(Effect.void))
        return Effect.sync(() => {
          timer.happen = null
        })
      })
    }
  }
}
