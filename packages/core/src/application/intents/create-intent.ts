/** Accepts what a merchant wants to be paid on a blockchain, and closes what nobody is to pay any more. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../intent/index.ts"
import type { CreateIntent, Intent } from "../../intent/intent.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import { Clock } from "../../ports/clock.ts"
import { Ids } from "../../ports/ids.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { intentDefinition } from "../storage/aggregates.ts"
import type { CreateIntentFailure, CreateIntentInput } from "./intent-contract.ts"
import { chainWith, type IntentDesk, isTraded } from "./intent-desk.ts"
import { findIntent } from "./read-intents.ts"

export const createIntent = Effect.fn("paykernel.createIntent")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk,
  merchantId: string,
  input: CreateIntentInput,
  request: IdempotentRequest<Intent> | undefined
) {
  return yield* idempotently<Intent, CreateIntentFailure, CreateError, CreatePorts>({
    merchantId,
    request,
    perform: (bind) => create(operations, directory, desk, merchantId, input, bind),
    current: (record) => findIntent(merchantId, record.aggregate.id)
  })
})

type CreateError = Effect.Error<ReturnType<typeof create>> | Effect.Error<ReturnType<typeof findIntent>>
type CreatePorts = Effect.Services<ReturnType<typeof create>> | Effect.Services<ReturnType<typeof findIntent>>

const create = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk,
  merchantId: string,
  input: CreateIntentInput,
  bind: Bind<Intent> | null
) {
  const merchant = yield* directory.get(merchantId)
  const refusal = refusalOf(merchant, desk, input)
  if (refusal !== null) return Result.fail(refusal)
  const nowMs = (yield* Clock).nowMs()
  const id = (yield* Ids).next(nowMs)
  const command: CreateIntent = {
    _tag: "CreateIntent",
    id,
    merchantId,
    kind: input.kind,
    walletId: input.walletId,
    currency: input.currency,
    amount: input.amount,
    settlementCurrency: input.settlementCurrency,
    chains: input.chains,
    toleranceBps: desk.toleranceBps,
    expiresAtMs: input.expiresAtMs ?? (input.kind === "transient" ? nowMs + desk.lifetimeMs : null),
    monitoringMs: desk.monitoringMs,
    nowMs
  }
  const room = operations.hands.reserve()
  const lease = { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
  const transaction = transact({
    definition: intentDefinition,
    merchantId,
    id,
    fresh: true,
    decide: (intent) => decide(intent, command),
    bornLeased: (task) => (room !== null && task.dueAtMs <= nowMs ? lease : null),
    ...(bind === null
      ? {}
      : {
          idempotency: (intent: Intent) =>
            bind(intent, { aggregate: { merchantId, type: intentDefinition.type, id }, subject: id })
        })
  })
  const created = yield* commitWithRoom(operations, room, null, transaction)
  return Result.mapBoth(created, {
    onFailure: (rejection): CreateIntentFailure => rejection,
    onSuccess: ({ state }) => state
  })
})

const refusalOf = (
  merchant: Merchant,
  desk: IntentDesk,
  { chains, currency, settlementCurrency, amount }: CreateIntentInput
): CreateIntentFailure | null => {
  if (merchant.status === "none") return { _tag: "MerchantNotFound" }
  if (merchant.status === "suspended") return { _tag: "MerchantIsSuspended" }
  const unknown = chains.find((chain) => chainWith(desk, chain, currency) === undefined)
  if (unknown !== undefined) return { _tag: "ChainNotSupported", chain: unknown }
  if (!isTraded(desk, currency, settlementCurrency)) {
    return { _tag: "PairNotTraded", pair: { base: currency, counter: settlementCurrency } }
  }
  return amount !== null && amount.amount <= 0n ? { _tag: "IntentAmountNotPositive" } : null
}

export const expireIntent = Effect.fn("paykernel.expireIntent")(function* (merchantId: string, id: string) {
  const nowMs = (yield* Clock).nowMs()
  const expired = yield* transact({
    definition: intentDefinition,
    merchantId,
    id,
    decide: (intent) => decide(intent, { _tag: "ExpireIntent", because: "merchant", nowMs })
  })
  return Result.map(expired, ({ state }) => state)
})
