/**
 * The direct and hosted payment API as one definition: the routes and the OpenAPI document are made from it. Bodies are
 * declared here and decoded by the operations, which choose the published code of what is wrong.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { webhookGroups } from "../notifications/webhook-endpoints-api.ts"
import { BearerKey, error, summary } from "./api-parts.ts"
import { Confirmation, ConfirmDirectPayment, CreateDirectPayment, DirectPayment } from "./direct-payment.schema.ts"
import { CancelledSession, CreateHostedPayment, OpenedSession, Session } from "./hosted-payment.schema.ts"
import { asPublished } from "./open-api-document.ts"
import { done, Health, read } from "./shown.schema.ts"

const page = (status: number) =>
  Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/html" }), HttpApiSchema.status(status))

const status = HttpApiGroup.make("Status")
  .add(
    HttpApiEndpoint.get("getHealth", "/api/health", { success: done(Health) }).annotateMerge(
      summary("See that the API works, and the key")
    )
  )
  .middleware(BearerKey)

const transaction = { params: { transaction_id: Schema.String }, error: [error(400), error(404)] as const }

const direct = HttpApiGroup.make("Direct payments")
  .add(
    HttpApiEndpoint.post("createDirectPayment", "/api/direct-payment", {
      payload: CreateDirectPayment,
      success: [done(DirectPayment), done(DirectPayment).pipe(HttpApiSchema.status(202))],
      error: [error(400), error(403), error(409), error(422)]
    }).annotateMerge(summary("Make a payment with a card, a wallet or a bank transfer")),
    HttpApiEndpoint.get("getDirectPayment", "/api/direct-payment/:transaction_id", {
      ...transaction,
      success: read(DirectPayment)
    }).annotateMerge(summary("Get a payment")),
    HttpApiEndpoint.post("confirmDirectPayment", "/api/direct-payment/:transaction_id/confirm", {
      ...transaction,
      payload: ConfirmDirectPayment,
      success: done(Confirmation)
    }).annotateMerge(summary("Have the bank asked after 3-D Secure"))
  )
  .middleware(BearerKey)

const session = { params: { session_id: Schema.String } }

const hosted = HttpApiGroup.make("Hosted payments")
  .add(
    HttpApiEndpoint.post("createHostedPayment", "/api/hosted-payment", {
      payload: CreateHostedPayment,
      success: done(OpenedSession).pipe(HttpApiSchema.status(201)),
      error: [error(400), error(403), error(409), error(422)]
    }).annotateMerge(summary("Open a page to be paid on")),
    HttpApiEndpoint.get("getHostedPayment", "/api/hosted-payment/:session_id", {
      ...session,
      success: read(Session),
      error: error(404)
    }).annotateMerge(summary("Get a session")),
    HttpApiEndpoint.post("cancelHostedPayment", "/api/hosted-payment/:session_id/cancel", {
      ...session,
      success: done(CancelledSession),
      error: [error(404), error(409), error(410)]
    }).annotateMerge(summary("Cancel a session"))
  )
  .middleware(BearerKey)

const fromTheBank = {
  params: { state: Schema.String },
  success: HttpApiSchema.Empty(303),
  error: page(400)
}

const payers = HttpApiGroup.make("Payers").add(
  HttpApiEndpoint.get("returnPayer", "/api/3ds/return/:state", fromTheBank).annotateMerge(
    summary("Bring a payer's browser back from the bank")
  ),
  // A bank's page may send the browser back by a form (EMV 3-D Secure, CRes), whose fields say nothing that is believed.
  HttpApiEndpoint.post("returnPayerByForm", "/api/3ds/return/:state", fromTheBank).annotateMerge(
    summary("Bring a payer's browser back from the bank by a form")
  ),
  HttpApiEndpoint.get("showBankHasAnswered", "/api/3ds/answered", { success: page(200) }).annotateMerge(
    summary("Tell a payer who has no shop to go back to")
  )
)

export const Api = HttpApi.make("paykernel-api")
  .add(status, direct, hosted, payers, ...webhookGroups)
  .annotateMerge(
    OpenApi.annotations({
      title: "paykernel direct and hosted payment API",
      version: "2.0.0",
      description: "Charge a card at once, or send the payer to a page that does.",
      transform: asPublished
    })
  )
