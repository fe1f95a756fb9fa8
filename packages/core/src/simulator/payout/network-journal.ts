/**
 * What the simulated network remembers: who asked for what and when, and what was broadcast for it. What becomes of all
 * that follows from it and the time, so nothing else has to be written down. Of what was encrypted it keeps no word, only
 * what was decided by it.
 */
import type { Money } from "../../money/index.ts"
import type { OnchainFailureReason } from "../../onchain/onchain.ts"
import type { OfferedQuote, SubmittedPayment } from "../../ports/payout-network.ts"
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import type { RfiVerdict, Scenario } from "./scenarios.ts"

export type RaisedRfi = {
  readonly id: string
  readonly level: RfiLevel
  /** From when on it is seen. */
  readonly raisedAtMs: number
  readonly expiresAtMs: number
}

export type QuoteOffered = { readonly record: "quote_offered"; readonly quote: OfferedQuote; readonly atMs: number }

export type PaymentTaken = {
  readonly record: "payment_taken"
  readonly key: string
  readonly payment: Omit<SubmittedPayment, "key" | "travelRule" | "beneficiaryAccount">
  readonly scenario: Scenario
  /** What is asked because of the scenario. In the same record, so that no payment is taken without its question. */
  readonly rfi: RaisedRfi | null
  readonly atMs: number
}

export type PaymentFunded = {
  readonly record: "payment_funded"
  readonly key: string
  readonly transactionHash: string
  readonly amount: Money
  /** Of the refund, should there be one. */
  readonly refundId: string
  readonly atMs: number
}

export type RfiRaised = {
  readonly record: "rfi_raised"
  readonly key: string
  readonly rfi: RaisedRfi
  readonly atMs: number
}

export type RfiAnswered = {
  readonly record: "rfi_answered"
  readonly key: string
  readonly rfiId: string
  readonly verdict: RfiVerdict
  /** Of the encrypted answer, to know it again. */
  readonly digest: string
  readonly atMs: number
}

/** What a sender pays the chain, and under which number of his: decimal texts of whole numbers. */
export type BroadcastGas = {
  readonly nonce: string
  readonly gasLimit: string
  readonly maxFeePerGas: string
  readonly maxPriorityFeePerGas: string
}

/** A signed transaction that reached the pool of its chain. */
export type FundingBroadcast = {
  readonly record: "funding_broadcast"
  readonly key: string
  readonly blockchain: string
  /** As the chain compares addresses. */
  readonly sender: string
  readonly amount: Money
  readonly transactionHash: string
  /** What the sender can spend once. */
  readonly authorization: string
  readonly gas: BroadcastGas | null
  readonly validUntilMs: number
  readonly atMs: number
}

/** A signed transaction that the chain did not take, and never will. */
export type FundingRefused = {
  readonly record: "funding_refused"
  readonly key: string
  readonly reason: OnchainFailureReason
  readonly atMs: number
}

/** What a wallet has from a moment on, in minor units of the token and of the chain's own coin: decimal texts. */
export type AccountSet = {
  readonly record: "account_set"
  readonly blockchain: string
  readonly address: string
  readonly exists: boolean
  readonly tokens: string
  readonly coins: string
  /** How much of the token the Permit2 contract may take. */
  readonly allowance: string
  readonly atMs: number
}

export type NetworkRecord =
  | QuoteOffered
  | PaymentTaken
  | PaymentFunded
  | RfiRaised
  | RfiAnswered
  | FundingBroadcast
  | FundingRefused
  | AccountSet

/** Where the network writes its book. A port: in memory for tests, a file where it has to survive a crash. */
export type NetworkJournal = {
  /** Resolves when this record and all before it are durable. After a rejection it takes no more until reopened. */
  readonly append: (record: NetworkRecord) => Promise<void>
  /** Every durable record, oldest first. */
  readonly read: () => ReadonlyArray<NetworkRecord>
}

/**
 * A journal that lives as long as the process.
 *
 * @example
 * memoryNetworkJournal().read() // => []
 */
export const memoryNetworkJournal = (): NetworkJournal => {
  const records: Array<NetworkRecord> = []
  return {
    append: async (record) => {
      records.push(record)
    },
    read: () => records
  }
}
