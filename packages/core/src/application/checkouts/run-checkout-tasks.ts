/** What happens to a checkout when nobody is looking: its payment is followed, and its time runs out. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../checkout/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import { again, done, type Operations, pauseMs } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { checkoutDefinition } from "../storage/aggregates.ts"
import { commitLease } from "../tasks/keep-lease.ts"
import { followPayment } from "./follow-payment.ts"

const firstPauseMs = 1000
const pauseMaxMs = 30_000
/** After so many looks, ten minutes, it takes whoever decides hours: another bank, or a person. */
const closeLooks = 24
const longPauseMaxMs = 3_600_000

const lookPauseMs = ({ attempt }: ClaimedTask): number =>
  attempt < closeLooks
    ? pauseMs(attempt, firstPauseMs, pauseMaxMs)
    : pauseMs(attempt - closeLooks, pauseMaxMs, longPauseMaxMs)

/** The recurring look at a payment under way, for whoever is not waiting for it. */
export const runFollowPayment = Effect.fn("paykernel.followPayment")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  task: ClaimedTask
) {
  const { merchantId, id: checkoutId } = task.aggregate
  const { checkout, recorded } = yield* followPayment(operations, directory, {
    merchantId,
    checkoutId,
    lease: done(task)
  })
  // One payment is open at a time: it was this one's outcome, or this one has had its own before.
  if (recorded) return
  const isOpen = checkout.state.payments.some(({ id, status }) => id === task.subject && status === "open")
  const nowMs = (yield* Clock).nowMs()
  const dueAtMs = nowMs + lookPauseMs(task)
  yield* commitLease(isOpen ? again(task, dueAtMs) : done(task))
})

/** Closes a checkout that nobody paid in time. One that is being paid is looked at again: money may be moving. */
export const runExpireCheckout = Effect.fn("paykernel.expireCheckout")(function* (task: ClaimedTask) {
  const { merchantId, id } = task.aggregate
  const nowMs = (yield* Clock).nowMs()
  const decided = yield* transact({
    definition: checkoutDefinition,
    merchantId,
    id,
    decide: (checkout) => decide(checkout, { _tag: "ExpireCheckout", nowMs }),
    lease: () => done(task)
  })
  if (Result.isSuccess(decided)) return
  const { failure } = decided
  const dueAtMs = failure._tag === "CheckoutNotDue" ? failure.dueAtMs : nowMs + lookPauseMs(task)
  const waits = failure._tag === "CheckoutNotDue" || failure._tag === "CheckoutIsBeingPaid"
  yield* commitLease(waits ? again(task, dueAtMs) : done(task))
})
