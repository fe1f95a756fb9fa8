/**
 * Where the tasks of one process run and wait: so many at once, so many after them. Room is promised before a commit
 * files a task, so that both bounds hold however many commits are under way.
 */
import * as Effect from "effect/Effect"
import type { ClaimedTask } from "../../ports/store.ts"
import type { Reservation } from "../operations.ts"
import { makeBell } from "./bell.ts"

export type Waiting = { readonly task: ClaimedTask; readonly fresh: boolean }

export type Places = {
  /** Runs the task now or lets it wait. After `close` it is left to its lease. */
  readonly take: (waiting: Waiting) => void
  readonly reserve: () => Reservation | null
  /** How many more tasks would run at once. */
  readonly free: () => number
  readonly isIdle: () => boolean
  readonly untilIdle: Effect.Effect<void>
  /** While this runs the process is not idle: it is about to bring tasks. */
  readonly bringing: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Takes nothing more, and forgets what waits. */
  readonly close: () => void
}

/** `run` says when a task has ended; `onEmptier` is told whenever half of the places or more are free. */
export const makePlaces = (
  { concurrency, queueMax }: { readonly concurrency: number; readonly queueMax: number },
  run: (waiting: Waiting, ended: () => void) => void,
  onEmptier: () => void
): Places => {
  const queue: Array<Waiting> = []
  const idle = makeBell()
  let running = 0
  let promised = 0
  let bringing = 0
  let closed = false

  const isIdle = (): boolean => running + bringing === 0
  const start = (waiting: Waiting): void => {
    running++
    run(waiting, ended)
  }
  const ended = (): void => {
    running--
    const waiting = queue.shift()
    if (waiting !== undefined) start(waiting)
    else if (running <= concurrency / 2) onEmptier()
    if (isIdle()) idle.ring()
  }
  const brought = Effect.sync(() => {
    bringing--
    if (isIdle()) idle.ring()
  })
  const untilIdle: Effect.Effect<void> = Effect.suspend(() =>
    isIdle() ? Effect.void : Effect.andThen(idle.heard, untilIdle)
  )
  return {
    take: (waiting) => {
      if (closed) return
      if (running < concurrency) start(waiting)
      else queue.push(waiting)
    },
    reserve: () => {
      if (closed || running + queue.length + promised >= concurrency + queueMax) return null
      promised++
      return { atOnce: running < concurrency, release: () => promised-- }
    },
    free: () => (closed ? 0 : Math.max(0, concurrency - running - queue.length)),
    isIdle,
    untilIdle,
    bringing: (effect) =>
      Effect.suspend(() => {
        bringing++
        return Effect.ensuring(effect, brought)
      }),
    close: () => {
      closed = true
      queue.length = 0
    }
  }
}
