import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { equals, isPositive } from "../money/index.ts"
import type {
  PayoutRefund,
  RefundCommand,
  RefundEnd,
  RefundEvent,
  RefundRejection,
  RefundReport
} from "./payout-refund.ts"
import { evolve } from "./payout-refund-evolve.ts"
import { ledgerOf } from "./payout-refund-ledger.ts"

export type RefundDecision = Result.Result<Decision<RefundEvent, never>, RefundRejection>

/**
 * What follows from a report about a refund. Total and deterministic; time arrives in the command. A refund that was
 * never heard of before is created by whatever report comes first.
 *
 * @example
 * const refund = { id: "refund-1", merchantId: "merchant-1", paymentId: "payment-1", amount: usd(5n) }
 * const to = { blockchain: "ETH", refundAddress: "0x1" }
 * const completed = { _tag: "Completed", transactionHash: "0x2" } as const
 * const command = { _tag: "RecordRefund", ...refund, ...to, report: completed, nowMs } as const
 * const { events } = Result.getOrThrow(decide(noRefund, command))
 * events.map(({ _tag }) => _tag) // => ["RefundCreated", "RefundCompleted"]
 * decide(events.reduce(evolve, noRefund), command).success.events // => []
 */
export const decide = (refund: PayoutRefund, command: RefundCommand): RefundDecision => {
  const { _tag, report, nowMs: atMs, ...details } = command
  if (refund.status === "none") {
    if (!isPositive(details.amount)) return Result.fail({ _tag: "RefundAmountNotPositive" })
    return happened(refund, [{ _tag: "RefundCreated", ...details, atMs }, ...endOf(report, atMs)])
  }
  if (refund.paymentId !== details.paymentId || !equals(refund.amount, details.amount)) {
    return Result.fail({ _tag: "RefundDiffers" })
  }
  if (refund.status === "created") return happened(refund, endOf(report, atMs))
  return happened(refund, contradictionOf(refund, report, atMs))
}

const endOf = (report: RefundReport, atMs: number): ReadonlyArray<RefundEvent> => {
  switch (report._tag) {
    case "Created":
      return []
    case "Completed":
      return [{ _tag: "RefundCompleted", transactionHash: report.transactionHash, atMs }]
    case "Failed":
      return [{ _tag: "RefundFailed", atMs }]
  }
}

const contradictionOf = (
  { status, contradiction }: PayoutRefund,
  report: RefundReport,
  atMs: number
): ReadonlyArray<RefundEvent> => {
  if (report._tag === "Created" || contradiction !== null) return []
  const said: RefundEnd = report._tag === "Completed" ? "completed" : "failed"
  return said === status ? [] : [{ _tag: "RefundContradicted", said, atMs }]
}

const happened = (refund: PayoutRefund, events: ReadonlyArray<RefundEvent>): RefundDecision => {
  const ledger: Array<LedgerTransaction> = []
  let state = refund
  for (const event of events) {
    state = evolve(state, event)
    const transaction = ledgerOf(state, event)
    if (transaction !== undefined) ledger.push(transaction)
  }
  return Result.succeed({ events, ledger, tasks: [] })
}
