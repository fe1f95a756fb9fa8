/**
 * Reading the books. A transaction that does not balance is never written, and balances are nothing but sums of
 * entries, so anyone who has the transactions can recompute them.
 */
import type { Currency, Money } from "../money/index.ts"
import { money } from "../money/index.ts"
import type { Balance, LedgerAccount, LedgerLayer, LedgerTransaction, Posting } from "./ledger.ts"

/**
 * Whether debits equal credits, per currency and layer.
 *
 * @example
 * isBalanced({ ...transaction, postings: [] }) // => true
 */
export const isBalanced = (transaction: LedgerTransaction): boolean => firstImbalance(transaction) === undefined

/** The transaction itself. One that does not balance is a defect of the code that made it, so it throws. */
export const assertBalanced = (transaction: LedgerTransaction): LedgerTransaction => {
  const imbalance = firstImbalance(transaction)
  if (imbalance !== undefined) throw new Error(`ledger transaction ${transaction.kind} is out of balance: ${imbalance}`)
  return transaction
}

/** The balance of every account and currency that the transactions touch, in the order in which they first do. */
export const foldBalances = (transactions: Iterable<LedgerTransaction>): ReadonlyArray<Balance> => {
  const balances = new Map<string, { account: LedgerAccount; currency: Currency; posted: bigint; held: bigint }>()
  for (const { postings } of transactions) {
    for (const { account, layer, amount } of postings) {
      const key = `${account} ${amount.currency}`
      const balance = balances.get(key) ?? { account, currency: amount.currency, posted: 0n, held: 0n }
      balance[layer] += amount.amount
      balances.set(key, balance)
    }
  }
  return [...balances.values()]
}

/**
 * What is posted and not set apart by a hold.
 *
 * @example
 * available({ account: "card_receivable", currency: "USD", posted: 100n, held: 30n })
 * // => { amount: 70n, currency: "USD" }
 */
export const available = (balance: Balance): Money => money(balance.posted - balance.held, balance.currency)

const layers: ReadonlyArray<LedgerLayer> = ["posted", "held"]

const firstImbalance = ({ postings }: LedgerTransaction): string | undefined => {
  for (const layer of layers) {
    for (const currency of new Set(postings.map(({ amount }) => amount.currency))) {
      if (sumOf(postings, layer, currency) !== 0n) return `${layer} ${currency}`
    }
  }
  return undefined
}

const sumOf = (postings: ReadonlyArray<Posting>, layer: LedgerLayer, currency: Currency): bigint =>
  postings.reduce(
    (sum, posting) =>
      posting.layer === layer && posting.amount.currency === currency ? sum + posting.amount.amount : sum,
    0n
  )
