/**
 * What happens to a signed transaction when nobody is asking: it is broadcast, followed to its end, and for a while beyond
 * it, or runs out of time.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { openRfi } from "../../cross-border/record-rfi.ts"
import type { OnchainCommand, OnchainTransaction } from "../../onchain/onchain.ts"
import { Clock } from "../../ports/clock.ts"
import type { FundingStanding } from "../../ports/funding-chain.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { again, done, type Operations } from "../operations.ts"
import { crossBorderDefinition, onchainDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease, type Lease } from "../tasks/keep-lease.ts"
import { type CrossBorderDesk, isFollowedOut, type Look, nextLookAtMs } from "./cross-border-desk.ts"
import { broadcastOn, lookUpTransactionOn } from "./network-calls.ts"
import { recordOnchain } from "./record-onchain.ts"
import { retryAtMs } from "./submit-cross-border.ts"
import { fundingRefusal, signedFundingOf } from "./submit-transaction.ts"

export const runBroadcastTransaction = Effect.fn("paykernel.broadcastTransaction")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask
) {
  const { merchantId, id } = task.aggregate
  const transaction = (yield* load(onchainDefinition, merchantId, id)).state
  if (transaction.signedTransaction === null || isSettled(transaction)) return yield* commitLease(done(task))
  const payment = (yield* load(crossBorderDefinition, merchantId, transaction.paymentId)).state
  const nowMs = (yield* Clock).nowMs()
  const lease: Lease = { task, untilMs: task.leasedUntilMs }
  if (transaction.status === "failed") {
    yield* keepLease(operations, lease)
    return yield* lookForArrival(operations, desk, task, transaction)
  }
  const isWanted = fundingRefusal(payment, nowMs) === null
  // Asked about since it was signed: the money stays where it is until that is answered.
  if (isWanted && transaction.status === "pending" && openRfi(payment) !== undefined) {
    return yield* commitLease(again(task, lookAgainAt(desk, payment, payment, nowMs)))
  }
  yield* keepLease(operations, lease)
  const standing =
    transaction.status === "pending" && isWanted
      ? yield* send(operations, desk, payment, transaction, transaction.signedTransaction)
      : yield* lookUp(operations, desk, transaction)
  if (standing === "silence") return yield* commitLease(again(task, retryAtMs(task, (yield* Clock).nowMs())))
  if (standing === "absent" && isWanted) {
    // The chain has forgotten it: what is signed is sent again, which is the same transaction.
    const sent = yield* send(operations, desk, payment, transaction, transaction.signedTransaction)
    if (typeof sent === "string") return yield* commitLease(again(task, retryAtMs(task, (yield* Clock).nowMs())))
    return yield* settle(operations, desk, task, payment, transaction, sent)
  }
  if (standing === "absent") return yield* giveUp(operations, desk, task, payment, transaction)
  return yield* settle(operations, desk, task, payment, transaction, standing)
})

/** Its money is there. Of one that was given up it may still come: what was on its way then may arrive later. */
const isSettled = ({ status, received }: OnchainTransaction): boolean => status === "completed" || received !== null

/** The recurring look at a transaction that was given up, for as long as payments are followed that have ended. */
const lookForArrival = Effect.fnUntraced(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask,
  transaction: OnchainTransaction
) {
  const heard = yield* lookUp(operations, desk, transaction)
  if (typeof heard === "string" || heard._tag !== "Confirmed") {
    const look = { nowMs: (yield* Clock).nowMs(), isAnswered: heard !== "silence" }
    return yield* commitLease(afterFailure(desk, task, transaction, look))
  }
  yield* asserted(
    recordOnchain(
      operations,
      transaction,
      (nowMs) => commandOf(heard, nowMs),
      () => done(task)
    )
  )
})

const afterFailure = (desk: CrossBorderDesk, task: ClaimedTask, { updatedAtMs }: OnchainTransaction, look: Look) =>
  isFollowedOut(desk, updatedAtMs, look)
    ? done(task)
    : again(task, nextLookAtMs(desk, { updatedAtMs, hasEnded: true }, look.nowMs))

type Heard = FundingStanding | "silence" | "absent"

const send = Effect.fnUntraced(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  payment: CrossBorderPayment,
  transaction: OnchainTransaction,
  signedTransaction: string
) {
  const signed = yield* signedFundingOf(payment, transaction, signedTransaction)
  const reply = yield* broadcastOn(desk, signed, callTimeoutMs)
  const heard: Heard = reply._tag === "Sent" ? reply.standing : "silence"
  return heard
})

const lookUp = Effect.fnUntraced(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  { id }: OnchainTransaction
) {
  const lookup = yield* lookUpTransactionOn(desk, id, callTimeoutMs)
  const heard: Heard = lookup._tag === "Found" ? lookup.standing : lookup._tag === "Absent" ? "absent" : "silence"
  return heard
})

/** Nothing of it is on the chain, and it is not wanted there any more: it is never sent. */
const giveUp = Effect.fnUntraced(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask,
  payment: CrossBorderPayment,
  transaction: OnchainTransaction
) {
  // One that was seen to wait may be found again, and bring money.
  if (transaction.status === "broadcasted") {
    const nowMs = (yield* Clock).nowMs()
    return yield* commitLease(again(task, lookAgainAt(desk, transaction, payment, nowMs)))
  }
  const reason = payment.received.length > 0 ? ("already_confirmed" as const) : ("payment_expired" as const)
  const command = (nowMs: number): OnchainCommand => ({ _tag: "RecordFailure", reason, transactionHash: null, nowMs })
  const next = (after: OnchainTransaction, nowMs: number) =>
    afterFailure(desk, task, after, { nowMs, isAnswered: true })
  yield* asserted(recordOnchain(operations, transaction, command, next))
})

const settle = (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask,
  payment: CrossBorderPayment,
  transaction: OnchainTransaction,
  standing: FundingStanding
) =>
  asserted(
    recordOnchain(
      operations,
      transaction,
      (nowMs) => commandOf(standing, nowMs),
      (after, nowMs) => {
        if (isSettled(after)) return done(task)
        return after.status === "failed"
          ? afterFailure(desk, task, after, { nowMs, isAnswered: true })
          : again(task, lookAgainAt(desk, after, payment, nowMs))
      }
    )
  )

const commandOf = (standing: FundingStanding, nowMs: number): OnchainCommand => {
  const { transactionHash } = standing
  switch (standing._tag) {
    case "Waiting":
      return { _tag: "RecordBroadcast", transactionHash: standing.transactionHash, nowMs }
    case "Confirmed":
      return {
        ...{ _tag: "RecordConfirmation", transactionHash: standing.transactionHash },
        ...{ received: standing.received, nowMs }
      }
    case "Failed":
      return { _tag: "RecordFailure", reason: standing.reason, transactionHash, nowMs }
  }
}

/** As long as the payment waits for it somebody stands in front of it. */
const lookAgainAt = (
  desk: CrossBorderDesk,
  { updatedAtMs }: Pick<OnchainTransaction, "updatedAtMs">,
  payment: CrossBorderPayment,
  nowMs: number
): number => nextLookAtMs(desk, { updatedAtMs, hasEnded: fundingRefusal(payment, nowMs) !== null }, nowMs)

/** What a transaction refuses to be told here is a defect of the program. */
const asserted = <A, Rejection extends { readonly _tag: string }, E, R>(
  recording: Effect.Effect<Result.Result<A, Rejection>, E, R>
) =>
  Effect.flatMap(recording, (recorded) =>
    Result.isSuccess(recorded)
      ? Effect.void
      : Effect.die(new Error(`a transaction would not be told: ${recorded.failure._tag}`))
  )

/** Ends what nobody signed in time, so that another one may be made. */
export const runExpireTransaction = Effect.fn("paykernel.expireTransaction")(function* (
  operations: Operations,
  task: ClaimedTask
) {
  const { merchantId, id } = task.aggregate
  const transaction = (yield* load(onchainDefinition, merchantId, id)).state
  if (transaction.status !== "created") return yield* commitLease(done(task))
  const command = (nowMs: number): OnchainCommand => ({ _tag: "ExpireTransaction", nowMs })
  const expired = yield* recordOnchain(operations, transaction, command, () => done(task))
  if (Result.isFailure(expired)) yield* commitLease(again(task, transaction.expiresAtMs))
})
