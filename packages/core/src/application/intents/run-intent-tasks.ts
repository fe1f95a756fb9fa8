/** What happens to an intent when nobody is asking: it gets its addresses, is looked for, and its time runs out. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../intent/index.ts"
import type { Intent, IntentCommand, PayAddress } from "../../intent/intent.ts"
import { available } from "../../ledger/index.ts"
import { type Money, negate } from "../../money/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { type ClaimedTask, Store } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import { again, done, type Operations, pauseMs } from "../operations.ts"
import { intentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease } from "../tasks/keep-lease.ts"
import { deriveAddressAt } from "./chain-calls.ts"
import { type IntentDesk, leaseFeeOf } from "./intent-desk.ts"
import { lookForDeposits } from "./look-for-deposits.ts"

/** Derives an address for each chain. The chain gives the same ones again to whoever comes after a crash. */
export const runAssignAddress = Effect.fn("paykernel.assignAddress")(function* (
  operations: Operations,
  desk: IntentDesk,
  task: ClaimedTask
) {
  const { state: intent } = yield* load(intentDefinition, task.aggregate.merchantId, task.aggregate.id)
  if (intent.status !== "created") return yield* commitLease(done(task))
  const lease = { task, untilMs: task.leasedUntilMs }
  const leaseFee = leaseFeeOf(desk, intent.currency)
  if (!(yield* canPay(intent, leaseFee))) {
    const nowMs = (yield* Clock).nowMs()
    return yield* settle(task, { _tag: "FailIntent", reason: "fee_collection_failed", nowMs }, done(task))
  }
  const addresses: Array<PayAddress> = []
  for (const { chain } of intent.methods) {
    yield* keepLease(operations, lease)
    const request = { chain, currency: intent.currency, reference: intent.id }
    addresses.push(yield* deriveAddressAt(desk, request, operations.callTimeoutMs))
  }
  const nowMs = (yield* Clock).nowMs()
  yield* settle(task, { _tag: "AssignAddresses", addresses, leaseFee, nowMs }, done(task))
  operations.hands.wake()
})

/** Whether the merchant's free balance covers a fee. One of nothing is always covered. */
const canPay = Effect.fnUntraced(function* ({ merchantId }: Intent, fee: Money) {
  if (fee.amount === 0n) return true
  const balances = yield* (yield* Store).balances(merchantId)
  const own = balances.find((one) => one.account === "merchant_available" && one.currency === fee.currency)
  return own !== undefined && negate(available(own)).amount >= fee.amount
})

/** The recurring look at the addresses of an intent, until the monitoring window is over. */
export const runWatchDeposits = Effect.fn("paykernel.watchDeposits")(function* (
  operations: Operations,
  desk: IntentDesk,
  task: ClaimedTask
) {
  const lease = { task, untilMs: task.leasedUntilMs }
  const { merchantId, id } = task.aggregate
  const before = (yield* load(intentDefinition, merchantId, id)).state
  if (!before.watching) return yield* commitLease(done(task))
  const intent = yield* lookForDeposits(operations, desk, merchantId, id, keepLease(operations, lease))
  const nowMs = (yield* Clock).nowMs()
  const dueAtMs = nowMs + lookPauseMs(desk, intent, nowMs)
  const { monitoredUntilMs } = intent
  if (monitoredUntilMs === null || nowMs < monitoredUntilMs) return yield* commitLease(again(task, dueAtMs))
  const ended = yield* decideUnder(task, { _tag: "EndMonitoring", nowMs }, done(task))
  // Paid or expired in the meantime, or something is still confirming: it is looked at again.
  if (Result.isFailure(ended)) yield* commitLease(again(task, dueAtMs))
})

/** A payer stands in front of a transient one and waits; one that takes whatever comes has more time, and an end most. */
const longestPauseMs = { active: 300_000, ended: 3_600_000 }

/**
 * Deposits under way are looked at block by block. Otherwise each pause is as long as the time since anything happened, so
 * that pauses double up to a bound.
 */
const lookPauseMs = ({ blockchain, lookPauseMaxMs }: IntentDesk, intent: Intent, nowMs: number): number => {
  const chains = intent.methods.map(({ chain }) => blockchain.chains.find((one) => one.chain === chain)?.blockMs ?? 0)
  const blockMs = Math.max(1, Math.min(...chains))
  if (intent.confirming.count > 0) return Math.min(blockMs, lookPauseMaxMs)
  const longMs = longestPauseMs[intent.status === "active" ? "active" : "ended"]
  const maxMs = intent.status === "pending" ? lookPauseMaxMs : Math.max(longMs, lookPauseMaxMs)
  return Math.min(maxMs, Math.max(blockMs, nowMs - intent.updatedAtMs))
}

/** Closes an intent that nobody paid in time. What was sent in time is looked for first, and waited for. */
export const runExpireIntent = Effect.fn("paykernel.expireIntentInTime")(function* (
  operations: Operations,
  desk: IntentDesk,
  task: ClaimedTask
) {
  const lease = { task, untilMs: task.leasedUntilMs }
  const { merchantId, id } = task.aggregate
  const intent = (yield* load(intentDefinition, merchantId, id)).state
  const isOpen = intent.status === "created" || intent.status === "pending"
  if (!isOpen || intent.expiresAtMs === null) return yield* commitLease(done(task))
  const startMs = (yield* Clock).nowMs()
  if (startMs < intent.expiresAtMs) return yield* commitLease(again(task, intent.expiresAtMs))
  yield* lookForDeposits(operations, desk, merchantId, id, keepLease(operations, lease))
  const nowMs = (yield* Clock).nowMs()
  const expired = yield* decideUnder(task, { _tag: "ExpireIntent", because: "time", nowMs }, done(task))
  if (Result.isFailure(expired)) yield* commitLease(again(task, nowMs + pauseMs(task.attempt, 1000, 60_000)))
})

/** What the domain refuses here is waited for. */
const decideUnder = (task: ClaimedTask, command: IntentCommand, lease: TaskUpdate) =>
  transact({
    definition: intentDefinition,
    merchantId: task.aggregate.merchantId,
    id: task.aggregate.id,
    decide: (intent) => decide(intent, command),
    lease: () => lease
  })

/** What the domain refuses here is a defect of the program, or of the chain's adapter. */
const settle = Effect.fnUntraced(function* (task: ClaimedTask, command: IntentCommand, lease: TaskUpdate) {
  const decided = yield* decideUnder(task, command, lease)
  if (Result.isFailure(decided)) {
    return yield* Effect.die(new Error(`${command._tag} was refused: ${decided.failure._tag}`))
  }
})
