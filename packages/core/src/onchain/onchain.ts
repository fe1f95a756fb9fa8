/**
 * The on-chain transaction by which the sender of a cross-border payment hands the source amount over. The sender signs
 * it with a key that only the sender holds; it is broadcast for him, and the chain decides what becomes of it.
 */
import type { Money } from "../money/index.ts"
import type { TransactionVersion } from "../quote/quote.ts"

export type OnchainStatus =
  | "none"
  /** Waits for the sender's signature. */
  | "created"
  /** Signed, and about to be broadcast. */
  | "pending"
  /** In the pool of waiting transactions, or in a block that may still be taken back. */
  | "broadcasted"
  /** Nothing takes it back any more. */
  | "completed"
  | "failed"

/** What is signed: EIP-3009 and Solana transfers in version 1, a Permit2 witness for the settlement contract in 2. */
export type SigningMessageType = "eip3009" | "solana" | "settlement_contract_payment_intent"

export type SigningMessage = {
  readonly type: SigningMessageType
  /** JSON text of the typed data, or base64 of a Solana transaction. */
  readonly text: string
  /** The same as bytes to sign, where the chain has such a form. */
  readonly encoded: string | null
}

/**
 * What the sender pays the chain, in the terms of the chain: he writes them into the transaction that he signs. Decimal
 * texts of whole numbers: units of gas and wei on EVM chains, compute units, micro-lamports and lamports on Solana.
 */
export type FeeEstimate =
  | {
      readonly type: "eip1559"
      readonly gasLimit: string
      readonly maxFeePerGas: string
      readonly maxPriorityFeePerGas: string
    }
  | {
      readonly type: "solana"
      readonly computeUnitLimit: string
      /** Micro-lamports. */
      readonly computeUnitPrice: string
      /** Lamports. */
      readonly baseFee: string
    }

export const onchainFailureReasons = [
  "payment_expired",
  "signed_transaction_expired",
  "nonce_too_low",
  "insufficient_token_balance",
  "insufficient_gas_balance",
  "gas_price_too_low",
  "out_of_gas",
  "replacement_failed",
  "already_in_cache",
  "already_confirmed",
  "failed_onchain",
  "blockhash_expired",
  "transaction_expired"
] as const

export type OnchainFailureReason = (typeof onchainFailureReasons)[number]

export type OnchainTransaction = {
  readonly status: OnchainStatus
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly version: TransactionVersion
  readonly blockchain: string
  readonly amount: Money
  readonly senderAddress: string
  readonly destinationAddress: string
  readonly message: SigningMessage
  /** What the chain is expected to take; `null` where it is part of the quote. */
  readonly estimatedFee: FeeEstimate | null
  /** The merchant's own words about it: never read here, and given back as they came. */
  readonly metadata: string | null
  /** The transaction that it is to overtake, with the same nonce and a higher fee. */
  readonly replaces: string | null
  readonly signedTransaction: string | null
  readonly transactionHash: string | null
  /** What has arrived for good. Of a transaction that had been given up too: the chain has the last word about money. */
  readonly received: Money | null
  readonly failureReason: OnchainFailureReason | null
  /** Until when it can be signed, exclusive. */
  readonly expiresAtMs: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type TransactionCreated = {
  readonly _tag: "TransactionCreated"
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly version: TransactionVersion
  readonly blockchain: string
  readonly amount: Money
  readonly senderAddress: string
  readonly destinationAddress: string
  readonly message: SigningMessage
  readonly estimatedFee: FeeEstimate | null
  readonly metadata: string | null
  readonly replaces: string | null
  readonly expiresAtMs: number
  readonly atMs: number
}

export type CreateTransaction = Omit<TransactionCreated, "_tag" | "atMs"> & {
  readonly _tag: "CreateTransaction"
  readonly nowMs: number
}

export type OnchainCommand =
  | CreateTransaction
  | { readonly _tag: "SubmitTransaction"; readonly signedTransaction: string; readonly nowMs: number }
  | { readonly _tag: "RecordBroadcast"; readonly transactionHash: string; readonly nowMs: number }
  /** It can no longer be taken back. `received` is what the chain says arrived. */
  | {
      readonly _tag: "RecordConfirmation"
      readonly transactionHash: string
      readonly received: Money
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordFailure"
      readonly reason: OnchainFailureReason
      readonly transactionHash: string | null
      readonly nowMs: number
    }
  | { readonly _tag: "ExpireTransaction"; readonly nowMs: number }

export type OnchainEvent =
  | TransactionCreated
  | { readonly _tag: "TransactionSubmitted"; readonly signedTransaction: string; readonly atMs: number }
  | { readonly _tag: "TransactionBroadcast"; readonly transactionHash: string; readonly atMs: number }
  | {
      readonly _tag: "TransactionCompleted"
      readonly transactionHash: string
      readonly received: Money
      readonly atMs: number
    }
  | {
      readonly _tag: "TransactionFailed"
      readonly reason: OnchainFailureReason
      readonly transactionHash: string | null
      readonly atMs: number
    }
  /** The money arrived although the transaction had been given up. */
  | {
      readonly _tag: "LateConfirmationFound"
      readonly transactionHash: string
      readonly received: Money
      readonly atMs: number
    }

/** What the worker does for it: broadcast it and follow it on the chain, and end it when its time to be signed is over. */
export type OnchainTaskKind = "broadcast_transaction" | "expire_transaction"

/** Facts that forbid a command. */
export type OnchainRejection =
  | { readonly _tag: "TransactionAlreadyExists" }
  | { readonly _tag: "TransactionNotFound" }
  | { readonly _tag: "TransactionAmountNotPositive" }
  | { readonly _tag: "TransactionExpiryNotAhead" }
  /** Version 1 is signed as a transfer, version 2 as a permit of the settlement contract. */
  | { readonly _tag: "MessageNotOfVersion" }
  | { readonly _tag: "SignedTransactionMalformed"; readonly lengthMax: number }
  /** Another signed transaction was submitted before. */
  | { readonly _tag: "SignedTransactionAlreadySubmitted" }
  | { readonly _tag: "TransactionNotSubmittable"; readonly status: OnchainStatus }
  | { readonly _tag: "TransactionHasExpired"; readonly expiredAtMs: number }
  | { readonly _tag: "TransactionNotDue"; readonly dueAtMs: number }
