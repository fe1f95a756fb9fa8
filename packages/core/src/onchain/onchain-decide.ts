import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import { isPositive } from "../money/index.ts"
import type {
  CreateTransaction,
  OnchainCommand,
  OnchainEvent,
  OnchainRejection,
  OnchainTaskKind,
  OnchainTransaction
} from "./onchain.ts"

export type OnchainDecision = Result.Result<Decision<OnchainEvent, OnchainTaskKind>, OnchainRejection>

type Command<Tag extends OnchainCommand["_tag"]> = Extract<OnchainCommand, { readonly _tag: Tag }>

/** Characters of a signed transaction: more than any chain takes in one block. */
export const signedTransactionLengthMax = 131_072

/**
 * What follows from a command, given what has happened to the transaction so far. Total and deterministic; time and ids
 * arrive in the command. What the chain reports late, again or out of order is nothing new, with one exception: money
 * that arrives is never overlooked.
 *
 * @example
 * decide(noTransaction, { _tag: "ExpireTransaction", nowMs }) // => Result.fail({ _tag: "TransactionNotFound" })
 */
export const decide = (transaction: OnchainTransaction, command: OnchainCommand): OnchainDecision => {
  if (command._tag === "CreateTransaction") return createTransaction(transaction, command)
  if (transaction.status === "none") return Result.fail({ _tag: "TransactionNotFound" })
  switch (command._tag) {
    case "SubmitTransaction":
      return submitTransaction(transaction, command)
    case "RecordBroadcast":
      return recordBroadcast(transaction, command)
    case "RecordConfirmation":
      return recordConfirmation(transaction, command)
    case "RecordFailure":
      return recordFailure(transaction, command)
    case "ExpireTransaction":
      return expireTransaction(transaction, command.nowMs)
  }
}

/**
 * Whether it may still move money, and so stands in the way of another one.
 *
 * @example
 * isActive({ status: "broadcasted" }) // => true
 * isActive({ status: "failed" }) // => false
 */
export const isActive = ({ status }: Pick<OnchainTransaction, "status">): boolean =>
  status === "created" || status === "pending" || status === "broadcasted"

const createTransaction = (transaction: OnchainTransaction, command: CreateTransaction): OnchainDecision => {
  if (transaction.status !== "none") return Result.fail({ _tag: "TransactionAlreadyExists" })
  const { _tag, nowMs: atMs, ...details } = command
  if (!isPositive(details.amount)) return Result.fail({ _tag: "TransactionAmountNotPositive" })
  if (!Number.isSafeInteger(details.expiresAtMs) || details.expiresAtMs <= atMs) {
    return Result.fail({ _tag: "TransactionExpiryNotAhead" })
  }
  const isPermit = details.message.type === "settlement_contract_payment_intent"
  if (isPermit !== (details.version === 2)) return Result.fail({ _tag: "MessageNotOfVersion" })
  const created: OnchainEvent = { _tag: "TransactionCreated", ...details, atMs }
  return happened([created], [task("expire_transaction", details.id, details.expiresAtMs)])
}

const submitTransaction = (transaction: OnchainTransaction, command: Command<"SubmitTransaction">): OnchainDecision => {
  const { signedTransaction, nowMs: atMs } = command
  const { status, expiresAtMs } = transaction
  if (transaction.signedTransaction === signedTransaction) return nothingNew
  if (transaction.signedTransaction !== null) return Result.fail({ _tag: "SignedTransactionAlreadySubmitted" })
  if (status !== "created") return Result.fail({ _tag: "TransactionNotSubmittable", status })
  if (atMs >= expiresAtMs) return Result.fail({ _tag: "TransactionHasExpired", expiredAtMs: expiresAtMs })
  if (!/^[\w+/=-]+$/u.test(signedTransaction) || signedTransaction.length > signedTransactionLengthMax) {
    return Result.fail({ _tag: "SignedTransactionMalformed", lengthMax: signedTransactionLengthMax })
  }
  const submitted: OnchainEvent = { _tag: "TransactionSubmitted", signedTransaction, atMs }
  return happened([submitted], [task("broadcast_transaction", transaction.id, atMs)])
}

const recordBroadcast = ({ status }: OnchainTransaction, command: Command<"RecordBroadcast">): OnchainDecision => {
  const { transactionHash, nowMs: atMs } = command
  if (status !== "created" && status !== "pending") return nothingNew
  return happened([{ _tag: "TransactionBroadcast", transactionHash, atMs }])
}

const recordConfirmation = (
  transaction: OnchainTransaction,
  { transactionHash, received, nowMs: atMs }: Command<"RecordConfirmation">
): OnchainDecision => {
  if (transaction.received !== null) return nothingNew
  const _tag = isActive(transaction) ? "TransactionCompleted" : "LateConfirmationFound"
  return happened([{ _tag, transactionHash, received, atMs }])
}

const recordFailure = (transaction: OnchainTransaction, command: Command<"RecordFailure">): OnchainDecision => {
  if (!isActive(transaction)) return nothingNew
  const { reason, nowMs: atMs } = command
  const transactionHash = command.transactionHash ?? transaction.transactionHash
  return happened([{ _tag: "TransactionFailed", reason, transactionHash, atMs }])
}

/** What was signed in time is on its way, and only the chain knows how it ends. */
const expireTransaction = ({ status, expiresAtMs }: OnchainTransaction, nowMs: number): OnchainDecision => {
  if (status !== "created") return nothingNew
  if (nowMs < expiresAtMs) return Result.fail({ _tag: "TransactionNotDue", dueAtMs: expiresAtMs })
  return happened([{ _tag: "TransactionFailed", reason: "transaction_expired", transactionHash: null, atMs: nowMs }])
}

/** Each is wanted once in the life of a transaction. */
const task = (kind: OnchainTaskKind, id: string, dueAtMs: number): TaskRequest<OnchainTaskKind> => ({
  id: `${id}:${kind.replaceAll("_", "-")}`,
  kind,
  aggregate: { type: "onchain_transaction", id },
  subject: id,
  dueAtMs
})

const happened = (
  events: ReadonlyArray<OnchainEvent>,
  tasks: ReadonlyArray<TaskRequest<OnchainTaskKind>> = []
): OnchainDecision => Result.succeed({ events, ledger: [], tasks })

const nothingNew: OnchainDecision = happened([])
