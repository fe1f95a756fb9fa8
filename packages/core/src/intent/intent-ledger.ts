/** What the lease of an address moves in the books: the merchant owes it, whether or not anybody ever pays. */
import { entriesOf, type LedgerTransaction, type Posting } from "../ledger/index.ts"
import { type Money, negate } from "../money/index.ts"
import type { Intent } from "./intent.ts"

const entry = entriesOf("intent")

/** The one transaction of an intent itself; what is paid to it is the deposits' own. */
export const leaseTransaction = (intent: Intent, fee: Money, atMs: number): LedgerTransaction => {
  const postings: ReadonlyArray<Posting> = [
    { account: "merchant_available", layer: "posted", amount: fee },
    { account: "fee_revenue", layer: "posted", amount: negate(fee) }
  ]
  return entry(intent, intent.id, "lease_fee", postings, atMs)
}
