/** The operations on cards. */
import type { BillingChange, BillingDetails, Card } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { endingCode } from "../ending-code.ts"
import { fieldError, required } from "../fields/field-error.ts"
import type { Incoming } from "../front/front.ts"
import { part } from "../json-part.ts"
import { addressError, districtRule } from "./billing-address.ts"
import { CreateCardRequest, UpdateCardRequest } from "./card.schema.ts"
import { linkHeader, type PageQuery, pageRequest } from "./list-page.ts"
import { openCard, openCvv } from "./open-card-data.ts"
import {
  addressOf,
  allErrors,
  answerData,
  answerKept,
  ask,
  keptData,
  keyed,
  merchantIdOf,
  type Rules,
  readId,
  readRequest,
  type Services
} from "./operation.ts"
import { notFound, type PublishedError } from "./published-error.ts"
import { renderCard, renderSimpleCard } from "./render-card.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateCardRequest, allErrors)
const decodeUpdate = Schema.decodeUnknownResult(UpdateCardRequest, allErrors)

export const createCard = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const { kernel, cardDoor } = services
  const merchantId = merchantIdOf(incoming)
  const request = yield* readRequest(incoming, decodeCreate, districtRule)
  const { idempotencyKey, billingDetails, expMonth, expYear, metadata } = request
  yield* orFail(addressError(billingDetails.country, billingDetails.district ?? null))
  const { pan, cvv } = yield* openCard(cardDoor, request)
  const fingerprint = yield* Effect.promise(() => kernel.cards.fingerprint(merchantId, pan))
  const key = yield* keyed<Card>(incoming, {
    idempotencyKey,
    path: "/v1/cards",
    fields: { fingerprint, billingDetails, expMonth, expYear, metadata },
    answer: (card) => keptData(201, renderCard(card))
  })
  const holder = { ...metadata, phoneNumber: metadata.phoneNumber ?? null }
  const input = { pan, cvv, expMonth, expYear, billingDetails: billingOf(billingDetails), holder }
  const submitted = ask(() => kernel.cards.submit(merchantId, input, key), "card")
  return answerKept(yield* submitted.pipe(endingCode(cvv)))
})

const orFail = (error: PublishedError | undefined) => (error === undefined ? Effect.void : Effect.fail(error))

const billingOf = (details: CreateCardRequest["billingDetails"]): BillingDetails => ({
  ...details,
  line2: details.line2 ?? null,
  district: details.district ?? null
})

export const listCards = Effect.fnUntraced(function* (services: Services, incoming: Incoming, query: PageQuery) {
  const request = yield* pageRequest(query, services.nowMs())
  const listed = { ...request, where: {} }
  const page = yield* ask(() => services.kernel.cards.list(merchantIdOf(incoming), listed), "read")
  const link = linkHeader(addressOf(services, incoming), query, request, page)
  return answerData(page.items.map(renderSimpleCard), { link })
})

export const getCard = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, cardId: string) {
  const id = yield* readId(cardId, notFound)
  return answerData(renderCard(yield* ask(() => kernel.cards.get(merchantIdOf(incoming), id), "card")))
})

export const updateCard = Effect.fnUntraced(function* (services: Services, incoming: Incoming, cardId: string) {
  const { kernel, cardDoor } = services
  const merchantId = merchantIdOf(incoming)
  const id = yield* readId(cardId, notFound)
  const request = yield* readRequest(incoming, decodeUpdate, nameRule)
  const { billingDetails = {}, expMonth = null, expYear = null } = request
  const { country, district } = {
    ...(yield* ask(() => kernel.cards.get(merchantId, id), "card")).billingDetails,
    ...billingDetails
  }
  yield* orFail(addressError(country, district) ?? nameError(billingDetails))
  const { cvv } = yield* openCvv(cardDoor, request)
  const email = billingDetails.email ?? null
  const input = { cvv, expMonth, expYear, billing: changeOf(billingDetails), email }
  const updated = ask(() => kernel.cards.update(merchantId, id, input), "card")
  const { view } = yield* updated.pipe(endingCode(cvv))
  return answerData(renderCard(view))
})

type Change = NonNullable<UpdateCardRequest["billingDetails"]>

/** An update splits the name that a card keeps whole, so half a name cannot be put in its place. */
const nameRule: Rules = (body) => {
  const { firstName, lastName } = part(body["billingDetails"])
  return lastName !== undefined && firstName === undefined ? [fieldError("billingDetails.firstName", required)] : []
}

const nameError = ({ firstName, lastName }: Change): PublishedError | undefined =>
  firstName !== undefined && lastName === undefined
    ? { status: 400, code: 1094, message: "The last name of the billing details is missing." }
    : undefined

const changeOf = ({ firstName, lastName, phone: _, email: __, ...details }: Change): BillingChange => ({
  ...details,
  ...(firstName === undefined || lastName === undefined ? {} : { name: `${firstName} ${lastName}` })
})
