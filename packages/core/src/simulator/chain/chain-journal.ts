/**
 * What the simulated chains write down: addresses that were handed out, transactions, and reorganisations. Blocks are not
 * written down, because they follow from the time; everything else about a chain is a fold of these records, so chains
 * that come back after a crash are the same chains.
 */
import type { TransferFailure } from "../../ports/blockchain.ts"

export type AddressDerived = {
  readonly record: "address_derived"
  readonly chain: string
  readonly address: string
  readonly addressTag: string | null
  readonly reference: string
  readonly atMs: number
}

/** `amount` is a decimal text in major units of the asset. */
export type Output = {
  readonly address: string
  readonly addressTag: string | null
  readonly amount: string
  readonly currency: string
}

/** A transaction that reached the pool of a chain. The next block takes it in. */
export type TransactionBroadcast = {
  readonly record: "transaction_broadcast"
  readonly kind: "deposit" | "refund" | "pull"
  readonly chain: string
  readonly transactionHash: string
  readonly fromAddresses: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<Output>
  /** What whoever sent it paid to the network, in the asset. `null` on deposits, which somebody else pays for. */
  readonly networkFee: string | null
  /** The key of a refund or pull; `null` on a deposit. */
  readonly key: string | null
  /** What the key is bound to. */
  readonly request: string | null
  /** The one-time number of a pull's authorization, under its payer. */
  readonly nonce: string | null
  readonly atMs: number
}

/** A key whose transfer will never happen. */
export type TransferRefused = {
  readonly record: "transfer_refused"
  readonly kind: "refund" | "pull"
  readonly key: string
  readonly request: string
  readonly why: TransferFailure
  readonly atMs: number
}

/**
 * What became of a transaction when its block was replaced: `kept` in the new block at the same height, `moved` to the
 * next one, `dropped` (to be sent again at `returnsAtMs`, if ever), or `replaced` by another one.
 */
export type Fate =
  | { readonly transactionHash: string; readonly fate: "kept" | "moved" }
  | { readonly transactionHash: string; readonly fate: "dropped"; readonly returnsAtMs: number | null }
  | { readonly transactionHash: string; readonly fate: "replaced"; readonly by: string }

/** The newest `depth` blocks were replaced by others. At a depth of 0 only the pool of waiting transactions changed. */
export type BlocksReorganised = {
  readonly record: "blocks_reorganised"
  readonly chain: string
  readonly depth: number
  readonly fates: ReadonlyArray<Fate>
  readonly atMs: number
}

export type ChainRecord = AddressDerived | TransactionBroadcast | TransferRefused | BlocksReorganised

/** Where the chains write their book. A port: in memory for tests, a file where they have to survive a crash. */
export type ChainJournal = {
  /** Resolves when this record and all before it are durable. After a rejection it takes no more until reopened. */
  readonly append: (record: ChainRecord) => Promise<void>
  /** Every durable record, oldest first. */
  readonly read: () => ReadonlyArray<ChainRecord>
}

/**
 * A journal that lives as long as the process.
 *
 * @example
 * memoryChainJournal().read() // => []
 */
export const memoryChainJournal = (): ChainJournal => {
  const records: Array<ChainRecord> = []
  return {
    append: async (record) => {
      records.push(record)
    },
    read: () => records
  }
}
