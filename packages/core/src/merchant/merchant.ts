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

/** How the merchant's pages look and where payers go from them. The merchant's own to set, unlike the terms. */
export type MerchantProfile = {
  /** Shown to payers instead of the registered name. 1 to 80 characters. */
  readonly displayName: string | null
  /** A `data:` URL of a PNG, JPEG, GIF, WebP or SVG image in base64, at most 64 KiB. */
  readonly logoUrl: string | null
  /** `#rrggbb`. */
  readonly colour: string | null
  /** Origins to which payers may be sent back, such as `https://shop.example`; at most 20. */
  readonly returnOrigins: ReadonlyArray<string>
}

export type Merchant = {
  readonly status: MerchantStatus
  readonly id: string
  readonly name: string
  /** Numeric text, at most 36 characters. */
  readonly walletId: string
  readonly channels: ReadonlyArray<Channel>
  readonly terms: MerchantTerms
  readonly profile: MerchantProfile
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
  | { readonly _tag: "ChangeProfile"; readonly profile: MerchantProfile; readonly nowMs: number }
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
  | { readonly _tag: "ProfileChanged"; readonly profile: MerchantProfile; readonly atMs: number }
  | { readonly _tag: "MerchantSuspended"; readonly atMs: number }
  | { readonly _tag: "MerchantReinstated"; readonly atMs: number }

export type MerchantRejection =
  | { readonly _tag: "MerchantAlreadyExists" }
  | { readonly _tag: "MerchantNotFound" }
  | { readonly _tag: "MerchantIsSuspended" }
  | { readonly _tag: "MerchantIsActive" }
  | { readonly _tag: "TermsInvalid"; readonly reason: string }
  | { readonly _tag: "ProfileInvalid"; readonly reason: string }
