/**
 * The published `/v1` API as one definition: routes, handlers and the OpenAPI document are all made from it. Bodies
 * are declared here and decoded by the operations, because every problem of a body is to be reported at once.
 */

import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { cpnGroups } from "../cpn/cpn-api.ts"
import { subscriptionGroups } from "../notifications/subscriptions-api.ts"
import { Balances, Channel, Configuration, Ping, PublicKey, Settlement } from "./account.schema.ts"
import { BearerKey, data, error, id, PublishedErrors, summary } from "./api-parts.ts"
import { Card, CreateCardRequest, SimpleCard, UpdateCardRequest } from "./card.schema.ts"
import { CryptoPayment } from "./intent.schema.ts"
import { intentGroups } from "./intents-api.ts"
import { paging, paymentFilters, span } from "./list-query.schema.ts"
import { asPublished } from "./open-api-document.ts"
import {
  Cancel,
  CancelRequest,
  CaptureRequest,
  CreatePaymentRequest,
  DetailedCancel,
  DetailedRefund,
  ListedPayment,
  Payment,
  Refund,
  RefundRequest
} from "./payment.schema.ts"

const fromTheBank = {
  params: { state: Schema.String },
  success: HttpApiSchema.Empty(303),
  error: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/html" }), HttpApiSchema.status(400))
}

const health = HttpApiGroup.make("Health").add(
  HttpApiEndpoint.get("ping", "/ping", { success: Ping }).annotateMerge(summary("Ping")),
  HttpApiEndpoint.get("returnFromChallenge", "/v1/3ds/return/:state", fromTheBank).annotateMerge(
    summary("Bring a payer's browser back from the bank")
  ),
  // A bank's page may send the browser back by a form (EMV 3-D Secure, CRes), whose fields say nothing that is believed.
  HttpApiEndpoint.post("returnFromChallengeByForm", "/v1/3ds/return/:state", fromTheBank).annotateMerge(
    summary("Bring a payer's browser back from the bank by a form")
  )
)

const account = HttpApiGroup.make("Account")
  .add(
    HttpApiEndpoint.get("getAccountConfig", "/v1/configuration", { success: data(Configuration) }).annotateMerge(
      summary("Get the configuration")
    ),
    HttpApiEndpoint.get("listChannels", "/v1/channels", { success: data(Schema.Array(Channel)) }).annotateMerge(
      summary("List the channels")
    ),
    HttpApiEndpoint.get("getPublicKey", "/v1/encryption/public", { success: data(PublicKey) }).annotateMerge(
      summary("Get the public key for card data")
    ),
    HttpApiEndpoint.get("listBalances", "/v1/balances", { success: data(Balances) }).annotateMerge(
      summary("List the balances")
    ),
    HttpApiEndpoint.get("listBusinessBalances", "/v1/businessAccount/balances", {
      success: data(Balances)
    }).annotateMerge(summary("List the balances of the business account"))
  )
  .middleware(BearerKey)

const cards = HttpApiGroup.make("Cards")
  .add(
    HttpApiEndpoint.post("createCard", "/v1/cards", {
      payload: CreateCardRequest,
      success: data(Card, 201),
      error: error(409)
    }).annotateMerge(summary("Create a card")),
    HttpApiEndpoint.get("listCards", "/v1/cards", {
      query: { ...span, ...paging },
      success: data(Schema.Array(SimpleCard))
    }).annotateMerge(summary("List the cards")),
    HttpApiEndpoint.get("getCard", "/v1/cards/:id", {
      params: id,
      success: data(Card),
      error: error(404)
    }).annotateMerge(summary("Get a card")),
    HttpApiEndpoint.put("updateCard", "/v1/cards/:id", {
      params: id,
      payload: UpdateCardRequest,
      success: data(Card),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Update a card"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

const change = { params: id, error: [error(404), error(409)] as const }

const payments = HttpApiGroup.make("Payments")
  .add(
    HttpApiEndpoint.post("createPayment", "/v1/payments", {
      payload: CreatePaymentRequest,
      success: data(Payment, 201),
      error: error(409)
    }).annotateMerge(summary("Create a payment")),
    HttpApiEndpoint.get("listPayments", "/v1/payments", {
      query: { ...paymentFilters, ...span, ...paging },
      success: data(Schema.Array(Schema.Union([ListedPayment, Cancel, Refund, CryptoPayment])))
    }).annotateMerge(summary("List payments, cancels and refunds")),
    HttpApiEndpoint.get("getPayment", "/v1/payments/:id", {
      params: id,
      success: data(Schema.Union([Payment, DetailedCancel, DetailedRefund, CryptoPayment])),
      error: error(404)
    }).annotateMerge(summary("Get a payment, cancel or refund")),
    HttpApiEndpoint.post("capturePayment", "/v1/payments/:id/capture", {
      ...change,
      payload: CaptureRequest,
      success: HttpApiSchema.Empty(202)
    }).annotateMerge(summary("Capture a payment")),
    HttpApiEndpoint.post("cancelPayment", "/v1/payments/:id/cancel", {
      ...change,
      payload: CancelRequest,
      success: data(DetailedCancel)
    }).annotateMerge(summary("Cancel a payment")),
    HttpApiEndpoint.post("refundPayment", "/v1/payments/:id/refund", {
      ...change,
      payload: RefundRequest,
      success: data(DetailedRefund)
    }).annotateMerge(summary("Refund a payment"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

const settlements = HttpApiGroup.make("Settlements")
  .add(
    HttpApiEndpoint.get("listSettlements", "/v1/settlements", {
      query: { ...span, ...paging },
      success: data(Schema.Array(Settlement))
    }).annotateMerge(summary("List the settlements")),
    HttpApiEndpoint.get("getSettlement", "/v1/settlements/:id", {
      params: id,
      success: data(Settlement),
      error: error(404)
    }).annotateMerge(summary("Get a settlement"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

export const Api = HttpApi.make("paykernel-v1")
  .add(health, account, cards, payments, settlements, ...intentGroups, ...cpnGroups, ...subscriptionGroups)
  .annotateMerge(
    OpenApi.annotations({
      title: "paykernel payments API",
      version: "1",
      description:
        "Card payments: save a card, charge it, capture, cancel, refund, and see it settled. Payment intents: be paid on " +
        "blockchains. Cross-border payments: hand over a stablecoin, and have it paid out abroad.",
      transform: asPublished
    })
  )
  .annotate(HttpApi.QueryParseOptions, { errors: "all" })
