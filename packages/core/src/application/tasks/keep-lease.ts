/** Commits that only say what becomes of a task, and a lease that is made to last as long as the call under it. */
import * as Effect from "effect/Effect"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { type ClaimedTask, type CommitError, Store } from "../../ports/store.ts"
import { hold, type Operations } from "../operations.ts"

export const commitLease = (lease: TaskUpdate): Effect.Effect<void, CommitError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.commit({ idempotency: null, aggregates: [], ledger: [], tasks: [], lease, sealed: [], erased: [] })
  )

/** Until when a task is this holder's, as far as it knows. */
export type Lease = {
  readonly task: ClaimedTask
  untilMs: number
  /** The same by the time that has passed for this process, once it has renewed the lease itself. */
  passedUntilMs?: number
}

/** What a holder knows of his leases and of the calls that he makes under them. */
export type Holding = Pick<Operations, "leaseMs" | "callTimeoutMs" | "latestMs" | "passedMs">

/**
 * Whether the lease could end during a call that starts now. A clock that was set back makes no lease last longer, since
 * another process may have taken it over meanwhile: one that may be older than that is judged by the latest time that
 * this process has seen. By that time one that is renewed afterwards would always be over, and nothing ever sent.
 */
export const mayEnd = ({ callTimeoutMs, latestMs, passedMs }: Holding, { untilMs, passedUntilMs }: Lease): boolean =>
  passedUntilMs === undefined ? latestMs() + callTimeoutMs > untilMs : passedMs() + callTimeoutMs > passedUntilMs

/** What a lease is that is renewed now. */
export const renewal = ({ leaseMs, passedMs }: Holding, nowMs: number): Required<Omit<Lease, "task">> => ({
  untilMs: nowMs + leaseMs,
  passedUntilMs: passedMs() + leaseMs
})

/**
 * Renews a lease that could end during the call. Whoever took it over would look the key up, and a message that leaves
 * after that look-up is one that nobody is waiting for.
 */
export const keepLease = Effect.fnUntraced(function* (operations: Holding, lease: Lease) {
  const nowMs = (yield* Clock).nowMs()
  if (!mayEnd(operations, lease)) return
  const renewed = renewal(operations, nowMs)
  yield* commitLease(hold(lease.task, renewed.untilMs))
  Object.assign(lease, renewed)
})
