/** What happens because time passed: an uncaptured authorization runs out, an unanswered challenge fails. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../payment/index.ts"
import type { PaymentCommand } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import { again, done, pauseMs } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { commitLease } from "../tasks/keep-lease.ts"

/** Pauses before a timer looks again at a payment that something else is working on, which may be a person. */
const busyPauseMinMs = 1000
const busyPauseMaxMs = 300_000

export const runTimer = Effect.fn("paykernel.timer")(function* (
  task: ClaimedTask,
  tag: "ExpireAuthorization" | "ExpireChallenge"
) {
  const nowMs = (yield* Clock).nowMs()
  const command: PaymentCommand = { _tag: tag, nowMs }
  const about = { definition: paymentDefinition, merchantId: task.aggregate.merchantId, id: task.aggregate.id }
  const decided = yield* transact({ ...about, decide: (state) => decide(state, command), lease: () => done(task) })
  if (Result.isSuccess(decided)) return
  const rejection = decided.failure
  const dueAtMs =
    rejection._tag === "NotDue" ? rejection.dueAtMs : nowMs + pauseMs(task.attempt, busyPauseMinMs, busyPauseMaxMs)
  const waits = rejection._tag === "NotDue" || rejection._tag === "OperationInFlight"
  yield* commitLease(waits ? again(task, dueAtMs) : done(task))
})
