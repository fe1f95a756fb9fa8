/**
 * The chains as their records left them: what each transaction's standing is and was, and what each address was sent.
 * A standing is kept with the time it began, so that a look may also see a chain as it was, the way nodes lag behind.
 */
import { heightAt, type Reorganisation } from "./chain-blocks.ts"
import type {
  AddressDerived,
  BlocksReorganised,
  ChainRecord,
  Fate,
  TransactionBroadcast,
  TransferRefused
} from "./chain-journal.ts"

/** `at`: the height of the block that holds it, or that will. */
export type Standing =
  | { readonly sinceMs: number; readonly is: "pooled"; readonly at: number }
  | { readonly sinceMs: number; readonly is: "dropped" }
  | { readonly sinceMs: number; readonly is: "replaced"; readonly by: string }

export type Transaction = {
  readonly broadcast: TransactionBroadcast
  /** Oldest first, never empty. */
  readonly standings: Array<Standing>
}

/** One output as somebody who watches its address meets it. `position`: its place among all outputs of all chains. */
export type Incoming = {
  readonly transaction: Transaction
  readonly outputIndex: number
  readonly position: number
}

export type ChainBooks = {
  readonly blockMsOf: (chain: string) => number
  readonly derived: Map<string, AddressDerived>
  readonly ours: Set<string>
  readonly transactions: Map<string, Transaction>
  readonly incoming: Map<string, Array<Incoming>>
  /** Refunds and pulls by kind and key. */
  readonly keyed: Map<string, Transaction | TransferRefused>
  /** One-time numbers of authorizations that were used, under their payers. */
  readonly nonces: Set<string>
  readonly reorganisations: Map<string, Array<Reorganisation>>
  /** How many outputs there are: the next one's position. */
  outputs: number
  /** When the newest record was written: the chains' time never runs back. */
  newestAtMs: number
}

/** The books that these records make. */
export const openChainBooks = (
  records: ReadonlyArray<ChainRecord>,
  blockMsOf: (chain: string) => number
): ChainBooks => {
  const books: ChainBooks = {
    blockMsOf,
    derived: new Map(),
    ours: new Set(),
    transactions: new Map(),
    incoming: new Map(),
    keyed: new Map(),
    nonces: new Set(),
    reorganisations: new Map(),
    outputs: 0,
    newestAtMs: 0
  }
  for (const record of records) applyChainRecord(books, record)
  return books
}

export const applyChainRecord = (books: ChainBooks, record: ChainRecord): void => {
  books.newestAtMs = Math.max(books.newestAtMs, record.atMs)
  switch (record.record) {
    case "address_derived":
      books.derived.set(referenceName(record.chain, record.reference), record)
      books.ours.add(placeName(record))
      return
    case "transfer_refused":
      books.keyed.set(keyName(record.kind, record.key), record)
      return
    case "transaction_broadcast":
      applyBroadcast(books, record)
      return
    case "blocks_reorganised":
      applyReorganisation(books, record)
  }
}

export const referenceName = (chain: string, reference: string): string => `${chain} ${reference}`
export const keyName = (kind: "refund" | "pull", key: string): string => `${kind} ${key}`
export const nonceName = (chain: string, from: string, nonce: string): string =>
  `${chain} ${from} ${nonce}`.toLowerCase()

/** Addresses that begin so are the same in capitals and in small letters. */
const caselessPrefixes = ["0x", "bc1", "tb1"]

/** Where an output goes. Two spellings of one address are one address where the chain says so. */
export const placeName = (place: {
  readonly chain: string
  readonly address: string
  readonly addressTag: string | null
}): string => {
  const { chain, address, addressTag } = place
  const small = address.toLowerCase()
  const isCaseless = caselessPrefixes.some((prefix) => small.startsWith(prefix))
  return `${chain} ${isCaseless ? small : address} ${addressTag ?? ""}`
}

/** How a transaction stood at a time; `undefined` before it was broadcast. */
export const standingAt = ({ standings }: Transaction, atMs: number): Standing | undefined =>
  standings.findLast(({ sinceMs }) => sinceMs <= atMs)

/** The height of the block that held a transaction at a time; `null` where none did. */
export const minedAt = (books: ChainBooks, transaction: Transaction, atMs: number): number | null => {
  const standing = standingAt(transaction, atMs)
  if (standing?.is !== "pooled") return null
  return standing.at <= heightAt(atMs, books.blockMsOf(transaction.broadcast.chain)) ? standing.at : null
}

const applyBroadcast = (books: ChainBooks, broadcast: TransactionBroadcast): void => {
  const { chain, transactionHash, kind, key, nonce, atMs } = broadcast
  const at = heightAt(atMs, books.blockMsOf(chain)) + 1
  const transaction: Transaction = { broadcast, standings: [{ sinceMs: atMs, is: "pooled", at }] }
  books.transactions.set(transactionHash, transaction)
  if (kind !== "deposit" && key !== null) books.keyed.set(keyName(kind, key), transaction)
  if (nonce !== null) books.nonces.add(nonceName(chain, broadcast.fromAddresses[0] ?? "", nonce))
  for (const [outputIndex, output] of broadcast.outputs.entries()) {
    const name = placeName({ chain, ...output })
    const incoming = books.incoming.get(name) ?? []
    incoming.push({ transaction, outputIndex, position: books.outputs++ })
    books.incoming.set(name, incoming)
  }
}

const applyReorganisation = (books: ChainBooks, { chain, depth, fates, atMs }: BlocksReorganised): void => {
  const tip = heightAt(atMs, books.blockMsOf(chain))
  if (depth > 0) {
    const earlier = books.reorganisations.get(chain) ?? []
    books.reorganisations.set(chain, [...earlier, { fromHeight: tip - depth + 1, atMs }])
  }
  for (const fate of fates) {
    const transaction = books.transactions.get(fate.transactionHash)
    if (transaction === undefined) throw new Error("a reorganisation names a transaction that the books lack")
    transaction.standings.push(...standingsOf(fate, tip, atMs, books.blockMsOf(chain)))
  }
}

const standingsOf = (fate: Fate, tip: number, sinceMs: number, blockMs: number): ReadonlyArray<Standing> => {
  switch (fate.fate) {
    case "kept":
      return []
    case "moved":
      return [{ sinceMs, is: "pooled", at: tip + 1 }]
    case "replaced":
      return [{ sinceMs, is: "replaced", by: fate.by }]
    case "dropped": {
      const { returnsAtMs } = fate
      const back = (atMs: number): Standing => ({ sinceMs: atMs, is: "pooled", at: heightAt(atMs, blockMs) + 1 })
      return [{ sinceMs, is: "dropped" }, ...(returnsAtMs === null ? [] : [back(returnsAtMs)])]
    }
  }
}
