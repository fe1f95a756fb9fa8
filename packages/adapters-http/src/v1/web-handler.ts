/**
 * The API definition with its operations, as a function from `Request` to `Response`. What the front has found out
 * about a request travels beside it as a service.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import { CpnErrors } from "../cpn/cpn-api.ts"
import { cpnHandlers } from "../cpn/cpn-handlers.ts"
import { inCpnWords } from "../cpn/published-error.ts"
import { fieldErrors } from "../fields/field-rule.ts"
import type { Answer } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import * as subscriptions from "../notifications/v1-subscriptions.ts"
import * as webhooks from "../notifications/v2-subscriptions.ts"
import * as account from "./account.ts"
import { Api } from "./api.ts"
import { BearerKey, PublishedErrors } from "./api-parts.ts"
import * as cards from "./cards.ts"
import * as exchange from "./exchange-rates.ts"
import * as intents from "./intents.ts"
import type { Operation, Services } from "./operation.ts"
import * as changes from "./payment-changes.ts"
import * as payments from "./payments.ts"
import { invalidEntity, refuse, unexpected } from "./published-error.ts"
import * as pulls from "./pull-payments.ts"

/** The request that is being answered, as the front admitted it. */
class Admitted extends Context.Service<Admitted, Incoming>()("@paykernel/adapters-http/v1/Admitted") {}

export type WebHandler = {
  readonly serve: (request: Request, incoming: Incoming) => Promise<Response>
  readonly close: () => Promise<void>
}

export const webHandler = (services: Services, onDefect: (error: unknown, requestId: string) => void): WebHandler => {
  const answer = (operation: (incoming: Incoming) => Operation<Answer>) =>
    Effect.flatMap(Admitted, (incoming) =>
      Effect.suspend(() => operation(incoming)).pipe(
        Effect.catch((error) => Effect.succeed(refuse(error))),
        Effect.catchDefect((defect) => {
          onDefect(defect, incoming.requestId)
          return Effect.succeed(refuse(unexpected))
        }),
        Effect.map(toServerResponse)
      )
    )
  const { handler, dispose } = HttpRouter.toWebHandler(
    HttpApiBuilder.layer(Api).pipe(
      Layer.provide(groups(services, answer)),
      Layer.provide([keyHasBeenAsked, queryErrors, cpnQueryErrors]),
      Layer.provide(HttpServer.layerServices)
    ),
    { disableLogger: true, routerConfig: { maxParamLength: 256 } }
  )
  return { serve: (request, incoming) => handler(request, Context.make(Admitted, incoming)), close: dispose }
}

type AnswerWith = (
  operation: (incoming: Incoming) => Operation<Answer>
) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, Admitted>

const groups = (services: Services, answer: AnswerWith) =>
  Layer.mergeAll(
    subscriptionGroups(services, answer),
    intentGroups(services, answer),
    cpnHandlers(services, answer),
    HttpApiBuilder.group(Api, "Health", (handlers) =>
      handlers
        .handleRaw("ping", () => answer(() => account.ping()))
        .handleRaw("returnFromChallenge", ({ params }) =>
          answer(() => account.returnFromChallenge(services, params.state))
        )
        .handleRaw("returnFromChallengeByForm", ({ params }) =>
          answer(() => account.returnFromChallenge(services, params.state))
        )
    ),
    HttpApiBuilder.group(Api, "Account", (handlers) =>
      handlers
        .handleRaw("getAccountConfig", () => answer((incoming) => account.getAccountConfig(services, incoming)))
        .handleRaw("listChannels", () => answer((incoming) => account.listChannels(services, incoming)))
        .handleRaw("getPublicKey", () => answer(() => account.getPublicKey(services)))
        .handleRaw("listBalances", () => answer((incoming) => account.listBalances(services, incoming)))
        .handleRaw("listBusinessBalances", () => answer((incoming) => account.listBalances(services, incoming)))
    ),
    HttpApiBuilder.group(Api, "Cards", (handlers) =>
      handlers
        .handleRaw("createCard", () => answer((incoming) => cards.createCard(services, incoming)))
        .handleRaw("listCards", ({ query }) => answer((incoming) => cards.listCards(services, incoming, query)))
        .handleRaw("getCard", ({ params }) => answer((incoming) => cards.getCard(services, incoming, params.id)))
        .handleRaw("updateCard", ({ params }) => answer((incoming) => cards.updateCard(services, incoming, params.id)))
    ),
    HttpApiBuilder.group(Api, "Payments", (handlers) =>
      handlers
        .handleRaw("createPayment", () => answer((incoming) => payments.createPayment(services, incoming)))
        .handleRaw("listPayments", ({ query }) =>
          answer((incoming) => payments.listPayments(services, incoming, query))
        )
        .handleRaw("getPayment", ({ params }) =>
          answer((incoming) => payments.getPayment(services, incoming, params.id))
        )
        .handleRaw("capturePayment", ({ params }) =>
          answer((incoming) => changes.capturePayment(services, incoming, params.id))
        )
        .handleRaw("cancelPayment", ({ params }) =>
          answer((incoming) => changes.cancelPayment(services, incoming, params.id))
        )
        .handleRaw("refundPayment", ({ params }) =>
          answer((incoming) => changes.refundPayment(services, incoming, params.id))
        )
    ),
    HttpApiBuilder.group(Api, "Settlements", (handlers) =>
      handlers
        .handleRaw("listSettlements", ({ query }) =>
          answer((incoming) => account.listSettlements(services, incoming, query))
        )
        .handleRaw("getSettlement", ({ params }) =>
          answer((incoming) => account.getSettlement(services, incoming, params.id))
        )
    )
  )

const intentGroups = (services: Services, answer: AnswerWith) =>
  Layer.mergeAll(
    HttpApiBuilder.group(Api, "PaymentIntents", (handlers) =>
      handlers
        .handleRaw("createPaymentIntent", () => answer((incoming) => intents.createIntent(services, incoming)))
        .handleRaw("listPaymentIntents", ({ query }) =>
          answer((incoming) => intents.listIntents(services, incoming, query))
        )
        .handleRaw("getPaymentIntent", ({ params }) =>
          answer((incoming) => intents.getIntent(services, incoming, params.id))
        )
        .handleRaw("expirePaymentIntent", ({ params }) =>
          answer((incoming) => intents.expireIntent(services, incoming, params.id))
        )
        .handleRaw("refundPaymentIntent", ({ params }) =>
          answer((incoming) => intents.refundIntent(services, incoming, params.id))
        )
    ),
    HttpApiBuilder.group(Api, "ExchangeRates", (handlers) =>
      handlers.handleRaw("getExchangeRates", ({ params }) =>
        answer(() => exchange.getExchangeRate(services, params.pair))
      )
    ),
    HttpApiBuilder.group(Api, "PullPayments", (handlers) =>
      handlers
        .handleRaw("presign", ({ query }) => answer((incoming) => pulls.presign(services, incoming, query)))
        .handleRaw("createCryptoPayment", () => answer((incoming) => pulls.createCryptoPayment(services, incoming)))
    )
  )

const subscriptionGroups = (services: Services, answer: AnswerWith) =>
  Layer.mergeAll(
    HttpApiBuilder.group(Api, "Subscriptions", (handlers) =>
      handlers
        .handleRaw("createSubscription", () =>
          answer((incoming) => subscriptions.createSubscription(services, incoming))
        )
        .handleRaw("listSubscriptions", () => answer((incoming) => subscriptions.listSubscriptions(services, incoming)))
        .handleRaw("deleteSubscription", ({ params }) =>
          answer((incoming) => subscriptions.deleteSubscription(services, incoming, params.id))
        )
    ),
    HttpApiBuilder.group(Api, "Confirmations", (handlers) =>
      handlers
        .handleRaw("confirmSubscription", ({ params, query }) =>
          answer((incoming) => subscriptions.confirmSubscription(services, incoming, params.id, query))
        )
        .handleRaw("getSigningCertificate", ({ params }) =>
          answer(() => subscriptions.getSigningCertificate(services, params.id))
        )
    ),
    HttpApiBuilder.group(Api, "Webhooks", (handlers) => {
      const create = () => answer((incoming) => webhooks.createWebhook(services, incoming))
      const list = () => answer((incoming) => webhooks.listWebhooks(services, incoming))
      const get = ({ params }: OfOne) => answer((incoming) => webhooks.getWebhook(services, incoming, params.id))
      const update = ({ params }: OfOne) => answer((incoming) => webhooks.updateWebhook(services, incoming, params.id))
      const remove = ({ params }: OfOne) => answer((incoming) => webhooks.deleteWebhook(services, incoming, params.id))
      const key = ({ params }: OfOne) => answer(() => webhooks.getNotificationKey(services, params.id))
      return handlers
        .handleRaw("createCpnWebhook", create)
        .handleRaw("listCpnWebhooks", list)
        .handleRaw("getCpnWebhook", get)
        .handleRaw("updateCpnWebhook", update)
        .handleRaw("deleteCpnWebhook", remove)
        .handleRaw("getCpnPublicKey", key)
        .handleRaw("createWebhook", create)
        .handleRaw("listWebhooks", list)
        .handleRaw("getWebhook", get)
        .handleRaw("updateWebhook", update)
        .handleRaw("deleteWebhook", remove)
        .handleRaw("getNotificationKey", key)
    })
  )

type OfOne = { readonly params: { readonly id: string } }

/** The front has verified the key before anything of the request was decoded. */
const keyHasBeenAsked = Layer.succeed(BearerKey, { bearerAuth: (effect) => effect })

const queryErrors = HttpApiMiddleware.layerSchemaErrorTransform(PublishedErrors, (error) =>
  Effect.succeed(toServerResponse(refuse(invalidEntity(fieldErrors(error.cause.issue)))))
)

const cpnQueryErrors = HttpApiMiddleware.layerSchemaErrorTransform(CpnErrors, (error) =>
  Effect.succeed(toServerResponse(refuse(inCpnWords(invalidEntity(fieldErrors(error.cause.issue))))))
)

const toServerResponse = ({ status, headers, body }: Answer): HttpServerResponse.HttpServerResponse =>
  body === null
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.text(body, { status, headers, contentType: headers["content-type"] ?? "text/plain" })
