import * as fc from "fast-check"
import { money } from "../../money/index.ts"
import type {
  PayoutRefund,
  RefundCommand,
  RefundEnd,
  RefundEvent,
  RefundReport,
  RefundStatus
} from "../../payout-refund/payout-refund.ts"
import { anyMoney } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const anyEnd = anyOf<RefundEnd>({ completed: true, failed: true })

const details = {
  id: anyId,
  merchantId: anyId,
  paymentId: anyId,
  amount: anyMoney,
  blockchain: fc.constantFrom("ETH", "SOL"),
  refundAddress: anyText
}

export const anyPayoutRefund: fc.Arbitrary<PayoutRefund> = fc.record({
  ...details,
  status: anyOf<RefundStatus>({ none: true, created: true, completed: true, failed: true }),
  transactionHash: orNull(anyText),
  contradiction: orNull(anyEnd),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyPayoutRefundEvent: fc.Arbitrary<RefundEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("RefundCreated" as const), ...details, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RefundCompleted" as const), transactionHash: anyText, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RefundFailed" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RefundContradicted" as const), said: anyEnd, atMs: anyTimeMs })
)

/** What a network may say of a refund of some amount, always in the same moment. */
export const refundSaid = (report: RefundReport, amount = 10_000_000n): RefundCommand => ({
  _tag: "RecordRefund",
  ...{ id: "refund-1", merchantId: "merchant-1", paymentId: "payment-1" },
  amount: money(amount, "USDC"),
  ...{ blockchain: "ETH", refundAddress: "0xc" },
  report,
  nowMs: 1_000
})

const anyReport: fc.Arbitrary<RefundReport> = fc.constantFrom<RefundReport>(
  { _tag: "Created" },
  { _tag: "Completed", transactionHash: "0x1" },
  { _tag: "Failed" }
)

/** Mostly of the same refund, now and then of another amount, or of none. */
export const anyPayoutRefundCommand: fc.Arbitrary<RefundCommand> = fc
  .tuple(anyReport, fc.constantFrom(10_000_000n, 10_000_000n, 10_000_000n, 5n, 0n))
  .map(([report, amount]) => refundSaid(report, amount))
