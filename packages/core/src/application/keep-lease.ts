/** Commits that only say what becomes of a task, and a lease that is made to last as long as the call under it. */
import * as Effect from "effect/Effect"
import { Clock } from "../ports/clock.ts"
import type { TaskUpdate } from "../ports/commit.ts"
import { type ClaimedTask, type CommitError, Store } from "../ports/store.ts"
import { hold, type Operations } from "./operations.ts"

export const commitLease = (lease: TaskUpdate): Effect.Effect<void, CommitError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.commit({ idempotency: null, aggregates: [], ledger: [], tasks: [], lease, sealed: [], erased: [] })
  )

/** Until when a task is this holder's, as far as it knows. */
export type Lease = { readonly task: ClaimedTask; untilMs: number }

/** What a holder knows of his leases and of the calls that he makes under them. */
export type Holding = Pick<Operations, "leaseMs" | "callTimeoutMs" | "latestMs">

/**
 * Whether the lease could end during a call that starts now. Judged by the latest time that this process has seen: a
 * clock that was set back makes no lease last longer, since another process may have taken it over meanwhile.
 */
export const mayEnd = (operations: Holding, lease: Lease): boolean =>
  operations.latestMs() + operations.callTimeoutMs > lease.untilMs

/**
 * Renews a lease that could end during the call. Whoever took it over would look the key up, and a message that leaves
 * after that look-up is one that nobody is waiting for.
 */
export const keepLease = Effect.fnUntraced(function* (operations: Holding, lease: Lease) {
  const nowMs = (yield* Clock).nowMs()
  if (!mayEnd(operations, lease)) return
  const untilMs = nowMs + operations.leaseMs
  yield* commitLease(hold(lease.task, untilMs))
  lease.untilMs = untilMs
})
