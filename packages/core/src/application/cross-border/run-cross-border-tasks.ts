/** What happens to a cross-border payment when nobody is asking: it is looked after, its money is told of, its time runs out. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { hasEnded } from "../../cross-border/cross-border-decision.ts"
import { refundable } from "../../cross-border/record-refund.ts"
import { openRfi } from "../../cross-border/record-rfi.ts"
import { isPositive } from "../../money/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { again, done, type Operations } from "../operations.ts"
import { crossBorderDefinition, onchainDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease, type Lease } from "../tasks/keep-lease.ts"
import { type CrossBorderDesk, isFollowedOut, type Look, nextLookAtMs } from "./cross-border-desk.ts"
import { drafting, tell } from "./cross-border-draft.ts"
import { lookUpPaymentAt, tellOfFunds } from "./network-calls.ts"
import { findCrossBorder, presentCrossBorder } from "./read-cross-border.ts"
import { nothingHeard, recordStanding, report } from "./record-standing.ts"
import { retryAtMs } from "./submit-cross-border.ts"

/** The recurring look at how a payment stands, also for a while after its end: questions and refunds come late. */
export const runFollowCrossBorder = Effect.fn("paykernel.followCrossBorder")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask
) {
  const { merchantId, id: paymentId } = task.aggregate
  const found = yield* findCrossBorder(merchantId, paymentId)
  if (Result.isFailure(found)) return yield* commitLease(done(task))
  yield* keepLease(operations, leaseOf(task))
  const lookup = yield* lookUpPaymentAt(desk, paymentId, operations.callTimeoutMs)
  const standing = lookup._tag === "Found" ? lookup.standing : nothingHeard
  yield* recordStanding(operations, { merchantId, paymentId }, standing, (draft) =>
    Effect.sync(() => {
      draft.lease = next(desk, task, draft.payment, { nowMs: draft.nowMs, isAnswered: lookup._tag !== "Unavailable" })
    })
  )
})

const leaseOf = (task: ClaimedTask): Lease => ({ task, untilMs: task.leasedUntilMs })

const next = (desk: CrossBorderDesk, task: ClaimedTask, payment: CrossBorderPayment, look: Look) => {
  const { updatedAtMs } = payment
  const isAwaited = !hasEnded(payment) || !isQuiet(payment)
  const isOver = !isAwaited && !isOwed(payment) && isFollowedOut(desk, updatedAtMs, look)
  return isOver ? done(task) : again(task, nextLookAtMs(desk, { updatedAtMs, hasEnded: !isAwaited }, look.nowMs))
}

/** The network has money that it neither paid out nor gave back; it may have been told of it long after the end. */
const isOwed = (payment: CrossBorderPayment): boolean =>
  payment.received.some(({ amount }) => isPositive(refundable(payment, amount.currency)))

/** Nothing of it is open any more. */
const isQuiet = (payment: CrossBorderPayment): boolean =>
  openRfi(payment) === undefined && payment.refunds.every(({ status }) => status !== "created")

/** Tells the network of money that arrived, as often as it takes: what it was told of is told it again for nothing. */
export const runPayOut = Effect.fn("paykernel.payOut")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask
) {
  const { merchantId, id: paymentId } = task.aggregate
  const payment = (yield* load(crossBorderDefinition, merchantId, paymentId)).state
  const { transactionHash, received } = (yield* load(onchainDefinition, merchantId, task.subject)).state
  if (transactionHash === null || received === null) {
    return yield* Effect.die(new Error("a payment has money of a transaction that brought none"))
  }
  yield* keepLease(operations, leaseOf(task))
  const notice = { key: paymentId, transactionHash, amount: received }
  const reply = yield* tellOfFunds(desk, notice, operations.callTimeoutMs)
  if (reply._tag === "Taken") {
    yield* recordStanding(operations, { merchantId, paymentId }, reply.standing, (draft) =>
      Effect.sync(() => {
        draft.lease = done(task)
      })
    )
    return
  }
  // It has the money, whatever it says: a person has to tell it so, and it is told again until then.
  if (reply._tag === "Refused") report(operations, payment, `the network refuses funds: ${reply.refusal.why}`)
  yield* commitLease(again(task, retryAtMs(task, (yield* Clock).nowMs())))
})

/** Closes a payment that was not funded in time. */
export const runExpireCrossBorder = Effect.fn("paykernel.expireCrossBorder")(function* (task: ClaimedTask) {
  const { merchantId, id } = task.aggregate
  const expired = yield* drafting(merchantId, id, (draft) =>
    Effect.sync(() => {
      draft.lease = done(task)
      const told = tell(draft, { _tag: "ExpirePayment", nowMs: draft.nowMs })
      // One that the network never took has nothing to run out of.
      return Result.isFailure(told) && told.failure._tag === "PaymentNotFound" ? Result.succeed([]) : told
    })
  )
  if (Result.isSuccess(expired)) return
  const { failure } = expired
  if (failure._tag !== "PaymentNotDue") return yield* Effect.die(new Error(`expiry was refused: ${failure._tag}`))
  yield* commitLease(again(task, failure.dueAtMs))
})

/** Somebody says that something happened to a payment. Whoever it was, the network is asked. */
export const hearOfCrossBorder = Effect.fn("paykernel.hearOfCrossBorder")(
  function* (operations: Operations, desk: CrossBorderDesk, merchantId: string, paymentId: string) {
    const found = yield* findCrossBorder(merchantId, paymentId)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const lookup = yield* lookUpPaymentAt(desk, paymentId, operations.callTimeoutMs)
    if (lookup._tag !== "Found") return Result.succeed(yield* presentCrossBorder(found.success))
    const payment = yield* recordStanding(operations, { merchantId, paymentId }, lookup.standing)
    return Result.succeed(yield* presentCrossBorder(payment))
  },
  Effect.catchTag(["LeaseLost", "KeyTaken"], (error) => Effect.die(error))
)
