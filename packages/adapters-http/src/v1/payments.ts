/** Taking a payment, and looking at payments, cancels and refunds. */
import type { Cvv, Merchant, Payment } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { endingCode } from "../ending-code.ts"
import { type FieldError, fieldError, notRequired, required } from "../fields/field-error.ts"
import type { Incoming } from "../front/front.ts"
import type { JsonObject } from "../front/strict-json.ts"
import { linkHeader, type PageQuery, pageRequest } from "./list-page.ts"
import { openCvv } from "./open-card-data.ts"
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
  type Operation,
  readId,
  readRequest,
  type Services
} from "./operation.ts"
import { CreatePaymentRequest } from "./payment.schema.ts"
import { paymentNotFound } from "./published-error.ts"
import { meaningOfAmount, readAmount } from "./read-amount.ts"
import { renderItem, renderListedItem, renderPayment, wireStatus } from "./render-payment.ts"

const decodeCreate = Schema.decodeUnknownResult(CreatePaymentRequest, allErrors)

export const createPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeCreate, paymentRules)
  const { idempotencyKey, keyId, encryptedData, ...fields } = request
  const amount = yield* readAmount(request.amount)
  const merchant = yield* merchantOf(services, incoming)
  const { id: merchantId, walletId } = merchant
  const source = { id: request.source.id.toLowerCase(), type: "card" as const }
  const channel = channelOf(merchant, request.channel)
  const key = yield* keyed<Payment>(incoming, {
    idempotencyKey,
    path: "/v1/payments",
    fields: { ...fields, source, channel, autoCapture: request.autoCapture ?? true, amount: meaningOfAmount(amount) },
    answer: (payment) => keptData(201, renderPayment(payment, walletId))
  })
  const cvv = yield* cvvOf(services, request)
  const input = { ...inputOf(request), amount, cvv, cardId: source.id, channel }
  const created = ask(() => services.kernel.payments.create(merchantId, input, key), "payment")
  return answerKept(yield* created.pipe(endingCode(cvv)))
})

/** What the fields require of each other. */
const paymentRules = (body: JsonObject): ReadonlyArray<FieldError> => {
  const withCvv = body["verification"] === "cvv"
  const needed = body["verification"] === "three_d_secure" ? returnUrls : withCvv ? ["encryptedData"] : []
  return [
    ...needed.filter((name) => body[name] === undefined).map((name) => fieldError(name, required)),
    ...(withCvv || body["encryptedData"] === undefined ? [] : [fieldError("encryptedData", notRequired)])
  ]
}

const returnUrls = ["verificationSuccessUrl", "verificationFailureUrl"]

const cvvOf = ({ cardDoor }: Services, request: CreatePaymentRequest): Operation<Cvv | null> => {
  const { verification, keyId, encryptedData } = request
  if (verification !== "cvv" || encryptedData === undefined) return Effect.succeed(null)
  const message = { ...(keyId === undefined ? {} : { keyId }), encryptedData }
  return Effect.map(openCvv(cardDoor, message), ({ cvv }) => cvv)
}

/** The merchant's own spelling of a channel's id, for UUIDs are the same in any case. */
const channelOf = ({ channels }: Merchant, given: string | undefined): string | null =>
  given === undefined ? null : (channels.find(({ id }) => id.toLowerCase() === given.toLowerCase())?.id ?? given)

/** What is taken over as it was sent. */
const inputOf = (request: CreatePaymentRequest) => {
  const { verification, metadata } = request
  const returnTo = (url: string | undefined) =>
    verification === "three_d_secure" && url !== undefined ? new URL(url).href : null
  return {
    autoCapture: request.autoCapture ?? true,
    verificationMethod: verification,
    successUrl: returnTo(request.verificationSuccessUrl),
    failureUrl: returnTo(request.verificationFailureUrl),
    description: request.description ?? null,
    payer: { ...metadata, phoneNumber: metadata.phoneNumber ?? null }
  }
}

export const getPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming, itemId: string) {
  const id = yield* readId(itemId, paymentNotFound)
  const { walletId } = yield* merchantOf(services, incoming)
  const item = yield* ask(() => services.kernel.payments.get(merchantIdOf(incoming), id), "read")
  return answerData(renderItem(item, walletId))
})

export type PaymentsQuery = PageQuery & {
  readonly source?: string
  readonly settlementId?: string
  readonly paymentIntentId?: string
  readonly type?: ReadonlyArray<string>
  readonly status?: (typeof wireStatus)[keyof typeof wireStatus]
}

export const listPayments = Effect.fnUntraced(function* (services: Services, incoming: Incoming, query: PaymentsQuery) {
  const request = yield* pageRequest(query, services.nowMs())
  const { walletId } = yield* merchantOf(services, incoming)
  const listed = { ...request, where: filtersOf(query) }
  const page = belongsToIntent(query)
    ? { items: [], hasNext: false, hasPrevious: false }
    : yield* ask(() => services.kernel.payments.list(merchantIdOf(incoming), listed), "read")
  const link = linkHeader(addressOf(services, incoming), query, request, page)
  return answerData(
    page.items.map((item) => renderListedItem(item, walletId)),
    { link }
  )
})

/** Payment intents are paid in crypto; no card payment belongs to one. */
const belongsToIntent = ({ paymentIntentId }: PaymentsQuery): boolean => paymentIntentId !== undefined

const filtersOf = ({ source, settlementId, type, status }: PaymentsQuery) => ({
  ...(source === undefined ? {} : { source: source.toLowerCase() }),
  ...(settlementId === undefined ? {} : { settlementId: settlementId.toLowerCase() }),
  ...(type === undefined || type.length === 0 ? {} : { type }),
  ...(status === undefined ? {} : { status: statusesOf(status) })
})

/** The states that the wire shows as this one. */
const statusesOf = (shown: string): ReadonlyArray<string> =>
  Object.entries(wireStatus)
    .filter(([, status]) => status === shown)
    .map(([status]) => status)
