/** Sums of postings, as a checkpoint keeps them and as they add up to balances. Exact at any size. */
import type { Ledger } from "@paykernel/core/domain"

export type Sum = {
  readonly account: string
  readonly currency: string
  readonly layer: string
  readonly amount: bigint
}

/** One sum for each account, currency and layer. */
export const addUp = (parts: ReadonlyArray<Sum>): ReadonlyArray<Sum> => {
  const sums = new Map<string, Sum>()
  for (const { account, currency, layer, amount } of parts) {
    const key = `${account} ${currency} ${layer}`
    sums.set(key, { account, currency, layer, amount: amount + (sums.get(key)?.amount ?? 0n) })
  }
  return [...sums.values()]
}

/** Balances by account and currency, in that order. */
export const balancesOf = (sums: ReadonlyArray<Sum>): ReadonlyArray<Ledger.Balance> => {
  const found = new Map<string, Ledger.Balance>()
  for (const { account, currency, layer, amount } of sums) {
    const key = `${account} ${currency}`
    const known = found.get(key) ?? ({ account, currency, posted: 0n, held: 0n } as Ledger.Balance)
    found.set(key, { ...known, [layer]: amount })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, balance]) => balance)
}

export const encodeSums = (sums: ReadonlyArray<Sum>): string =>
  JSON.stringify(sums.map(({ account, currency, layer, amount }) => [account, currency, layer, amount.toString()]))

export const decodeSums = (text: string): ReadonlyArray<Sum> =>
  (JSON.parse(text) as ReadonlyArray<readonly [string, string, string, string]>).map(
    ([account, currency, layer, amount]) => ({ account, currency, layer, amount: BigInt(amount) })
  )
