/** Which operation answers which route of the cross-border API. */
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import type { Answer } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import { Api } from "../v1/api.ts"
import type { Operation, Services } from "../v1/operation.ts"
import * as payments from "./payments.ts"
import { inCpnWords } from "./published-error.ts"
import * as quotes from "./quotes.ts"
import * as rfis from "./rfis.ts"
import * as tickets from "./tickets.ts"
import * as transactions from "./transactions.ts"

/** How an operation is carried out and answered, whatever it is. */
export type AnswerWith<R> = (
  operation: (incoming: Incoming) => Operation<Answer>
) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>

export const cpnHandlers = <R>(services: Services, answerWith: AnswerWith<R>) => {
  const answer: AnswerWith<R> = (operation) =>
    answerWith((incoming) => Effect.mapError(operation(incoming), inCpnWords))
  return Layer.mergeAll(
    quoteHandlers(services, answer),
    paymentHandlers(services, answer),
    transactionHandlers(services, answer),
    rfiHandlers(services, answer)
  )
}

const quoteHandlers = <R>(services: Services, answer: AnswerWith<R>) =>
  HttpApiBuilder.group(Api, "CrossBorderQuotes", (handlers) =>
    handlers
      .handleRaw("getConfigurationsOverview", () => answer(() => quotes.getOverview(services)))
      .handleRaw("listRoutes", ({ query }) => answer(() => quotes.listRoutes(services, query)))
      .handleRaw("createQuotes", () => answer((incoming) => quotes.createQuotes(services, incoming)))
      .handleRaw("getQuote", ({ params }) => answer((incoming) => quotes.getQuote(services, incoming, params.quoteId)))
      .handleRaw("getPaymentRequirements", ({ query }) =>
        answer((incoming) => quotes.getRequirements(services, incoming, query.quoteId))
      )
      .handleRaw("getPaymentRequirementsV2", ({ query }) =>
        answer((incoming) => quotes.getRequirementsV2(services, incoming, query.quoteId))
      )
  )

const paymentHandlers = <R>(services: Services, answer: AnswerWith<R>) =>
  HttpApiBuilder.group(Api, "CrossBorderPayments", (handlers) =>
    handlers
      .handleRaw("createCrossBorderPayment", () => answer((incoming) => payments.createPayment(services, incoming)))
      .handleRaw("listCrossBorderPayments", ({ query }) =>
        answer((incoming) => payments.listPayments(services, incoming, query))
      )
      .handleRaw("getCrossBorderPayment", ({ params }) =>
        answer((incoming) => payments.getPayment(services, incoming, params))
      )
      .handleRaw("getCrossBorderRefund", ({ params }) =>
        answer((incoming) => payments.getRefund(services, incoming, params))
      )
      .handleRaw("createSupportTicket", () => answer((incoming) => tickets.createTicket(services, incoming)))
  )

const transactionHandlers = <R>(services: Services, answer: AnswerWith<R>) =>
  HttpApiBuilder.group(Api, "OnchainTransactions", (handlers) =>
    handlers
      .handleRaw("createTransaction", ({ params }) =>
        answer((incoming) => transactions.createTransaction(services, incoming, params))
      )
      .handleRaw("getTransaction", ({ params }) =>
        answer((incoming) => transactions.getTransaction(services, incoming, params, 1))
      )
      .handleRaw("submitTransaction", ({ params }) =>
        answer((incoming) => transactions.submitTransaction(services, incoming, params, 1))
      )
      .handleRaw("accelerateTransaction", ({ params }) =>
        answer((incoming) => transactions.accelerate(services, incoming, params))
      )
      .handleRaw("createTransactionV2", ({ params }) =>
        answer((incoming) => transactions.createTransactionV2(services, incoming, params))
      )
      .handleRaw("getTransactionV2", ({ params }) =>
        answer((incoming) => transactions.getTransaction(services, incoming, params, 2))
      )
      .handleRaw("submitTransactionV2", ({ params }) =>
        answer((incoming) => transactions.submitTransaction(services, incoming, params, 2))
      )
  )

const rfiHandlers = <R>(services: Services, answer: AnswerWith<R>) =>
  HttpApiBuilder.group(Api, "RequestsForInformation", (handlers) =>
    handlers
      .handleRaw("getRfi", ({ params }) => answer((incoming) => rfis.getRfi(services, incoming, params)))
      .handleRaw("submitRfi", ({ params }) => answer((incoming) => rfis.submitRfi(services, incoming, params)))
      .handleRaw("uploadRfiFile", ({ params }) => answer((incoming) => rfis.uploadFile(services, incoming, params)))
  )
