/**
 * A settlement pays a merchant for a batch of captured payments, less what was returned and less fees, in the
 * settlement currency. It is one fact: made complete, with the payments it covers, in one commit.
 */
import type { Money, Rational } from "../money/index.ts"

export type SettlementStatus = "none" | "complete"

export type SettlementLine =
  | { readonly _tag: "PaymentLine"; readonly paymentId: string; readonly captured: Money; readonly fees: Money }
  | { readonly _tag: "ReversalLine"; readonly paymentId: string; readonly reversalId: string; readonly amount: Money }

export type Settlement = {
  readonly status: SettlementStatus
  readonly id: string
  readonly merchantId: string
  readonly walletId: string
  /** Captured amounts, in the payment currency. */
  readonly totalCredits: Money
  /** Returned amounts, in the payment currency. */
  readonly totalDebits: Money
  readonly paymentFees: Money
  /** What the merchant's balance gained (or lost), in the settlement currency. */
  readonly payout: Money
  readonly createdAtMs: number
}

/** A batch holds one currency and at most 100 payments. */
export type SettlementCommand = {
  readonly _tag: "CompleteSettlement"
  readonly id: string
  readonly merchantId: string
  readonly walletId: string
  readonly lines: ReadonlyArray<SettlementLine>
  readonly settlementCurrency: Money["currency"]
  readonly rate: Rational
  readonly nowMs: number
}

export type SettlementEvent = {
  readonly _tag: "SettlementCompleted"
  readonly id: string
  readonly merchantId: string
  readonly walletId: string
  readonly totalCredits: Money
  readonly totalDebits: Money
  readonly paymentFees: Money
  readonly payout: Money
  readonly atMs: number
}

export type SettlementRejection =
  | { readonly _tag: "SettlementAlreadyExists" }
  | { readonly _tag: "NothingToSettle" }
  | { readonly _tag: "MixedCurrencies" }
  /** `limit` counts payments, however many lines each has. */
  | { readonly _tag: "TooManyLines"; readonly limit: number }
  /** A payment or a reversal is in the batch twice. */
  | { readonly _tag: "LineRepeated" }
  | { readonly _tag: "AmountNegative" }
