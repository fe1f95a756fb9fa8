/**
 * Overtaking a transaction that the chain leaves waiting: a copy of it that pays the chain more, signed anew. Both spend
 * the same nonce or authorization, so the chain carries out one of them at most.
 */
import * as Result from "effect/Result"
import type {
  CreateTransaction,
  FeeEstimate,
  OnchainRejection,
  OnchainStatus,
  OnchainTransaction,
  SigningMessage
} from "./onchain.ts"

/** What is new in the copy. */
export type Acceleration = {
  readonly id: string
  readonly message: SigningMessage
  readonly estimatedFee: FeeEstimate | null
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** Only what is on the chain and waits there can be overtaken. */
export type AccelerationRejection =
  | Extract<OnchainRejection, { readonly _tag: "TransactionNotFound" }>
  | { readonly _tag: "TransactionNotBroadcast"; readonly status: OnchainStatus }

/**
 * The command that creates the copy.
 *
 * @example
 * const { message, estimatedFee } = noTransaction
 * accelerate(noTransaction, { id: "transaction-2", message, estimatedFee, expiresAtMs: nowMs + 1, nowMs })
 * // => Result.fail({ _tag: "TransactionNotFound" })
 */
export const accelerate = (
  transaction: OnchainTransaction,
  { id, message, estimatedFee, expiresAtMs, nowMs }: Acceleration
): Result.Result<CreateTransaction, AccelerationRejection> => {
  const { status, merchantId, paymentId, version, blockchain, amount, senderAddress, destinationAddress } = transaction
  if (status === "none") return Result.fail({ _tag: "TransactionNotFound" })
  if (status !== "broadcasted") return Result.fail({ _tag: "TransactionNotBroadcast", status })
  const kept = { merchantId, paymentId, version, blockchain, amount, senderAddress, destinationAddress }
  const fresh = { id, message, estimatedFee, expiresAtMs, nowMs }
  const { metadata, id: replaces } = transaction
  return Result.succeed({ _tag: "CreateTransaction", ...kept, ...fresh, metadata, replaces })
}
