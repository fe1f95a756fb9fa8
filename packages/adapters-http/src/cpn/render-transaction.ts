/** On-chain transactions as the cross-border API shows them, in the form of the version that they are of. */
import type { OnchainTransaction } from "@paykernel/core"
import { isoDate } from "../v1/iso-date.ts"
import { renderAmount } from "./render-parts.ts"
import type { TransactionBody, TransactionV2Body } from "./transaction.schema.ts"

export const transactionStatuses = {
  none: "CREATED",
  created: "CREATED",
  pending: "PENDING",
  broadcasted: "BROADCASTED",
  completed: "COMPLETED",
  failed: "FAILED"
} as const satisfies { readonly [Status in OnchainTransaction["status"]]: TransactionBody["status"] }

const failureReasons = {
  payment_expired: "CPN_PAYMENT_EXPIRED",
  signed_transaction_expired: "SIGNED_TRANSACTION_EXPIRED",
  nonce_too_low: "NONCE_TOO_LOW",
  insufficient_token_balance: "INSUFFICIENT_TOKEN_BALANCE",
  insufficient_gas_balance: "INSUFFICIENT_GAS_BALANCE",
  gas_price_too_low: "GAS_PRICE_TOO_LOW",
  out_of_gas: "OUT_OF_GAS",
  replacement_failed: "TX_REPLACEMENT_FAILED",
  already_in_cache: "SOL_TX_ALREADY_IN_CACHE",
  already_confirmed: "TX_ALREADY_CONFIRMED",
  failed_onchain: "FAILED_ONCHAIN",
  blockhash_expired: "SOL_BLOCKHASH_EXPIRED",
  transaction_expired: "TRANSACTION_EXPIRED"
} as const satisfies {
  readonly [Reason in NonNullable<OnchainTransaction["failureReason"]>]: NonNullable<TransactionBody["failureReason"]>
}

export const renderTransaction = (transaction: OnchainTransaction): TransactionBody | TransactionV2Body =>
  transaction.version === 1 ? renderV1(transaction) : renderV2(transaction)

const renderV1 = (transaction: OnchainTransaction): TransactionBody => {
  const { message, estimatedFee } = transaction
  return {
    ...shared(transaction),
    senderAccountType: "EOA",
    messageType: message.type === "solana" ? "SOLANA" : "EIP3009",
    ...(estimatedFee === null ? {} : { estimatedFee: renderFee(estimatedFee) })
  }
}

const renderV2 = (transaction: OnchainTransaction): TransactionV2Body => {
  const { message, metadata } = transaction
  return {
    ...shared(transaction),
    messageType: "PAYMENT_SETTLEMENT_CONTRACT_V1_0_PAYMENT_INTENT",
    ...(message.encoded === null ? {} : { encodedMessageToBeSigned: message.encoded }),
    metadata: metadata === null ? {} : JSON.parse(metadata),
    version: "VERSION_2"
  }
}

const shared = (transaction: OnchainTransaction) => {
  const { id, paymentId, senderAddress, blockchain, destinationAddress, message } = transaction
  const { failureReason, signedTransaction, transactionHash } = transaction
  return {
    id,
    paymentId,
    status: transactionStatuses[transaction.status],
    expireDate: isoDate(transaction.expiresAtMs),
    senderAddress,
    blockchain,
    amount: renderAmount(transaction.amount),
    destinationAddress,
    // Typed data are JSON already; whatever else is to be signed is a text.
    messageToBeSigned: message.text.startsWith("{") ? JSON.parse(message.text) : message.text,
    ...(failureReason === null ? {} : { failureReason: failureReasons[failureReason] }),
    ...(signedTransaction === null ? {} : { signedTransaction }),
    ...(transactionHash === null ? {} : { transactionHash })
  }
}

const renderFee = ({ type, ...payload }: NonNullable<OnchainTransaction["estimatedFee"]>) => ({
  type: type === "solana" ? ("SOLANA" as const) : ("EIP1559" as const),
  payload
})
