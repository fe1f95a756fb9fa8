/**
 * Carries out tasks. What this process has just committed it runs at once, under the lease the task was born with;
 * polling finds what is due later and what a crash left behind. Running and waiting tasks are both bounded.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { TaskLane } from "../../decision.ts"
import { Clock } from "../../ports/clock.ts"
import { type ClaimedTask, Store, type StoreUnavailable } from "../../ports/store.ts"
import type { Reservation } from "../operations.ts"
import { makeBell } from "./bell.ts"
import { makePlaces } from "./places.ts"

export type WorkerOptions = {
  /** Names this process on the leases it holds. */
  readonly owner: string
  /** Whose tasks it carries out. */
  readonly lane: TaskLane
  /** Tasks running at once, which bounds calls in flight to the gateway. */
  readonly concurrency: number
  /** Tasks waiting in memory for a place. */
  readonly queueMax: number
  readonly leaseMs: number
  /** Longest sleep between two looks at the store. */
  readonly idlePollMs: number
}

export const workerDefaults = {
  lane: "money",
  concurrency: 64,
  queueMax: 1024,
  leaseMs: 30_000,
  idlePollMs: 1000
} as const

/** `fresh`: this process committed the task itself a moment ago, so nobody else can have acted on it. */
export type RunTask<R> = (task: ClaimedTask, fresh: boolean) => Effect.Effect<void, never, R>

export type Worker = {
  /** Keeps room, running or waiting, for a task that is about to be committed; `null` where all is taken. */
  readonly reserve: () => Reservation | null
  readonly offer: (task: ClaimedTask) => void
  /** Look at the store now. */
  readonly wake: () => void
  /** Ends when nothing is due and nothing is running. */
  readonly drain: Effect.Effect<void, StoreUnavailable>
  /** Never ends by itself. */
  readonly poll: Effect.Effect<never>
  /** Takes no more work and ends when what is running is done. What waits in the queue is left to its lease. */
  readonly stop: Effect.Effect<void>
}

/** Builds a worker around `run`, which must deal with every failure of its own. */
export const makeWorker = <R>(
  options: WorkerOptions,
  run: RunTask<R>
): Effect.Effect<Worker, never, R | Store | Clock> =>
  Effect.map(Effect.context<R | Store | Clock>(), (context) => {
    const runFork = Effect.runForkWith(context)
    const bell = makeBell()
    /** The last look took all that there was a place for, so there may be more. */
    let behind = false
    const places = makePlaces(
      options,
      ({ task, fresh }, ended) => runFork(Effect.onExit(run(task, fresh), () => Effect.sync(ended))),
      // Not for each place: a look is a write, and should be worth several tasks.
      () => {
        if (behind) bell.ring()
      }
    )

    const claim = Effect.gen(function* () {
      const limit = places.free()
      behind = limit === 0
      if (behind) return 0
      const nowMs = (yield* Clock).nowMs()
      const store = yield* Store
      const tasks = yield* store.claim({
        lane: options.lane,
        owner: options.owner,
        nowMs,
        leaseMs: options.leaseMs,
        limit
      })
      behind = tasks.length === limit
      for (const task of tasks) places.take({ task, fresh: false })
      return tasks.length
    }).pipe(places.bringing)

    const sleepMs = Effect.gen(function* () {
      const nextMs = yield* (yield* Store).nextDueAtMs(options.lane)
      const nowMs = (yield* Clock).nowMs()
      if (nextMs === null) return options.idlePollMs
      return Math.max(5, Math.min(options.idlePollMs, nextMs - nowMs))
    })

    const look = Effect.gen(function* () {
      const claimed = yield* claim
      if (claimed > 0 && places.free() > 0) return
      // Whoever took the last place may have done so while the store was asked, so what fell due since was not seen.
      const isFull = places.free() === 0
      behind ||= isFull
      const pauseMs = isFull ? options.idlePollMs : yield* sleepMs
      yield* Effect.raceFirst(bell.heard, Effect.sleep(pauseMs))
    }).pipe(
      // Whatever is wrong with the store, a defect of its adapter included: polling goes on, or nothing is ever found.
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.sleep(options.idlePollMs)
      )
    )

    const drain: Effect.Effect<void, StoreUnavailable, Store | Clock> = Effect.gen(function* () {
      for (;;) {
        const claimed = yield* claim
        if (claimed === 0 && places.isIdle()) return
        yield* places.untilIdle
      }
    })

    const nudged = Effect.flatMap(Store, (store) => store.nudges(bell.ring))

    const worker: Worker = {
      reserve: places.reserve,
      offer: (task) => places.take({ task, fresh: true }),
      wake: bell.ring,
      drain: Effect.provideContext(drain, context),
      poll: Effect.provideContext(Effect.scoped(Effect.andThen(nudged, Effect.forever(look))), context),
      stop: Effect.andThen(Effect.sync(places.close), places.untilIdle)
    }
    return worker
  })
