/** A refund and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { MoneyCodec } from "../money/money.schema.ts"
import type { AsStored } from "../quote/quote.schema.ts"
import type { PayoutRefund, RefundEnd, RefundEvent, RefundStatus } from "./payout-refund.ts"

export type PayoutRefundJson = AsStored<PayoutRefund>
export type RefundEventJson = AsStored<RefundEvent>

const RefundStatusCodec: Schema.Codec<RefundStatus> = Schema.Literals(["none", "created", "completed", "failed"])

const RefundEndCodec: Schema.Codec<RefundEnd> = Schema.Literals(["completed", "failed"])

const details = {
  id: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  amount: MoneyCodec,
  blockchain: Schema.String,
  refundAddress: Schema.String
}

export const PayoutRefundCodec: Schema.Codec<PayoutRefund, PayoutRefundJson> = Schema.Struct({
  ...details,
  status: RefundStatusCodec,
  transactionHash: Schema.NullOr(Schema.String),
  contradiction: Schema.NullOr(RefundEndCodec),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const RefundEventCodec: Schema.Codec<RefundEvent, RefundEventJson> = Schema.TaggedUnion({
  RefundCreated: { ...details, atMs: Schema.Int },
  RefundCompleted: { transactionHash: Schema.String, atMs: Schema.Int },
  RefundFailed: { atMs: Schema.Int },
  RefundContradicted: { said: RefundEndCodec, atMs: Schema.Int }
})

/** Reads a stored refund. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeRefund: (json: unknown) => PayoutRefund = Schema.decodeUnknownSync(PayoutRefundCodec)

/** Reads a stored event of a refund. Throws where the JSON is not one. */
export const decodeRefundEvent: (json: unknown) => RefundEvent = Schema.decodeUnknownSync(RefundEventCodec)

export const encodeRefund: (refund: PayoutRefund) => PayoutRefundJson = Schema.encodeSync(PayoutRefundCodec)

export const encodeRefundEvent: (event: RefundEvent) => RefundEventJson = Schema.encodeSync(RefundEventCodec)
