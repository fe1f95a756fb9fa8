/** Asking to be paid on a blockchain, looking at it, closing it, and giving back what was paid. */
import type { Intent, IntentRefundView } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type FieldError, fieldError, invalidValue, required } from "../fields/field-error.ts"
import { json } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import type { JsonObject } from "../front/strict-json.ts"
import { ContinuousIntentRequest, RefundIntentRequest, TransientIntentRequest } from "./intent.schema.ts"
import { linkHeader, type PageQuery, pageRequest } from "./list-page.ts"
import { readMoment } from "./list-query.schema.ts"
import {
  addressOf,
  allErrors,
  answerData,
  answerKept,
  ask,
  keptData,
  keyed,
  merchantIdOf,
  merchantOf,
  readId,
  readRequest,
  type Services
} from "./operation.ts"
import { notFound } from "./published-error.ts"
import { meaningOfAmount } from "./read-amount.ts"
import { readAsset, readAssetAmount } from "./read-asset.ts"
import { renderIntent, renderIntentRefund } from "./render-intent.ts"

const decodeTransient = Schema.decodeUnknownResult(TransientIntentRequest, allErrors)
const decodeContinuous = Schema.decodeUnknownResult(ContinuousIntentRequest, allErrors)
const decodeRefund = Schema.decodeUnknownResult(RefundIntentRequest, allErrors)

export const createIntent = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const input = incoming.body["type"] === undefined ? yield* readTransient(incoming) : yield* readContinuous(incoming)
  const { walletId } = yield* merchantOf(services, incoming)
  const { idempotencyKey, ...intent } = input
  const { amount, ...meaning } = intent
  const key = yield* keyed<Intent>(incoming, {
    idempotencyKey,
    path: "/v1/paymentIntents",
    fields: { ...meaning, amount: amount === null ? null : meaningOfAmount(amount) },
    answer: (created) => keptData(201, renderIntent(created, walletId))
  })
  return answerKept(yield* ask(() => services.kernel.intents.create(merchantIdOf(incoming), intent, key), "intent"))
})

const readTransient = Effect.fnUntraced(function* (incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeTransient, intentRules)
  const amount = yield* readAssetAmount(request.amount)
  const expiresAtMs = request.expiresOn === undefined ? null : (readMoment(request.expiresOn) ?? null)
  const { currency } = amount
  return { ...(yield* readShared(request)), kind: "transient" as const, amount, currency, expiresAtMs }
})

const readContinuous = Effect.fnUntraced(function* (incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeContinuous, intentRules)
  const currency = yield* readAsset(request.currency)
  return { ...(yield* readShared(request)), kind: "continuous" as const, amount: null, currency, expiresAtMs: null }
})

type SharedRequest = Omit<TransientIntentRequest, "amount" | "expiresOn">

const readShared = Effect.fnUntraced(function* (request: SharedRequest) {
  return {
    idempotencyKey: request.idempotencyKey,
    settlementCurrency: yield* readAsset(request.settlementCurrency),
    chains: request.paymentMethods.map(({ chain }) => chain),
    walletId: request.merchantWalletId ?? null
  }
})

/** What the fields require of each other. */
const intentRules = (body: JsonObject): ReadonlyArray<FieldError> => {
  const paidIn = body["type"] === undefined ? memberOf(body["amount"], "currency") : body["currency"]
  const mixesEuros = (paidIn === "EUR") !== (body["settlementCurrency"] === "EUR")
  const methods = body["paymentMethods"]
  return [
    ...(Array.isArray(methods) && methods.length === 0 ? [fieldError("paymentMethods", required)] : []),
    ...(typeof paidIn === "string" && typeof body["settlementCurrency"] === "string" && mixesEuros
      ? [fieldError("settlementCurrency", invalidValue("must be the currency of the payment where either is EUR"))]
      : [])
  ]
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

export const getIntent = Effect.fnUntraced(function* (services: Services, incoming: Incoming, intentId: string) {
  const id = yield* readId(intentId, notFound)
  const { walletId } = yield* merchantOf(services, incoming)
  const intent = yield* ask(() => services.kernel.intents.get(merchantIdOf(incoming), id), "intent")
  return answerData(renderIntent(intent, walletId))
})

export type IntentsQuery = PageQuery & { readonly status?: string; readonly context?: string }

export const listIntents = Effect.fnUntraced(function* (services: Services, incoming: Incoming, query: IntentsQuery) {
  const request = yield* pageRequest(query, services.nowMs())
  const { walletId } = yield* merchantOf(services, incoming)
  const { status, context } = query
  const where = { ...(status === undefined ? {} : { status }), ...(context === undefined ? {} : { context }) }
  const page = yield* ask(() => services.kernel.intents.list(merchantIdOf(incoming), { ...request, where }), "read")
  const link = linkHeader(addressOf(services, incoming), query, request, page)
  return answerData(
    page.items.map((intent) => renderIntent(intent, walletId)),
    { link }
  )
})

/** Takes no key: an intent that has expired stays so, however often it is said. */
export const expireIntent = Effect.fnUntraced(function* (services: Services, incoming: Incoming, intentId: string) {
  const id = yield* readId(intentId, notFound)
  const { walletId } = yield* merchantOf(services, incoming)
  const intent = yield* ask(() => services.kernel.intents.expire(merchantIdOf(incoming), id), "intent")
  return json(201, { data: renderIntent(intent, walletId) })
})

export const refundIntent = Effect.fnUntraced(function* (services: Services, incoming: Incoming, intentId: string) {
  const id = yield* readId(intentId, notFound)
  const request = yield* readRequest(incoming, decodeRefund)
  const amount = yield* readAssetAmount(request.toAmount)
  const sourceCurrency = yield* readAsset(request.amount.currency)
  const { address, chain, addressTag = null } = request.destination
  const destination = { address, chain, addressTag }
  const { walletId } = yield* merchantOf(services, incoming)
  const key = yield* keyed<IntentRefundView>(incoming, {
    idempotencyKey: request.idempotencyKey,
    path: `/v1/paymentIntents/${id}/refund`,
    fields: { destination, amount: meaningOfAmount(amount), sourceCurrency },
    answer: ({ refund }) => keptData(201, renderIntentRefund(refund, walletId))
  })
  const input = { destination, amount, sourceCurrency }
  return answerKept(
    yield* ask(() => services.kernel.intents.refund(merchantIdOf(incoming), id, input, key), "intentRefund")
  )
})
