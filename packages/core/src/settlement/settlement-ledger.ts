/**
 * What a settlement moves in the books: the gateway pays what it owes, the fees are taken, and the rest becomes the
 * merchant's own in the settlement currency. Captures had posted `merchant_unsettled` −c and refunds +r, so after a
 * settlement nothing of what it covers is left there.
 */
import { entriesOf, type LedgerAccount, type LedgerTransaction, type Posting } from "../ledger/index.ts"
import { isZero, type Money, negate, subtract } from "../money/index.ts"
import type { SettlementEvent } from "./settlement.ts"

const entry = entriesOf("settlement")

/**
 * The one transaction of a settlement. Amounts may be negative: a batch that returns more than it captured takes
 * from the merchant. Lines of nothing are left out. Balances in each currency.
 */
export const settlementTransaction = (settlement: SettlementEvent): LedgerTransaction => {
  const received = subtract(settlement.totalCredits, settlement.totalDebits)
  const net = subtract(received, settlement.paymentFees)
  const postings = [
    ...moved(received, "card_receivable", "cash"),
    ...moved(settlement.paymentFees, "fee_revenue", "merchant_unsettled"),
    ...moved(net, "conversion", "merchant_unsettled"),
    ...moved(settlement.payout, "merchant_available", "conversion")
  ]
  return entry(settlement, settlement.id, "settlement", postings, settlement.atMs)
}

const moved = (amount: Money, credited: LedgerAccount, debited: LedgerAccount): ReadonlyArray<Posting> =>
  isZero(amount)
    ? []
    : [
        { account: debited, layer: "posted", amount },
        { account: credited, layer: "posted", amount: negate(amount) }
      ]
