/** What the lease of an address moves in the books: the merchant owes it, whether or not anybody ever pays. */
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { type Money, negate } from "../money/index.ts"
import type { Intent } from "./intent.ts"

/** The one transaction of an intent itself; what is paid to it is the deposits' own. */
export const leaseTransaction = ({ id, merchantId }: Intent, fee: Money, atMs: number): LedgerTransaction => ({
  id: `${id}:lease-fee`,
  merchantId,
  kind: "lease_fee",
  reference: { type: "intent", id },
  atMs,
  postings: [
    { account: "merchant_available", layer: "posted", amount: fee },
    { account: "fee_revenue", layer: "posted", amount: negate(fee) }
  ]
})
