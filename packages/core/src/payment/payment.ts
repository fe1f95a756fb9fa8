/**
 * A card payment from request to settlement. This file is the glossary of the room: what a payment is, what can be
 * asked of it, what can have happened to it, and why something asked is refused.
 */
import type { Attempt, AttemptEvent, AttemptPlan, AvsResult, CvvResult } from "../attempt/attempt.ts"
import type { FeeRejection } from "../fees/index.ts"
import type { Money } from "../money/index.ts"
import type { PaymentErrorCode } from "./payment-error-code.ts"

export type PaymentStatus =
  | "none"
  /** An authentication or an authorization is under way. */
  | "pending"
  /** The payer has to answer a 3-D Secure challenge. */
  | "action_required"
  /** Funds are reserved at the issuer. */
  | "authorized"
  /** Captured: approved for good, not yet settled. */
  | "confirmed"
  /** Settled: the funds are the merchant's. */
  | "paid"
  | "failed"
  /** Cancelled before capture: the reservation was released. */
  | "voided"
  /** Cancelled after capture and before settlement: never charged, never settled. */
  | "cancelled"
  /** The reservation ran out before a capture. */
  | "expired"

export type VerificationMethod = "none" | "cvv" | "three_d_secure"
export type Eci = "00" | "01" | "02" | "05" | "06" | "07"

/**
 * What a payment is made with: a card by its id, or a bank transfer by the reference that whoever transfers the money
 * quotes.
 */
export type PaymentSource = { readonly type: "card" | "bank_transfer"; readonly id: string }

/** Of a payment without a card, `UNKNOWN` and no digits. */
export type CardOnPayment = {
  readonly network: "VISA" | "MASTERCARD" | "AMEX" | "UNKNOWN"
  readonly last4: string
  readonly fundingType: "credit" | "debit" | "prepaid" | "unknown"
}

export type Payer = {
  readonly email: string
  readonly phoneNumber: string | null
  readonly sessionId: string
  readonly ipAddress: string
}

export type RiskEvaluation = { readonly decision: "approved" | "denied" | "review"; readonly reason: string }

/** The 3-D Secure authentication of a payment. `returnState` is a digest; the token itself is only in the URL. */
export type Authentication = {
  readonly key: string
  readonly status: "planned" | "challenged" | "passed" | "failed"
  readonly challengeUrl: string | null
  readonly expiresAtMs: number
  readonly eci: Eci | null
}

/** Money going back: a refund, or a cancel (which is a void where possible, else a refund). */
export type Reversal = {
  readonly id: string
  readonly type: "cancel" | "refund"
  /** A cancel that had to become a refund, because the money was already settled or partly returned. */
  readonly asRefund: boolean
  readonly attemptId: string | null
  readonly amount: Money
  readonly reason: ReversalReason | null
  readonly status: "pending" | "paid" | "failed"
  readonly failure: PaymentErrorCode | null
  readonly settlementId: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type ReversalReason =
  | "duplicate"
  | "fraudulent"
  | "requested_by_customer"
  | "bank_transaction_error"
  | "invalid_account_number"
  | "insufficient_funds"
  | "payment_stopped_by_issuer"
  | "payment_returned"
  | "bank_account_ineligible"
  | "invalid_ach_rtn"
  | "unauthorized_transaction"
  | "payment_failed"

export type Payment = {
  readonly status: PaymentStatus
  readonly id: string
  readonly merchantId: string
  readonly amount: Money
  readonly autoCapture: boolean
  readonly source: PaymentSource
  readonly card: CardOnPayment
  readonly verificationMethod: VerificationMethod
  readonly successUrl: string | null
  readonly failureUrl: string | null
  readonly description: string | null
  readonly channel: string | null
  readonly payer: Payer
  readonly authentication: Authentication | null
  readonly verification: { readonly avs: AvsResult; readonly cvv: CvvResult } | null
  readonly risk: RiskEvaluation | null
  readonly authorized: Money
  readonly captured: Money
  readonly capturedAtMs: number | null
  /** Returned for certain. */
  readonly refunded: Money
  /** Asked to be returned, outcome open. Reserved, so that two refunds in flight cannot exceed what was captured. */
  readonly refunding: Money
  readonly fees: Money
  readonly authorizationExpiresAtMs: number | null
  readonly failure: PaymentErrorCode | null
  readonly attempts: ReadonlyArray<Attempt>
  readonly reversals: ReadonlyArray<Reversal>
  readonly settlementId: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type * from "./payment-command.ts"

export type PaymentEvent =
  | PaymentRequested
  | { readonly _tag: "ChallengeIssued"; readonly url: string; readonly expiresAtMs: number; readonly atMs: number }
  | { readonly _tag: "AuthenticationPassed"; readonly eci: Eci; readonly atMs: number }
  | { readonly _tag: "AttemptPlanned"; readonly plan: AttemptPlan; readonly atMs: number }
  | {
      readonly _tag: "AttemptAdvanced"
      readonly attemptId: string
      readonly event: AttemptEvent
      readonly atMs: number
    }
  | {
      readonly _tag: "PaymentAuthorized"
      readonly amount: Money
      readonly avs: AvsResult
      readonly cvv: CvvResult
      readonly expiresAtMs: number
      readonly atMs: number
    }
  | { readonly _tag: "CaptureRequested"; readonly plan: AttemptPlan; readonly atMs: number }
  | { readonly _tag: "PaymentCaptured"; readonly amount: Money; readonly fees: Money; readonly atMs: number }
  | { readonly _tag: "CaptureFailed"; readonly code: PaymentErrorCode; readonly atMs: number }
  | {
      readonly _tag: "PaymentFailed"
      readonly code: PaymentErrorCode
      readonly risk: RiskEvaluation | null
      readonly avs: AvsResult | null
      readonly cvv: CvvResult | null
      readonly atMs: number
    }
  | {
      readonly _tag: "CancelRequested"
      readonly reversalId: string
      readonly reason: ReversalReason | null
      readonly amount: Money
      /** `null` where nothing was ever sent, so nothing has to be undone. */
      readonly plan: AttemptPlan | null
      readonly atMs: number
    }
  | { readonly _tag: "PaymentVoided"; readonly reversalId: string; readonly atMs: number }
  | { readonly _tag: "PaymentCancelled"; readonly reversalId: string; readonly atMs: number }
  | {
      readonly _tag: "CancelFailed"
      readonly reversalId: string
      readonly code: PaymentErrorCode
      readonly atMs: number
    }
  | { readonly _tag: "AuthorizationExpired"; readonly atMs: number }
  | {
      readonly _tag: "RefundRequested"
      readonly reversalId: string
      readonly type: "refund" | "cancel"
      readonly amount: Money
      readonly reason: ReversalReason | null
      readonly plan: AttemptPlan
      readonly atMs: number
    }
  | { readonly _tag: "RefundSucceeded"; readonly reversalId: string; readonly atMs: number }
  | {
      readonly _tag: "RefundFailed"
      readonly reversalId: string
      readonly code: PaymentErrorCode
      readonly atMs: number
    }
  | { readonly _tag: "PaymentSettled"; readonly settlementId: string; readonly atMs: number }
  /** Returned money was taken out of a settlement. */
  | {
      readonly _tag: "ReversalSettled"
      readonly reversalId: string
      readonly settlementId: string
      readonly atMs: number
    }

export type PaymentRequested = {
  readonly _tag: "PaymentRequested"
  readonly id: string
  readonly merchantId: string
  readonly amount: Money
  readonly autoCapture: boolean
  readonly source: PaymentSource
  readonly card: CardOnPayment
  readonly verificationMethod: VerificationMethod
  readonly successUrl: string | null
  readonly failureUrl: string | null
  readonly description: string | null
  readonly channel: string | null
  readonly payer: Payer
  /** The authorization, except with 3-D Secure, where authentication comes first. */
  readonly plan: AttemptPlan | null
  readonly authenticationKey: string | null
  readonly atMs: number
}

/** Facts that forbid a command. */
export type PaymentRejection =
  | { readonly _tag: "PaymentAlreadyExists" }
  | { readonly _tag: "PaymentNotFound" }
  | { readonly _tag: "AmountNotPositive" }
  | { readonly _tag: "AmountOutsideLimits"; readonly min: Money; readonly max: Money }
  | { readonly _tag: "CurrencyNotSupported"; readonly currency: string }
  | { readonly _tag: "SourceNotUsable" }
  /** An earlier operation is not finished; ask again when it is. */
  | { readonly _tag: "OperationInFlight"; readonly kind: string }
  | { readonly _tag: "PaymentNotCapturable"; readonly status: PaymentStatus }
  | { readonly _tag: "CaptureExceedsAuthorized"; readonly authorized: Money; readonly asked: Money }
  | { readonly _tag: "PartialCaptureNotEnabled" }
  | { readonly _tag: "AuthorizationHasExpired"; readonly expiredAtMs: number }
  | { readonly _tag: "PaymentNotCancellable"; readonly status: PaymentStatus }
  | { readonly _tag: "PaymentAlreadyCancelled" }
  | { readonly _tag: "PaymentNotRefundable"; readonly status: PaymentStatus }
  | { readonly _tag: "RefundExceedsRemaining"; readonly remaining: Money; readonly asked: Money }
  | { readonly _tag: "TooManyReversals"; readonly limit: number }
  | { readonly _tag: "OriginalPaymentFailed" }
  | { readonly _tag: "NotSettleable"; readonly status: PaymentStatus }
  | { readonly _tag: "NotDue"; readonly dueAtMs: number }
  | { readonly _tag: "AttemptNotFound" }
  /** The contract's fee schedule does not cover this payment. Nothing is recorded until it does. */
  | { readonly _tag: "FeesNotAssessable"; readonly reason: FeeRejection["_tag"] }
