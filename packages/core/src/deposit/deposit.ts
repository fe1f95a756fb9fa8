/**
 * A deposit is one output of one transaction on a chain, paid to the address of an intent. A chain shows it long before it
 * is certain and may take it back until then; from then on nobody can. It is credited in that moment, once, however often
 * and in whatever order it is told. Every deposit is an aggregate of its own, so that an address that takes thousands does
 * not grow.
 */
import type { FeeSchedule } from "../fees/index.ts"
import type { Currency, Money, Rational } from "../money/index.ts"

export type DepositStatus =
  | "none"
  /** Waits in the pool of transactions; no block holds it. */
  | "seen"
  /** A block holds it that may still be taken back. */
  | "confirming"
  /** Credited. */
  | "final"
  /** Gone from the chain. It may come back. */
  | "dropped"

/** What names a deposit for good: the chain, the transaction, and its place in it. */
export type DepositIdentity = {
  readonly chain: string
  readonly transactionHash: string
  readonly outputIndex: number
}

/** The block that holds a transaction. */
export type BlockPlace = { readonly height: number; readonly hash: string }

/** What a rate is quoted for: one unit of the deposit's asset, in the settlement currency. */
export type SettlementRate = { readonly quoteId: string; readonly rate: Rational }

/** How a deposit is shared out when it is credited. `amount = fee + net`; `settled` is the net in the settlement currency. */
export type Credit = {
  readonly amount: Money
  readonly fee: Money
  readonly net: Money
  readonly settled: Money
  /** `null` where it is settled in the asset that came. */
  readonly rate: SettlementRate | null
}

export type Deposit = DepositIdentity & {
  readonly status: DepositStatus
  readonly id: string
  readonly merchantId: string
  readonly walletId: string | null
  readonly intentId: string
  readonly address: string
  readonly addressTag: string | null
  readonly amount: Money
  readonly settlementCurrency: Currency
  readonly fromAddresses: ReadonlyArray<string>
  /** Sent when its intent took no payments any more. */
  readonly late: boolean
  readonly block: BlockPlace | null
  /** The transaction that its sender made in its place. */
  readonly replacedBy: string | null
  /** `null` until it is final. */
  readonly credit: Credit | null
  /** When the chain's watcher first saw it. */
  readonly firstSeenAtMs: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Whose deposit it is and where it was sent: what the first sighting records. */
export type DepositOrigin = DepositIdentity & {
  readonly id: string
  readonly merchantId: string
  readonly walletId: string | null
  readonly intentId: string
  readonly address: string
  readonly addressTag: string | null
  readonly settlementCurrency: Currency
  readonly fromAddresses: ReadonlyArray<string>
  readonly late: boolean
  readonly firstSeenAtMs: number
}

/** How the chain has it now. */
export type DepositStanding =
  | { readonly _tag: "Waiting" }
  | { readonly _tag: "InBlock"; readonly block: BlockPlace }
  | { readonly _tag: "Final"; readonly block: BlockPlace; readonly terms: CreditTerms }
  /** `replacedBy`: the sender's other transaction, where that is why. */
  | { readonly _tag: "Gone"; readonly replacedBy: string | null }

/** What a credit is reckoned with. `rate` is needed where the settlement currency is another than the asset. */
export type CreditTerms = { readonly feeSchedule: FeeSchedule; readonly rate: SettlementRate | null }

export type DepositCommand = {
  readonly _tag: "RecordSighting"
  readonly origin: DepositOrigin
  readonly amount: Money
  readonly standing: DepositStanding
  readonly nowMs: number
}

export type DepositEvent =
  | (DepositOrigin & { readonly _tag: "DepositSeen"; readonly amount: Money; readonly atMs: number })
  /** In a block, or in another one after a reorganisation. */
  | { readonly _tag: "DepositIncluded"; readonly block: BlockPlace; readonly atMs: number }
  /** A reorganisation took its block, and it waits again. */
  | { readonly _tag: "DepositReturnedToPool"; readonly atMs: number }
  | { readonly _tag: "DepositDropped"; readonly replacedBy: string | null; readonly atMs: number }
  | { readonly _tag: "DepositSeenAgain"; readonly atMs: number }
  | {
      readonly _tag: "DepositFinalized"
      readonly block: BlockPlace
      readonly credit: Credit
      readonly atMs: number
    }

/** Facts that forbid a command. */
export type DepositRejection =
  | { readonly _tag: "DepositAmountNotPositive" }
  /** A sighting of something else than this deposit. */
  | { readonly _tag: "DepositIsAnother" }
  /** The same output of the same transaction cannot be of another amount. */
  | { readonly _tag: "DepositContradicted" }
  /** The settlement currency is another than the asset, and nobody quoted a rate. */
  | { readonly _tag: "SettlementRateMissing" }
  | { readonly _tag: "DepositFeeNotAssessable"; readonly because: string }
