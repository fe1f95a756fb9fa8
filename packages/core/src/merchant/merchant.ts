/** A merchant and the terms of its contract: fees, limits, what is enabled, how it is settled. */
import type { FeeSchedule } from "../fees/index.ts"
import type { Currency, Money, Rational } from "../money/index.ts"

export type MerchantStatus = "none" | "active" | "suspended"

export type Channel = {
  readonly id: string
  readonly default: boolean
  readonly cardDescriptor: string
  readonly achDescriptor: string
}

export type MerchantTerms = {
  readonly feeSchedule: FeeSchedule
  readonly minAmount: Money
  readonly maxAmount: Money
  readonly partialCapture: boolean
  readonly settlementCurrency: Currency
  /** Major units of the settlement currency for one major unit of the payment currency. */
  readonly settlementRate: Rational
  readonly settlementIntervalMs: number
}

export type Merchant = {
  readonly status: MerchantStatus
  readonly id: string
  readonly name: string
  /** Numeric text, at most 36 characters. */
  readonly walletId: string
  readonly channels: ReadonlyArray<Channel>
  readonly terms: MerchantTerms
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type MerchantCommand =
  | {
      readonly _tag: "RegisterMerchant"
      readonly id: string
      readonly name: string
      readonly walletId: string
      readonly channels: ReadonlyArray<Channel>
      readonly terms: MerchantTerms
      readonly nowMs: number
    }
  | { readonly _tag: "ChangeTerms"; readonly terms: MerchantTerms; readonly nowMs: number }
  | { readonly _tag: "SuspendMerchant"; readonly nowMs: number }
  | { readonly _tag: "ReinstateMerchant"; readonly nowMs: number }

export type MerchantEvent =
  | {
      readonly _tag: "MerchantRegistered"
      readonly id: string
      readonly name: string
      readonly walletId: string
      readonly channels: ReadonlyArray<Channel>
      readonly terms: MerchantTerms
      readonly atMs: number
    }
  | { readonly _tag: "TermsChanged"; readonly terms: MerchantTerms; readonly atMs: number }
  | { readonly _tag: "MerchantSuspended"; readonly atMs: number }
  | { readonly _tag: "MerchantReinstated"; readonly atMs: number }

export type MerchantRejection =
  | { readonly _tag: "MerchantAlreadyExists" }
  | { readonly _tag: "MerchantNotFound" }
  | { readonly _tag: "MerchantIsSuspended" }
  | { readonly _tag: "MerchantIsActive" }
  | { readonly _tag: "TermsInvalid"; readonly reason: string }
