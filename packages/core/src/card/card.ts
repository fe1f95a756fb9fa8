/**
 * A saved card. The card number itself is sealed in the vault and never part of this aggregate: what is here is
 * what a merchant may see.
 */
import type { AvsResult, CvvResult } from "../attempt/attempt.ts"
import type { RiskEvaluation } from "../payment/payment.ts"

export type CardStatus =
  | "none"
  | "pending"
  | "complete"
  | "failed"
  /** Given for one payment and not saved: no other may use it, and only that payment's authorization verifies it. */
  | "presented"
export type CardNetwork = "VISA" | "MASTERCARD" | "AMEX" | "UNKNOWN"
export type FundingType = "credit" | "debit" | "prepaid" | "unknown"

export type BillingDetails = {
  readonly name: string
  readonly city: string
  readonly country: string
  readonly line1: string
  readonly line2: string | null
  readonly district: string | null
  readonly postalCode: string
}

/** Source: the published enum of card verification errors. */
export type CardErrorCode =
  | "verification_failed"
  | "verification_fraud_detected"
  | "verification_denied"
  | "verification_not_supported_by_issuer"
  | "verification_stopped_by_issuer"
  | "card_failed"
  | "card_invalid"
  | "card_address_mismatch"
  | "card_zip_mismatch"
  | "card_cvv_invalid"
  | "card_expired"
  | "card_limit_violated"
  | "card_not_honored"
  | "card_cvv_required"
  | "credit_card_not_allowed"
  | "card_account_ineligible"
  | "card_network_unsupported"

export type CardHolder = {
  readonly email: string
  readonly phoneNumber: string | null
  readonly sessionId: string
  readonly ipAddress: string
}

export type Card = {
  readonly status: CardStatus
  readonly id: string
  readonly merchantId: string
  readonly billingDetails: BillingDetails
  readonly expMonth: number
  readonly expYear: number
  readonly network: CardNetwork
  readonly last4: string
  readonly bin: string
  readonly issuerCountry: string | null
  readonly fundingType: FundingType
  /** The same for the same card number within a merchant. */
  readonly fingerprint: string
  readonly errorCode: CardErrorCode | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
  readonly risk: RiskEvaluation | null
  readonly holder: CardHolder
  /** Counts verifications asked for; an answer to an earlier one is ignored. */
  readonly round: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Changes to billing details; the name arrives joined. Absent fields stay as they are. */
export type BillingChange = { readonly [K in keyof BillingDetails]?: BillingDetails[K] }

export type CardCommand =
  | SubmitCard
  /** Instead of `SubmitCard`, for one payment only. */
  | (Omit<SubmitCard, "_tag"> & { readonly _tag: "PresentCard" })
  | {
      readonly _tag: "UpdateCard"
      readonly billing: BillingChange
      readonly email: string | null
      readonly expMonth: number | null
      readonly expYear: number | null
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordVerification"
      readonly round: number
      readonly outcome: CardVerification
      readonly nowMs: number
    }
  | {
      readonly _tag: "DenyCard"
      readonly round: number
      readonly risk: RiskEvaluation
      readonly nowMs: number
    }

export type SubmitCard = Omit<CardSubmitted, "_tag" | "atMs"> & {
  readonly _tag: "SubmitCard"
  readonly nowMs: number
}

/** What the issuer answered about a card. */
export type CardVerification = {
  readonly error: CardErrorCode | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
  readonly issuerCountry: string | null
  readonly fundingType: FundingType
}

export type CardSubmitted = {
  readonly _tag: "CardSubmitted"
  readonly id: string
  readonly merchantId: string
  readonly billingDetails: BillingDetails
  readonly expMonth: number
  readonly expYear: number
  readonly network: CardNetwork
  readonly last4: string
  readonly bin: string
  readonly fingerprint: string
  readonly holder: CardHolder
  readonly atMs: number
}

export type CardEvent =
  | CardSubmitted
  | (Omit<CardSubmitted, "_tag"> & { readonly _tag: "CardPresented" })
  | {
      readonly _tag: "CardUpdated"
      readonly billingDetails: BillingDetails
      readonly email: string
      readonly expMonth: number
      readonly expYear: number
      readonly atMs: number
    }
  | {
      readonly _tag: "CardVerified"
      readonly avs: AvsResult
      readonly cvv: CvvResult
      readonly issuerCountry: string | null
      readonly fundingType: FundingType
      readonly atMs: number
    }
  | {
      readonly _tag: "CardRefused"
      readonly code: CardErrorCode
      readonly avs: AvsResult
      readonly cvv: CvvResult
      readonly risk: RiskEvaluation | null
      readonly atMs: number
    }

export type CardRejection =
  | { readonly _tag: "CardAlreadyExists" }
  | { readonly _tag: "CardNotFound" }
  | { readonly _tag: "CardExpired" }
  | { readonly _tag: "ExpiryOutOfRange" }
