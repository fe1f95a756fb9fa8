/** Payments, cancels and refunds on the wire of `/v1`. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import { Id, Metadata, RequestMetadata, RiskEvaluation, UtcTimestamp } from "./card.schema.ts"
import {
  Amount,
  EncryptedData,
  IdempotencyKey,
  KeyId,
  ReversalReason,
  SourceType,
  Uuid,
  VerificationMethod,
  WebUrl
} from "./field.schema.ts"

export const CreatePaymentRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  keyId: Schema.optionalKey(KeyId),
  metadata: RequestMetadata,
  amount: Amount,
  autoCapture: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "`true` if absent. `false` authorizes only; capture within 6 days 18 hours."
    })
  ),
  verification: VerificationMethod,
  verificationSuccessUrl: Schema.optionalKey(WebUrl),
  verificationFailureUrl: Schema.optionalKey(WebUrl),
  source: Schema.Struct({
    id: Uuid.annotate({ description: "Id of the card." }),
    type: Schema.optionalKey(SourceType)
  }).annotate({ identifier: "Source" }),
  description: Schema.optionalKey(text(0, 240)),
  encryptedData: Schema.optionalKey(
    EncryptedData.annotate({
      description:
        'Only with `verification: cvv`: base64 of an armored OpenPGP message; its plaintext is `{"cvv":"…"}`.'
    })
  ),
  channel: Schema.optionalKey(Uuid.annotate({ description: "The default channel if absent." }))
}).annotate({ identifier: "CreatePaymentRequest" })

export const CaptureRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  amount: Schema.optionalKey(Amount)
}).annotate({ identifier: "CaptureRequest", description: "Without an amount, all that was authorized is captured." })

export const CancelRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  reason: Schema.optionalKey(ReversalReason)
}).annotate({ identifier: "CancelRequest" })

export const RefundRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  amount: Amount,
  reason: Schema.optionalKey(ReversalReason)
}).annotate({ identifier: "RefundRequest" })

export type CreatePaymentRequest = typeof CreatePaymentRequest.Type
export type CaptureRequest = typeof CaptureRequest.Type
export type CancelRequest = typeof CancelRequest.Type
export type RefundRequest = typeof RefundRequest.Type

export const Money = Schema.Struct({ amount: Schema.String, currency: Schema.String }).annotate({ identifier: "Money" })

const Fees = Money.annotate({ description: "What is kept of the amount when it is settled." })

const Source = Schema.Struct({
  id: Schema.String.annotate({
    description: "Of a card its id, of a bank transfer the reference that the payer quotes."
  }),
  type: Schema.Literals(["card", "bank_transfer"])
}).annotate({ identifier: "PaymentSource" })
const Description = Schema.String.annotate({ description: "Enumerated description: always `Payment`." })
const PaymentStatus = Schema.Literals(["pending", "confirmed", "paid", "failed", "action_required"]).annotate({
  identifier: "PaymentStatus",
  description: "`confirmed` is approved, `paid` is settled; `paid` and `failed` are final."
})
const ReversalStatus = Schema.Literals(["pending", "confirmed", "paid", "failed"]).annotate({
  identifier: "ReversalStatus",
  description: "`paid` and `failed` are final."
})
const RequiredAction = Schema.Struct({
  type: Schema.Literals(["three_d_secure_required"]),
  redirectUrl: Schema.String.annotate({ description: "Send the payer there." })
}).annotate({ identifier: "RequiredAction" })

const Verification = Schema.Struct({
  avs: Schema.String,
  cvv: Schema.Literals(["not_requested", "pass", "fail", "unavailable", "pending"]),
  threeDSecure: Schema.optionalKey(Schema.Literals(["pass", "fail"])),
  eci: Schema.optionalKey(Schema.Literals(["00", "01", "02", "05", "06", "07"]))
}).annotate({ identifier: "PaymentVerification" })

const item = {
  id: Id,
  merchantId: Id,
  merchantWalletId: Schema.String,
  amount: Money,
  source: Source,
  description: Description,
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp
}

const capture = {
  captured: Schema.optionalKey(Schema.Boolean.annotate({ description: "Only where `autoCapture` was false." })),
  captureAmount: Schema.optionalKey(Money),
  captureDate: Schema.optionalKey(UtcTimestamp)
}

const state = {
  status: PaymentStatus,
  ...capture,
  requiredAction: Schema.optionalKey(RequiredAction),
  fees: Schema.optionalKey(Fees),
  channel: Schema.optionalKey(Id)
}

const fate = {
  errorCode: Schema.optionalKey(Schema.String.annotate({ description: "Why it failed. Only where it did." })),
  metadata: Metadata,
  riskEvaluation: Schema.optionalKey(RiskEvaluation)
}

/** A payment as a refund or a cancel shows it, inside a payment or a list. */
const PaymentSummary = Schema.Struct({
  id: Id,
  type: Schema.Literals(["payment", "refund"]),
  amount: Money,
  description: Description,
  status: PaymentStatus,
  requiredAction: Schema.optionalKey(RequiredAction),
  fees: Schema.optionalKey(Money),
  createDate: UtcTimestamp
}).annotate({ identifier: "PaymentSummary" })

const CancelSummary = Schema.Struct({
  id: Id,
  type: Schema.Literals(["cancel"]),
  description: Description,
  status: ReversalStatus,
  createDate: UtcTimestamp
}).annotate({ identifier: "CancelSummary" })

const reversal = { ...item, status: ReversalStatus, fees: Money, channel: Schema.optionalKey(Id) }

export const Cancel = Schema.Struct({
  ...reversal,
  type: Schema.Literals(["cancel"]),
  originalPayment: PaymentSummary
}).annotate({ identifier: "Cancel" })

export const Refund = Schema.Struct({
  ...reversal,
  type: Schema.Literals(["refund"]),
  originalPayment: PaymentSummary
}).annotate({ identifier: "Refund" })

/** A payment in a list. */
export const ListedPayment = Schema.Struct({
  ...item,
  type: Schema.Literals(["payment"]),
  ...state,
  cancel: Schema.optionalKey(CancelSummary),
  refunds: Schema.Array(PaymentSummary)
}).annotate({ identifier: "ListedPayment" })

export const Payment = Schema.Struct({
  ...item,
  type: Schema.Literals(["payment"]),
  ...state,
  verification: Schema.optionalKey(Verification),
  cancel: Schema.optionalKey(Cancel),
  refunds: Schema.Array(Refund),
  ...fate
}).annotate({ identifier: "Payment" })

const detailedReversal = {
  ...item,
  status: ReversalStatus,
  originalPayment: ListedPayment,
  fees: Money,
  reason: Schema.optionalKey(ReversalReason),
  ...fate
}

export const DetailedCancel = Schema.Struct({
  ...detailedReversal,
  type: Schema.Literals(["cancel"]),
  refund: Schema.Boolean.annotate({ description: "Whether the money had to be given back, since it was settled." })
}).annotate({ identifier: "DetailedCancel" })

export const DetailedRefund = Schema.Struct({
  ...detailedReversal,
  type: Schema.Literals(["refund"])
}).annotate({ identifier: "DetailedRefund" })

export type MoneyBody = typeof Money.Type
export type PaymentBody = typeof Payment.Type
export type ListedPaymentBody = typeof ListedPayment.Type
export type PaymentSummaryBody = typeof PaymentSummary.Type
export type CancelSummaryBody = typeof CancelSummary.Type
export type CancelBody = typeof Cancel.Type
export type RefundBody = typeof Refund.Type
export type DetailedCancelBody = typeof DetailedCancel.Type
export type DetailedRefundBody = typeof DetailedRefund.Type
