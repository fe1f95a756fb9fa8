/** Which task is carried out how, and what becomes of one that cannot be: it is tried again later, then set aside. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { TaskKind } from "../decision.ts"
import { Clock } from "../ports/clock.ts"
import type { TaskUpdate } from "../ports/commit.ts"
import { type ClaimedTask, Store } from "../ports/store.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"
import { again, type Operations, type Ports, park, pauseMs } from "./operations.ts"
import { runAttempt } from "./run-attempt.ts"
import { runAuthentication } from "./run-authentication.ts"
import { runCardVerification } from "./run-card-verification.ts"
import { runTimer } from "./run-timer.ts"
import { runSettlement } from "./settle.ts"

/** Claims after which a task that keeps failing is a person's. Looking up an unknown outcome is not failing. */
const claimsMax = 50

export const runTask = (operations: Operations, directory: MerchantDirectory) => {
  const carryOut: {
    readonly [K in TaskKind]: (task: ClaimedTask, fresh: boolean) => Effect.Effect<void, unknown, Ports>
  } = {
    attempt: (task, fresh) => runAttempt(operations, directory, task, fresh),
    authenticate: (task) =>
      Effect.asVoid(runAuthentication(operations, task.aggregate.merchantId, task.aggregate.id, task)),
    expire_authorization: (task) => runTimer(task, "ExpireAuthorization"),
    expire_challenge: (task) => runTimer(task, "ExpireChallenge"),
    verify_card: (task) => runCardVerification(operations, task),
    settle: (task) => runSettlement(directory, task)
  }
  return (task: ClaimedTask, fresh: boolean): Effect.Effect<void, never, Ports> =>
    Effect.catchCause(carryOut[task.kind](task, fresh), (cause) => setBack(operations, task, cause))
}

/** Another holder of the lease has taken over: what this one was doing no longer matters. */
const isLeaseLost = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return typeof error === "object" && error !== null && "_tag" in error && error._tag === "LeaseLost"
}

/** If even this cannot be written, the lease runs out and the task is found again. */
const setBack = (
  operations: Operations,
  task: ClaimedTask,
  cause: Cause.Cause<unknown>
): Effect.Effect<void, never, Ports> => {
  if (isLeaseLost(cause) || Cause.hasInterruptsOnly(cause)) return Effect.void
  return Effect.gen(function* () {
    const nowMs = (yield* Clock).nowMs()
    const parked = task.attempt >= claimsMax
    const why = nameOf(cause)
    const lease: TaskUpdate = parked ? park(task, why) : again(task, nowMs + pauseMs(task.attempt, 500, 60_000))
    const { merchantId, type, id } = task.aggregate
    const kind = parked ? "task_parked" : "task_failed"
    operations.onIncident({ kind, merchantId, aggregate: { type, id }, subject: task.subject, why })
    const store = yield* Store
    yield* store.commit({ idempotency: null, aggregates: [], ledger: [], tasks: [], lease, sealed: [] })
  }).pipe(Effect.ignore)
}

/** A word for logs: the tag or name of what failed and, for defects of the program, its message. */
const nameOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (typeof error === "object" && error !== null && "_tag" in error) return String(error._tag)
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : "unknown failure"
}
