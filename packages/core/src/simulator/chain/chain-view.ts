/** What somebody who asks the chains at a time is shown: deposits at an address, and how a transfer stands. */
import type { Money } from "../../money/index.ts"
import type {
  DepositPage,
  DepositQuery,
  DepositSighting,
  DepositStatus,
  TransferLookup,
  TransferStanding
} from "../../ports/blockchain.ts"
import { blockHash, heightAt } from "./chain-blocks.ts"
import {
  type ChainBooks,
  type Incoming,
  keyName,
  minedAt,
  placeName,
  standingAt,
  type Transaction
} from "./chain-books.ts"
import { chainRow } from "./chain-list.ts"

export type Amounts = {
  readonly parse: (amount: string, currency: string) => Money
  readonly format: (amount: Money) => string
}

const pageSizeMax = 100

/** Deposits at an address, as the chain was at a time. */
export const depositPage = (books: ChainBooks, amounts: Amounts, query: DepositQuery, atMs: number): DepositPage => {
  const { chain, address, addressTag, after, limit } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > pageSizeMax) throw new RangeError("a page has 1 to 100 deposits")
  if (chainRow(chain) === undefined) throw new RangeError("the chain is not declared")
  const from = positionAfter(after)
  const all = (books.incoming.get(placeName({ chain, address, addressTag })) ?? []).filter(
    ({ transaction, position }) => position >= from && transaction.broadcast.atMs <= atMs
  )
  const sightings = all.slice(0, limit).map((incoming) => sightingOf(books, amounts, incoming, atMs))
  return { sightings, next: all.length > limit ? (sightings.at(-1)?.cursor ?? null) : null }
}

/** How the transfer with a key stood at a time. Nothing is ever assured to be absent: messages may still be on their way. */
export const transferLookup = (
  books: ChainBooks,
  amounts: Amounts,
  kind: "refund" | "pull",
  key: string,
  atMs: number
): TransferLookup => {
  const found = books.keyed.get(keyName(kind, key))
  if (found === undefined) return { _tag: "AbsentYet" }
  if ("why" in found) {
    return found.atMs > atMs ? { _tag: "AbsentYet" } : { _tag: "Found", standing: { _tag: "Failed", why: found.why } }
  }
  if (found.broadcast.atMs > atMs) return { _tag: "AbsentYet" }
  return { _tag: "Found", standing: transferStanding(books, amounts, found, atMs) }
}

/** How a transfer of ours stands that was broadcast. */
export const transferStanding = (
  books: ChainBooks,
  amounts: Amounts,
  transaction: Transaction,
  atMs: number
): TransferStanding => {
  const { chain, transactionHash, networkFee, outputs } = transaction.broadcast
  const confirmations = confirmationsOf(books, transaction, atMs)
  return {
    _tag: "Broadcast",
    transactionHash,
    networkFee: amounts.parse(networkFee ?? "0", outputs[0]?.currency ?? ""),
    confirmations,
    final: confirmations >= depthOf(chain)
  }
}

/** 0 while no block holds it. */
export const confirmationsOf = (books: ChainBooks, transaction: Transaction, atMs: number): number => {
  const height = minedAt(books, transaction, atMs)
  return height === null ? 0 : heightAt(atMs, books.blockMsOf(transaction.broadcast.chain)) - height + 1
}

export const depthOf = (chain: string): number => chainRow(chain)?.confirmations ?? 1

const sightingOf = (books: ChainBooks, amounts: Amounts, incoming: Incoming, atMs: number): DepositSighting => {
  const { transaction, outputIndex, position } = incoming
  const { chain, transactionHash, fromAddresses, outputs, atMs: firstSeenAtMs } = transaction.broadcast
  const output = outputs[outputIndex]
  const standing = standingAt(transaction, atMs)
  if (output === undefined || standing === undefined) throw new Error("the books show an output that was never sent")
  const height = minedAt(books, transaction, atMs)
  const confirmations = confirmationsOf(books, transaction, atMs)
  return {
    transactionHash,
    outputIndex,
    amount: amounts.parse(output.amount, output.currency),
    fromAddresses,
    height,
    blockHash: height === null ? null : blockHash(chain, height, books.reorganisations.get(chain) ?? [], atMs),
    confirmations,
    status: statusOf(standing.is, confirmations, depthOf(chain)),
    replacedBy: standing.is === "replaced" ? standing.by : null,
    firstSeenAtMs,
    cursor: String(position)
  }
}

const statusOf = (is: "pooled" | "dropped" | "replaced", confirmations: number, depth: number): DepositStatus => {
  if (is !== "pooled") return is
  return confirmations >= depth ? "final" : "seen"
}

const positionAfter = (cursor: string | null): number => {
  if (cursor === null) return 0
  if (!/^[0-9]{1,15}$/u.test(cursor)) throw new RangeError("the cursor is none of this blockchain's")
  return Number.parseInt(cursor, 10) + 1
}
