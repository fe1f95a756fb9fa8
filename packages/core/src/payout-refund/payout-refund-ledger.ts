/** What a refund moves in the books: from the network back to the merchant's wallet, set apart while it is on its way. */
import { type LedgerTransaction, type LedgerTransactionKind, type Posting, releaseOf } from "../ledger/index.ts"
import { type Money, negate } from "../money/index.ts"
import type { PayoutRefund, RefundEvent } from "./payout-refund.ts"

/**
 * The transaction that an event causes, or `undefined` where it moves nothing. `refund` is the state after the event.
 *
 * @example
 * ledgerOf({ ...noRefund, status: "failed" }, { _tag: "RefundFailed", atMs: 9 })?.kind // => "payout_refund_release"
 */
export const ledgerOf = (refund: PayoutRefund, event: RefundEvent): LedgerTransaction | undefined => {
  switch (event._tag) {
    case "RefundCreated":
      return entry(refund, "payout_refund_hold", setApart(refund.amount), event.atMs)
    case "RefundCompleted":
      return entry(
        refund,
        "payout_refund",
        [...releaseOf(setApart(refund.amount)), ...returned(refund.amount)],
        event.atMs
      )
    case "RefundFailed":
      return entry(refund, "payout_refund_release", releaseOf(setApart(refund.amount)), event.atMs)
    case "RefundContradicted":
      return undefined
  }
}

type Postings = ReadonlyArray<Posting>

const returned = (amount: Money): Postings => [
  { account: "merchant_wallet", layer: "posted", amount },
  { account: "payout_network", layer: "posted", amount: negate(amount) }
]

/** With the opposite signs, so that `posted − held` is what is left. */
const setApart = (amount: Money): Postings => [
  { account: "payout_network", layer: "held", amount },
  { account: "merchant_wallet", layer: "held", amount: negate(amount) }
]

/** One refund has one transaction of a kind, so its id and its kind name it. */
const entry = (
  refund: PayoutRefund,
  kind: LedgerTransactionKind,
  postings: Postings,
  atMs: number
): LedgerTransaction => ({
  id: `${refund.id}:${kind.replaceAll("_", "-")}`,
  merchantId: refund.merchantId,
  kind,
  reference: { type: "payout_refund", id: refund.id },
  atMs,
  postings
})
