/**
 * What is written when somebody begins to pay: the checkout, the card that was presented, if it is paid by card, and the
 * payment made with it. Decided together, as data: nothing of it can be written without the rest.
 */
import * as Result from "effect/Result"
import type { CardEvent } from "../../card/card.ts"
import { decide as decideCard, noCard } from "../../card/index.ts"
import type {
  Checkout,
  CheckoutEvent,
  CheckoutPayment,
  CheckoutRejection,
  OpenCheckout
} from "../../checkout/checkout.ts"
import { decide as decideCheckout, evolve } from "../../checkout/index.ts"
import type { Decision } from "../../decision.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import { decide as decidePayment, noPayment } from "../../payment/index.ts"
import type { Payer, RequestPayment } from "../../payment/payment.ts"
import type { Commit, SealedRecord, TaskInsert } from "../../ports/commit.ts"
import type { Bind } from "../commit/idempotently.ts"
import { insertion } from "../commit/transact.ts"
import { cardDefinition, checkoutDefinition, paymentDefinition } from "../storage/aggregates.ts"
import { type Loaded, written } from "../storage/repository.ts"
import type { CheckoutView, PayCheckoutFailure, PayWithCard, PresentedCard } from "./checkout-contract.ts"
import { requestOf } from "./request-of-checkout.ts"

export type Try = {
  /** The command that makes the checkout; `null` where it exists already. */
  readonly opening: OpenCheckout | null
  readonly attempt: string
  readonly paymentId: string
  readonly transactionId: string
  readonly nowMs: number
}

/** What is decided about a checkout, which books nothing by itself. */
type Unbooked = Omit<Decision<CheckoutEvent>, "ledger">

/** `checkout` is as it will be. No events: this try was made before. */
export type StartedTry = Unbooked & {
  readonly before: Loaded<Checkout>
  readonly checkout: Checkout
}

/** The checkout with the payment begun, made first where it does not exist. */
export const startTry = (
  before: Loaded<Checkout>,
  { opening, ...start }: Try
): Result.Result<StartedTry, CheckoutRejection> => {
  const opened = opening === null ? nothing : decideCheckout(before.state, opening)
  if (Result.isFailure(opened)) return Result.fail(opened.failure)
  const open = opened.success.events.reduce(evolve, before.state)
  const begun = decideCheckout(open, { _tag: "StartPayment", ...start })
  return Result.map(begun, ({ events, tasks }) => ({
    before,
    checkout: events.reduce(evolve, open),
    events: [...opened.success.events, ...events],
    tasks: [...opened.success.tasks, ...tasks]
  }))
}

const nothing: Result.Result<Unbooked, CheckoutRejection> = Result.succeed({ events: [], tasks: [] })

/** `card` is `null` where it is paid by bank transfer. */
export type PayInput = Omit<PayWithCard, "card"> & { readonly card: PresentedCard | null }

/** A card as it is laid away. */
export type SealedCard = {
  readonly card: PresentedCard
  readonly id: string
  readonly fingerprint: string
  readonly sealed: SealedRecord
}

/** What a payment is made with that neither the merchant nor the payer says. */
export type Grounds = {
  readonly presented: SealedCard | null
  readonly attemptId: string
  readonly gatewayKey: string
  /** The authorization goes out as soon as it is written. */
  readonly sendNow: boolean
  /** The lease of the task that sends it; `null` where another process may. */
  readonly bornLeased: TaskInsert["bornLeased"]
  /** Names the page of the checkout. */
  readonly page: string
  readonly bind: Bind<CheckoutView> | null
  readonly nowMs: number
}

export type CheckoutPaymentPlan = { readonly view: CheckoutView; readonly commit: Commit }

/** The one commit of a try that was started, or what the card or the payment have against it. */
export const planCheckoutPayment = (
  merchant: Merchant,
  started: StartedTry,
  input: PayInput,
  grounds: Grounds
): Result.Result<CheckoutPaymentPlan, PayCheckoutFailure> => {
  const { before, checkout } = started
  const { presented, bind, bornLeased, nowMs } = grounds
  const attempt = latestOf(checkout)
  const owner = (id: string) => ({ merchantId: merchant.id, id })
  const card = presented === null ? null : presentCard(merchant.id, input.payer, presented, nowMs)
  if (card !== null && Result.isFailure(card)) return Result.fail(card.failure)
  const cards = presented === null || card === null ? [] : [cardWrite(owner(presented.id), card.success)]
  const requested = requestPayment(merchant, checkout, attempt, input, grounds)
  if (Result.isFailure(requested)) return Result.fail(requested.failure)
  const { events, tasks } = requested.success
  const payment = written(paymentDefinition, owner(attempt.id), { state: noPayment, version: 0 }, events)
  const view: CheckoutView = { checkout, latest: { attempt, payment: payment.state }, page: grounds.page }
  const aggregate = { ...owner(checkout.id), type: checkoutDefinition.type }
  const commit: Commit = {
    idempotency: bind === null ? null : bind(view, { aggregate, subject: attempt.id }),
    aggregates: [
      written(checkoutDefinition, owner(checkout.id), before, started.events).write,
      ...cards,
      payment.write
    ],
    ledger: [],
    tasks: [...started.tasks, ...tasks].map((task) =>
      insertion(merchant.id, task, ({ dueAtMs }) => (dueAtMs <= nowMs ? bornLeased : null))
    ),
    lease: null,
    sealed: presented === null ? [] : [presented.sealed],
    erased: []
  }
  return Result.succeed({ view, commit })
}

const presentCard = (merchantId: string, payer: Payer, { card, id, fingerprint }: SealedCard, nowMs: number) =>
  decideCard(noCard, {
    _tag: "PresentCard",
    id,
    merchantId,
    billingDetails: card.billingDetails,
    expMonth: card.expMonth,
    expYear: card.expYear,
    network: card.pan.network,
    last4: card.pan.last4,
    bin: card.pan.bin,
    fingerprint,
    holder: payer,
    nowMs
  })

const cardWrite = (owner: { readonly merchantId: string; readonly id: string }, { events }: Decision<CardEvent>) =>
  written(cardDefinition, owner, { state: noCard, version: 0 }, events).write

const requestPayment = (
  merchant: Merchant,
  checkout: Checkout,
  { id, transactionId }: CheckoutPayment,
  { payer, returnUrl }: PayInput,
  { presented, attemptId, gatewayKey, sendNow, nowMs }: Grounds
) =>
  decidePayment(noPayment, {
    ...requestOf(merchant, checkout, payer, returnUrl),
    id,
    ...(presented === null ? byTransfer(transactionId) : byCard(presented)),
    attemptId,
    gatewayKey,
    authenticationKey: `${gatewayKey}-3ds`,
    sendNow,
    nowMs
  })

const byCard = ({ card, id }: SealedCard): Pick<RequestPayment, "source" | "card" | "verificationMethod"> => ({
  source: { type: "card", id },
  card: { network: card.pan.network, last4: card.pan.last4, fundingType: "unknown" },
  verificationMethod: card.cvv === null ? "none" : "cvv"
})

/** Whoever transfers the money quotes the name that merchant and payer know the transaction by. */
const byTransfer = (transactionId: string): ReturnType<typeof byCard> => ({
  source: { type: "bank_transfer", id: transactionId },
  card: noPayment.card,
  verificationMethod: "none"
})

const latestOf = ({ payments }: Checkout): CheckoutPayment => {
  const latest = payments.at(-1)
  if (latest === undefined) throw new Error("the payment was not begun")
  return latest
}
