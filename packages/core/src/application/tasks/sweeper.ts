/** Removes what has served its time: finished tasks, expired idempotency records and aggregates that may go, in steps. */
import * as Effect from "effect/Effect"
import { Clock } from "../../ports/clock.ts"
import { Store } from "../../ports/store.ts"

export type SweeperOptions = {
  /** Pause between two sweeps. */
  readonly sweepEveryMs: number
  /** How long a finished task stays, for whoever wants to see what was done. */
  readonly keepFinishedTasksMs: number
  /** Pause between two looks for security codes that nobody came for in time: none outlives its time by more. */
  readonly expireCodesEveryMs: number
}

export const sweeperDefaults: SweeperOptions = {
  sweepEveryMs: 60_000,
  keepFinishedTasksMs: 7 * 24 * 60 * 60 * 1000,
  expireCodesEveryMs: 30_000
}

/** Rows that go in one write: few enough that no payment waits behind it for long. */
const rowsPerStep = 500
const stepsPerSweep = 20

/** One sweep: steps until nothing is left or the sweep has had its share. Answers how many rows went. */
export const sweep = Effect.fn("paykernel.sweep")(function* (options: SweeperOptions) {
  const store = yield* Store
  const nowMs = (yield* Clock).nowMs()
  let gone = 0
  for (let step = 0; step < stepsPerSweep; step++) {
    const finishedTasksBeforeMs = nowMs - options.keepFinishedTasksMs
    const removed = yield* store.sweep({ nowMs, finishedTasksBeforeMs, limit: rowsPerStep })
    gone += removed
    if (removed < rowsPerStep) break
  }
  return gone
})

/** Sweeps for as long as the process lives. A store that cannot be reached is swept the next time. */
export const sweepForever = (options: SweeperOptions): Effect.Effect<never, never, Store | Clock> =>
  Effect.forever(Effect.andThen(Effect.sleep(options.sweepEveryMs), Effect.ignore(sweep(options))))
