/** The on-chain transactions of cross-border payments on the wire, in both versions. */
import * as Schema from "effect/Schema"
import { matching, oneOf } from "../fields/field-shapes.ts"
import { UtcTimestamp } from "../v1/card.schema.ts"
import { IdempotencyKey } from "../v1/field.schema.ts"
import { Amount, TransactionVersion } from "./field.schema.ts"

export const CreateTransactionRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  senderAccountType: oneOf(["EOA"]).annotate({ description: "An account whose key its owner holds." })
}).annotate({ identifier: "CreateTransactionRequest" })

export const CreateTransactionV2Request = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  metadata: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Json).annotate({
      description: "Your own words about it, given back as they came. At most 2048 characters as JSON."
    })
  )
}).annotate({ identifier: "CreateTransactionV2Request" })

export const metadataLengthMax = 2048

export const AccelerateRequest = Schema.Struct({ idempotencyKey: IdempotencyKey }).annotate({
  identifier: "AccelerateTransactionRequest"
})

/** Whole bytes. */
const signedShape = /^(?!$)(?:0x(?:[0-9a-fA-F]{2})+|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/u

/** Whether it is one is for the chain to say. Its length is bounded by that of the body. */
export const SubmitTransactionRequest = Schema.Struct({
  signedTransaction: Schema.String.check(matching(signedShape)).annotate({
    description:
      "Hex with `0x` on EVM chains: the signed raw transaction, in version 2 the signature. Base64 on Solana."
  })
}).annotate({ identifier: "SubmitTransactionRequest" })

export const TransactionStatus = Schema.Literals(["CREATED", "PENDING", "BROADCASTED", "COMPLETED", "FAILED"])

const failureReasons = [
  "CPN_PAYMENT_EXPIRED",
  "SIGNED_TRANSACTION_EXPIRED",
  "NONCE_TOO_LOW",
  "INSUFFICIENT_TOKEN_BALANCE",
  "INSUFFICIENT_GAS_BALANCE",
  "GAS_PRICE_TOO_LOW",
  "OUT_OF_GAS",
  "TX_REPLACEMENT_FAILED",
  "SOL_TX_ALREADY_IN_CACHE",
  "TX_ALREADY_CONFIRMED",
  "FAILED_ONCHAIN",
  "SOL_BLOCKHASH_EXPIRED",
  "TRANSACTION_EXPIRED"
] as const

const EstimatedFee = Schema.Struct({
  type: Schema.Literals(["EIP1559", "SOLANA"]),
  payload: Schema.Record(Schema.String, Schema.String)
}).annotate({ identifier: "EstimatedFee", description: "What the sender pays the chain, in its smallest units." })

const Id = Schema.String.annotate({ format: "uuid" })

const transaction = {
  id: Id,
  paymentId: Id,
  status: TransactionStatus,
  expireDate: UtcTimestamp.annotate({ description: "Until when it can be signed." }),
  senderAddress: Schema.String,
  blockchain: Schema.String,
  amount: Amount,
  destinationAddress: Schema.String,
  messageToBeSigned: Schema.Json.annotate({
    description: "Typed data (EIP-712) on EVM chains, base64 of a transaction on Solana."
  }),
  failureReason: Schema.optionalKey(Schema.Literals(failureReasons)),
  signedTransaction: Schema.optionalKey(Schema.String),
  transactionHash: Schema.optionalKey(Schema.String)
}

export const Transaction = Schema.Struct({
  ...transaction,
  senderAccountType: Schema.Literals(["EOA"]),
  messageType: Schema.Literals(["EIP3009", "SOLANA"]),
  estimatedFee: Schema.optionalKey(EstimatedFee)
}).annotate({ identifier: "OnchainTransaction" })

export const TransactionV2 = Schema.Struct({
  ...transaction,
  messageType: Schema.Literals(["PAYMENT_SETTLEMENT_CONTRACT_V1_0_PAYMENT_INTENT"]),
  encodedMessageToBeSigned: Schema.optionalKey(Schema.String),
  metadata: Schema.Json,
  version: TransactionVersion
}).annotate({ identifier: "OnchainTransactionV2" })

export type TransactionBody = typeof Transaction.Type
export type TransactionV2Body = typeof TransactionV2.Type
