import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { OnchainEvent, OnchainTransaction } from "./onchain.ts"
import { onchainMachine } from "./onchain-machine.ts"

/** Before anything happened. The currency means nothing until the transaction is created. */
export const noTransaction: OnchainTransaction = {
  status: "none",
  id: "",
  merchantId: "",
  paymentId: "",
  version: 1,
  blockchain: "",
  amount: zero("USDC"),
  senderAddress: "",
  destinationAddress: "",
  message: { type: "eip3009", text: "", encoded: null },
  estimatedFee: null,
  metadata: null,
  replaces: null,
  signedTransaction: null,
  transactionHash: null,
  received: null,
  failureReason: null,
  expiresAtMs: 0,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The transaction after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * const failed = { ...noTransaction, status: "failed" } as const
 * const found = { _tag: "LateConfirmationFound", transactionHash: "0x1", received: usd(5n), atMs: 9 } as const
 * evolve(failed, found).received // => { amount: 5n, currency: "USD" }
 */
export const evolve = (transaction: OnchainTransaction, event: OnchainEvent): OnchainTransaction => {
  const status = follow(onchainMachine, transaction.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "TransactionCreated": {
      const { _tag, atMs: createdAtMs, ...details } = event
      const open = { signedTransaction: null, transactionHash: null, received: null, failureReason: null }
      return { ...details, ...open, status, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "TransactionSubmitted":
      return { ...transaction, status, signedTransaction: event.signedTransaction, updatedAtMs: atMs }
    case "TransactionBroadcast":
      return { ...transaction, status, transactionHash: event.transactionHash, updatedAtMs: atMs }
    case "TransactionFailed": {
      const { reason: failureReason, transactionHash } = event
      return { ...transaction, status, failureReason, transactionHash, updatedAtMs: atMs }
    }
    case "TransactionCompleted":
    case "LateConfirmationFound": {
      const { transactionHash, received } = event
      return { ...transaction, status, transactionHash, received, updatedAtMs: atMs }
    }
  }
}
