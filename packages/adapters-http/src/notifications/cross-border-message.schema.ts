/** What messages in the kernel's own words show of cross-border payments. Nothing of it tells who the parties are. */
import * as Schema from "effect/Schema"
import { Amount, Failure, Id, Moment } from "./message-parts.schema.ts"

const Text = Schema.String

const rfiStatuses = ["information_required", "in_review", "approved", "rejected", "expired"] as const
const transactionStatuses = ["created", "pending", "broadcasted", "completed", "failed"] as const
const refundStatuses = ["created", "completed", "failed"] as const

export const CrossBorderPaymentData = Schema.Struct({
  id: Id,
  quoteId: Text,
  status: Schema.Literals([
    "withdrawn",
    "created",
    "crypto_funds_pending",
    "fiat_payment_initiated",
    "completed",
    "failed"
  ]).annotate({ description: "Withdrawn: the network never took it." }),
  source: Amount,
  destination: Amount,
  fees: Amount,
  paymentMethod: Text,
  blockchain: Text,
  useCase: Schema.Literals(["b2b", "b2c", "c2b", "c2c"]),
  reasonForPayment: Text,
  customerRefId: Text,
  beneficiaryRefId: Schema.NullOr(Text),
  refCode: Schema.NullOr(Text),
  manualReview: Schema.Boolean,
  delayed: Schema.Boolean,
  rfis: Schema.Array(Schema.Struct({ id: Text, status: Schema.Literals(rfiStatuses) })),
  transactions: Schema.Array(Schema.Struct({ id: Text, status: Schema.Literals(transactionStatuses) })),
  refunds: Schema.Array(Schema.Struct({ id: Text, status: Schema.Literals(refundStatuses), amount: Amount })),
  fiatNetworkRef: Schema.NullOr(Text).annotate({ description: "The bank's own, once it is paid." }),
  failure: Failure,
  expiresAt: Moment,
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "CrossBorderPayment" })

export const OnchainTransactionData = Schema.Struct({
  id: Id,
  paymentId: Text,
  version: Schema.Literals([1, 2]),
  status: Schema.Literals(transactionStatuses),
  blockchain: Text,
  amount: Amount,
  senderAddress: Text,
  destinationAddress: Text,
  replaces: Schema.NullOr(Text).annotate({ description: "The transaction that it is to overtake." }),
  transactionHash: Schema.NullOr(Text),
  received: Schema.NullOr(Amount).annotate({ description: "What has arrived for good." }),
  failure: Failure,
  expiresAt: Moment,
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "OnchainTransaction" })

export const RfiData = Schema.Struct({
  id: Id,
  paymentId: Text,
  status: Schema.Literals(rfiStatuses),
  party: Schema.Literals(["business", "individual"]),
  level: Schema.Literals([1, 2, 3]),
  fields: Schema.Array(Text).annotate({ description: "Names of what is asked." }),
  files: Schema.Array(Text).annotate({ description: "Keys of the files that are asked for." }),
  failure: Failure,
  expiresAt: Moment,
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "Rfi" })

export const PayoutRefundData = Schema.Struct({
  id: Id,
  paymentId: Text,
  status: Schema.Literals(refundStatuses),
  amount: Amount,
  blockchain: Text,
  refundAddress: Text,
  transactionHash: Schema.NullOr(Text),
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "PayoutRefund" })
