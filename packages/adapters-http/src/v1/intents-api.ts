/** The routes of payment intents and exchange rates. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { BearerKey, data, error, id, PublishedErrors, summary } from "./api-parts.ts"
import {
  ContinuousIntent,
  ContinuousIntentRequest,
  CryptoPayment,
  ExchangeRate,
  intentFilters,
  RefundIntentRequest,
  TransientIntent,
  TransientIntentRequest
} from "./intent.schema.ts"
import { paging, span } from "./list-query.schema.ts"
import { CryptoPaymentRequest, Presigned, presignQuery } from "./pull.schema.ts"

const Intent = Schema.Union([TransientIntent, ContinuousIntent])

const intents = HttpApiGroup.make("PaymentIntents")
  .add(
    HttpApiEndpoint.post("createPaymentIntent", "/v1/paymentIntents", {
      payload: Schema.Union([TransientIntentRequest, ContinuousIntentRequest]),
      success: data(Intent, 201),
      error: [error(403), error(409)]
    }).annotateMerge(summary("Create a payment intent")),
    HttpApiEndpoint.get("listPaymentIntents", "/v1/paymentIntents", {
      query: { ...intentFilters, ...span, ...paging },
      success: data(Schema.Array(Intent))
    }).annotateMerge(summary("List the payment intents")),
    HttpApiEndpoint.get("getPaymentIntent", "/v1/paymentIntents/:id", {
      params: id,
      success: data(Intent),
      error: error(404)
    }).annotateMerge(summary("Get a payment intent")),
    HttpApiEndpoint.post("expirePaymentIntent", "/v1/paymentIntents/:id/expire", {
      params: id,
      success: data(Intent, 201),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Expire a payment intent")),
    HttpApiEndpoint.post("refundPaymentIntent", "/v1/paymentIntents/:id/refund", {
      params: id,
      payload: RefundIntentRequest,
      success: data(CryptoPayment, 201),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Refund a payment intent"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

const exchange = HttpApiGroup.make("ExchangeRates")
  .add(
    HttpApiEndpoint.get("getExchangeRates", "/v1/exchange/rates/:pair", {
      params: { pair: Schema.String },
      success: data(ExchangeRate),
      error: error(404)
    }).annotateMerge(summary("Get the rates of BTC-USD, ETH-USD or FLOW-USD"))
  )
  .middleware(BearerKey)

const pulls = HttpApiGroup.make("PullPayments")
  .add(
    HttpApiEndpoint.get("presign", "/v1/payments/presign", {
      query: presignQuery,
      success: data(Presigned),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Get what a payer has to sign")),
    HttpApiEndpoint.post("createCryptoPayment", "/v1/payments/crypto", {
      payload: CryptoPaymentRequest,
      success: data(CryptoPayment, 201),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Create a payment of what a payer has signed"))
  )
  .middleware(PublishedErrors)
  .middleware(BearerKey)

export const intentGroups = [intents, exchange, pulls] as const
