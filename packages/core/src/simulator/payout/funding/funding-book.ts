/** What was broadcast and refused on the simulated chains, and what their wallets hold, as it is read. */
import type { AccountSet, FundingBroadcast, FundingRefused } from "../network-journal.ts"

export type FundingBook = {
  readonly refused: Map<string, FundingRefused>
  readonly broadcasts: Map<string, FundingBroadcast>
  /** By chain and sender, oldest first. */
  readonly bySender: Map<string, Array<FundingBroadcast>>
  /** By chain and address, oldest first. */
  readonly accounts: Map<string, Array<AccountSet>>
}

export const openFundingBook = (): FundingBook => ({
  refused: new Map(),
  broadcasts: new Map(),
  bySender: new Map(),
  accounts: new Map()
})

export const enterFunding = (book: FundingBook, record: FundingBroadcast | FundingRefused | AccountSet): void => {
  switch (record.record) {
    case "funding_broadcast":
      book.broadcasts.set(record.key, record)
      add(book.bySender, walletName(record.blockchain, record.sender), record)
      return
    case "funding_refused":
      book.refused.set(record.key, record)
      return
    case "account_set":
      add(book.accounts, walletName(record.blockchain, record.address), record)
  }
}

export const walletName = (blockchain: string, address: string): string => `${blockchain} ${address}`

const add = <A>(lists: Map<string, Array<A>>, name: string, item: A): void => {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [item])
  else list.push(item)
}
