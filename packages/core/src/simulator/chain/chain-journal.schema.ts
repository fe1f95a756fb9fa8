/** The line format of the chains' stored book: one JSON object per record, read strictly, because it is the chains' truth. */
import * as Schema from "effect/Schema"
import type { ChainRecord } from "./chain-journal.ts"

const AddressDerived = Schema.Struct({
  record: Schema.Literal("address_derived"),
  chain: Schema.String,
  address: Schema.String,
  addressTag: Schema.NullOr(Schema.String),
  reference: Schema.String,
  atMs: Schema.Int
})

const Output = Schema.Struct({
  address: Schema.String,
  addressTag: Schema.NullOr(Schema.String),
  amount: Schema.String,
  currency: Schema.String
})

const TransactionBroadcast = Schema.Struct({
  record: Schema.Literal("transaction_broadcast"),
  kind: Schema.Literals(["deposit", "refund", "pull"]),
  chain: Schema.String,
  transactionHash: Schema.String,
  fromAddresses: Schema.Array(Schema.String),
  outputs: Schema.Array(Output),
  networkFee: Schema.NullOr(Schema.String),
  key: Schema.NullOr(Schema.String),
  request: Schema.NullOr(Schema.String),
  nonce: Schema.NullOr(Schema.String),
  atMs: Schema.Int
})

const TransferRefused = Schema.Struct({
  record: Schema.Literal("transfer_refused"),
  kind: Schema.Literals(["refund", "pull"]),
  key: Schema.String,
  request: Schema.String,
  why: Schema.Literals([
    "address_invalid",
    "asset_unsupported",
    "amount_invalid",
    "funds_insufficient",
    "signature_invalid",
    "authorization_not_yet_valid",
    "authorization_expired",
    "authorization_used",
    "key_reused",
    "dropped"
  ]),
  atMs: Schema.Int
})

const Fate = Schema.Union([
  Schema.Struct({ transactionHash: Schema.String, fate: Schema.Literals(["kept", "moved"]) }),
  Schema.Struct({
    transactionHash: Schema.String,
    fate: Schema.Literal("dropped"),
    returnsAtMs: Schema.NullOr(Schema.Int)
  }),
  Schema.Struct({ transactionHash: Schema.String, fate: Schema.Literal("replaced"), by: Schema.String })
])

const BlocksReorganised = Schema.Struct({
  record: Schema.Literal("blocks_reorganised"),
  chain: Schema.String,
  depth: Schema.Int,
  fates: Schema.Array(Fate),
  atMs: Schema.Int
})

const ChainRecordJson: Schema.Codec<ChainRecord, string> = Schema.fromJsonString(
  Schema.Union([AddressDerived, TransactionBroadcast, TransferRefused, BlocksReorganised])
)

/** One record as one line of text, without the line break. */
export const encodeChainRecord = Schema.encodeSync(ChainRecordJson)

/** The record of one line, or a failure where the line is not one. */
export const decodeChainRecord = Schema.decodeUnknownResult(ChainRecordJson)
