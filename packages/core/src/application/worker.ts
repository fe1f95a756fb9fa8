/**
 * Carries out tasks. What this process has just committed it runs at once, under the lease the task was born with;
 * polling finds what is due later and what a crash left behind. Running and waiting tasks are both bounded.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { Clock } from "../ports/clock.ts"
import { type ClaimedTask, Store, type StoreUnavailable } from "../ports/store.ts"
import type { Reservation } from "./operations.ts"

export type WorkerOptions = {
  /** Names this process on the leases it holds. */
  readonly owner: string
  /** Tasks running at once, which bounds calls in flight to the gateway. */
  readonly concurrency: number
  /** Tasks waiting in memory for a place. */
  readonly queueMax: number
  readonly leaseMs: number
  /** Longest sleep between two looks at the store. */
  readonly idlePollMs: number
}

export const workerDefaults = {
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

type Waiting = { readonly task: ClaimedTask; readonly fresh: boolean }

/** Builds a worker around `run`, which must deal with every failure of its own. */
export const makeWorker = <R>(
  options: WorkerOptions,
  run: RunTask<R>
): Effect.Effect<Worker, never, R | Store | Clock> =>
  Effect.map(Effect.context<R | Store | Clock>(), (context) => {
    const runFork = Effect.runForkWith(context)
    const queue: Array<Waiting> = []
    const bell = makeBell()
    const idle = makeBell()
    let running = 0
    let promised = 0
    let claiming = 0
    /** The last look took all that there was a place for, so there may be more. */
    let behind = false
    let stopped = false

    const start = ({ task, fresh }: Waiting): void => {
      running++
      runFork(Effect.onExit(run(task, fresh), () => Effect.sync(finish)))
    }

    const finish = (): void => {
      running--
      const waiting = stopped ? undefined : queue.shift()
      if (waiting !== undefined) start(waiting)
      // Not for each place: a look is a write, and should be worth several tasks.
      else if (behind && running <= options.concurrency / 2) bell.ring()
      if (running + claiming === 0) idle.ring()
    }

    const take = (waiting: Waiting): void => {
      if (stopped) return
      if (running < options.concurrency) start(waiting)
      else queue.push(waiting)
    }

    const claim = Effect.suspend(() => {
      const free = options.concurrency - running - queue.length
      if (stopped) return Effect.succeed(0)
      if (free <= 0) {
        behind = true
        return Effect.succeed(0)
      }
      claiming++
      return Effect.ensuring(
        claimUpTo(free),
        Effect.sync(() => {
          claiming--
          if (running + claiming === 0) idle.ring()
        })
      )
    })

    const claimUpTo = Effect.fnUntraced(function* (limit: number) {
      const nowMs = (yield* Clock).nowMs()
      const store = yield* Store
      const tasks = yield* store.claim({ owner: options.owner, nowMs, leaseMs: options.leaseMs, limit })
      behind = tasks.length === limit
      for (const task of tasks) take({ task, fresh: false })
      return tasks.length
    })

    const sleepMs = Effect.gen(function* () {
      const store = yield* Store
      const nextMs = yield* store.nextDueAtMs()
      const nowMs = (yield* Clock).nowMs()
      if (nextMs === null) return options.idlePollMs
      return Math.max(5, Math.min(options.idlePollMs, nextMs - nowMs))
    })

    const look = Effect.gen(function* () {
      const claimed = yield* claim
      if (claimed > 0 && running < options.concurrency) return
      const pauseMs = running >= options.concurrency ? options.idlePollMs : yield* sleepMs
      yield* Effect.raceFirst(bell.heard, Effect.sleep(pauseMs))
    }).pipe(
      // Whatever is wrong with the store, a defect of its adapter included: polling goes on, or nothing is ever found.
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.sleep(options.idlePollMs)
      )
    )

    const untilIdle: Effect.Effect<void> = Effect.suspend(() =>
      running + claiming > 0 ? Effect.andThen(idle.heard, untilIdle) : Effect.void
    )

    const drain: Effect.Effect<void, StoreUnavailable, Store | Clock> = Effect.gen(function* () {
      for (;;) {
        const claimed = yield* claim
        if (claimed === 0 && running + claiming === 0) return
        yield* untilIdle
      }
    })

    const worker: Worker = {
      reserve: () => {
        if (stopped || running + queue.length + promised >= options.concurrency + options.queueMax) return null
        promised++
        return { atOnce: running < options.concurrency, release: () => promised-- }
      },
      offer: (task) => take({ task, fresh: true }),
      wake: bell.ring,
      drain: Effect.provideContext(drain, context),
      poll: Effect.provideContext(Effect.forever(look), context),
      stop: Effect.suspend(() => {
        stopped = true
        queue.length = 0
        return untilIdle
      })
    }
    return worker
  })

/** Wakes everyone who listens at that moment; a ring with nobody listening is remembered once. */
const makeBell = () => {
  let listeners: Array<() => void> = []
  let rung = false
  return {
    ring: (): void => {
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
