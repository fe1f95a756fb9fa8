/** An intent's refund and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import {
  AttemptCodec,
  AttemptEventCodec,
  type AttemptJson,
  AttemptPlanCodec,
  type AttemptPlanJson,
  encodeAttempt,
  encodeAttemptPlan
} from "../attempt/attempt.schema.ts"
import {
  encodeMoney,
  encodeRational,
  MoneyCodec,
  type MoneyJson,
  RationalCodec,
  type RationalJson
} from "../money/money.schema.ts"
import type {
  IntentRefund,
  IntentRefundEvent,
  IntentRefundStatus,
  RefundDestination,
  RefundRate
} from "./intent-refund.ts"

type RateJson = Omit<RefundRate, "rate"> & { readonly rate: RationalJson }

type Stored<Shape> = Shape extends unknown
  ? {
      readonly [Field in keyof Shape]: Field extends "amount" | "source" | "networkFee"
        ? MoneyJson | Extract<Shape[Field], null>
        : Field extends "rate"
          ? RateJson | null
          : Field extends "attempt"
            ? AttemptJson | null
            : Field extends "plan"
              ? AttemptPlanJson
              : Shape[Field]
    }
  : never

export type IntentRefundJson = Stored<IntentRefund>
export type IntentRefundEventJson = Stored<IntentRefundEvent>

const StatusCodec: Schema.Codec<IntentRefundStatus> = Schema.Literals(["none", "pending", "paid", "failed"])

const DestinationCodec: Schema.Codec<RefundDestination> = Schema.Struct({
  chain: Schema.String,
  address: Schema.String,
  addressTag: Schema.NullOr(Schema.String)
})

const RateCodec: Schema.Codec<RefundRate, RateJson> = Schema.Struct({ quoteId: Schema.String, rate: RationalCodec })

const terms = {
  id: Schema.String,
  merchantId: Schema.String,
  walletId: Schema.NullOr(Schema.String),
  intentId: Schema.String,
  destination: DestinationCodec,
  amount: MoneyCodec,
  source: MoneyCodec,
  rate: Schema.NullOr(RateCodec)
}

export const IntentRefundCodec: Schema.Codec<IntentRefund, IntentRefundJson> = Schema.Struct({
  status: StatusCodec,
  ...terms,
  attempt: Schema.NullOr(AttemptCodec),
  transactionHash: Schema.NullOr(Schema.String),
  networkFee: Schema.NullOr(MoneyCodec),
  failure: Schema.NullOr(Schema.String),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const moment = { atMs: Schema.Int }

export const IntentRefundEventCodec: Schema.Codec<IntentRefundEvent, IntentRefundEventJson> = Schema.TaggedUnion({
  IntentRefundPlanned: { ...terms, plan: AttemptPlanCodec, ...moment },
  TransferAdvanced: { event: AttemptEventCodec, ...moment },
  TransferBroadcast: { transactionHash: Schema.String, networkFee: MoneyCodec, ...moment },
  IntentRefundSent: moment,
  IntentRefundRefused: { why: Schema.String, ...moment }
})

/** Reads a stored refund. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeIntentRefund: (json: unknown) => IntentRefund = Schema.decodeUnknownSync(IntentRefundCodec)

/** Reads a stored event of a refund. Throws where the JSON is not one. */
export const decodeIntentRefundEvent: (json: unknown) => IntentRefundEvent =
  Schema.decodeUnknownSync(IntentRefundEventCodec)

export const encodeIntentRefund = (refund: IntentRefund): IntentRefundJson => ({
  status: refund.status,
  ...encodeTerms(refund),
  attempt: refund.attempt && encodeAttempt(refund.attempt),
  transactionHash: refund.transactionHash,
  networkFee: refund.networkFee && encodeMoney(refund.networkFee),
  failure: refund.failure,
  createdAtMs: refund.createdAtMs,
  updatedAtMs: refund.updatedAtMs
})

export const encodeIntentRefundEvent = (event: IntentRefundEvent): IntentRefundEventJson => {
  const { _tag, atMs } = event
  switch (_tag) {
    case "IntentRefundPlanned":
      return { _tag, ...encodeTerms(event), plan: encodeAttemptPlan(event.plan), atMs }
    case "TransferAdvanced":
      return { _tag, event: event.event, atMs }
    case "TransferBroadcast":
      return { _tag, transactionHash: event.transactionHash, networkFee: encodeMoney(event.networkFee), atMs }
    case "IntentRefundSent":
      return { _tag, atMs }
    case "IntentRefundRefused":
      return { _tag, why: event.why, atMs }
  }
}

type Terms = Pick<IntentRefund, keyof typeof terms>

const encodeTerms = ({ id, merchantId, walletId, intentId, destination, amount, source, rate }: Terms) => ({
  id,
  merchantId,
  walletId,
  intentId,
  destination: {
    chain: destination.chain,
    address: destination.address,
    addressTag: destination.addressTag
  },
  amount: encodeMoney(amount),
  source: encodeMoney(source),
  rate: rate && { quoteId: rate.quoteId, rate: encodeRational(rate.rate) }
})
