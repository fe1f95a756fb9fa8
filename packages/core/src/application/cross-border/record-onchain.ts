/**
 * What became of an on-chain transaction, in it and in the payment that it funds, in one commit: money that has arrived has
 * arrived in both, or in neither.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Money } from "../../money/index.ts"
import type { OnchainCommand, OnchainEvent, OnchainRejection, OnchainTransaction } from "../../onchain/onchain.ts"
import { decide } from "../../onchain/onchain-decide.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { type Operations, wakeFor } from "../operations.ts"
import { onchainDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { type Draft, decidePart, drafting, put, tell } from "./cross-border-draft.ts"

/** Lets a command happen to a transaction and tells its payment. What the transaction refuses changes nothing. */
export const moveTransaction = Effect.fnUntraced(function* (
  draft: Draft,
  transactionId: string,
  command: OnchainCommand
): Effect.fn.Return<Result.Result<OnchainTransaction, OnchainRejection>, LoadError, LoadPorts> {
  const { merchantId, nowMs } = draft
  const loaded = yield* load(onchainDefinition, merchantId, transactionId)
  const ref = { merchantId, id: transactionId }
  const part = decidePart(onchainDefinition, decide, ref, loaded, [command])
  if (Result.isFailure(part)) return Result.fail(part.failure)
  const { state, events } = part.success
  if (events.length === 0 || state.status === "none") return Result.succeed(state)
  const transaction = { id: transactionId, status: state.status }
  const told = tell(draft, { _tag: "RecordTransaction", transaction, received: arrivedIn(events), nowMs })
  if (Result.isFailure(told)) {
    return yield* Effect.die(new Error(`a transaction is not its payment's: ${told.failure._tag}`))
  }
  put(draft, part.success)
  return Result.succeed(state)
})

type Loading = ReturnType<typeof load<OnchainTransaction, OnchainEvent>>
type LoadError = Effect.Error<Loading>
type LoadPorts = Effect.Services<Loading>

const arrivedIn = (events: ReadonlyArray<OnchainEvent>): Money | null => {
  for (const event of events) {
    if (event._tag === "TransactionCompleted" || event._tag === "LateConfirmationFound") return event.received
  }
  return null
}

/** Records what was learned of a transaction, under the fence of whoever learned it. */
export const recordOnchain = Effect.fn("paykernel.recordOnchain")(function* (
  operations: Operations,
  { merchantId, paymentId, id }: OnchainTransaction,
  command: (nowMs: number) => OnchainCommand,
  lease: (transaction: OnchainTransaction, nowMs: number) => TaskUpdate
) {
  const drafted = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.map(moveTransaction(draft, id, command(draft.nowMs)), (moved) => {
      if (Result.isSuccess(moved)) draft.lease = lease(moved.success, draft.nowMs)
      return moved
    })
  )
  if (Result.isSuccess(drafted)) wakeFor(operations, drafted.success.tasks)
  return Result.map(drafted, ({ value }) => value)
})
