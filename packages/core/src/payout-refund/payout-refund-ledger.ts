/** What a refund moves in the books: from the network back to the merchant's wallet, set apart while it is on its way. */
import { entriesOf, type LedgerTransaction, type Posting, releaseOf } from "../ledger/index.ts"
import { type Money, negate } from "../money/index.ts"
import type { PayoutRefund, RefundEvent } from "./payout-refund.ts"

/**
 * The transaction that an event causes, or `undefined` where it moves nothing. `refund` is the state after the event.
 *
 * @example
 * ledgerOf({ ...noRefund, status: "failed" }, { _tag: "RefundFailed", atMs: 9 })?.kind // => "payout_refund_release"
 */
export const ledgerOf = (refund: PayoutRefund, event: RefundEvent): LedgerTransaction | undefined => {
  const { id, amount } = refund
  switch (event._tag) {
    case "RefundCreated":
      return entry(refund, id, "payout_refund_hold", setApart(amount), event.atMs)
    case "RefundCompleted":
      return entry(refund, id, "payout_refund", [...releaseOf(setApart(amount)), ...returned(amount)], event.atMs)
    case "RefundFailed":
      return entry(refund, id, "payout_refund_release", releaseOf(setApart(amount)), event.atMs)
    case "RefundContradicted":
      return undefined
  }
}

const entry = entriesOf("payout_refund")

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
