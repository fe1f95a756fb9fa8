/**
 * Transactions as the sender of a cross-border payment makes them: what he is to sign, what he signed, and a dearer copy of
 * what the chain leaves waiting. Planning and checking move nothing, so they come before anything is written.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { startTransaction } from "../../cross-border/start-transaction.ts"
import { money } from "../../money/index.ts"
import { accelerate } from "../../onchain/accelerate-transaction.ts"
import type { CreateTransaction, OnchainTransaction } from "../../onchain/onchain.ts"
import { decide } from "../../onchain/onchain-decide.ts"
import { Clock } from "../../ports/clock.ts"
import { FundingChainUnavailable, type FundingPlan, type PlanReply } from "../../ports/funding-chain.ts"
import { Ids } from "../../ports/ids.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { Operations } from "../operations.ts"
import { onchainDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import type { ChainUnavailable, CreateTransactionFailure, CreateTransactionInput } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { decidePart, drafting, put, tell } from "./cross-border-draft.ts"
import { planOn, routesOf } from "./network-calls.ts"
import { findCrossBorder, findQuote } from "./read-cross-border.ts"

export type Funding = {
  readonly operations: Operations
  readonly desk: CrossBorderDesk
  readonly merchantId: string
  readonly paymentId: string
  /** `null`: a copy that overtakes the newest one. */
  readonly input: CreateTransactionInput | null
}

export const createTransaction = Effect.fn("paykernel.createTransaction")(function* (
  funding: Funding,
  request: IdempotentRequest<OnchainTransaction> | undefined
) {
  const { merchantId } = funding
  return yield* idempotently<OnchainTransaction, CreateTransactionFailure, CreateError, CreatePorts>({
    merchantId,
    request,
    // What may be asked of the payment now is not what might have been when the key was bound.
    reachesOutside: true,
    perform: (bind) => perform(funding, bind),
    current: (record) =>
      Effect.map(load(onchainDefinition, merchantId, record.subject), ({ state }) => Result.succeed(state))
  })
})

type CreateError = Effect.Error<ReturnType<typeof perform>>
type CreatePorts = Effect.Services<ReturnType<typeof perform>>

type Answer = Result.Result<OnchainTransaction, CreateTransactionFailure>

const refuse = (reason: CreateTransactionFailure): Answer => Result.fail(reason)

const perform = (funding: Funding, bind: Bind<OnchainTransaction> | null) =>
  Effect.catchTag(make(funding, bind), ["FundingChainUnavailable", "PayoutNetworkUnavailable"], () =>
    Effect.succeed(refuse(chainUnavailable))
  )

/** A pause after which a chain that was away is worth asking again. */
export const chainUnavailable: ChainUnavailable = { _tag: "ChainUnavailable", retryAfterMs: 1000 }

const make = Effect.fnUntraced(function* (funding: Funding, bind: Bind<OnchainTransaction> | null) {
  const { operations, desk, merchantId, paymentId, input } = funding
  const found = yield* findCrossBorder(merchantId, paymentId)
  if (Result.isFailure(found)) return refuse(found.failure)
  const payment = found.success
  const quoted = payment.transactionVersion
  if (input !== null && input.version !== quoted) return refuse({ _tag: "TransactionVersionDiffers", quoted })
  const nowMs = (yield* Clock).nowMs()
  const transactionId = (yield* Ids).next(nowMs)
  const start = { _tag: "StartTransaction", transactionId, accelerates: input === null } as const
  const allowed = startTransaction(payment, { ...start, nowMs })
  if (Result.isFailure(allowed)) return refuse(allowed.failure)
  const overtaken = input === null ? yield* newestWaiting(payment) : null
  const plan = yield* planOf(funding, payment, transactionId, overtaken)
  const reply = yield* planOn(desk, plan, operations.callTimeoutMs)
  if (reply._tag === "Refused") return refuse({ _tag: "PlanRefused", why: reply.why })
  const drafted = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.sync(() => {
      const told = tell(draft, { ...start, nowMs: draft.nowMs })
      if (Result.isFailure(told)) return Result.fail<CreateTransactionFailure>(told.failure)
      const metadata = input?.metadata ?? null
      const command = commandOf(payment, plan, reply, overtaken, metadata, draft.nowMs)
      const absent = { state: onchainDefinition.initial, version: 0 }
      const made = decidePart(onchainDefinition, decide, { merchantId, id: transactionId }, absent, [command])
      if (Result.isFailure(made)) return Result.fail<CreateTransactionFailure>(unmade(made.failure._tag))
      put(draft, made.success)
      const { state } = made.success
      const aggregate = { merchantId, type: onchainDefinition.type, id: transactionId }
      draft.idempotency = bind === null ? null : bind(state, { aggregate, subject: transactionId })
      return Result.succeed(state)
    })
  )
  return Result.map(drafted, ({ value }) => value)
})

/** Which the payment allows to be overtaken. */
const newestWaiting = Effect.fnUntraced(function* ({ merchantId, transactions }: CrossBorderPayment) {
  const newest = transactions.findLast(({ status }) => status === "broadcasted")
  if (newest === undefined)
    return yield* Effect.die(new Error("a payment lets nothing be overtaken that waits nowhere"))
  return (yield* load(onchainDefinition, merchantId, newest.id)).state
})

const planOf = Effect.fnUntraced(function* (
  { operations, desk }: Funding,
  payment: CrossBorderPayment,
  key: string,
  overtaken: OnchainTransaction | null
) {
  const { transactionVersion: version, blockchain, source: amount, senderAddress, expiresAtMs } = payment
  const plan: FundingPlan = {
    ...{ key, version, blockchain, amount, senderAddress, expiresAtMs },
    contractFee: gasIn(payment),
    destinationAddress: overtaken?.destinationAddress ?? (yield* destinationOf(operations, desk, payment)),
    replaces: overtaken === null ? null : { key: overtaken.id, message: overtaken.message }
  }
  return plan
})

/** What the settlement contract keeps, as it was quoted. */
export const gasIn = ({ fees, source, transactionVersion }: CrossBorderPayment) =>
  money(
    fees.breakdown.reduce(
      (sum, { type, amount }) => (type === "blockchain_gas" && transactionVersion === 2 ? sum + amount.amount : sum),
      0n
    ),
    source.currency
  )

/** Where the network takes money for payments of this kind. */
const destinationOf = Effect.fnUntraced(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  { merchantId, quoteId, destination, paymentMethod, blockchain }: CrossBorderPayment
) {
  const quote = yield* findQuote(merchantId, quoteId)
  if (Result.isFailure(quote)) return yield* Effect.die(new Error("a payment has its quote"))
  const { destinationCountry } = quote.success
  const route = (yield* routesOf(desk, callTimeoutMs)).find(
    (one) =>
      one.blockchain === blockchain &&
      one.paymentMethod === paymentMethod &&
      one.destinationCountry === destinationCountry &&
      one.destinationCurrency === destination.currency
  )
  if (route === undefined) return yield* new FundingChainUnavailable({ reason: "the route is not there now" })
  return route.settlementAddress
})

type Planned = Extract<PlanReply, { readonly _tag: "Planned" }>

const commandOf = (
  { merchantId, id: paymentId }: CrossBorderPayment,
  { key: id, version, blockchain, amount, senderAddress, destinationAddress }: FundingPlan,
  { message, estimatedFee, expiresAtMs }: Planned,
  overtaken: OnchainTransaction | null,
  metadata: string | null,
  nowMs: number
): CreateTransaction => {
  const fresh = { id, message, estimatedFee, expiresAtMs, nowMs }
  if (overtaken !== null) {
    const copied = accelerate(overtaken, fresh)
    if (Result.isSuccess(copied)) return copied.success
  }
  const named = { merchantId, paymentId, version, blockchain, amount, senderAddress, destinationAddress }
  return { _tag: "CreateTransaction", ...named, ...fresh, metadata, replaces: overtaken?.id ?? null }
}

/** A message that came too late to be signed may come in time when it is asked for again; any other is the adapter's fault. */
const unmade = (rejection: string): CreateTransactionFailure => {
  if (rejection === "TransactionExpiryNotAhead") return chainUnavailable
  throw new Error(`a planned transaction was refused: ${rejection}`)
}
