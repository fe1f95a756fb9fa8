/** A merchant's webhook settings as part of the `/api` definition: the default endpoint, others, and what was delivered. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { BearerKey, error, summary } from "../api/api-parts.ts"
import { done, read } from "../api/shown.schema.ts"
import {
  ChangeWebhookEndpoint,
  CreateWebhookEndpoint,
  ReplayDeliveries,
  Replayed,
  RotateSecret,
  SetWebhookEndpoint,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret
} from "./webhook-endpoint.schema.ts"

const refused = [error(400), error(403), error(404)] as const
const accepted = <S extends Schema.Top>(shown: S) => done(shown).pipe(HttpApiSchema.status(202))
const withSecret = done(WebhookEndpointWithSecret)
const page = {
  status: Schema.optionalKey(Schema.String),
  event: Schema.optionalKey(Schema.String),
  after: Schema.optionalKey(Schema.String),
  limit: Schema.optionalKey(Schema.String)
}

const one = "/api/webhook-endpoint"

const defaultEndpoint = HttpApiGroup.make("Webhook endpoint")
  .add(
    HttpApiEndpoint.get("getDefaultEndpoint", one, { success: read(WebhookEndpoint), error: refused }).annotateMerge(
      summary("Get the merchant's endpoint")
    ),
    HttpApiEndpoint.put("setDefaultEndpoint", one, {
      payload: SetWebhookEndpoint,
      success: [withSecret, withSecret.pipe(HttpApiSchema.status(201))],
      error: refused
    }).annotateMerge(summary("Say where the merchant is told")),
    HttpApiEndpoint.post("rotateDefaultSecret", `${one}/rotate-secret`, {
      payload: RotateSecret,
      success: withSecret,
      error: refused
    }).annotateMerge(summary("Make a new secret")),
    HttpApiEndpoint.post("testDefaultEndpoint", `${one}/test`, {
      success: accepted(WebhookEndpoint),
      error: refused
    }).annotateMerge(summary("Have a test message sent")),
    HttpApiEndpoint.get("listDefaultDeliveries", `${one}/deliveries`, {
      query: page,
      success: read(WebhookDeliveries),
      error: refused
    }).annotateMerge(summary("List what was sent to it")),
    HttpApiEndpoint.post("replayDefaultDeliveries", `${one}/replay`, {
      payload: ReplayDeliveries,
      success: accepted(Replayed),
      error: refused
    }).annotateMerge(summary("Have a stretch of time sent again"))
  )
  .middleware(BearerKey)

const all = "/api/webhook-endpoints"
const each = { params: { endpoint_id: Schema.String }, error: refused }

const endpoints = HttpApiGroup.make("Webhook endpoints")
  .add(
    HttpApiEndpoint.post("createEndpoint", all, {
      payload: CreateWebhookEndpoint,
      success: withSecret.pipe(HttpApiSchema.status(201)),
      error: [...refused, error(409), error(422)]
    }).annotateMerge(summary("Add an endpoint")),
    HttpApiEndpoint.get("listEndpoints", all, {
      success: read(Schema.Array(WebhookEndpoint)),
      error: refused
    }).annotateMerge(summary("List the endpoints")),
    HttpApiEndpoint.get("getEndpoint", `${all}/:endpoint_id`, {
      ...each,
      success: read(WebhookEndpoint)
    }).annotateMerge(summary("Get an endpoint")),
    HttpApiEndpoint.put("changeEndpoint", `${all}/:endpoint_id`, {
      ...each,
      payload: ChangeWebhookEndpoint,
      success: done(WebhookEndpoint)
    }).annotateMerge(summary("Change an endpoint, switch it on or off")),
    HttpApiEndpoint.delete("removeEndpoint", `${all}/:endpoint_id`, {
      ...each,
      success: done(Schema.Struct({ endpoint_id: Schema.String }))
    }).annotateMerge(summary("Remove an endpoint")),
    HttpApiEndpoint.post("rotateSecret", `${all}/:endpoint_id/rotate-secret`, {
      ...each,
      payload: RotateSecret,
      success: withSecret
    }).annotateMerge(summary("Make a new secret")),
    HttpApiEndpoint.post("testEndpoint", `${all}/:endpoint_id/test`, {
      ...each,
      success: accepted(WebhookEndpoint)
    }).annotateMerge(summary("Have a test message sent")),
    HttpApiEndpoint.get("listEndpointDeliveries", `${all}/:endpoint_id/deliveries`, {
      ...each,
      query: page,
      success: read(WebhookDeliveries)
    }).annotateMerge(summary("List what was sent to it")),
    HttpApiEndpoint.post("replayEndpointDeliveries", `${all}/:endpoint_id/replay`, {
      ...each,
      payload: ReplayDeliveries,
      success: accepted(Replayed)
    }).annotateMerge(summary("Have a stretch of time sent again"))
  )
  .middleware(BearerKey)

const delivery = { params: { delivery_id: Schema.String }, error: refused }

const deliveries = HttpApiGroup.make("Webhook deliveries")
  .add(
    HttpApiEndpoint.get("listDeliveries", "/api/webhook-deliveries", {
      query: page,
      success: read(WebhookDeliveries),
      error: refused
    }).annotateMerge(summary("List all that was sent, to endpoints and to the addresses of payments")),
    HttpApiEndpoint.get("getDelivery", "/api/webhook-deliveries/:delivery_id", {
      ...delivery,
      success: read(WebhookDelivery)
    }).annotateMerge(summary("Get a delivery")),
    HttpApiEndpoint.post("replayDelivery", "/api/webhook-deliveries/:delivery_id/replay", {
      ...delivery,
      success: accepted(WebhookDelivery)
    }).annotateMerge(summary("Have it sent again"))
  )
  .middleware(BearerKey)

export const webhookGroups = [defaultEndpoint, endpoints, deliveries] as const
