/**
 * A refund by the payout network: what it received for a payment that it could not pay out goes back on chain, to the
 * address that the sender named. The network begins it; what is known of it here is what the network reports.
 */
import type { Money } from "../money/index.ts"

export type RefundStatus =
  | "none"
  /** On its way. Some networks leave this out. */
  | "created"
  | "completed"
  | "failed"

export type PayoutRefund = {
  readonly status: RefundStatus
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly amount: Money
  readonly blockchain: string
  readonly refundAddress: string
  readonly transactionHash: string | null
  /** What the network said after it had ended otherwise. A person's case. */
  readonly contradiction: RefundEnd | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type RefundEnd = "completed" | "failed"

/** How the network says that it stands. */
export type RefundReport =
  | { readonly _tag: "Created" }
  | { readonly _tag: "Completed"; readonly transactionHash: string }
  | { readonly _tag: "Failed" }

export type RefundCommand = {
  readonly _tag: "RecordRefund"
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly amount: Money
  readonly blockchain: string
  readonly refundAddress: string
  readonly report: RefundReport
  readonly nowMs: number
}

export type RefundEvent =
  | {
      readonly _tag: "RefundCreated"
      readonly id: string
      readonly merchantId: string
      readonly paymentId: string
      readonly amount: Money
      readonly blockchain: string
      readonly refundAddress: string
      readonly atMs: number
    }
  | { readonly _tag: "RefundCompleted"; readonly transactionHash: string; readonly atMs: number }
  | { readonly _tag: "RefundFailed"; readonly atMs: number }
  | { readonly _tag: "RefundContradicted"; readonly said: RefundEnd; readonly atMs: number }

/** Facts that forbid a command. */
export type RefundRejection =
  | { readonly _tag: "RefundAmountNotPositive" }
  /** Another payment or another amount than was reported first. */
  | { readonly _tag: "RefundDiffers" }
