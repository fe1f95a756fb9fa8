/** Taking a payment, and looking at payments, cancels and refunds. */
import type { AnyPayment, Cvv, Merchant, Payment, PaymentItem } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { endingCode } from "../ending-code.ts"
import { type FieldError, fieldError, invalidValue, notRequired, required } from "../fields/field-error.ts"
import { readReturnUrl } from "../fields/web-address.ts"
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
import { invalidEntity, paymentNotFound } from "./published-error.ts"
import { meaningOfAmount, readAmount } from "./read-amount.ts"
import { renderDeposit, renderIntentRefund } from "./render-intent.ts"
import { renderItem, renderListedItem, renderPayment, wireStatus } from "./render-payment.ts"

const decodeCreate = Schema.decodeUnknownResult(CreatePaymentRequest, allErrors)

export const createPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeCreate, paymentRules)
  const { idempotencyKey, keyId, encryptedData, ...fields } = request
  const amount = yield* readAmount(request.amount)
  const merchant = yield* merchantOf(services, incoming)
  const { id: merchantId, walletId } = merchant
  yield* leadsHome(services, merchant, request)
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

const returnUrls = ["verificationSuccessUrl", "verificationFailureUrl"] as const

/** The published API knows of no registered origins, so it is the host who asks for them. */
const leadsHome = (services: Services, { profile }: Merchant, request: CreatePaymentRequest): Operation<void> => {
  if (!services.onlyRegisteredReturns || request.verification !== "three_d_secure") return Effect.void
  const { returnOrigins: origins } = profile
  const faults = returnUrls.flatMap((name) => {
    const read = readReturnUrl(request[name] ?? "", { origins, allowLocalhost: true })
    return Result.isFailure(read) ? [fieldError(name, invalidValue(read.failure))] : []
  })
  return faults.length === 0 ? Effect.void : Effect.fail(invalidEntity(faults))
}

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
  const item = yield* ask(() => services.kernel.payments.getAny(merchantIdOf(incoming), id), "read")
  return answerData(renderAny(item, walletId, renderItem))
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
  const page = isContradictory(query)
    ? { items: [], hasNext: false, hasPrevious: false }
    : yield* ask(() => services.kernel.payments.listAny(merchantIdOf(incoming), listed), "read")
  const named = { ...page, items: page.items.map((item) => ({ id: idOf(item) })) }
  const link = linkHeader(addressOf(services, incoming), query, request, named)
  return answerData(
    page.items.map((item) => renderAny(item, walletId, renderListedItem)),
    { link }
  )
})

/** What was paid to an intent, and given back of it, is shown in one form everywhere. */
const renderAny = <Card>(
  payment: AnyPayment,
  walletId: string,
  renderCardItem: (item: PaymentItem, walletId: string) => Card
) => {
  switch (payment._tag) {
    case "Payment":
      return renderCardItem(payment.item, walletId)
    case "Deposit":
      return renderDeposit(payment.deposit, walletId)
    case "IntentRefund":
      return renderIntentRefund(payment.refund, walletId)
  }
}

const idOf = (payment: AnyPayment): string => {
  switch (payment._tag) {
    case "Payment":
      return payment.item.id
    case "Deposit":
      return payment.deposit.id
    case "IntentRefund":
      return payment.refund.id
  }
}

/** No payment has a card and an intent. */
const isContradictory = ({ source, paymentIntentId, type = [] }: PaymentsQuery): boolean =>
  paymentIntentId !== undefined && (type.length > 0 || (source !== undefined && !isSame(source, paymentIntentId)))

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The source of a payment on a blockchain is its intent. */
const filtersOf = ({ source: card, settlementId, paymentIntentId, type, status }: PaymentsQuery) => {
  const source = paymentIntentId ?? card
  return {
    ...(paymentIntentId === undefined ? {} : { type: "blockchain" }),
    ...(source === undefined ? {} : { source: source.toLowerCase() }),
    ...(settlementId === undefined ? {} : { settlementId: settlementId.toLowerCase() }),
    ...(type === undefined || type.length === 0 ? {} : { type }),
    ...(status === undefined ? {} : { status: statusesOf(status) })
  }
}

/** The states that the wire shows as this one. */
const statusesOf = (shown: string): ReadonlyArray<string> =>
  Object.entries(wireStatus)
    .filter(([, status]) => status === shown)
    .map(([status]) => status)
