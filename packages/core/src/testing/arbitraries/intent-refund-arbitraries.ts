import * as fc from "fast-check"
import type {
  IntentRefund,
  IntentRefundCommand,
  IntentRefundEvent,
  IntentRefundStatus,
  PlanRefund,
  TransferLookup,
  TransferReply,
  TransferStanding
} from "../../intent-refund/intent-refund.ts"
import { bps, money } from "../../money/index.ts"
import { examplePolicy, startMs } from "../payment-examples.ts"
import { anyMoney, moneyIn } from "./money-arbitraries.ts"
import { anyAttempt, anyAttemptEvent, anyAttemptPlan } from "./payment-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const terms = {
  id: anyId,
  merchantId: anyId,
  walletId: orNull(fc.constant("1000")),
  intentId: anyId,
  destination: fc.record({ chain: fc.constantFrom("ETH", "BTC"), address: anyText, addressTag: orNull(anyText) }),
  amount: anyMoney,
  source: anyMoney,
  rate: orNull(fc.record({ quoteId: anyText, rate: fc.constantFrom(bps(15_025n), bps(1n)) }))
}

/** A refund in any state, whether or not a history leads to it. */
export const anyIntentRefund: fc.Arbitrary<IntentRefund> = fc.record({
  status: anyOf<IntentRefundStatus>({ none: true, pending: true, paid: true, failed: true }),
  ...terms,
  attempt: orNull(anyAttempt),
  transactionHash: orNull(anyText),
  networkFee: orNull(anyMoney),
  failure: orNull(anyText),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyIntentRefundEvent: fc.Arbitrary<IntentRefundEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("IntentRefundPlanned" as const),
    ...terms,
    plan: anyAttemptPlan,
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("TransferAdvanced" as const), event: anyAttemptEvent, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("TransferBroadcast" as const),
    transactionHash: anyText,
    networkFee: anyMoney,
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("IntentRefundSent" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("IntentRefundRefused" as const), why: anyText, atMs: anyTimeMs })
)

/** A refund of 1 USDC, out of the same or of euros. */
export const planRefund = (change: Partial<PlanRefund> = {}): PlanRefund => ({
  _tag: "PlanRefund",
  id: "r-1",
  merchantId: "m-1",
  walletId: null,
  intentId: "i-1",
  destination: { chain: "ETH", address: "0xdef", addressTag: null },
  amount: money(1_000_000n, "USDC"),
  source: money(1_000_000n, "USDC"),
  rate: null,
  attemptId: "a-1",
  key: "k-1",
  nowMs: startMs,
  ...change
})

const standing: fc.Arbitrary<TransferStanding> = fc.oneof(
  fc.record({
    _tag: fc.constant("Broadcast" as const),
    transactionHash: fc.constantFrom("0x1", "0x2"),
    networkFee: fc.oneof({ arbitrary: moneyIn("USDC", 0n, 2n), weight: 9 }, anyMoney),
    final: fc.boolean()
  }),
  fc.record({ _tag: fc.constant("Failed" as const), why: fc.constantFrom("address_invalid", "dropped") })
)

const reply: fc.Arbitrary<TransferReply> = fc.oneof(
  { arbitrary: standing, weight: 2 },
  fc.record({ _tag: fc.constantFrom("Unknown" as const, "NotSent" as const), why: fc.constant("weather") })
)

const lookup: fc.Arbitrary<TransferLookup> = fc.oneof(
  { arbitrary: fc.record({ _tag: fc.constant("Found" as const), standing }), weight: 2 },
  fc.record({ _tag: fc.constantFrom("AbsentFinal" as const, "AbsentYet" as const) }),
  fc.record({ _tag: fc.constant("Unavailable" as const), why: fc.constant("weather") })
)

/** At once, after the quiet period, after the key was forgotten, after a person is called. */
const nowMs = fc.constantFrom(0, 70_001, 13 * 3_600_000, 25 * 3_600_000).map((later) => startMs + later)

/** A chain takes nothing back. */
const policy = fc.constant({
  ...examplePolicy,
  capabilities: { ...examplePolicy.capabilities, reverseByKey: false }
})

/** What the chain may say of a refund's key. */
export const anyTransferMessage: fc.Arbitrary<IntentRefundCommand> = fc.oneof(
  fc.record({ _tag: fc.constant("RecordReply" as const), reply, nowMs }),
  fc.record({ _tag: fc.constant("RecordLookup" as const), lookup, policy, nowMs })
)

const plans = fc.constantFrom(
  planRefund(),
  planRefund({ source: money(150n, "EUR"), rate: { quoteId: "q-1", rate: bps(14_950n) } }),
  planRefund({ source: money(149n, "EUR"), rate: { quoteId: "q-1", rate: bps(14_950n) } }),
  planRefund({ source: money(999_999n, "USDC") }),
  planRefund({ amount: money(0n, "USDC"), source: money(0n, "USDC") })
)

export const anyIntentRefundCommand: fc.Arbitrary<IntentRefundCommand> = fc.oneof(
  { arbitrary: plans, weight: 3 },
  { arbitrary: anyTransferMessage, weight: 5 },
  { arbitrary: fc.record({ _tag: fc.constant("StartTransfer" as const), nowMs }), weight: 3 },
  fc.record({ _tag: fc.constant("DeclareHolderLost" as const), nowMs }),
  fc.record({ _tag: fc.constant("AbandonTransfer" as const), why: fc.constant("overdue"), nowMs })
)
