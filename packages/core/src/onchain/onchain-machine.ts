import type { Machine } from "../machine.ts"
import type { OnchainEvent, OnchainStatus } from "./onchain.ts"

/**
 * Every legal move of an on-chain transaction. Any report of the chain is true whenever it comes, so steps may be
 * skipped, and none is ever taken back.
 */
export const onchainMachine: Machine<OnchainStatus, OnchainEvent["_tag"]> = {
  none: { TransactionCreated: "created" },
  created: {
    TransactionSubmitted: "pending",
    TransactionBroadcast: "broadcasted",
    TransactionCompleted: "completed",
    TransactionFailed: "failed"
  },
  pending: { TransactionBroadcast: "broadcasted", TransactionCompleted: "completed", TransactionFailed: "failed" },
  broadcasted: { TransactionCompleted: "completed", TransactionFailed: "failed" },
  completed: {},
  failed: { LateConfirmationFound: "failed" }
}
