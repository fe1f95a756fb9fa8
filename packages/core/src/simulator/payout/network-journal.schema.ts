/** The line format of the network's stored book: one JSON object per record, read strictly, because it is its truth. */
import * as Schema from "effect/Schema"
import { MoneyCodec } from "../../money/money.schema.ts"
import { onchainFailureReasons } from "../../onchain/onchain.ts"
import { type AsStored, QuoteTermsCodec } from "../../quote/quote.schema.ts"
import type { NetworkRecord } from "./network-journal.ts"
import type { RfiVerdict, Scenario } from "./scenarios.ts"

const QuoteOffered = Schema.Struct({
  record: Schema.Literal("quote_offered"),
  quote: Schema.Struct({ id: Schema.String, terms: QuoteTermsCodec }),
  atMs: Schema.Int
})

const RfiLevelCodec = Schema.Literals([1, 2, 3])

const ScenarioCodec: Schema.Codec<Scenario> = Schema.Struct({
  clearance: Schema.Literals(["at_once", "refused", "later", "refused_later", "after_rfi", "after_later_rfi"]),
  rfiLevel: RfiLevelCodec,
  payout: Schema.Literals(["normal", "delayed", "fails"]),
  refund: Schema.Literals(["completed", "created_then_failed", "created_then_completed"]),
  expires: Schema.Boolean
})

const RaisedRfi = Schema.Struct({
  id: Schema.String,
  level: RfiLevelCodec,
  raisedAtMs: Schema.Int,
  expiresAtMs: Schema.Int
})

const PaymentTaken = Schema.Struct({
  record: Schema.Literal("payment_taken"),
  key: Schema.String,
  payment: Schema.Struct({
    quoteId: Schema.String,
    senderAddress: Schema.String,
    refundAddress: Schema.String,
    reasonForPayment: Schema.String
  }),
  scenario: ScenarioCodec,
  rfi: Schema.NullOr(RaisedRfi),
  atMs: Schema.Int
})

const PaymentFunded = Schema.Struct({
  record: Schema.Literal("payment_funded"),
  key: Schema.String,
  transactionHash: Schema.String,
  amount: MoneyCodec,
  refundId: Schema.String,
  atMs: Schema.Int
})

const RfiRaised = Schema.Struct({
  record: Schema.Literal("rfi_raised"),
  key: Schema.String,
  rfi: RaisedRfi,
  atMs: Schema.Int
})

const VerdictCodec: Schema.Codec<RfiVerdict> = Schema.Literals(["approves", "rejects", "never"])

const RfiAnswered = Schema.Struct({
  record: Schema.Literal("rfi_answered"),
  key: Schema.String,
  rfiId: Schema.String,
  verdict: VerdictCodec,
  digest: Schema.String,
  atMs: Schema.Int
})

const FundingBroadcast = Schema.Struct({
  record: Schema.Literal("funding_broadcast"),
  key: Schema.String,
  blockchain: Schema.String,
  sender: Schema.String,
  amount: MoneyCodec,
  transactionHash: Schema.String,
  authorization: Schema.String,
  gas: Schema.NullOr(
    Schema.Struct({
      nonce: Schema.String,
      gasLimit: Schema.String,
      maxFeePerGas: Schema.String,
      maxPriorityFeePerGas: Schema.String
    })
  ),
  validUntilMs: Schema.Int,
  atMs: Schema.Int
})

const FundingRefused = Schema.Struct({
  record: Schema.Literal("funding_refused"),
  key: Schema.String,
  reason: Schema.Literals(onchainFailureReasons),
  atMs: Schema.Int
})

const AccountSet = Schema.Struct({
  record: Schema.Literal("account_set"),
  blockchain: Schema.String,
  address: Schema.String,
  exists: Schema.Boolean,
  tokens: Schema.String,
  coins: Schema.String,
  allowance: Schema.String,
  atMs: Schema.Int
})

const records: Schema.Codec<NetworkRecord, AsStored<NetworkRecord>> = Schema.Union([
  QuoteOffered,
  PaymentTaken,
  PaymentFunded,
  RfiRaised,
  RfiAnswered,
  FundingBroadcast,
  FundingRefused,
  AccountSet
])

const NetworkRecordJson: Schema.Codec<NetworkRecord, string> = Schema.fromJsonString(records)

/** One record as one line of text, without the line break. */
export const encodeNetworkRecord = Schema.encodeSync(NetworkRecordJson)

/** The record of one line, or a failure where the line is not one. */
export const decodeNetworkRecord = Schema.decodeUnknownResult(NetworkRecordJson)
