/** An on-chain transaction and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { MoneyCodec } from "../money/money.schema.ts"
import type { AsStored } from "../quote/quote.schema.ts"
import {
  type FeeEstimate,
  type OnchainEvent,
  type OnchainFailureReason,
  type OnchainStatus,
  type OnchainTransaction,
  onchainFailureReasons,
  type SigningMessage
} from "./onchain.ts"

export type OnchainTransactionJson = AsStored<OnchainTransaction>
export type OnchainEventJson = AsStored<OnchainEvent>

export const OnchainStatusCodec: Schema.Codec<OnchainStatus> = Schema.Literals([
  "none",
  "created",
  "pending",
  "broadcasted",
  "completed",
  "failed"
])

const FailureReasonCodec: Schema.Codec<OnchainFailureReason> = Schema.Literals(onchainFailureReasons)

const SigningMessageCodec: Schema.Codec<SigningMessage> = Schema.Struct({
  type: Schema.Literals(["eip3009", "solana", "settlement_contract_payment_intent"]),
  text: Schema.String,
  encoded: Schema.NullOr(Schema.String)
})

const FeeEstimateCodec: Schema.Codec<FeeEstimate> = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("eip1559"),
    gasLimit: Schema.String,
    maxFeePerGas: Schema.String,
    maxPriorityFeePerGas: Schema.String
  }),
  Schema.Struct({
    type: Schema.Literal("solana"),
    computeUnitLimit: Schema.String,
    computeUnitPrice: Schema.String,
    baseFee: Schema.String
  })
])

const details = {
  id: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  version: Schema.Literals([1, 2]),
  blockchain: Schema.String,
  amount: MoneyCodec,
  senderAddress: Schema.String,
  destinationAddress: Schema.String,
  message: SigningMessageCodec,
  estimatedFee: Schema.NullOr(FeeEstimateCodec),
  metadata: Schema.NullOr(Schema.String),
  replaces: Schema.NullOr(Schema.String),
  expiresAtMs: Schema.Int
}

export const OnchainTransactionCodec: Schema.Codec<OnchainTransaction, OnchainTransactionJson> = Schema.Struct({
  ...details,
  status: OnchainStatusCodec,
  signedTransaction: Schema.NullOr(Schema.String),
  transactionHash: Schema.NullOr(Schema.String),
  received: Schema.NullOr(MoneyCodec),
  failureReason: Schema.NullOr(FailureReasonCodec),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const confirmed = { transactionHash: Schema.String, received: MoneyCodec, atMs: Schema.Int }

export const OnchainEventCodec: Schema.Codec<OnchainEvent, OnchainEventJson> = Schema.TaggedUnion({
  TransactionCreated: { ...details, atMs: Schema.Int },
  TransactionSubmitted: { signedTransaction: Schema.String, atMs: Schema.Int },
  TransactionBroadcast: { transactionHash: Schema.String, atMs: Schema.Int },
  TransactionCompleted: confirmed,
  TransactionFailed: {
    reason: FailureReasonCodec,
    transactionHash: Schema.NullOr(Schema.String),
    atMs: Schema.Int
  },
  LateConfirmationFound: confirmed
})

/** Reads a stored transaction. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeTransaction: (json: unknown) => OnchainTransaction =
  Schema.decodeUnknownSync(OnchainTransactionCodec)

/** Reads a stored event of a transaction. Throws where the JSON is not one. */
export const decodeTransactionEvent: (json: unknown) => OnchainEvent = Schema.decodeUnknownSync(OnchainEventCodec)

export const encodeTransaction: (transaction: OnchainTransaction) => OnchainTransactionJson =
  Schema.encodeSync(OnchainTransactionCodec)

export const encodeTransactionEvent: (event: OnchainEvent) => OnchainEventJson = Schema.encodeSync(OnchainEventCodec)
