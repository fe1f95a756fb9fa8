/**
 * The operations on a merchant's webhook endpoints. The one that is named `default` has addresses of its own, for most
 * merchants need no other.
 */
import {
  type Accepted,
  defaultEndpointId,
  type Endpoint,
  type EndpointFailure,
  type EndpointWithSecret,
  type Outcome
} from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  allErrors,
  answerDone,
  answerRead,
  type Call,
  idempotencyKeyOf,
  keyed,
  merchantIdOf,
  type Operation,
  readRequest,
  replayMark,
  type Services
} from "../api/operation.ts"
import { isShown, renderEndpoint } from "./render-webhook-endpoint.ts"
import {
  ChangeWebhookEndpoint,
  CreateWebhookEndpoint,
  RotateSecret,
  SetWebhookEndpoint
} from "./webhook-endpoint.schema.ts"
import { askWebhooks, endpointNotFound } from "./webhook-refusal.ts"

const decodeSet = Schema.decodeUnknownResult(SetWebhookEndpoint, allErrors)
const decodeCreate = Schema.decodeUnknownResult(CreateWebhookEndpoint, allErrors)
const decodeChange = Schema.decodeUnknownResult(ChangeWebhookEndpoint, allErrors)
const decodeRotate = Schema.decodeUnknownResult(RotateSecret, allErrors)

/** The endpoint that a call is about, if it is the merchant's and of this API. */
export const endpointOf = ({ kernel }: Services, call: Call): Operation<Endpoint> =>
  Effect.filterOrFail(
    askWebhooks(() => kernel.webhooks.endpoints.get(merchantIdOf(call.incoming), endpointIdOf(call))),
    isShown,
    () => endpointNotFound
  )

/** The addresses of the default endpoint name none. */
const endpointIdOf = ({ subject }: Call): string => (subject === "" ? defaultEndpointId : subject)

export const getEndpoint = Effect.fnUntraced(function* (services: Services, call: Call) {
  return answerRead(shown(services, yield* endpointOf(services, call)))
})

/** Makes the endpoint where there is none. One that was made for a `webhook_url` keeps its secret. */
export const setDefaultEndpoint = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { endpoints } = services.kernel.webhooks
  const merchantId = merchantIdOf(call.incoming)
  const { url, events = [], enabled = true } = yield* readRequest(call.incoming, decodeSet)
  const input = { id: defaultEndpointId, dialect: "api", name: null, url, types: events }
  const made = yield* askWebhooks(() => ifNew(endpoints.create(merchantId, input)))
  if (made !== null && enabled) return answerDone(201, "Webhook endpoint set", withSecret(services, made.view))
  const change = { url, types: events, enabled }
  const endpoint = yield* askWebhooks(() => endpoints.change(merchantId, defaultEndpointId, change))
  return made === null
    ? answerDone(200, "Webhook endpoint set", shown(services, endpoint))
    : answerDone(201, "Webhook endpoint set", withSecret(services, { ...made.view, endpoint }))
})

type Made = Outcome<Accepted<EndpointWithSecret>, EndpointFailure>

/** `null`: there is one already. */
const ifNew = async (making: Promise<Made>): Promise<Outcome<Accepted<EndpointWithSecret> | null, EndpointFailure>> => {
  const made = await making
  return !made.ok && made.error._tag === "EndpointAlreadyExists" ? { ok: true, value: null } : made
}

export const createEndpoint = Effect.fnUntraced(function* (services: Services, { incoming }: Call) {
  const key = yield* idempotencyKeyOf(incoming)
  const { url, format = "paykernel.v1", name = null, events = [] } = yield* readRequest(incoming, decodeCreate)
  const input = { dialect: format, name, url, types: events }
  const meaning = { path: "/api/webhook-endpoints", fields: input }
  // What is kept of an answer is kept as it is, so it names the endpoint and holds no secret.
  const bound = key === null ? undefined : keyed<EndpointWithSecret>(key, meaning, ({ endpoint }) => kept(endpoint))
  const { endpoints } = services.kernel.webhooks
  const made = yield* askWebhooks(() => endpoints.create(merchantIdOf(incoming), input, bound))
  const data = withSecret(services, made.view)
  return answerDone(201, "Webhook endpoint added", data, replayMark(made.replayed))
})

const kept = ({ id }: Endpoint) => ({ status: 201, body: id })

export const listEndpoints = Effect.fnUntraced(function* (services: Services, { incoming }: Call) {
  const request = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: listedMax } as const
  const { items } = yield* askWebhooks(() => services.kernel.webhooks.endpoints.list(merchantIdOf(incoming), request))
  return answerRead(items.filter(isShown).map((endpoint) => shown(services, endpoint)))
})

/** A merchant may have far fewer. */
const listedMax = 1000

export const changeEndpoint = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { id } = yield* endpointOf(services, call)
  const { events, ...change } = yield* readRequest(call.incoming, decodeChange)
  const input = { ...change, ...(events === undefined ? {} : { types: events }) }
  const { endpoints } = services.kernel.webhooks
  const changed = yield* askWebhooks(() => endpoints.change(merchantIdOf(call.incoming), id, input))
  return answerDone(200, "Webhook endpoint changed", shown(services, changed))
})

export const removeEndpoint = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { id } = yield* endpointOf(services, call)
  yield* askWebhooks(() => services.kernel.webhooks.endpoints.remove(merchantIdOf(call.incoming), id))
  return answerDone(200, "Webhook endpoint removed", { endpoint_id: id })
})

const dayS = 86_400

export const rotateSecret = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { overlap_seconds: overlapS = dayS } = yield* readRequest(call.incoming, decodeRotate)
  const { id } = yield* endpointOf(services, call)
  const { endpoints } = services.kernel.webhooks
  const merchantId = merchantIdOf(call.incoming)
  const rotated = yield* askWebhooks(() => endpoints.rotateSecret(merchantId, id, { overlapMs: overlapS * 1000 }))
  return answerDone(200, "Webhook secret rotated", withSecret(services, rotated))
})

export const testEndpoint = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { id } = yield* endpointOf(services, call)
  const { endpoints } = services.kernel.webhooks
  const tested = yield* askWebhooks(() => endpoints.test(merchantIdOf(call.incoming), id))
  return answerDone(202, "Test message queued", shown(services, tested))
})

const shown = ({ verifyingKey }: Services, endpoint: Endpoint) => renderEndpoint(endpoint, verifyingKey)

const withSecret = (services: Services, { endpoint, secret }: EndpointWithSecret) => ({
  ...shown(services, endpoint),
  secret: Redacted.value(secret)
})
