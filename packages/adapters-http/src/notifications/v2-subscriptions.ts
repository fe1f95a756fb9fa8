/** The operations on subscriptions of `/v2`, and on the keys that their messages are checked by. */
import type { Endpoint } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type Answer, empty } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import { isoDate } from "../v1/iso-date.ts"
import {
  allErrors,
  answerData,
  merchantIdOf,
  type Operation,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import { notFound } from "../v1/published-error.ts"
import { askEndpoints } from "./endpoint-refusal.ts"
import {
  CreateWebhookRequest,
  type NotificationKeyBody,
  UpdateWebhookRequest,
  type WebhookBody
} from "./subscription.schema.ts"
import { v2DialectName } from "./v2-dialect.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateWebhookRequest, allErrors)
const decodeUpdate = Schema.decodeUnknownResult(UpdateWebhookRequest, allErrors)

export const createWebhook = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming) {
  const { endpoints } = kernel.webhooks
  const merchantId = merchantIdOf(incoming)
  const {
    endpoint: url,
    name = null,
    notificationTypes = [],
    enabled = true
  } = yield* readRequest(incoming, decodeCreate)
  const types = notificationTypes.includes("*") ? [] : [...new Set(notificationTypes)]
  const input = { dialect: v2DialectName, name, url, types }
  const { view } = yield* askEndpoints(() => endpoints.create(merchantId, input))
  const { endpoint, secret } = view
  const shown = enabled
    ? endpoint
    : yield* askEndpoints(() => endpoints.change(merchantId, endpoint.id, { enabled: false }))
  return answerData({ ...renderWebhook(shown), secret: Redacted.value(secret) })
})

export const listWebhooks = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming) {
  const request = {
    where: { dialect: v2DialectName },
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: listedMax
  } as const
  const { items } = yield* askEndpoints(() => kernel.webhooks.endpoints.list(merchantIdOf(incoming), request))
  return answerData(items.map(renderWebhook))
})

/** A merchant may have far fewer. */
const listedMax = 1000

export const getWebhook = Effect.fnUntraced(function* (services: Services, incoming: Incoming, id: string) {
  return answerData(renderWebhook(yield* webhookOf(services, incoming, id)))
})

export const updateWebhook = Effect.fnUntraced(function* (services: Services, incoming: Incoming, given: string) {
  const { id } = yield* webhookOf(services, incoming, given)
  const change = yield* readRequest(incoming, decodeUpdate)
  const { endpoints } = services.kernel.webhooks
  return answerData(renderWebhook(yield* askEndpoints(() => endpoints.change(merchantIdOf(incoming), id, change))))
})

export const deleteWebhook = Effect.fnUntraced(function* (services: Services, incoming: Incoming, given: string) {
  const { id } = yield* webhookOf(services, incoming, given)
  yield* askEndpoints(() => services.kernel.webhooks.endpoints.remove(merchantIdOf(incoming), id))
  return empty(204)
})

export const getNotificationKey = ({ notifications }: Services, given: string): Operation<Answer> => {
  const key = notifications.publicKeys.find(({ id }) => id === given.toLowerCase())
  if (key === undefined) return Effect.fail(notFound)
  const { id, publicKey, createdAtMs } = key
  const body: NotificationKeyBody = { id, algorithm: "ECDSA_SHA_256", publicKey, createDate: isoDate(createdAtMs) }
  return Effect.succeed(answerData(body))
}

/** Endpoints of the other APIs are none of this one, whoever's they are. */
const webhookOf = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, given: string) {
  const id = yield* readId(given, notFound)
  const endpoint = yield* askEndpoints(() => kernel.webhooks.endpoints.get(merchantIdOf(incoming), id))
  return endpoint.dialect === v2DialectName && endpoint.status !== "removed" ? endpoint : yield* Effect.fail(notFound)
})

const renderWebhook = (endpoint: Endpoint): WebhookBody => ({
  id: endpoint.id,
  name: endpoint.name ?? "",
  endpoint: endpoint.url ?? "",
  enabled: endpoint.status === "enabled",
  createDate: isoDate(endpoint.createdAtMs),
  updateDate: isoDate(endpoint.updatedAtMs),
  notificationTypes: endpoint.types.length === 0 ? ["*"] : endpoint.types,
  restricted: endpoint.types.length > 0
})
