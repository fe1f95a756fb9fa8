/** The subscriptions of `/v1` and `/v2` as part of the API definition, with the public keys that messages are checked by. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { BearerKey, data, error, id, PublishedErrors, summary } from "../v1/api-parts.ts"
import {
  CreatedWebhook,
  CreateSubscriptionRequest,
  CreateWebhookRequest,
  NotificationKey,
  Subscription,
  UpdateWebhookRequest,
  Webhook
} from "./subscription.schema.ts"

const subscriptions = HttpApiGroup.make("Subscriptions")
  .add(
    HttpApiEndpoint.post("createSubscription", "/v1/notifications/subscriptions", {
      payload: CreateSubscriptionRequest,
      success: data(Subscription),
      error: [error(403), error(429)]
    }).annotateMerge(summary("Subscribe an address that confirms itself")),
    HttpApiEndpoint.get("listSubscriptions", "/v1/notifications/subscriptions", {
      success: data(Schema.Array(Subscription))
    }).annotateMerge(summary("List the subscriptions")),
    HttpApiEndpoint.delete("deleteSubscription", "/v1/notifications/subscriptions/:id", {
      params: id,
      success: data(Schema.Struct({})),
      error: [error(403), error(404)]
    }).annotateMerge(summary("Remove a subscription"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

const xml = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/xml" }))
const pem = Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/x-pem-file" }))

/** What a receiver of `/v1` messages follows: it has no key, and no need of one. */
const confirmations = HttpApiGroup.make("Confirmations").add(
  HttpApiEndpoint.get("confirmSubscription", "/v1/notifications/subscriptions/:id/confirm", {
    params: id,
    query: { merchant: Schema.optionalKey(Schema.String), Token: Schema.optionalKey(Schema.String) },
    success: xml,
    error: error(404)
  }).annotateMerge(summary("Confirm a subscription: the `SubscribeURL` of its first message")),
  HttpApiEndpoint.get("getSigningCertificate", "/v1/notifications/certificates/:id", {
    params: id,
    success: pem,
    error: error(404)
  }).annotateMerge(summary("Get the certificate that messages are signed under: their `SigningCertURL`"))
)

const webhookId = { params: id, error: [error(403), error(404)] as const }

const webhooks = HttpApiGroup.make("Webhooks")
  .add(
    HttpApiEndpoint.post("createCpnWebhook", "/v2/cpn/notifications/subscriptions", {
      payload: CreateWebhookRequest,
      success: data(CreatedWebhook),
      error: [error(403), error(429)]
    }).annotateMerge(summary("Subscribe an address")),
    HttpApiEndpoint.get("listCpnWebhooks", "/v2/cpn/notifications/subscriptions", {
      success: data(Schema.Array(Webhook))
    }).annotateMerge(summary("List the subscriptions")),
    HttpApiEndpoint.get("getCpnWebhook", "/v2/cpn/notifications/subscriptions/:id", {
      ...webhookId,
      success: data(Webhook)
    }).annotateMerge(summary("Get a subscription")),
    HttpApiEndpoint.patch("updateCpnWebhook", "/v2/cpn/notifications/subscriptions/:id", {
      ...webhookId,
      payload: UpdateWebhookRequest,
      success: data(Webhook)
    }).annotateMerge(summary("Rename a subscription, switch it on or off")),
    HttpApiEndpoint.delete("deleteCpnWebhook", "/v2/cpn/notifications/subscriptions/:id", {
      ...webhookId,
      success: HttpApiSchema.Empty(204)
    }).annotateMerge(summary("Remove a subscription")),
    HttpApiEndpoint.get("getCpnPublicKey", "/v2/cpn/notifications/publicKey/:id", {
      params: id,
      success: data(NotificationKey),
      error: error(404)
    }).annotateMerge(summary("Get the public key that `X-Circle-Key-Id` names"))
  )
  .add(
    HttpApiEndpoint.post("createWebhook", "/v2/notifications/subscriptions", {
      payload: CreateWebhookRequest,
      success: data(CreatedWebhook),
      error: [error(403), error(429)]
    }).annotateMerge(summary("Subscribe an address")),
    HttpApiEndpoint.get("listWebhooks", "/v2/notifications/subscriptions", {
      success: data(Schema.Array(Webhook))
    }).annotateMerge(summary("List the subscriptions")),
    HttpApiEndpoint.get("getWebhook", "/v2/notifications/subscriptions/:id", {
      ...webhookId,
      success: data(Webhook)
    }).annotateMerge(summary("Get a subscription")),
    HttpApiEndpoint.patch("updateWebhook", "/v2/notifications/subscriptions/:id", {
      ...webhookId,
      payload: UpdateWebhookRequest,
      success: data(Webhook)
    }).annotateMerge(summary("Rename a subscription, switch it on or off")),
    HttpApiEndpoint.delete("deleteWebhook", "/v2/notifications/subscriptions/:id", {
      ...webhookId,
      success: HttpApiSchema.Empty(204)
    }).annotateMerge(summary("Remove a subscription")),
    HttpApiEndpoint.get("getNotificationKey", "/v2/notifications/publicKey/:id", {
      params: id,
      success: data(NotificationKey),
      error: error(404)
    }).annotateMerge(summary("Get the public key that `X-Circle-Key-Id` names"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

export const subscriptionGroups = [subscriptions, confirmations, webhooks] as const
