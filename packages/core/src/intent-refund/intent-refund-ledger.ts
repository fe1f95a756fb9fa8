/**
 * What a refund moves in the books: what the merchant gives is set apart when it is asked for, and given when the chain has
 * it for good. The chain's own fee is paid from what we hold of the same asset.
 */
import { entriesOf, type LedgerTransaction, type Posting, releaseOf } from "../ledger/index.ts"
import { isZero, type Money, negate } from "../money/index.ts"
import type { IntentRefund } from "./intent-refund.ts"

const entry = entriesOf("intent_refund")

type Told = Pick<IntentRefund, "id" | "merchantId" | "amount" | "source" | "networkFee">

/** Sets apart what is going to be given back. */
export const holdTransaction = (refund: Told, atMs: number): LedgerTransaction =>
  entry(refund, refund.id, "crypto_refund_hold", holdOf(refund), atMs)

/** Nothing was sent: the merchant has it back. */
export const releaseTransaction = (refund: Told, atMs: number): LedgerTransaction =>
  entry(refund, refund.id, "crypto_refund_release", releaseOf(holdOf(refund)), atMs)

/** It was sent, and cost something to send. */
export const sentTransaction = (refund: Told, atMs: number): LedgerTransaction => {
  const postings = [...releaseOf(holdOf(refund)), ...given(refund), ...feePostings(refund.networkFee)]
  return entry(refund, refund.id, "crypto_refund", postings, atMs)
}

/** A held posting carries the sign of the balance that it sets apart, which giving posts the opposite of. */
const holdOf = (refund: Told): ReadonlyArray<Posting> =>
  given(refund).map(({ account, amount }) => ({ account, layer: "held", amount: negate(amount) }))

const given = ({ amount, source }: Told): ReadonlyArray<Posting> => {
  const merchant: Posting = { account: "merchant_available", layer: "posted", amount: source }
  const holdings: Posting = { account: "crypto_holdings", layer: "posted", amount: negate(amount) }
  if (amount.currency === source.currency) return [merchant, holdings]
  return [
    merchant,
    { account: "conversion", layer: "posted", amount: negate(source) },
    { account: "conversion", layer: "posted", amount },
    holdings
  ]
}

const feePostings = (fee: Money | null): ReadonlyArray<Posting> =>
  fee === null || isZero(fee)
    ? []
    : [
        { account: "network_fees", layer: "posted", amount: fee },
        { account: "crypto_holdings", layer: "posted", amount: negate(fee) }
      ]
