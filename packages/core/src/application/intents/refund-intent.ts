/**
 * Gives back on a chain what was paid to an intent: the refund and what the intent reserves for it are written in one
 * commit, with the key under which it will be sent, before anything is sent.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide as decideIntent } from "../../intent/index.ts"
import type { Intent } from "../../intent/intent.ts"
import { decide as decideRefund, noIntentRefund, sourceOf } from "../../intent-refund/index.ts"
import type { IntentRefund, PlanRefund } from "../../intent-refund/intent-refund.ts"
import { Clock } from "../../ports/clock.ts"
import type { AggregateRef } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { insertion } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { Operations, Reservation } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { intentDefinition, intentRefundDefinition } from "../storage/aggregates.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { quoteOf } from "./chain-calls.ts"
import type { IntentRefundView, RefundIntentFailure, RefundIntentInput } from "./intent-contract.ts"
import { chainWith, type IntentDesk } from "./intent-desk.ts"

type Refunding = { readonly merchantId: string; readonly intentId: string; readonly input: RefundIntentInput }

export const refundIntent = Effect.fn("paykernel.refundIntent")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk,
  refunding: Refunding,
  request: IdempotentRequest<IntentRefundView> | undefined
) {
  const { merchantId, intentId } = refunding
  return yield* idempotently<IntentRefundView, RefundIntentFailure, RefundError, RefundPorts>({
    merchantId,
    request,
    perform: (bind) => perform(operations, directory, desk, refunding, bind),
    current: (record) => Effect.map(viewOf(merchantId, intentId, record.subject), Result.succeed)
  })
})

type RefundError = Effect.Error<ReturnType<typeof perform>> | Effect.Error<ReturnType<typeof viewOf>>
type RefundPorts = Effect.Services<ReturnType<typeof perform>> | Effect.Services<ReturnType<typeof viewOf>>

const viewOf = Effect.fnUntraced(function* (merchantId: string, intentId: string, refundId: string) {
  const refund = (yield* load(intentRefundDefinition, merchantId, refundId)).state
  const intent = (yield* load(intentDefinition, merchantId, intentId)).state
  return { refund, intent } satisfies IntentRefundView
})

const conflictsMax = 12

const perform = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk,
  { merchantId, intentId, input }: Refunding,
  bind: Bind<IntentRefundView> | null
) {
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refuse({ _tag: "MerchantNotFound" })
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const before = yield* load(intentDefinition, merchantId, intentId)
    const refusal = refusalOf(desk, before.state, input)
    if (refusal !== null) return refuse(refusal)
    const priced = yield* priceOf(operations, desk, before.state, input)
    if (Result.isFailure(priced)) return refuse(priced.failure)
    const done = yield* refundOnce(operations, before, input, priced.success, bind)
    if (done !== null) return done
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

type Answer = Result.Result<IntentRefundView, RefundIntentFailure>

const refuse = (reason: RefundIntentFailure): Answer => Result.fail(reason)

/** Before anybody is asked for a rate. What the intent itself has against it, it says in the end. */
const refusalOf = (
  desk: IntentDesk,
  { status, currency, settlementCurrency }: Intent,
  { destination: { chain, address, addressTag }, amount, sourceCurrency }: RefundIntentInput
): RefundIntentFailure | null => {
  if (status === "none") return { _tag: "IntentNotFound" }
  if (amount.currency !== currency) return { _tag: "RefundCurrencyMismatch", expected: currency }
  if (sourceCurrency !== currency && sourceCurrency !== settlementCurrency) {
    return { _tag: "SourceCurrencyNotAllowed", allowed: [...new Set([currency, settlementCurrency])] }
  }
  if (chainWith(desk, chain, currency) === undefined) return { _tag: "ChainNotSupported", chain }
  const problem = desk.blockchain.checkAddress(chain, address, addressTag)
  return problem === null ? null : { _tag: "DestinationInvalid", problem }
}

type Price = Pick<PlanRefund, "source" | "rate">

/** What the merchant gives. He buys what is sent, where it is not what he pays with. */
const priceOf = Effect.fnUntraced(
  function* (
    { callTimeoutMs }: Operations,
    desk: IntentDesk,
    { currency }: Intent,
    { amount, sourceCurrency }: RefundIntentInput
  ) {
    if (sourceCurrency === currency) return Result.succeed<Price>({ source: amount, rate: null })
    const { quoteId, buy } = yield* quoteOf(desk, { base: currency, counter: sourceCurrency }, callTimeoutMs)
    return Result.succeed<Price>({ source: sourceOf(amount, sourceCurrency, buy), rate: { quoteId, rate: buy } })
  },
  Effect.catchTag("PairNotTraded", ({ pair }) => Effect.succeed(notTraded(pair)))
)

const notTraded = (pair: Extract<RefundIntentFailure, { readonly _tag: "PairNotTraded" }>["pair"]) =>
  Result.fail<RefundIntentFailure>({ _tag: "PairNotTraded", pair })

/** `null`: somebody else wrote the intent meanwhile. */
const refundOnce = Effect.fnUntraced(function* (
  operations: Operations,
  before: Loaded<Intent>,
  { destination, amount }: RefundIntentInput,
  price: Price,
  bind: Bind<IntentRefundView> | null
) {
  const nowMs = (yield* Clock).nowMs()
  const ids = yield* Ids
  const intent = before.state
  const { merchantId, walletId, id: intentId } = intent
  const id = ids.next(nowMs)
  const attemptId = ids.next(nowMs)
  const key = (yield* Digest).of("gateway-key", attemptId)
  const terms = { id, merchantId, walletId, intentId, destination, amount, ...price }
  const started = decideIntent(intent, { _tag: "StartRefund", refundId: id, amount, nowMs })
  if (Result.isFailure(started)) return refuse(started.failure)
  const planned = decideRefund(noIntentRefund, { _tag: "PlanRefund", ...terms, attemptId, key, nowMs })
  if (Result.isFailure(planned)) {
    return yield* Effect.die(new Error(`a refund could not be planned: ${planned.failure._tag}`))
  }
  const reserved = written(intentDefinition, intent, before, started.success.events)
  const absent: Loaded<IntentRefund> = { state: noIntentRefund, version: 0 }
  const made = written(intentRefundDefinition, { merchantId, id }, absent, planned.success.events)
  const view: IntentRefundView = { refund: made.state, intent: reserved.state }
  const aggregate: AggregateRef = { merchantId, type: intentRefundDefinition.type, id }
  const room: Reservation | null = operations.hands.reserve()
  const lease = room === null ? null : { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
  const tasks = planned.success.tasks.map((task) => insertion(merchantId, task, () => lease))
  const committing = Effect.flatMap(Store, (store) =>
    store.commit({
      idempotency: bind === null ? null : bind(view, { aggregate, subject: id }),
      aggregates: [reserved.write, made.write],
      ledger: [...started.success.ledger, ...planned.success.ledger],
      tasks,
      lease: null,
      sealed: [],
      erased: []
    })
  ).pipe(
    Effect.as(Result.succeed({ state: view, events: [], tasks })),
    Effect.catchTag("VersionConflict", (conflict) => Effect.succeed(Result.fail(conflict)))
  )
  const committed = yield* commitWithRoom(operations, room, null, committing)
  return Result.isFailure(committed) ? null : Result.succeed(view)
})
