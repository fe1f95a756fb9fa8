/** The operations on what was sent to a merchant: looking at it, and having it sent again. */
import type { Delivery, ListRequest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  allErrors,
  answerDone,
  answerRead,
  type Call,
  merchantIdOf,
  type Operation,
  readRequest,
  type Services
} from "../api/operation.ts"
import { invalidRequest } from "../api/published-error.ts"
import { readTimestamp, timestamp } from "../api/timestamp.ts"
import { isUuid } from "../uuid.ts"
import { renderDelivery } from "./render-webhook-endpoint.ts"
import { ReplayDeliveries } from "./webhook-endpoint.schema.ts"
import { endpointOf } from "./webhook-endpoints.ts"
import { askWebhooks, deliveryNotFound } from "./webhook-refusal.ts"

const decodeReplay = Schema.decodeUnknownResult(ReplayDeliveries, allErrors)

export const getDelivery = Effect.fnUntraced(function* (services: Services, call: Call) {
  return answerRead(renderDelivery(yield* deliveryOf(services, call)))
})

export const replayDelivery = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { id } = yield* deliveryOf(services, call)
  const { deliveries } = services.kernel.webhooks
  const replayed = yield* askWebhooks(() => deliveries.replay(merchantIdOf(call.incoming), id))
  return answerDone(202, "Delivery queued again", renderDelivery(replayed))
})

const deliveryOf = ({ kernel }: Services, { incoming, subject }: Call): Operation<Delivery> =>
  isUuid(subject)
    ? askWebhooks(() => kernel.webhooks.deliveries.get(merchantIdOf(incoming), subject.toLowerCase()))
    : Effect.fail(deliveryNotFound)

/** Of all endpoints, and of the addresses that came with payments. */
export const listDeliveries = (services: Services, call: Call) => answerPage(services, call, {})

export const listEndpointDeliveries = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { id } = yield* endpointOf(services, call)
  return yield* answerPage(services, call, { endpointId: id })
})

const answerPage = Effect.fnUntraced(function* (
  { kernel }: Services,
  { incoming }: Call,
  endpoint: ListRequest["where"]
) {
  const { where, ...page } = yield* readPage(incoming.url.searchParams)
  const request = { ...page, where: { ...where, ...endpoint }, fromMs: null, toMs: null }
  const listed = yield* askWebhooks(() => kernel.webhooks.deliveries.list(merchantIdOf(incoming), request))
  return answerRead({ deliveries: listed.items.map(renderDelivery), has_more: listed.hasNext })
})

const limitDefault = 20
const limitMax = 100
const statuses: ReadonlySet<string> = new Set(["waiting", "delivered", "dead", "withheld"])
const eventShape = /^[A-Za-z0-9_.:-]{1,100}$/u

const readPage = (query: URLSearchParams): Operation<Pick<ListRequest, "where" | "page" | "limit">> => {
  const { status, event, after, limit = String(limitDefault) } = Object.fromEntries(query)
  if (status !== undefined && !statuses.has(status)) return invalid(`status must be one of ${[...statuses].join(", ")}`)
  if (event !== undefined && !eventShape.test(event)) return invalid("event must be the name of an event")
  if (after !== undefined && !isUuid(after)) return invalid("after must be a delivery_id")
  if (!/^[1-9][0-9]{0,2}$/u.test(limit) || Number(limit) > limitMax) {
    return invalid(`limit must be a whole number from 1 to ${limitMax}`)
  }
  return Effect.succeed({
    where: { ...(status === undefined ? {} : { status }), ...(event === undefined ? {} : { type: event }) },
    page: after === undefined ? { _tag: "First" } : { _tag: "After", id: after.toLowerCase() },
    limit: Number(limit)
  })
}

const invalid = (says: string): Operation<never> => Effect.fail(invalidRequest(`${says}.`))

export const replayDeliveries = Effect.fnUntraced(function* (services: Services, call: Call) {
  const request = yield* readRequest(call.incoming, decodeReplay)
  const fromMs = yield* readMoment("from", request.from)
  const toMs = request.to === undefined ? services.nowMs() : yield* readMoment("to", request.to)
  if (toMs < fromMs) return yield* invalid("to must not be before from")
  const { id } = yield* endpointOf(services, call)
  const { statuses: among } = request
  const range = { fromMs, toMs, ...(among === undefined ? {} : { statuses: among }) }
  const { deliveries } = services.kernel.webhooks
  const { replayed, continueFromMs } = yield* askWebhooks(() =>
    deliveries.replayAll(merchantIdOf(call.incoming), id, range)
  )
  return answerDone(202, "Deliveries queued again", {
    replayed,
    continue_from: continueFromMs === null ? undefined : timestamp(continueFromMs)
  })
})

const readMoment = (field: string, given: string): Operation<number> =>
  Effect.fromResult(Result.mapError(readTimestamp(given), (says) => invalidRequest(`${field} ${says}.`)))
