/**
 * What the simulated network remembers: who asked for what and when. What becomes of it follows from that and the time,
 * so nothing of it has to be written down. Of what was encrypted it keeps no word, only what was decided by it.
 */
import type { Money } from "../../money/index.ts"
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

export type NetworkRecord =
  | { readonly record: "quote_offered"; readonly quote: OfferedQuote; readonly atMs: number }
  | {
      readonly record: "payment_taken"
      readonly key: string
      readonly payment: Omit<SubmittedPayment, "key" | "travelRule" | "beneficiaryAccount">
      readonly scenario: Scenario
      /** Of the refund, should there be one. */
      readonly refundId: string
      /** What is asked because of the scenario. In the same record, so that no payment is taken without its question. */
      readonly rfi: RaisedRfi | null
      readonly atMs: number
    }
  | {
      readonly record: "payment_funded"
      readonly key: string
      readonly transactionHash: string
      readonly amount: Money
      readonly atMs: number
    }
  | { readonly record: "rfi_raised"; readonly key: string; readonly rfi: RaisedRfi }
  | {
      readonly record: "rfi_answered"
      readonly key: string
      readonly rfiId: string
      readonly verdict: RfiVerdict
      /** Of the encrypted answer, to know it again. */
      readonly digest: string
      readonly atMs: number
    }

/** Where the network writes its book. In memory for tests; one that survives a restart is the host's. */
export type NetworkJournal = {
  /** Resolves when this record and all before it are durable. */
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
