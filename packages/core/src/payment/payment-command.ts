/** What can be asked of a payment, by merchants, by time, and by what gateways answer. */
import type { AttemptPolicy, GatewayLookup, GatewayReply, GatewayReversal } from "../attempt/attempt.ts"
import type { FeeSchedule } from "../fees/index.ts"
import type { Money } from "../money/index.ts"
import type {
  CardOnPayment,
  Eci,
  Payer,
  PaymentSource,
  ReversalReason,
  RiskEvaluation,
  VerificationMethod
} from "./payment.ts"
import type { PaymentErrorCode } from "./payment-error-code.ts"

/** What a merchant's contract says, as the decision needs it. */
export type PaymentTerms = {
  readonly feeSchedule: FeeSchedule
  readonly minAmount: Money
  readonly maxAmount: Money
  readonly partialCapture: boolean
}

export type PaymentCommand =
  | RequestPayment
  | {
      readonly _tag: "RecordRisk"
      readonly attemptId: string | null
      readonly evaluation: RiskEvaluation
      readonly nowMs: number
    }
  | RecordAuthentication
  | { readonly _tag: "ExpireChallenge"; readonly nowMs: number }
  | CapturePayment
  | CancelPayment
  | RefundPayment
  | { readonly _tag: "ExpireAuthorization"; readonly nowMs: number }
  | { readonly _tag: "StartAttempt"; readonly attemptId: string; readonly nowMs: number }
  /** The holder of the lease is gone and may have sent the message. */
  | { readonly _tag: "DeclareHolderLost"; readonly attemptId: string; readonly nowMs: number }
  | { readonly _tag: "AbandonAttempt"; readonly attemptId: string; readonly why: string; readonly nowMs: number }
  | {
      readonly _tag: "RecordReply"
      readonly attemptId: string
      readonly reply: GatewayReply
      readonly terms: PaymentTerms
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordLookup"
      readonly attemptId: string
      readonly lookup: GatewayLookup
      readonly policy: AttemptPolicy
      readonly terms: PaymentTerms
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordReversal"
      readonly attemptId: string
      readonly reversal: GatewayReversal
      readonly policy: AttemptPolicy
      readonly nowMs: number
    }
  | {
      readonly _tag: "SettlePayment"
      readonly settlementId: string
      readonly nowMs: number
    }

export type RequestPayment = {
  readonly _tag: "RequestPayment"
  readonly id: string
  readonly merchantId: string
  readonly amount: Money
  readonly autoCapture: boolean
  readonly source: PaymentSource
  /** Status of the source at this moment. */
  readonly sourceStatus: "pending" | "complete" | "failed"
  readonly card: CardOnPayment
  readonly verificationMethod: VerificationMethod
  readonly successUrl: string | null
  readonly failureUrl: string | null
  readonly description: string | null
  readonly channel: string | null
  readonly payer: Payer
  readonly terms: PaymentTerms
  /** Id and gateway key of the authorization; for 3-D Secure it is planned later with these. */
  readonly attemptId: string
  readonly gatewayKey: string
  readonly authenticationKey: string
  /** Whether the caller will send at once, and so wants the attempt born in `sending`. */
  readonly sendNow: boolean
  readonly nowMs: number
}

export type AuthenticationOutcome =
  | { readonly _tag: "AuthenticationPassed"; readonly eci: Eci }
  | { readonly _tag: "AuthenticationFailed"; readonly code: PaymentErrorCode }
  | { readonly _tag: "ChallengeIssued"; readonly url: string }
  | { readonly _tag: "ChallengeOpen" }

export type RecordAuthentication = {
  readonly _tag: "RecordAuthentication"
  readonly outcome: AuthenticationOutcome
  /** Used when authentication passes and the authorization is planned. */
  readonly attemptId: string
  readonly gatewayKey: string
  readonly nowMs: number
}

export type CapturePayment = {
  readonly _tag: "CapturePayment"
  /** `null` captures what was authorized. */
  readonly amount: Money | null
  readonly attemptId: string
  readonly gatewayKey: string
  readonly terms: PaymentTerms
  readonly sendNow: boolean
  readonly nowMs: number
}

export type CancelPayment = {
  readonly _tag: "CancelPayment"
  readonly reversalId: string
  readonly reason: ReversalReason | null
  readonly attemptId: string
  readonly gatewayKey: string
  readonly sendNow: boolean
  readonly nowMs: number
}

export type RefundPayment = {
  readonly _tag: "RefundPayment"
  readonly reversalId: string
  readonly amount: Money
  readonly reason: ReversalReason | null
  readonly attemptId: string
  readonly gatewayKey: string
  readonly sendNow: boolean
  readonly nowMs: number
}
