/** How cross-border payments are found, which of their amounts bound each other, and how long all of it has to stay. */
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { hasEnded } from "../../cross-border/cross-border-decision.ts"
import type { OnchainTransaction } from "../../onchain/onchain.ts"
import { isActive as isOnItsWay } from "../../onchain/onchain-decide.ts"
import type { PayoutRefund } from "../../payout-refund/payout-refund.ts"
import type { Bounds, IndexEntry, Retention } from "../../ports/commit.ts"
import type { Quote } from "../../quote/quote.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import { isActive as isOpen } from "../../rfi/rfi-decide.ts"

export const crossBorderIndex = (payment: CrossBorderPayment): ReadonlyArray<IndexEntry> => {
  const { id, createdAtMs, status, customerRefId, refCode } = payment
  return [{ collection: "crossBorderPayments", id, createdAtMs, fields: { status, customerRefId, refCode } }]
}

/** Of the currency that was agreed on: what is paid out and what goes back are together no more than what arrived. */
export const crossBorderBounds = ({ status, source, received, refunds }: CrossBorderPayment): Bounds => {
  const of = (parts: ReadonlyArray<{ readonly amount: CrossBorderPayment["source"] }>): bigint =>
    parts.reduce((sum, { amount }) => (amount.currency === source.currency ? sum + amount.amount : sum), 0n)
  const arrived = of(received)
  const isPaidOut = status === "fiat_payment_initiated" || status === "completed"
  const refunded = of(refunds.filter((refund) => refund.status !== "failed"))
  return { authorized: arrived, captured: arrived, refunded: refunded + (isPaidOut ? source.amount : 0n) }
}

const dayMs = 86_400_000

/** Open while money may still be sent for it, or has to come back of it. */
export const crossBorderRetention = (payment: CrossBorderPayment): Retention => {
  const { status, refunds, updatedAtMs } = payment
  if (status === "withdrawn") return { _tag: "Until", atMs: updatedAtMs + dayMs }
  return openWhile(!hasEnded(payment) || refunds.some((refund) => refund.status === "created"))
}

/** An offer that nobody took is of no use to anybody once it is over. */
export const quoteRetention = ({ status, expiresAtMs }: Quote): Retention =>
  status === "open" ? { _tag: "Until", atMs: expiresAtMs + dayMs } : { _tag: "Kept" }

export const onchainRetention = (transaction: OnchainTransaction): Retention => openWhile(isOnItsWay(transaction))

export const rfiRetention = (rfi: Rfi): Retention => openWhile(isOpen(rfi))

export const payoutRefundRetention = ({ status }: PayoutRefund): Retention => openWhile(status === "created")

const openWhile = (isUnderWay: boolean): Retention => (isUnderWay ? { _tag: "Open" } : { _tag: "Kept" })
