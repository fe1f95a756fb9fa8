/** The books of the memory store. Entries are only added; a balance is their sum, taken when it is asked for. */
import type { Balance, LedgerTransaction } from "../ledger/ledger.ts"

export const memoryLedger = () => {
  const books = new Map<string, Map<string, LedgerTransaction>>()
  const bookOf = (merchantId: string) => books.get(merchantId) ?? new Map<string, LedgerTransaction>()

  const has = ({ merchantId, id }: LedgerTransaction): boolean => bookOf(merchantId).has(id)

  const post = (transaction: LedgerTransaction): void => {
    books.set(transaction.merchantId, bookOf(transaction.merchantId).set(transaction.id, transaction))
  }

  const balances = (merchantId: string): ReadonlyArray<Balance> => {
    const sums = new Map<string, Balance>()
    for (const { postings } of bookOf(merchantId).values()) {
      for (const { account, layer, amount } of postings) {
        const { currency } = amount
        const key = `${account} ${currency}`
        const sum = sums.get(key) ?? { account, currency, posted: 0n, held: 0n }
        sums.set(key, { ...sum, [layer]: sum[layer] + amount.amount })
      }
    }
    return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, balance]) => balance)
  }

  const of = (merchantId: string, reference: LedgerTransaction["reference"]): ReadonlyArray<LedgerTransaction> =>
    [...bookOf(merchantId).values()]
      .filter(
        (transaction) => transaction.reference.type === reference.type && transaction.reference.id === reference.id
      )
      .slice(0, 1000)

  return { has, post, balances, of }
}
