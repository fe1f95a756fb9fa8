/**
 * How intents are found, and what was paid to them and given back: deposits and refunds are items of the payments, among
 * those by card, because that is what the published list shows. Their source is the intent.
 */
import type { Deposit, DepositStatus } from "../../deposit/deposit.ts"
import type { Intent } from "../../intent/intent.ts"
import type { IntentRefund } from "../../intent-refund/intent-refund.ts"
import type { Bounds, IndexEntry } from "../../ports/commit.ts"

/** The type of what was paid on a blockchain, in the payments collection. */
export const blockchainType = "blockchain"

/** As it is now, which is what the newest entry of its timeline says. */
export const intentIndex = ({ id, createdAtMs, status, context, kind }: Intent): ReadonlyArray<IndexEntry> => [
  { collection: "intents", id, createdAtMs, fields: { status, context, kind } }
]

/** What is on its way back counts as given back: two refunds together must not exceed what was paid. */
export const intentBounds = ({ paid, refunding, refunded }: Intent): Bounds => ({
  authorized: paid.amount,
  captured: paid.amount,
  refunded: refunding.amount + refunded.amount
})

const depositStatuses: { readonly [Status in DepositStatus]: string } = {
  none: "pending",
  seen: "pending",
  confirming: "pending",
  final: "paid",
  dropped: "failed"
}

export const depositIndex = ({ id, createdAtMs, intentId, status }: Deposit): ReadonlyArray<IndexEntry> => [
  item(id, createdAtMs, intentId, depositStatuses[status], null)
]

export const intentRefundIndex = (refund: IntentRefund): ReadonlyArray<IndexEntry> => {
  const { id, createdAtMs, intentId, status, attempt } = refund
  const isLeftToPerson = status === "pending" && attempt?.status === "manual"
  return [item(id, createdAtMs, intentId, status, isLeftToPerson ? "manual" : null)]
}

/** They are not settled with card payments, and nobody knows who paid them. */
const item = (
  id: string,
  createdAtMs: number,
  intentId: string,
  status: string,
  review: string | null
): IndexEntry => ({
  collection: "payments",
  id,
  createdAtMs,
  fields: {
    status,
    source: intentId,
    settlementId: null,
    awaiting: null,
    email: null,
    ipAddress: null,
    type: blockchainType,
    review
  }
})
