/**
 * Takes what the sender signed: it is checked against the chain, written down with the task that broadcasts it, and only
 * then sent. What is written is broadcast under the transaction's own id, however often it takes.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { openRfi } from "../../cross-border/record-rfi.ts"
import type { OnchainTransaction } from "../../onchain/onchain.ts"
import { decide } from "../../onchain/onchain-decide.ts"
import { Clock } from "../../ports/clock.ts"
import type { SignedFunding } from "../../ports/funding-chain.ts"
import { type Operations, takeUp } from "../operations.ts"
import { onchainDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import type { SubmitTransactionFailure } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { drafting } from "./cross-border-draft.ts"
import { checkOn } from "./network-calls.ts"
import { chainUnavailable, gasIn } from "./onchain-transactions.ts"
import { findCrossBorder, findTransaction, isThere, paymentNotFound } from "./read-cross-border.ts"
import { moveTransaction } from "./record-onchain.ts"

export type Submitting = {
  readonly merchantId: string
  readonly paymentId: string
  readonly transactionId: string
  readonly signedTransaction: string
}

type Answer = Result.Result<OnchainTransaction, SubmitTransactionFailure>

const refuse = (reason: SubmitTransactionFailure): Answer => Result.fail(reason)

export const submitTransaction = Effect.fn("paykernel.submitTransaction")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  submitting: Submitting
) {
  const { merchantId, paymentId, transactionId, signedTransaction } = submitting
  const found = yield* findTransaction(merchantId, paymentId, transactionId)
  if (Result.isFailure(found)) return refuse(found.failure)
  if (found.success.signedTransaction === signedTransaction) return Result.succeed(found.success)
  const submitted = yield* submit(operations, desk, submitting, found.success)
  if (Result.isSuccess(submitted)) return submitted
  // What stands in the way may be this very text, which was submitted elsewhere in the meantime and has come far.
  const { state: since } = yield* load(onchainDefinition, merchantId, transactionId)
  return since.signedTransaction === signedTransaction ? Result.succeed(since) : submitted
})

const submit = Effect.fnUntraced(
  function* (operations: Operations, desk: CrossBorderDesk, submitting: Submitting, transaction: OnchainTransaction) {
    const { merchantId, paymentId, signedTransaction } = submitting
    const payment = yield* findCrossBorder(merchantId, paymentId)
    if (Result.isFailure(payment)) return refuse(payment.failure)
    const nowMs = (yield* Clock).nowMs()
    const possible = decide(transaction, { _tag: "SubmitTransaction", signedTransaction, nowMs })
    const refusal = Result.isFailure(possible) ? possible.failure : sendingRefusal(payment.success, nowMs)
    if (refusal !== null) return refuse(refusal)
    const signed = yield* signedFundingOf(payment.success, transaction, signedTransaction)
    const checked = yield* checkOn(desk, signed, operations.callTimeoutMs)
    if (checked._tag === "Faulty") return refuse({ _tag: "SignedTransactionFaulty", why: checked.why })
    return yield* accept(operations, submitting)
  },
  Effect.catchTag("FundingChainUnavailable", () => Effect.succeed(refuse(chainUnavailable)))
)

const accept = Effect.fnUntraced(function* (
  operations: Operations,
  { merchantId, paymentId, transactionId, signedTransaction }: Submitting
) {
  const room = operations.hands.reserve()
  const drafted = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.gen(function* () {
      const { nowMs } = draft
      const refusal = isThere(draft.payment) ? sendingRefusal(draft.payment, nowMs) : paymentNotFound
      if (refusal !== null) return refuse(refusal)
      const lease = { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
      draft.bornLeased = () => (room === null ? null : lease)
      const command = { _tag: "SubmitTransaction", signedTransaction, nowMs } as const
      return Result.mapError(
        yield* moveTransaction(draft, transactionId, command),
        (rejection): SubmitTransactionFailure => rejection
      )
    })
  ).pipe(
    Effect.tap((made) => Effect.sync(() => Result.isSuccess(made) && takeUp(operations, made.success.tasks))),
    Effect.ensuring(Effect.sync(() => room?.release()))
  )
  return Result.map(drafted, ({ value }) => value)
})

/** Nothing is sent for a payment that has its money, or has no use for any. */
export const fundingRefusal = (
  { status, received, expiresAtMs }: CrossBorderPayment,
  nowMs: number
): SubmitTransactionFailure | null => {
  const [funds] = received
  if (funds !== undefined) return { _tag: "FundsAlreadyReceived", transactionId: funds.transactionId }
  if (status !== "crypto_funds_pending") return { _tag: "PaymentNotAwaitingFunds", status }
  return nowMs >= expiresAtMs ? { _tag: "PaymentHasExpired", expiredAtMs: expiresAtMs } : null
}

/** Nor while there is a question about it. */
const sendingRefusal = (payment: CrossBorderPayment, nowMs: number): SubmitTransactionFailure | null => {
  const open = openRfi(payment)
  return fundingRefusal(payment, nowMs) ?? (open === undefined ? null : { _tag: "RfiPending", rfiId: open.id })
}

/** As the chain is asked about it. */
export const signedFundingOf = Effect.fnUntraced(function* (
  payment: CrossBorderPayment,
  transaction: OnchainTransaction,
  signedTransaction: string
) {
  const { id: key, version, blockchain, amount, senderAddress, destinationAddress } = transaction
  const { merchantId, message, estimatedFee, expiresAtMs, replaces } = transaction
  const overtaken = replaces === null ? null : (yield* load(onchainDefinition, merchantId, replaces)).state
  const signed: SignedFunding = {
    ...{ key, version, blockchain, amount, senderAddress, destinationAddress, expiresAtMs },
    ...{ message, estimatedFee, signedTransaction },
    contractFee: gasIn(payment),
    replaces: overtaken === null ? null : { key: overtaken.id, message: overtaken.message }
  }
  return signed
})
