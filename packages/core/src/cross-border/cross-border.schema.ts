/** A cross-border payment and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { MoneyCodec, RationalCodec } from "../money/money.schema.ts"
import { type AsStored, FiatSettlementTimeCodec, QuoteFeesCodec } from "../quote/quote.schema.ts"
import type {
  CrossBorderDetails,
  CrossBorderEvent,
  CrossBorderPayment,
  CrossBorderStatus,
  CrossBorderTerms,
  OnchainReference,
  RefundReference,
  RfiReference
} from "./cross-border.ts"
import { FailureCodeCodec } from "./failure-code.schema.ts"

export type CrossBorderPaymentJson = AsStored<CrossBorderPayment>
export type CrossBorderEventJson = AsStored<CrossBorderEvent>

const CrossBorderStatusCodec: Schema.Codec<CrossBorderStatus> = Schema.Literals([
  "none",
  "created",
  "crypto_funds_pending",
  "fiat_payment_initiated",
  "completed",
  "failed",
  "withdrawn"
])

const EndCodec = Schema.Literals(["completed", "failed"])

const terms = {
  source: MoneyCodec,
  destination: MoneyCodec,
  rate: RationalCodec,
  fees: QuoteFeesCodec,
  paymentMethod: Schema.String,
  blockchain: Schema.String,
  transactionVersion: Schema.Literals([1, 2]),
  fiatSettlementTime: FiatSettlementTimeCodec
}

const TermsCodec: Schema.Codec<CrossBorderTerms, AsStored<CrossBorderTerms>> = Schema.Struct(terms)

const details = {
  senderAddress: Schema.String,
  refundAddress: Schema.String,
  useCase: Schema.Literals(["b2b", "b2c", "c2b", "c2c"]),
  reasonForPayment: Schema.String,
  customerRefId: Schema.String,
  beneficiaryRefId: Schema.NullOr(Schema.String),
  refCode: Schema.NullOr(Schema.String),
  travelRuleRecordId: Schema.String,
  beneficiaryRecordId: Schema.String
}

const DetailsCodec: Schema.Codec<CrossBorderDetails> = Schema.Struct(details)

const RfiReferenceCodec: Schema.Codec<RfiReference> = Schema.Struct({
  id: Schema.String,
  status: Schema.Literals(["information_required", "in_review", "approved", "rejected", "expired"])
})

const OnchainReferenceCodec: Schema.Codec<OnchainReference> = Schema.Struct({
  id: Schema.String,
  status: Schema.Literals(["created", "pending", "broadcasted", "completed", "failed"])
})

const RefundReferenceCodec: Schema.Codec<RefundReference, AsStored<RefundReference>> = Schema.Struct({
  id: Schema.String,
  status: Schema.Literals(["created", "completed", "failed"]),
  amount: MoneyCodec,
  transactionHash: Schema.NullOr(Schema.String)
})

const received = { transactionId: Schema.String, amount: MoneyCodec }

export const CrossBorderPaymentCodec: Schema.Codec<CrossBorderPayment, CrossBorderPaymentJson> = Schema.Struct({
  ...terms,
  ...details,
  status: CrossBorderStatusCodec,
  id: Schema.String,
  merchantId: Schema.String,
  quoteId: Schema.String,
  manualReview: Schema.Boolean,
  delayed: Schema.Boolean,
  rfis: Schema.Array(RfiReferenceCodec),
  transactions: Schema.Array(OnchainReferenceCodec),
  received: Schema.Array(Schema.Struct(received)),
  refunds: Schema.Array(RefundReferenceCodec),
  fiatNetworkRef: Schema.NullOr(Schema.String),
  failureCode: Schema.NullOr(FailureCodeCodec),
  contradiction: Schema.NullOr(EndCodec),
  expiresAtMs: Schema.Int,
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const CrossBorderEventCodec: Schema.Codec<CrossBorderEvent, CrossBorderEventJson> = Schema.TaggedUnion({
  PaymentCreated: {
    id: Schema.String,
    merchantId: Schema.String,
    quoteId: Schema.String,
    terms: TermsCodec,
    details: DetailsCodec,
    expiresAtMs: Schema.Int,
    atMs: Schema.Int
  },
  ManualReviewStarted: { atMs: Schema.Int },
  PaymentCleared: { atMs: Schema.Int },
  RfiRecorded: { rfi: RfiReferenceCodec, atMs: Schema.Int },
  TransactionStarted: { transactionId: Schema.String, replaces: Schema.NullOr(Schema.String), atMs: Schema.Int },
  TransactionRecorded: { transaction: OnchainReferenceCodec, atMs: Schema.Int },
  FundsReceived: { ...received, atMs: Schema.Int },
  PayoutInitiated: { atMs: Schema.Int },
  PayoutDelayed: { atMs: Schema.Int },
  PaymentCompleted: { fiatNetworkRef: Schema.NullOr(Schema.String), atMs: Schema.Int },
  PaymentFailed: { code: FailureCodeCodec, atMs: Schema.Int },
  RefundRecorded: { refund: RefundReferenceCodec, atMs: Schema.Int },
  OutcomeContradicted: { said: EndCodec, atMs: Schema.Int },
  PaymentWithdrawn: { atMs: Schema.Int }
})

/** Reads a stored payment. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeCrossBorderPayment: (json: unknown) => CrossBorderPayment =
  Schema.decodeUnknownSync(CrossBorderPaymentCodec)

/** Reads a stored event of a payment. Throws where the JSON is not one. */
export const decodeCrossBorderEvent: (json: unknown) => CrossBorderEvent =
  Schema.decodeUnknownSync(CrossBorderEventCodec)

export const encodeCrossBorderPayment: (payment: CrossBorderPayment) => CrossBorderPaymentJson =
  Schema.encodeSync(CrossBorderPaymentCodec)

export const encodeCrossBorderEvent: (event: CrossBorderEvent) => CrossBorderEventJson =
  Schema.encodeSync(CrossBorderEventCodec)
