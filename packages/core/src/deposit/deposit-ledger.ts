/**
 * What a deposit moves in the books, in the moment in which it is final: the asset is ours to keep, the fee is ours, and
 * the rest is the merchant's to use. What may still be taken back moves nothing.
 */
import { entriesOf, type LedgerAccount, type LedgerTransaction, type Posting } from "../ledger/index.ts"
import { isZero, type Money, negate } from "../money/index.ts"
import type { Credit, Deposit } from "./deposit.ts"

const entry = entriesOf("deposit")

/** The one transaction of a deposit. Lines of nothing are left out. Balances in each currency. */
export const depositTransaction = (
  deposit: Pick<Deposit, "id" | "merchantId">,
  credit: Credit,
  atMs: number
): LedgerTransaction => {
  const postings = [
    ...posted("crypto_holdings", credit.amount),
    ...posted("fee_revenue", negate(credit.fee)),
    ...merchantPostings(credit)
  ]
  return entry(deposit, deposit.id, "crypto_deposit", postings, atMs)
}

const merchantPostings = ({ net, settled }: Credit): ReadonlyArray<Posting> =>
  net.currency === settled.currency
    ? posted("merchant_available", negate(net))
    : [
        ...posted("conversion", negate(net)),
        ...posted("conversion", settled),
        ...posted("merchant_available", negate(settled))
      ]

const posted = (account: LedgerAccount, amount: Money): ReadonlyArray<Posting> =>
  isZero(amount) ? [] : [{ account, layer: "posted", amount }]
