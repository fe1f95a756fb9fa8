/** Pull payments on the wire of `/v1`: the typed data that a payer signs, and what comes back signed. */
import * as Schema from "effect/Schema"
import { matching, oneOf, text } from "../fields/field-shapes.ts"
import { UtcTimestamp } from "./card.schema.ts"
import { IdempotencyKey, Uuid } from "./field.schema.ts"
import { CryptoAmount, Decimal } from "./intent.schema.ts"
import { Money } from "./payment.schema.ts"

const EvmAddress = Schema.String.check(matching(/^0x[0-9a-fA-F]{40}$/u))
const Seconds = Schema.String.check(matching(/^(?:0|[1-9][0-9]{0,15})$/u)).annotate({
  description: "Seconds since 1970, as the typed data has them."
})

export const presignQuery = {
  endUserAddress: EvmAddress.annotate({ description: "Of the wallet that is going to pay." }),
  paymentIntentId: Uuid,
  amount: Schema.optionalKey(Decimal.annotate({ description: "What is still due if absent." })),
  currency: Schema.optionalKey(oneOf(["USD"]))
}

export const CryptoPaymentRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  paymentIntentId: Uuid,
  protocolMetadata: Schema.Struct({
    type: oneOf(["TransferWithAuthorization"]),
    metaTxNonce: Schema.String.check(matching(/^0x[0-9a-fA-F]{64}$/u)),
    signatureValidAfter: Seconds,
    signatureValidBefore: Seconds,
    rawSignature: Schema.String.check(matching(/^0x[0-9a-fA-F]{130}$/u))
  }).annotate({ identifier: "ProtocolMetadata" }),
  amount: CryptoAmount,
  source: Schema.Struct({ address: EvmAddress, type: oneOf(["blockchain"]) }).annotate({
    identifier: "CryptoPaymentSource"
  }),
  destination: Schema.Struct({ address: EvmAddress, chain: oneOf(["ETH"]) }).annotate({
    identifier: "CryptoPaymentDestination"
  }),
  quoteId: Schema.optionalKey(text(1, 36).annotate({ description: "Not read: the payer pays no network fee." }))
}).annotate({ identifier: "CryptoPaymentRequest" })

const TypeItems = Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String }))

export const Presigned = Schema.Struct({
  typedData: Schema.Struct({
    domain: Schema.Struct({
      name: Schema.String,
      verifyingContract: Schema.String,
      version: Schema.String,
      chainId: Schema.Int
    }),
    message: Schema.Struct({
      from: Schema.String,
      to: Schema.String,
      value: Schema.String.annotate({ description: "In the smallest unit of the token." }),
      validAfter: Schema.Int,
      validBefore: Schema.Int,
      nonce: Schema.String
    }),
    totalAmount: Money,
    feeChargeModel: Schema.Literals(["endUser", "merchant"]),
    networkFeeQuote: Schema.optionalKey(
      Schema.Struct({ quoteId: Schema.String, amount: Money, expiresAt: UtcTimestamp })
    ),
    types: Schema.Struct({ EIP712Domain: TypeItems, TransferWithAuthorization: TypeItems }),
    primaryType: Schema.Literals(["TransferWithAuthorization", "EIP712Domain"])
  }).annotate({ description: "To be signed by the payer's wallet as it is (EIP-712)." })
}).annotate({ identifier: "PresignedTransfer" })

export type PresignedBody = typeof Presigned.Type
