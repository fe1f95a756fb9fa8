/** What really happened on the chains, by their own book and by nothing that the kernel believes. */
import * as Result from "effect/Result"
import { currencies, parse } from "../../../money/index.ts"
import type { Incoming, Standing, Transaction } from "../../../simulator/chain/chain-books.ts"
import { applyChainRecord, keyName, openChainBooks, placeName } from "../../../simulator/chain/chain-books.ts"
import type { ChainJournal, TransferRefused } from "../../../simulator/chain/chain-journal.ts"
import { confirmationsOf, depthOf } from "../../../simulator/chain/chain-view.ts"

type Place = Parameters<typeof placeName>[0]

/** One output of one transaction. Amounts are in minor units. */
export type Output = {
  readonly name: string
  readonly transaction: Transaction
  readonly place: string
  readonly amount: bigint
  readonly currency: string
  /** When it was sent, on the chains' clock. */
  readonly sentAtMs: number
}

export type ChainTruth = {
  /** Takes in what the chains have written since the last time. */
  readonly read: () => void
  readonly output: (transactionHash: string, outputIndex: number) => Output | undefined
  readonly outputsAt: (place: Place) => ReadonlyArray<Output>
  /** Whether nothing takes it back any more. */
  readonly isFinal: (transaction: Transaction) => boolean
  /** What became of the key of a refund. */
  readonly refund: (key: string) => Transaction | TransferRefused | undefined
  /** Those that are there and may still be taken back, oldest first. */
  readonly unsettled: () => ReadonlyArray<Transaction>
}

/** `nowMs`: by the chains' clock. */
export const chainTruth = (
  journal: Pick<ChainJournal, "read">,
  blockMsOf: (chain: string) => number,
  nowMs: () => number
): ChainTruth => {
  const books = openChainBooks([], blockMsOf)
  let at = 0
  const isFinal = (transaction: Transaction): boolean =>
    confirmationsOf(books, transaction, nowMs()) >= depthOf(transaction.broadcast.chain)
  return {
    read: () => {
      const records = journal.read()
      for (; at < records.length; at++) {
        const record = records[at]
        if (record !== undefined) applyChainRecord(books, record)
      }
    },
    output: (transactionHash, outputIndex) => {
      const transaction = books.transactions.get(transactionHash)
      return transaction && outputOf({ transaction, outputIndex })
    },
    outputsAt: (place) => (books.incoming.get(placeName(place)) ?? []).flatMap((one) => outputOf(one) ?? []),
    isFinal,
    refund: (key) => books.keyed.get(keyName("refund", key)),
    unsettled: () => [...books.transactions.values()].filter((one) => pooledSinceMs(one) !== undefined && !isFinal(one))
  }
}

const outputOf = ({ transaction, outputIndex }: Omit<Incoming, "position">): Output | undefined => {
  const { chain, outputs, transactionHash, atMs } = transaction.broadcast
  const output = outputs[outputIndex]
  if (output === undefined) return undefined
  return {
    name: `${transactionHash} ${outputIndex}`,
    transaction,
    place: placeName({ chain, ...output }),
    amount: minorUnitsOf(output),
    currency: output.currency,
    sentAtMs: atMs
  }
}

/** Minor units of an amount in the chains' book. */
export const minorUnitsOf = ({ amount, currency }: { readonly amount: string; readonly currency: string }): bigint =>
  Result.getOrThrow(parse(amount, currency, currencies)).amount

/** Since when it waits or is in a block, as it is now; `undefined` where it is gone. */
export const pooledSinceMs = ({ standings }: Transaction): number | undefined => {
  const pooled = (standing: Standing | undefined): standing is Standing => standing?.is === "pooled"
  const last = standings.at(-1)
  return pooled(last) ? last.sinceMs : undefined
}

/** Whether it was there ever since it was sent. */
export const neverLeft = ({ standings }: Transaction): boolean => standings.every(({ is }) => is === "pooled")
