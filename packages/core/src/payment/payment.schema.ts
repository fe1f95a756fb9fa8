/**
 * A payment as stored: plain JSON, validated whenever it is read. Writing lists each field by hand, which is many
 * times faster than going through the schema and lets nothing into the store that is not listed.
 */
import * as Schema from "effect/Schema"
import { AttemptCodec, type AttemptJson, CvvResultCodec, encodeAttempt } from "../attempt/attempt.schema.ts"
import { encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import type {
  Authentication,
  CardOnPayment,
  Eci,
  Payer,
  Payment,
  PaymentStatus,
  Reversal,
  ReversalReason,
  RiskEvaluation,
  VerificationMethod
} from "./payment.ts"
import { type PaymentErrorCode, paymentErrorCodes } from "./payment-error-code.ts"

type MoneyFields = "amount" | "authorized" | "captured" | "refunded" | "refunding" | "fees"

export type ReversalJson = Omit<Reversal, "amount"> & { readonly amount: MoneyJson }

export type PaymentJson = Omit<Payment, MoneyFields | "attempts" | "reversals"> & {
  readonly [Field in MoneyFields]: MoneyJson
} & { readonly attempts: ReadonlyArray<AttemptJson>; readonly reversals: ReadonlyArray<ReversalJson> }

const PaymentStatusCodec: Schema.Codec<PaymentStatus> = Schema.Literals([
  "none",
  "pending",
  "action_required",
  "authorized",
  "confirmed",
  "paid",
  "failed",
  "voided",
  "cancelled",
  "expired"
])

export const PaymentErrorCodeCodec: Schema.Codec<PaymentErrorCode> = Schema.Literals(paymentErrorCodes)

export const VerificationMethodCodec: Schema.Codec<VerificationMethod> = Schema.Literals([
  "none",
  "cvv",
  "three_d_secure"
])

export const EciCodec: Schema.Codec<Eci> = Schema.Literals(["00", "01", "02", "05", "06", "07"])

export const ReversalReasonCodec: Schema.Codec<ReversalReason> = Schema.Literals([
  "duplicate",
  "fraudulent",
  "requested_by_customer",
  "bank_transaction_error",
  "invalid_account_number",
  "insufficient_funds",
  "payment_stopped_by_issuer",
  "payment_returned",
  "bank_account_ineligible",
  "invalid_ach_rtn",
  "unauthorized_transaction",
  "payment_failed"
])

export const SourceCodec: Schema.Codec<Payment["source"]> = Schema.Struct({
  type: Schema.Literals(["card", "bank_transfer"]),
  id: Schema.String
})

export const CardOnPaymentCodec: Schema.Codec<CardOnPayment> = Schema.Struct({
  network: Schema.Literals(["VISA", "MASTERCARD", "AMEX", "UNKNOWN"]),
  last4: Schema.String,
  fundingType: Schema.Literals(["credit", "debit", "prepaid", "unknown"])
})

export const PayerCodec: Schema.Codec<Payer> = Schema.Struct({
  email: Schema.String,
  phoneNumber: Schema.NullOr(Schema.String),
  sessionId: Schema.String,
  ipAddress: Schema.String
})

export const RiskEvaluationCodec: Schema.Codec<RiskEvaluation> = Schema.Struct({
  decision: Schema.Literals(["approved", "denied", "review"]),
  reason: Schema.String
})

const AuthenticationCodec: Schema.Codec<Authentication> = Schema.Struct({
  key: Schema.String,
  status: Schema.Literals(["planned", "challenged", "passed", "failed"]),
  challengeUrl: Schema.NullOr(Schema.String),
  expiresAtMs: Schema.Int,
  eci: Schema.NullOr(EciCodec)
})

const ReversalCodec: Schema.Codec<Reversal, ReversalJson> = Schema.Struct({
  id: Schema.String,
  type: Schema.Literals(["cancel", "refund"]),
  asRefund: Schema.Boolean,
  attemptId: Schema.NullOr(Schema.String),
  amount: MoneyCodec,
  reason: Schema.NullOr(ReversalReasonCodec),
  status: Schema.Literals(["pending", "paid", "failed"]),
  failure: Schema.NullOr(PaymentErrorCodeCodec),
  settlementId: Schema.NullOr(Schema.String),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const PaymentCodec: Schema.Codec<Payment, PaymentJson> = Schema.Struct({
  status: PaymentStatusCodec,
  id: Schema.String,
  merchantId: Schema.String,
  amount: MoneyCodec,
  autoCapture: Schema.Boolean,
  source: SourceCodec,
  card: CardOnPaymentCodec,
  verificationMethod: VerificationMethodCodec,
  successUrl: Schema.NullOr(Schema.String),
  failureUrl: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String),
  channel: Schema.NullOr(Schema.String),
  payer: PayerCodec,
  authentication: Schema.NullOr(AuthenticationCodec),
  verification: Schema.NullOr(Schema.Struct({ avs: Schema.String, cvv: CvvResultCodec })),
  risk: Schema.NullOr(RiskEvaluationCodec),
  authorized: MoneyCodec,
  captured: MoneyCodec,
  capturedAtMs: Schema.NullOr(Schema.Int),
  refunded: MoneyCodec,
  refunding: MoneyCodec,
  fees: MoneyCodec,
  authorizationExpiresAtMs: Schema.NullOr(Schema.Int),
  failure: Schema.NullOr(PaymentErrorCodeCodec),
  attempts: Schema.Array(AttemptCodec),
  reversals: Schema.Array(ReversalCodec),
  settlementId: Schema.NullOr(Schema.String),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

/** Reads a stored payment. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodePayment: (json: unknown) => Payment = Schema.decodeUnknownSync(PaymentCodec)

export const encodePayment = (payment: Payment): PaymentJson => ({
  status: payment.status,
  id: payment.id,
  merchantId: payment.merchantId,
  amount: encodeMoney(payment.amount),
  autoCapture: payment.autoCapture,
  source: payment.source,
  card: payment.card,
  verificationMethod: payment.verificationMethod,
  successUrl: payment.successUrl,
  failureUrl: payment.failureUrl,
  description: payment.description,
  channel: payment.channel,
  payer: payment.payer,
  authentication: payment.authentication,
  verification: payment.verification,
  risk: payment.risk,
  authorized: encodeMoney(payment.authorized),
  captured: encodeMoney(payment.captured),
  capturedAtMs: payment.capturedAtMs,
  refunded: encodeMoney(payment.refunded),
  refunding: encodeMoney(payment.refunding),
  fees: encodeMoney(payment.fees),
  authorizationExpiresAtMs: payment.authorizationExpiresAtMs,
  failure: payment.failure,
  attempts: payment.attempts.map(encodeAttempt),
  reversals: payment.reversals.map((reversal) => ({ ...reversal, amount: encodeMoney(reversal.amount) })),
  settlementId: payment.settlementId,
  createdAtMs: payment.createdAtMs,
  updatedAtMs: payment.updatedAtMs
})
