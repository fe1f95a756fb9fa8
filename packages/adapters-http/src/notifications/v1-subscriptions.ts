/** The operations on subscriptions of `/v1`: addresses that show by themselves that they want to be told. */
import type { Endpoint } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Answer } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import {
  allErrors,
  answerData,
  merchantIdOf,
  type Operation,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import { notFound, type PublishedError } from "../v1/published-error.ts"
import { askEndpoints } from "./endpoint-refusal.ts"
import { CreateSubscriptionRequest, type SubscriptionBody } from "./subscription.schema.ts"
import { subscriptionArn, v1DialectName } from "./v1-dialect.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateSubscriptionRequest, allErrors)

export const createSubscription = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const { endpoint: url } = yield* readRequest(incoming, decodeCreate)
  const merchantId = merchantIdOf(incoming)
  const ofDialect = { countMax: services.notifications.subscriptionsMax, confirmedWithinMs: confirmWithinMs }
  const input = { dialect: v1DialectName, name: null, url, types: [], ofDialect }
  const { view } = yield* askEndpoints(() => services.kernel.webhooks.endpoints.create(merchantId, input))
  return answerData(renderSubscription(services, view.endpoint))
})

export const listSubscriptions = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const endpoints = yield* endpointsOf(services, merchantIdOf(incoming))
  return answerData(endpoints.map((endpoint) => renderSubscription(services, endpoint)))
})

const pendingStays: PublishedError = {
  status: 400,
  code: 2,
  message: "Invalid entity.\nA subscription that is pending cannot be removed."
}

export const deleteSubscription = Effect.fnUntraced(function* (services: Services, incoming: Incoming, given: string) {
  const { endpoints } = services.kernel.webhooks
  const id = yield* readId(given, notFound)
  const merchantId = merchantIdOf(incoming)
  const endpoint = yield* askEndpoints(() => endpoints.get(merchantId, id))
  if (endpoint.dialect !== v1DialectName) return yield* Effect.fail(notFound)
  if (statusOf(endpoint, services.nowMs()) === "pending") return yield* Effect.fail(pendingStays)
  yield* askEndpoints(() => endpoints.remove(merchantId, id))
  return answerData({})
})

export type Confirmation = { readonly merchant?: string; readonly Token?: string }

/** Whoever holds the token has read a message to the address, or was given it by somebody who has. */
export const confirmSubscription = Effect.fnUntraced(function* (
  services: Services,
  incoming: Incoming,
  given: string,
  { merchant = "", Token: token = "" }: Confirmation
) {
  const id = yield* readId(given, notFound)
  const merchantId = yield* readId(merchant, notFound)
  yield* askEndpoints(() => services.kernel.webhooks.endpoints.confirm(merchantId, id, token))
  return textAnswer("text/xml", confirmed(subscriptionArn(services.notifications.topicArn, id), incoming.requestId))
})

export const getSigningCertificate = (services: Services, given: string): Operation<Answer> => {
  const certificate = services.notifications.certificates.find(({ id }) => `${id}.pem` === given)
  return certificate === undefined
    ? Effect.fail(notFound)
    : Effect.succeed(textAnswer("application/x-pem-file", certificate.pem))
}

const endpointsOf = ({ kernel }: Services, merchantId: string): Operation<ReadonlyArray<Endpoint>> =>
  Effect.map(
    askEndpoints(() =>
      kernel.webhooks.endpoints.list(merchantId, {
        where: { dialect: v1DialectName },
        fromMs: null,
        toMs: null,
        page: { _tag: "First" },
        limit: listedMax
      })
    ),
    ({ items }) => items
  )

const listedMax = 1000

const renderSubscription = ({ notifications, nowMs }: Services, endpoint: Endpoint): SubscriptionBody => ({
  id: endpoint.id,
  endpoint: endpoint.url ?? "",
  subscriptionDetails: [
    { url: subscriptionArn(notifications.topicArn, endpoint.id), status: statusOf(endpoint, nowMs()) }
  ]
})

const statusOf = (endpoint: Endpoint, nowMs: number): "confirmed" | "pending" | "deleted" => {
  if (endpoint.status !== "unconfirmed") return "confirmed"
  return hasLapsed(endpoint, nowMs) ? "deleted" : "pending"
}

/** One that nobody confirms takes no place for ever. */
const hasLapsed = ({ status, createdAtMs }: Endpoint, nowMs: number): boolean =>
  status === "unconfirmed" && nowMs - createdAtMs > confirmWithinMs

const confirmWithinMs = 3 * 24 * 60 * 60 * 1000

const textAnswer = (type: string, body: string): Answer => ({
  status: 200,
  headers: { "content-type": `${type}; charset=utf-8` },
  body
})

const confirmed = (arn: string, requestId: string): string =>
  `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>${arn}</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata>
    <RequestId>${requestId}</RequestId>
  </ResponseMetadata>
</ConfirmSubscriptionResponse>
`
