/** Laws of books: whatever happens, each transaction balances, and each fact is booked once. */
import * as fc from "fast-check"
import type { LedgerTransaction } from "../../ledger/ledger.ts"
import { checksOf } from "./law.ts"

/** Histories of anything, and the transactions that came of each. */
export type BooksUnderTest<History> = {
  readonly histories: fc.Arbitrary<History>
  readonly ledgerOf: (history: History) => ReadonlyArray<LedgerTransaction>
}

/**
 * Every transaction sums to nothing in each currency, what is posted and what is held alike.
 *
 * @example
 * fc.assert(balanced({ histories: paymentHistory(), ledgerOf: ({ ledger }) => ledger }))
 */
export const balanced = <History>({ histories, ledgerOf }: BooksUnderTest<History>) => {
  const { that } = checksOf("balanced")
  return fc.property(histories, (history) => {
    for (const { id, postings } of ledgerOf(history)) {
      const sums = new Map<string, bigint>()
      for (const { layer, amount } of postings) {
        const place = `${layer} ${amount.currency}`
        sums.set(place, (sums.get(place) ?? 0n) + amount.amount)
      }
      for (const [place, sum] of sums) that(sum === 0n, `${id} does not balance in ${place}`, { off: sum, postings })
    }
  })
}

/**
 * No two transactions of a merchant have the same id, so that no fact can be booked twice.
 *
 * @example
 * fc.assert(bookedOnce({ histories: paymentHistory(), ledgerOf: ({ ledger }) => ledger }))
 */
export const bookedOnce = <History>({ histories, ledgerOf }: BooksUnderTest<History>) => {
  const { that } = checksOf("bookedOnce")
  return fc.property(histories, (history) => {
    const seen = new Set<string>()
    for (const { merchantId, id } of ledgerOf(history)) {
      const name = `${merchantId} ${id}`
      that(!seen.has(name), "a fact is booked twice", { merchantId, id })
      seen.add(name)
    }
  })
}

/** Amounts that bound each other, at one moment. */
export type BoundedAmounts = { readonly authorized: bigint; readonly captured: bigint; readonly refunded: bigint }

/**
 * At every moment 0 ≤ refunded ≤ captured ≤ authorized.
 *
 * @example
 * const boundsOf = ({ states }: PaymentHistory) =>
 *   states.map(({ authorized, captured, refunded }) => ({
 *     authorized: authorized.amount, captured: captured.amount, refunded: refunded.amount
 *   }))
 * fc.assert(bounded({ histories: paymentHistory(), boundsOf }))
 */
export const bounded = <History>({
  histories,
  boundsOf
}: {
  readonly histories: fc.Arbitrary<History>
  readonly boundsOf: (history: History) => ReadonlyArray<BoundedAmounts>
}) => {
  const { that } = checksOf("bounded")
  return fc.property(histories, (history) => {
    for (const amounts of boundsOf(history)) {
      that(amounts.refunded >= 0n, "less than nothing was refunded", amounts)
      that(amounts.refunded <= amounts.captured, "more was refunded than captured", amounts)
      that(amounts.captured <= amounts.authorized, "more was captured than authorized", amounts)
    }
  })
}
