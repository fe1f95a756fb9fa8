/** The operations on payments whose card the merchant has collected. */
import type { BillingDetails, CheckoutView, Customer, PayDirectlyInput } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { endingCode } from "../ending-code.ts"
import { ConfirmDirectPayment, CreateDirectPayment } from "./direct-payment.schema.ts"
import { gatewayTransactionOf } from "./gateway-transaction.ts"
import {
  allErrors,
  answerDone,
  answerRead,
  ask,
  type Call,
  idempotencyKeyOf,
  keyed,
  merchantIdOf,
  type Operation,
  readRequest,
  replayMark,
  type Services
} from "./operation.ts"
import { invalidRequest, refuse, transactionNotFound } from "./published-error.ts"
import { methodRules, readCard, type SentCard } from "./read-card.ts"
import { meaningOfOrder, type Order, readOrder } from "./read-order.ts"
import {
  type Beside,
  challengeOf,
  failureOf,
  renderConfirmation,
  renderDirectPayment,
  statusOf
} from "./render-direct-payment.ts"
import { webhookQueued } from "./webhook-queued.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateDirectPayment, allErrors)
const decodeConfirm = Schema.decodeUnknownResult(ConfirmDirectPayment, allErrors)

const path = "/api/direct-payment"

/**
 * Makes the payment and waits for its outcome. A repetition with the same key waits as well and is answered as the
 * payment stands then: once the outcome is known, every answer is the same.
 */
export const createDirectPayment = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { incoming } = call
  const merchantId = merchantIdOf(incoming)
  const key = yield* idempotencyKeyOf(incoming)
  const request = yield* readRequest(incoming, decodeCreate, methodRules)
  const order = yield* readOrder(services, merchantId, request)
  const card = yield* readCard(services, merchantId, request)
  const { kernel } = services
  const bound =
    key === null
      ? undefined
      : keyed<CheckoutView>(
          key,
          { path, fields: yield* meaningOf(services, merchantId, request, order, card) },
          // Only names what was made: what became of it is asked each time.
          ({ checkout }) => ({ status: 200, body: checkout.id })
        )
  const input = inputOf(services, call, order, card)
  const paying = ask(() => kernel.checkouts.payDirectly(merchantId, input, bound), "transaction")
  const { view, replayed } = yield* paying.pipe(endingCode(card?.cvv ?? null))
  const waiting = transactionOf(services, merchantId, view.checkout.id, services.waitMs)
  // The payment is made. That its outcome cannot be read must not have the client make another.
  return yield* answerOutcome(services, yield* Effect.orElseSucceed(waiting, () => view), replayed)
})

const meaningOf = (
  { kernel }: Services,
  merchantId: string,
  request: CreateDirectPayment,
  order: Order,
  card: SentCard | null
) => {
  const meaning = { ...meaningOfOrder(order, request), paymentMethod: request.payment_method }
  if (card === null) return Effect.succeed(meaning)
  const { pan, expMonth, expYear } = card
  return Effect.map(
    Effect.promise(() => kernel.cards.fingerprint(merchantId, pan)),
    (fingerprint) => ({ ...meaning, card: { fingerprint, expMonth, expYear } })
  )
}

const inputOf = (services: Services, call: Call, order: Order, sent: SentCard | null): PayDirectlyInput => {
  const { customer, returnUrl } = order
  return {
    ...order,
    description: null,
    card: sent === null ? null : { ...sent, billingDetails: billingOf(customer) },
    payer: {
      email: customer?.email ?? "",
      phoneNumber: customer?.phone ?? null,
      sessionId: "",
      ipAddress: services.clientAddress(call.request) ?? ""
    },
    afterChallenge: (transactionId) => withTransaction(returnUrl ?? noShopUrl(services, call), transactionId)
  }
}

const billingOf = (customer: Customer | null): BillingDetails => {
  const address = customer?.address ?? null
  return {
    name: customer?.name ?? "",
    city: address?.city ?? "",
    country: address?.country ?? "",
    line1: address?.line1 ?? "",
    line2: null,
    district: address?.state ?? null,
    postalCode: address?.postalCode ?? ""
  }
}

/** Added to the query as text, so that the rest stays as it was written. It names the payment and says nothing of it. */
const withTransaction = (returnUrl: string, transactionId: string): string => {
  const url = new URL(returnUrl)
  url.search = `${url.search === "" ? "?" : `${url.search}&`}transaction_id=${transactionId}`
  return url.href
}

const noShopPath = "/api/3ds/answered"

const noShopUrl = ({ publicUrl }: Services, { incoming }: Call): string =>
  `${publicUrl === null ? incoming.url.origin : publicUrl.replace(/\/+$/u, "")}${noShopPath}`

export const getDirectPayment = Effect.fnUntraced(function* (services: Services, call: Call) {
  const view = yield* transactionIn(services, call, 0)
  return answerRead(renderDirectPayment(view, yield* besideOf(services, view)))
})

/**
 * The payer is back from the bank, says the merchant. What he has heard decides nothing: the bank is asked, and
 * `gateway_id` has to be that of this very transaction.
 */
export const confirmDirectPayment = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { transaction_id: repeated, gateway_id: gatewayId } = yield* readRequest(call.incoming, decodeConfirm)
  if (repeated !== undefined && repeated !== call.subject) {
    return yield* Effect.fail(invalidRequest("transaction_id must be the one of the path."))
  }
  const known = yield* transactionIn(services, call, 0)
  const gatewayTransaction = yield* gatewayTransactionOf(services.kernel, known)
  if (gatewayId !== gatewayTransaction) return yield* Effect.fail(transactionNotFound)
  const view = yield* transactionIn(services, call, services.waitMs)
  const isWebhookQueued = yield* webhookQueued(services, view)
  const data = renderConfirmation(view, { gatewayTransaction, isWebhookQueued })
  return answerDone(200, confirmations[statusOf(view)], data)
})

const confirmations = {
  completed: "3D Secure authentication confirmed",
  pending: "3D Secure authentication is not complete yet",
  failed: "The payment failed"
}

/** A transaction by its name, whether it was made directly or on a page. */
const transactionIn = (services: Services, { incoming, subject }: Call, waitMs: number): Operation<CheckoutView> =>
  transactionShape.test(subject)
    ? transactionOf(services, merchantIdOf(incoming), subject, waitMs)
    : Effect.fail(transactionNotFound)

const transactionShape = /^txn_[0-9A-Z]{12}$/u

/** As it stands now, or where there is time to wait, as soon as its outcome is known. */
const transactionOf = Effect.fnUntraced(function* (
  { kernel }: Services,
  merchantId: string,
  id: string,
  waitMs: number
) {
  const own = () => ask(() => kernel.checkouts.ofTransaction(merchantId, id), "transaction")
  const found = yield* own()
  if (found.latest?.attempt.status !== "open") return found
  const settled = yield* ask(() => kernel.checkouts.settled(merchantId, found.checkout.id, waitMs), "transaction")
  // A page may have been tried with another card meanwhile.
  return settled.latest?.attempt.transactionId === id ? settled : yield* own()
})

const besideOf = (services: Services, view: CheckoutView): Operation<Beside> =>
  Effect.all({
    gatewayTransaction: gatewayTransactionOf(services.kernel, view),
    isWebhookQueued: webhookQueued(services, view)
  })

const answerOutcome = Effect.fnUntraced(function* (services: Services, view: CheckoutView, replayed: boolean) {
  const headers = replayMark(replayed)
  const failure = failureOf(view)
  if (failure !== undefined) return refuse(failure, headers)
  const data = renderDirectPayment(view, yield* besideOf(services, view))
  if (statusOf(view) === "completed") return answerDone(200, "Payment processed successfully", data, headers)
  const message = challengeOf(view) === null ? "Payment is being processed" : "3D Secure authentication required"
  return answerDone(202, message, data, headers)
})
