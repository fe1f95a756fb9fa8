/**
 * A refund of an intent sends an asset back on a chain. What is sent cannot be called back, so it is an attempt like any
 * other: one key fixed before the first message, and not knowing is a state that only a look-up leads out of.
 */
import type { Attempt, AttemptEvent, AttemptPlan, AttemptPolicy } from "../attempt/attempt.ts"
import type { Money, Rational } from "../money/index.ts"

export type IntentRefundStatus =
  | "none"
  /** To be sent, on its way, or in doubt. */
  | "pending"
  /** Final on the chain. */
  | "paid"
  | "failed"

/** Where it goes. */
export type RefundDestination = { readonly chain: string; readonly address: string; readonly addressTag: string | null }

/** Major units of the settlement currency for one of the asset. */
export type RefundRate = { readonly quoteId: string; readonly rate: Rational }

export type IntentRefund = {
  readonly status: IntentRefundStatus
  readonly id: string
  readonly merchantId: string
  readonly walletId: string | null
  readonly intentId: string
  readonly destination: RefundDestination
  /** What arrives, in the asset that was paid. */
  readonly amount: Money
  /** What the merchant gives for it, in the asset or in the settlement currency. */
  readonly source: Money
  /** `null` where both are of one currency. */
  readonly rate: RefundRate | null
  readonly attempt: Attempt | null
  readonly transactionHash: string | null
  /** Paid to the chain, on top of the amount and in its currency; `null` until it is sent. */
  readonly networkFee: Money | null
  /** Why it failed. */
  readonly failure: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** How a transfer stands on its chain, as whoever sends it says. */
export type TransferStanding =
  | {
      readonly _tag: "Broadcast"
      readonly transactionHash: string
      readonly networkFee: Money
      readonly final: boolean
    }
  | { readonly _tag: "Failed"; readonly why: string }

/** What came of one message. `NotSent` only where it is provable that no byte left. */
export type TransferReply =
  | TransferStanding
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

export type TransferLookup =
  | { readonly _tag: "Found"; readonly standing: TransferStanding }
  | { readonly _tag: "AbsentFinal" }
  | { readonly _tag: "AbsentYet" }
  | { readonly _tag: "Unavailable"; readonly why: string }

type RefundTerms = Pick<
  IntentRefund,
  "id" | "merchantId" | "walletId" | "intentId" | "destination" | "amount" | "source" | "rate"
>

export type PlanRefund = RefundTerms & {
  readonly _tag: "PlanRefund"
  readonly attemptId: string
  readonly key: string
  readonly nowMs: number
}

export type IntentRefundCommand =
  | PlanRefund
  | { readonly _tag: "StartTransfer"; readonly nowMs: number }
  /** Whoever was sending it is gone. */
  | { readonly _tag: "DeclareHolderLost"; readonly nowMs: number }
  /** Given up while nothing has left. */
  | { readonly _tag: "AbandonTransfer"; readonly why: string; readonly nowMs: number }
  | { readonly _tag: "RecordReply"; readonly reply: TransferReply; readonly nowMs: number }
  | {
      readonly _tag: "RecordLookup"
      readonly lookup: TransferLookup
      readonly policy: AttemptPolicy
      readonly nowMs: number
    }

export type IntentRefundEvent =
  | (RefundTerms & { readonly _tag: "IntentRefundPlanned"; readonly plan: AttemptPlan; readonly atMs: number })
  /** How the chain is talked to. */
  | { readonly _tag: "TransferAdvanced"; readonly event: AttemptEvent; readonly atMs: number }
  | {
      readonly _tag: "TransferBroadcast"
      readonly transactionHash: string
      readonly networkFee: Money
      readonly atMs: number
    }
  | { readonly _tag: "IntentRefundSent"; readonly atMs: number }
  | { readonly _tag: "IntentRefundRefused"; readonly why: string; readonly atMs: number }

export type IntentRefundRejection =
  | { readonly _tag: "IntentRefundAlreadyExists" }
  | { readonly _tag: "IntentRefundNotFound" }
  | { readonly _tag: "RefundAmountNotPositive" }
  /** What the merchant gives is not what the rate makes of the amount. */
  | { readonly _tag: "RefundSourceInvalid" }
  /** The chain speaks of another currency than the refund is of. */
  | { readonly _tag: "NetworkFeeCurrencyMismatch" }
