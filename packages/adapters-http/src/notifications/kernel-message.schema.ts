/**
 * Messages in the kernel's own words, version 1: what happened, to what, and how that stands since. What is published
 * here never changes its meaning and never goes away; fields and types may be added.
 */
import * as Schema from "effect/Schema"
import {
  CrossBorderPaymentData,
  OnchainTransactionData,
  PayoutRefundData,
  RfiData
} from "./cross-border-message.schema.ts"
import { DepositData, IntentData, IntentRefundData } from "./intent-message.schema.ts"
import { Amount, Failure, Id, Moment } from "./message-parts.schema.ts"

const describe = (description: string) => ({ description })

const Text = Schema.String
const Verification = Schema.NullOr(Schema.Struct({ avs: Text, cvv: Text })).annotate(
  describe("What the issuer said; null until it has.")
)

export const PaymentData = Schema.Struct({
  id: Id,
  status: Schema.Literals([
    "pending",
    "action_required",
    "authorized",
    "confirmed",
    "paid",
    "failed",
    "voided",
    "cancelled",
    "expired"
  ]),
  amount: Amount,
  authorized: Amount,
  captured: Amount,
  refunded: Amount,
  fees: Amount,
  autoCapture: Schema.Boolean,
  source: Schema.Struct({ type: Text, id: Text }),
  card: Schema.Struct({ network: Text, last4: Text, fundingType: Text }),
  verification: Verification,
  challengeUrl: Schema.NullOr(Text).annotate(describe("Where the payer has to answer; null where nothing is asked.")),
  failure: Failure,
  authorizationExpiresAt: Schema.NullOr(Moment),
  settlementId: Schema.NullOr(Text),
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "Payment" })

export const ReversalData = Schema.Struct({
  id: Id,
  type: Schema.Literals(["cancel", "refund"]),
  status: Schema.Literals(["pending", "paid", "failed"]),
  amount: Amount,
  asRefund: Schema.Boolean.annotate(describe("Whether a cancel had to give the money back, since it was settled.")),
  reason: Schema.NullOr(Text),
  failure: Failure,
  settlementId: Schema.NullOr(Text)
}).annotate({ identifier: "Reversal" })

export const CardData = Schema.Struct({
  id: Id,
  status: Schema.Literals(["pending", "complete", "failed"]),
  network: Text,
  last4: Text,
  fundingType: Text,
  issuerCountry: Schema.NullOr(Text),
  expMonth: Schema.Int,
  expYear: Schema.Int,
  fingerprint: Schema.String.annotate(describe("The same for the same card number.")),
  avs: Text,
  cvv: Text,
  failure: Failure,
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "Card" })

export const CheckoutData = Schema.Struct({
  id: Schema.String.annotate(describe("`sess_…` of a hosted payment, `txn_…` of a direct one.")),
  kind: Schema.Literals(["direct", "hosted"]),
  status: Schema.Literals(["open", "paying", "completed", "cancelled", "expired", "failed"]),
  amount: Amount,
  description: Schema.NullOr(Text),
  payments: Schema.Array(
    Schema.Struct({
      id: Id,
      transactionId: Text,
      status: Schema.Literals(["open", "succeeded", "failed"]),
      failure: Failure
    })
  ),
  metadata: Schema.optionalKey(Schema.Json).annotate(
    describe("The merchant's own data as it came. Absent where there is none, or where it would make this too long.")
  ),
  expiresAt: Schema.NullOr(Moment),
  endedAt: Schema.NullOr(Moment),
  createdAt: Moment
}).annotate({ identifier: "Checkout" })

export const SettlementData = Schema.Struct({
  id: Id,
  walletId: Text,
  totalCredits: Amount,
  totalDebits: Amount,
  paymentFees: Amount,
  payout: Amount,
  createdAt: Moment
}).annotate({ identifier: "Settlement" })

export const EndpointData = Schema.Struct({
  id: Text,
  status: Schema.Literals(["unconfirmed", "enabled", "disabled", "removed"]),
  dialect: Text,
  name: Schema.NullOr(Text),
  url: Schema.NullOr(Text),
  disabledBecause: Schema.NullOr(Schema.Literals(["merchant_asked", "gone", "failing"])),
  failingSince: Schema.NullOr(Moment)
}).annotate({ identifier: "Endpoint" })

const envelope = {
  type: Schema.String.annotate(
    describe("What it is about, a full stop, and what happened. Ignore types that you do not know.")
  ),
  timestamp: Moment.annotate(describe("When it happened, in UTC.")),
  schema: Schema.Literals(["paykernel.v1"]),
  sequence: Schema.Int.annotate(
    describe("Counts what happened to the one thing that this is about. A lower number than the last one is old news.")
  ),
  merchantId: Text
}

const about = <const Type extends string, S extends Schema.Top>(type: Type, fields: { readonly [name: string]: S }) =>
  Schema.Struct({
    ...envelope,
    subject: Schema.Struct({ type: Schema.Literals([type]), id: Text }),
    data: Schema.Struct(fields)
  })

export const KernelMessage = Schema.Union([
  Schema.Struct({
    ...envelope,
    subject: Schema.Struct({ type: Schema.Literals(["payment"]), id: Text }),
    data: Schema.Struct({
      payment: PaymentData,
      reversal: Schema.optionalKey(ReversalData).annotate(describe("Where it is about a cancel or a refund."))
    })
  }).annotate({ identifier: "PaymentMessage" }),
  about("card", { card: CardData }).annotate({ identifier: "CardMessage" }),
  about("checkout", { checkout: CheckoutData }).annotate({ identifier: "CheckoutMessage" }),
  about("intent", { intent: IntentData }).annotate({ identifier: "IntentMessage" }),
  about("deposit", { deposit: DepositData }).annotate({ identifier: "DepositMessage" }),
  about("intent_refund", { refund: IntentRefundData }).annotate({ identifier: "IntentRefundMessage" }),
  about("cross_border_payment", { payment: CrossBorderPaymentData }).annotate({ identifier: "CrossBorderMessage" }),
  about("onchain_transaction", { transaction: OnchainTransactionData }).annotate({
    identifier: "OnchainTransactionMessage"
  }),
  about("rfi", { rfi: RfiData }).annotate({ identifier: "RfiMessage" }),
  about("payout_refund", { refund: PayoutRefundData }).annotate({ identifier: "PayoutRefundMessage" }),
  about("settlement", { settlement: SettlementData }).annotate({ identifier: "SettlementMessage" }),
  about("endpoint", { endpoint: EndpointData }).annotate({ identifier: "EndpointMessage" })
]).annotate({ identifier: "KernelMessage", title: "paykernel.v1" })

export type KernelMessage = typeof KernelMessage.Type
