/** Which task is carried out how, and what becomes of one that cannot be: it is tried again later, then set aside. */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { TaskKind } from "../../decision.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { runExpireCheckout, runFollowPayment } from "../checkouts/run-checkout-tasks.ts"
import type { CrossBorderDesk } from "../cross-border/cross-border-desk.ts"
import { runExpireCrossBorder, runFollowCrossBorder, runPayOut } from "../cross-border/run-cross-border-tasks.ts"
import { runBroadcastTransaction, runExpireTransaction } from "../cross-border/run-onchain-tasks.ts"
import { runExpireRfi, runSubmitRfi } from "../cross-border/run-rfi-tasks.ts"
import { runSubmitCrossBorder } from "../cross-border/submit-cross-border.ts"
import type { IntentDesk } from "../intents/intent-desk.ts"
import { runAssignAddress, runExpireIntent, runWatchDeposits } from "../intents/run-intent-tasks.ts"
import { runRefundTransfer } from "../intents/run-refund-transfer.ts"
import { again, type Operations, type Ports, park, pauseMs } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { runAttempt } from "../payments/run-attempt.ts"
import { runAuthentication } from "../payments/run-authentication.ts"
import { runCardVerification } from "../payments/run-card-verification.ts"
import { runTimer } from "../payments/run-timer.ts"
import { runSettlement } from "../payments/settle.ts"
import { type FailureStreaks, failureStreaks } from "./failure-streaks.ts"
import { commitLease } from "./keep-lease.ts"

/** Equal failures in a row after which a task is a person's. Looking up an unknown outcome is not failing. */
const failuresMax = 50

/** The world's failures, which pass: a task that meets them is tried for as long as they last. */
const weather = [
  "StoreUnavailable",
  "VaultUnavailable",
  "OutcomeRefused",
  "BlockchainUnavailable",
  "ExchangeRatesUnavailable",
  "PairNotTraded",
  "BlockchainNotConfigured",
  "PayoutNetworkUnavailable",
  "FundingChainUnavailable",
  "PayoutNetworkNotConfigured",
  "SightingRefused",
  "TransferRefused"
]

/** How the tasks of a lane are carried out. */
export type CarryOut = {
  readonly [K in TaskKind]: (task: ClaimedTask, fresh: boolean) => Effect.Effect<void, unknown, Ports>
}

/**
 * `desk`: what intents are worked with; `payoutDesk`: what cross-border payments are. Without one its tasks are left to
 * processes that have it.
 */
export const runTask = (
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk | null = null,
  payoutDesk: CrossBorderDesk | null = null
) =>
  carryingOut(operations.onIncident, {
    attempt: (task, fresh) => runAttempt(operations, directory, task, fresh),
    authenticate: (task) =>
      Effect.asVoid(runAuthentication(operations, task.aggregate.merchantId, task.aggregate.id, task)),
    expire_authorization: (task) => runTimer(task, "ExpireAuthorization"),
    expire_challenge: (task) => runTimer(task, "ExpireChallenge"),
    verify_card: (task) => runCardVerification(operations, task),
    settle: (task) => runSettlement(directory, task),
    expire_checkout: (task) => runExpireCheckout(task),
    follow_payment: (task) => runFollowPayment(operations, directory, task),
    assign_address: (task) => withDesk(desk, (one) => runAssignAddress(operations, one, task)),
    watch_deposits: (task) => withDesk(desk, (one) => runWatchDeposits(operations, one, task)),
    expire_intent: (task) => withDesk(desk, (one) => runExpireIntent(operations, one, task)),
    refund_transfer: (task) => withDesk(desk, (one) => runRefundTransfer(operations, one, task)),
    submit_cross_border: (task) => withPayoutDesk(payoutDesk, (one) => runSubmitCrossBorder(operations, one, task)),
    follow_cross_border: (task) => withPayoutDesk(payoutDesk, (one) => runFollowCrossBorder(operations, one, task)),
    pay_out: (task) => withPayoutDesk(payoutDesk, (one) => runPayOut(operations, one, task)),
    expire_cross_border: runExpireCrossBorder,
    broadcast_transaction: (task) =>
      withPayoutDesk(payoutDesk, (one) => runBroadcastTransaction(operations, one, task)),
    expire_transaction: (task) => runExpireTransaction(operations, task),
    submit_rfi: (task) => withPayoutDesk(payoutDesk, (one) => runSubmitRfi(operations, one, task)),
    expire_rfi: (task) => runExpireRfi(operations, task),
    notify: ofAnotherLane,
    deliver: ofAnotherLane
  })

/** Carries tasks out, and deals with those that fail. */
export const carryingOut = (onIncident: Operations["onIncident"], carryOut: CarryOut) => {
  const streaks = failureStreaks()
  return (task: ClaimedTask, fresh: boolean): Effect.Effect<void, never, Ports> =>
    Effect.matchCauseEffect(carryOut[task.kind](task, fresh), {
      onSuccess: () => Effect.sync(() => streaks.ended(task.id)),
      onFailure: (cause) => setBack(onIncident, streaks, task, cause)
    })
}

/** A process that was given no blockchain. All processes on one store need the same. */
class BlockchainNotConfigured extends Data.TaggedError("BlockchainNotConfigured")<object> {}

const withDesk = <E, R>(desk: IntentDesk | null, run: (desk: IntentDesk) => Effect.Effect<void, E, R>) =>
  desk === null ? Effect.suspend(() => Effect.fail(new BlockchainNotConfigured())) : run(desk)

/** A process that was given no payout network. All processes on one store need the same. */
class PayoutNetworkNotConfigured extends Data.TaggedError("PayoutNetworkNotConfigured")<object> {}

const withPayoutDesk = <A, E, R>(
  desk: CrossBorderDesk | null,
  run: (desk: CrossBorderDesk) => Effect.Effect<A, E, R>
) => (desk === null ? Effect.suspend(() => Effect.fail(new PayoutNetworkNotConfigured())) : Effect.asVoid(run(desk)))

export function ofAnotherLane({ kind }: ClaimedTask): Effect.Effect<never> {
  return Effect.die(new Error(`no task "${kind}" is carried out here`))
}

/** Another holder of the lease has taken over: what this one was doing no longer matters. */
const isLeaseLost = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return typeof error === "object" && error !== null && "_tag" in error && error._tag === "LeaseLost"
}

/** If even this cannot be written, the lease runs out and the task is found again. */
const setBack = (
  onIncident: Operations["onIncident"],
  streaks: FailureStreaks,
  task: ClaimedTask,
  cause: Cause.Cause<unknown>
): Effect.Effect<void, never, Ports> => {
  if (isLeaseLost(cause) || Cause.hasInterruptsOnly(cause)) return Effect.void
  return Effect.gen(function* () {
    const nowMs = (yield* Clock).nowMs()
    const why = nameOf(cause)
    const failures = streaks.failed(task.id, why)
    const parked = failures >= failuresMax && !weather.includes(why)
    const lease: TaskUpdate = parked ? park(task, why) : again(task, nowMs + pauseMs(failures, 500, 60_000))
    if (parked) streaks.ended(task.id)
    const { merchantId, type, id } = task.aggregate
    const kind = parked ? "task_parked" : "task_failed"
    onIncident({ kind, merchantId, aggregate: { type, id }, subject: task.subject, why })
    yield* commitLease(lease)
  }).pipe(Effect.ignore)
}

/** A word for logs: the tag or name of what failed and, for defects of the program, its message. */
const nameOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (typeof error === "object" && error !== null && "_tag" in error) return String(error._tag)
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : "unknown failure"
}
