/** The routes of cross-border payments, in both versions. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { BearerKey, data, error, summary } from "../v1/api-parts.ts"
import { paging, span } from "../v1/list-query.schema.ts"
import { CreatePaymentRequest, Payment, paymentFilters, Refund } from "./payment.schema.ts"
import {
  ConfigurationOverview,
  Quote,
  QuoteRequest,
  Requirements,
  RequirementsV2,
  Route,
  requirementsQuery,
  routesQuery
} from "./quote.schema.ts"
import { Rfi, SubmitRfiRequest, UploadForm } from "./rfi.schema.ts"
import { Ticket, TicketRequest } from "./ticket.schema.ts"
import {
  AccelerateRequest,
  CreateTransactionRequest,
  CreateTransactionV2Request,
  SubmitTransactionRequest,
  Transaction,
  TransactionV2
} from "./transaction.schema.ts"

/** Gives a query that does not decode the published shape of this API. */
export class CpnErrors extends HttpApiMiddleware.Service<CpnErrors>()("@paykernel/adapters-http/cpn/CpnErrors", {
  error: [error(400), error(403)]
}) {}

const quotes = HttpApiGroup.make("CrossBorderQuotes")
  .add(
    HttpApiEndpoint.get("getConfigurationsOverview", "/v1/cpn/configurations/overview", {
      success: data(ConfigurationOverview)
    }).annotateMerge(summary("Get what the payout network covers")),
    HttpApiEndpoint.get("listRoutes", "/v1/cpn/configurations/routes", {
      query: routesQuery,
      success: data(Schema.Array(Route))
    }).annotateMerge(summary("List the routes to a country, with their limits")),
    HttpApiEndpoint.post("createQuotes", "/v1/cpn/quotes", {
      payload: QuoteRequest,
      success: data(Schema.Array(Quote), 201)
    }).annotateMerge(summary("Get quotes, best first")),
    HttpApiEndpoint.get("getQuote", "/v1/cpn/quotes/:quoteId", {
      params: { quoteId: Schema.String },
      success: data(Quote),
      error: error(404)
    }).annotateMerge(summary("Get a quote")),
    HttpApiEndpoint.get("getPaymentRequirements", "/v1/cpn/payments/requirements", {
      query: requirementsQuery,
      success: data(Requirements)
    }).annotateMerge(summary("Get what has to be told with a payment of a quote")),
    HttpApiEndpoint.get("getPaymentRequirementsV2", "/v2/cpn/payments/requirements", {
      query: requirementsQuery,
      success: data(RequirementsV2)
    }).annotateMerge(summary("Get what has to be told with a payment of a quote, as JSON Schema"))
  )
  .middleware(CpnErrors)
  .middleware(BearerKey)

const ofPayment = { paymentId: Schema.String }

const payments = HttpApiGroup.make("CrossBorderPayments")
  .add(
    HttpApiEndpoint.post("createCrossBorderPayment", "/v1/cpn/payments", {
      payload: CreatePaymentRequest,
      success: data(Payment, 201),
      error: error(409)
    }).annotateMerge(summary("Make a payment of a quote")),
    HttpApiEndpoint.get("listCrossBorderPayments", "/v1/cpn/payments", {
      query: { ...paymentFilters, ...span, ...paging },
      success: data(Schema.Array(Payment))
    }).annotateMerge(summary("List the payments")),
    HttpApiEndpoint.get("getCrossBorderPayment", "/v1/cpn/payments/:paymentId", {
      params: ofPayment,
      success: data(Payment),
      error: error(404)
    }).annotateMerge(summary("Get a payment")),
    HttpApiEndpoint.get("getCrossBorderRefund", "/v1/cpn/payments/:paymentId/refunds/:refundId", {
      params: { ...ofPayment, refundId: Schema.String },
      success: data(Refund),
      error: error(404)
    }).annotateMerge(summary("Get a refund of a payment")),
    HttpApiEndpoint.post("createSupportTicket", "/v1/cpn/supportTickets", {
      payload: TicketRequest,
      success: data(Ticket, 201),
      error: [error(404), error(409)]
    }).annotateMerge(summary("Ask for support with a payment"))
  )
  .middleware(CpnErrors)
  .middleware(BearerKey)

const ofTransaction = { ...ofPayment, transactionId: Schema.String }

const transactions = HttpApiGroup.make("OnchainTransactions")
  .add(
    HttpApiEndpoint.post("createTransaction", "/v1/cpn/payments/:paymentId/transactions", {
      params: ofPayment,
      payload: CreateTransactionRequest,
      success: data(Transaction, 201),
      error: error(409)
    }).annotateMerge(summary("Get what the sender has to sign")),
    HttpApiEndpoint.get("getTransaction", "/v1/cpn/payments/:paymentId/transactions/:transactionId", {
      params: ofTransaction,
      success: data(Transaction),
      error: error(404)
    }).annotateMerge(summary("Get a transaction")),
    HttpApiEndpoint.post("submitTransaction", "/v1/cpn/payments/:paymentId/transactions/:transactionId/submit", {
      params: ofTransaction,
      payload: SubmitTransactionRequest,
      success: data(Transaction, 201)
    }).annotateMerge(summary("Hand in a signed transaction")),
    HttpApiEndpoint.post("accelerateTransaction", "/v1/cpn/payments/:paymentId/transactions/accelerate", {
      params: ofPayment,
      payload: AccelerateRequest,
      success: data(Transaction, 201),
      error: error(409)
    }).annotateMerge(summary("Overtake a transaction that the chain leaves waiting")),
    HttpApiEndpoint.post("createTransactionV2", "/v2/cpn/payments/:paymentId/transactions", {
      params: ofPayment,
      payload: CreateTransactionV2Request,
      success: data(TransactionV2, 201),
      error: error(409)
    }).annotateMerge(summary("Get what the sender has to sign, version 2")),
    HttpApiEndpoint.get("getTransactionV2", "/v2/cpn/payments/:paymentId/transactions/:transactionId", {
      params: ofTransaction,
      success: data(TransactionV2),
      error: error(404)
    }).annotateMerge(summary("Get a transaction, version 2")),
    HttpApiEndpoint.post("submitTransactionV2", "/v2/cpn/payments/:paymentId/transactions/:transactionId/submit", {
      params: ofTransaction,
      payload: SubmitTransactionRequest,
      success: data(TransactionV2)
    }).annotateMerge(summary("Hand in a signature, version 2"))
  )
  .middleware(CpnErrors)
  .middleware(BearerKey)

const ofRfi = { ...ofPayment, rfiId: Schema.String }

const rfis = HttpApiGroup.make("RequestsForInformation")
  .add(
    HttpApiEndpoint.get("getRfi", "/v1/cpn/payments/:paymentId/rfis/:rfiId", {
      params: ofRfi,
      success: data(Rfi),
      error: error(404)
    }).annotateMerge(summary("Get a request for information")),
    HttpApiEndpoint.post("submitRfi", "/v1/cpn/payments/:paymentId/rfis/:rfiId/submit", {
      params: ofRfi,
      payload: SubmitRfiRequest,
      success: data(Rfi),
      error: error(404)
    }).annotateMerge(summary("Answer a request for information")),
    HttpApiEndpoint.post("uploadRfiFile", "/v1/cpn/payments/:paymentId/rfis/:rfiId/files", {
      params: ofRfi,
      payload: UploadForm.pipe(HttpApiSchema.asMultipart()),
      success: HttpApiSchema.Empty(204),
      error: error(404)
    }).annotateMerge(summary("Send a file for a request for information"))
  )
  .middleware(CpnErrors)
  .middleware(BearerKey)

export const cpnGroups = [quotes, payments, transactions, rfis] as const
