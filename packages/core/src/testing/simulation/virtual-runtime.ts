/** Puts Effect's own runtime under the agenda: whoever runs with these services neither sleeps nor goes on by himself. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import type { Actor, Agenda } from "./agenda.ts"

/** Services under which all fibers of an actor run on the agenda. Spans are off: nobody looks at them. */
export const virtualRuntime = (agenda: Agenda, actor: Actor): Context.Context<never> => {
  const known = runtimes.get(actor)
  if (known?.agenda === agenda) return known.context
  const context = Context.mergeAll(
    Context.make(Scheduler.Scheduler, schedulerOf(agenda, actor)),
    Context.make(Clock.Clock, clockOf(agenda, actor)),
    Context.make(References.TracerEnabled, false)
  )
  runtimes.set(actor, { agenda, context })
  return context
}

/** The world outside runs something for every message of the bank, and Effect remembers what it finds in a context. */
const runtimes = new WeakMap<Actor, { readonly agenda: Agenda; readonly context: Context.Context<never> }>()

/** Runs what waits for nothing, such as a call of a store in memory, where it stands. */
export const runAtOnce = <A, E>(effect: Effect.Effect<A, E>): Exit.Exit<A, E> => {
  const exit = atOnce(effect).pollUnsafe()
  if (exit === undefined) throw new Error("a call that should end at once waits for something")
  return exit
}

/** One for all, since it is asked at every step of every fiber. */
const shouldYield: Scheduler.Scheduler["shouldYield"] = (fiber) => fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield

const schedulerOf = (agenda: Agenda, actor: Actor): Scheduler.Scheduler => ({
  executionMode: "async",
  shouldYield,
  makeDispatcher: () => ({
    scheduleTask: (task) => agenda.resume(actor, task),
    // Only a synchronous run flushes, and those bring a scheduler of their own.
    flush: () => {}
  })
})

const patient: Scheduler.Scheduler = {
  executionMode: "sync",
  shouldYield,
  // What asks for a turn of its own gets none, and so has not ended when it is looked at.
  makeDispatcher: () => ({ scheduleTask: () => {}, flush: () => {} })
}

const atOnce = Effect.runForkWith(Context.make(Scheduler.Scheduler, patient))

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
