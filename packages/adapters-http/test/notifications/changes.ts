/** Changes as the kernel makes them: histories of the domain, told event by event. */
import {
  type Card,
  type Change,
  type Checkout,
  defaultFeeSchedule,
  type Endpoint,
  type Merchant,
  type MessageToRender,
  type Payment,
  type WebhookDialect
} from "@paykernel/core"
import { Card as CardRoom, Checkout as CheckoutRoom, Payment as PaymentRoom } from "@paykernel/core/domain"
import { PaymentExamples, playHistory } from "@paykernel/core/testing"
import * as Redacted from "effect/Redacted"

export const merchantId = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e001"
export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
export const secretBefore = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
export const { startMs, usd } = PaymentExamples

type Of<Type extends Change["type"]> = Extract<Change, { readonly type: Type }>

const tell =
  <Type extends "payment" | "card" | "checkout">(
    type: Type,
    initial: Of<Type>["after"],
    evolve: (state: Of<Type>["after"], event: Of<Type>["event"]) => Of<Type>["after"]
  ) =>
  (events: ReadonlyArray<Of<Type>["event"]>): ReadonlyArray<Change> => {
    let before = initial
    return events.map((event, place) => {
      const after = evolve(before, event)
      const change = { type, id: after.id, merchantId, version: place + 1, atMs: event.atMs, event, before, after }
      before = after
      return change as Change
    })
  }

export const payments = { initial: PaymentRoom.noPayment, decide: PaymentRoom.decide, evolve: PaymentRoom.evolve }

export const paymentChanges = tell("payment", PaymentRoom.noPayment, PaymentRoom.evolve)
export const cardChanges = tell("card", CardRoom.noCard, CardRoom.evolve)
export const checkoutChanges = tell("checkout", CheckoutRoom.noCheckout, CheckoutRoom.evolve)

export const endpoint: Endpoint = {
  status: "enabled",
  id: "7d1f6a52-1a06-4b37-9d70-43c9a4a1e0e1",
  merchantId,
  dialect: "api",
  name: null,
  url: "https://shop.example/hooks",
  types: [],
  secrets: [],
  disabledBecause: null,
  failingSinceMs: null,
  createdAtMs: startMs,
  updatedAtMs: startMs
}

/** What happens to the endpoint itself. */
export const endpointChange = (event: Of<"endpoint">["event"]): Change => ({
  type: "endpoint",
  id: endpoint.id,
  merchantId,
  version: 2,
  atMs: startMs,
  event,
  before: endpoint,
  after: endpoint
})

export type Stored = { readonly payments?: ReadonlyArray<Payment>; readonly cards?: ReadonlyArray<Card> }

/** The message of a type that a change gives rise to, as the kernel asks for it. */
export const messageOf = (
  type: string,
  change: Change,
  given: Partial<MessageToRender> & { readonly stored?: Stored } = {}
): MessageToRender => {
  const { stored = {}, ...rest } = given
  return {
    id: "2f1f6a52-1a06-4b37-9d70-43c9a4a1e0f7",
    type,
    change,
    endpoint,
    secrets: [Redacted.make(secret)],
    confirmationToken: "token-of-the-endpoint",
    nowMs: startMs + 5000,
    read: {
      payment: async (id) => stored.payments?.find((one) => one.id === id),
      card: async (id) => stored.cards?.find((one) => one.id === id),
      rfi: async () => undefined,
      merchant: async () => merchant
    },
    ...rest
  }
}

export const walletId = "1000000001"
const merchant: Merchant = {
  status: "active",
  id: merchantId,
  name: "Bookshop",
  walletId,
  channels: [],
  terms: {
    feeSchedule: defaultFeeSchedule,
    minAmount: usd(1n),
    maxAmount: usd(100_000n),
    partialCapture: true,
    settlementCurrency: "USDC",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 60_000
  },
  profile: { displayName: null, logoUrl: null, colour: null, returnOrigins: [] },
  createdAtMs: 0,
  updatedAtMs: 0
}

/** Types of the messages that a change gives rise to. */
export const typesOf = (dialect: WebhookDialect, change: Change): ReadonlyArray<string> =>
  dialect.messagesOf(change).map(({ type }) => type)

const opened = {
  _tag: "CheckoutOpened",
  id: "sess_ABC123DEF456",
  merchantId,
  kind: "hosted",
  amount: usd(25_000n),
  description: "Premium Subscription",
  customer: null,
  metadata: null,
  webhookUrl: null,
  returnUrl: null,
  expiresAtMs: startMs + 86_400_000,
  atMs: startMs
} as const satisfies Of<"checkout">["event"]

/** A hosted payment whose first card is declined; the second one wants 3-D Secure, and pays. */
export const hostedHistory = (change: Partial<Checkout> = {}): ReadonlyArray<Change> => {
  const { kind = opened.kind, metadata = null, customer = null } = change
  const first = { paymentId: paymentIds[0], transactionId: "txn_AAAAAAAAAAAA", attempt: "one" }
  const second = { paymentId: paymentIds[1], transactionId: "txn_BBBBBBBBBBBB", attempt: "two" }
  const third = { paymentId: paymentIds[1], authenticatedPaymentId: paymentIds[2] }
  return checkoutChanges([
    { ...opened, kind, metadata, customer },
    { _tag: "CheckoutPaymentStarted", ...first, atMs: startMs + 1000 },
    { _tag: "CheckoutPaymentDeclined", paymentId: first.paymentId, code: "payment_not_funded", atMs: startMs + 2000 },
    { _tag: "CheckoutPaymentStarted", ...second, atMs: startMs + 3000 },
    { _tag: "CheckoutSteppedUp", ...third, atMs: startMs + 4000 },
    { _tag: "CheckoutCompleted", paymentId: third.authenticatedPaymentId, atMs: startMs + 5000 }
  ])
}

export const paymentIds = [
  "11111111-1a06-4b37-9d70-43c9a4a1e0a1",
  "22222222-1a06-4b37-9d70-43c9a4a1e0a2",
  "33333333-1a06-4b37-9d70-43c9a4a1e0a3"
] as const

/** The payments of `hostedHistory`, each as it is accepted. */
export const paymentsOfHistory: ReadonlyArray<Payment> = paymentIds.map(
  (id) => playHistory(payments, [PaymentExamples.requestPayment({ id, gatewayKey: `key-of-${id}` })]).state
)
