/** The ledger in itself, against the bank, and the settlements against the payments that they are for. */
import { type BankBook, positionOf } from "./bank-book.ts"
import type { DatabaseBook } from "./database-book.ts"
import { type Differences, when } from "./differences.ts"

type Postings = DatabaseBook["postings"]

const sums = (postings: Postings, keyOf: (posting: Postings[number]) => string): ReadonlyMap<string, bigint> => {
  const totals = new Map<string, bigint>()
  for (const posting of postings) {
    const key = keyOf(posting)
    totals.set(key, (totals.get(key) ?? 0n) + posting.amount)
  }
  return totals
}

/** Every transaction balances, in each currency and layer. */
export const ledgerFaults = (postings: Postings): Differences => {
  const totals = sums(postings, ({ transaction, layer, currency }) => `${transaction} ${layer} ${currency}`)
  return [...totals].flatMap(([key, total]) => when(total !== 0n, `the ledger transaction ${key} is off by ${total}`))
}

/** What the books say that the card issuers owe for a payment, and hold ready for it, against what the bank has done. */
export const ledgerAgainstBank = (bank: BankBook, { payments, postings }: DatabaseBook): Differences => {
  const ofPayments = postings.filter(({ referenceType }) => referenceType === "payment")
  const totals = sums(ofPayments, ({ referenceId, account, layer }) => `${referenceId} ${account} ${layer}`)
  return payments.flatMap(({ id, status }) => {
    const position = positionOf(bank, id)
    const expected = {
      "card_receivable posted": position.voided ? 0n : position.captured - position.refunded,
      "card_authorized held": status === "authorized" ? position.authorized : 0n,
      // Set apart for a refund under way, of which there is none left.
      "card_receivable held": 0n
    }
    return Object.entries(expected).flatMap(([account, amount]) => {
      const here = totals.get(`${id} ${account}`) ?? 0n
      return when(here !== amount, `the ledger has ${here} for ${id} as ${account}, the bank ${amount}`)
    })
  })
}

export const settlementsAgainstPayments = ({ payments, settlements }: DatabaseBook): Differences => {
  const known = new Set(settlements.map(({ id }) => id))
  const unpaid = payments.flatMap(({ id, status, settlementId }) =>
    when(
      (status === "paid") !== (settlementId !== null && known.has(settlementId)),
      `${id} is ${status} by ${settlementId}`
    )
  )
  const wrong = settlements.flatMap((settlement) => {
    const paid = payments.filter(({ settlementId }) => settlementId === settlement.id)
    const returned = payments.flatMap(({ reversals }) => reversals.filter((one) => one.settlementId === settlement.id))
    const total = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
    const agrees =
      settlement.credits === total(paid.map(({ captured }) => captured)) &&
      settlement.fees === total(paid.map(({ fees }) => fees)) &&
      settlement.debits === total(returned.map(({ cents }) => cents))
    return when(!agrees, `the settlement ${settlement.id} is not the sum of its payments`)
  })
  return [...unpaid, ...wrong]
}
