/** Legal histories of every aggregate: random commands, of which the accepted ones count. */
import * as fc from "fast-check"
import type { Attempt } from "../../attempt/attempt.ts"
import * as CardRoom from "../../card/index.ts"
import * as CheckoutRoom from "../../checkout/index.ts"
import * as DeliveryRoom from "../../delivery/index.ts"
import * as DepositRoom from "../../deposit/index.ts"
import * as EndpointRoom from "../../endpoint/index.ts"
import * as IntentRoom from "../../intent/index.ts"
import * as IntentRefundRoom from "../../intent-refund/index.ts"
import * as MerchantRoom from "../../merchant/index.ts"
import * as SettlementRoom from "../../settlement/index.ts"
import { type AttemptMessage, attemptDecider } from "../attempt-life.ts"
import { lookupsFor, repliesFor, reversals } from "../heard-messages.ts"
import { historyOf, playHistory } from "../history.ts"
import { startMs } from "../payment-examples.ts"
import { anyCardCommand } from "./card-arbitraries.ts"
import { anyCheckoutCommand } from "./checkout-arbitraries.ts"
import { anyDeliveryCommand } from "./delivery-arbitraries.ts"
import { anyDepositCommand } from "./deposit-arbitraries.ts"
import { anyEndpointCommand } from "./endpoint-arbitraries.ts"
import { anyIntentLife } from "./intent-arbitraries.ts"
import { anyIntentRefundCommand } from "./intent-refund-arbitraries.ts"
import { merchantCommandIn } from "./merchant-arbitraries.ts"
import { anyCurrency } from "./money-arbitraries.ts"
import { anySettlementCommand } from "./settlement-arbitraries.ts"

/** Lives of a card: submitted, verified or refused, updated, asked again; or presented for one payment. */
export const cardHistory = () =>
  historyOf({ initial: CardRoom.noCard, decide: CardRoom.decide, evolve: CardRoom.evolve }, anyCardCommand)

/** Lives of a checkout: opened, paid or tried to be paid, cancelled, run out. */
export const checkoutHistory = () =>
  historyOf(
    { initial: CheckoutRoom.noCheckout, decide: CheckoutRoom.decide, evolve: CheckoutRoom.evolve },
    anyCheckoutCommand
  )

/** Lives of an endpoint: made, confirmed, changed, failing, disabled, enabled again, removed. */
export const endpointHistory = () =>
  historyOf(
    { initial: EndpointRoom.noEndpoint, decide: EndpointRoom.decide, evolve: EndpointRoom.evolve },
    anyEndpointCommand
  )

/** Lives of a delivery: planned, tried, delivered or given up or withheld, and begun again. */
export const deliveryHistory = () =>
  historyOf(
    { initial: DeliveryRoom.noDelivery, decide: DeliveryRoom.decide, evolve: DeliveryRoom.evolve },
    anyDeliveryCommand
  )

/** Lives of an intent: created, given its addresses, paid too little or too much or late, expired, given back. */
export const intentHistory = () =>
  anyIntentLife.map((tried) =>
    playHistory({ initial: IntentRoom.noIntent, decide: IntentRoom.decide, evolve: IntentRoom.evolve }, tried)
  )

/** Lives of a deposit: seen, in one block or another, gone and back again, final. */
export const depositHistory = () =>
  historyOf(
    { initial: DepositRoom.noDeposit, decide: DepositRoom.decide, evolve: DepositRoom.evolve },
    anyDepositCommand
  )

/** Lives of an intent's refund: planned, sent, in doubt, on the chain, failed. */
export const intentRefundHistory = () =>
  historyOf(
    { initial: IntentRefundRoom.noIntentRefund, decide: IntentRefundRoom.decide, evolve: IntentRefundRoom.evolve },
    anyIntentRefundCommand
  )

const merchants = { initial: MerchantRoom.noMerchant, decide: MerchantRoom.decide, evolve: MerchantRoom.evolve }

/** Lives of a merchant: registered, with changing terms of one currency, suspended and reinstated. */
export const merchantHistory = () => anyCurrency.chain((currency) => historyOf(merchants, merchantCommandIn(currency)))

/** Lives of a settlement, which are short: it is complete or it is not. */
export const settlementHistory = () =>
  historyOf(
    { initial: SettlementRoom.noSettlement, decide: SettlementRoom.decide, evolve: SettlementRoom.evolve },
    anySettlementCommand,
    { commandsMax: 3 }
  )

/** Moments of recovery: at once, after the quiet period, after the gateway forgot the key, after a person is called. */
const laterMs = [0, 1, 70_001, 12 * 3_600_000, 24 * 3_600_000]

/** What may be heard about an attempt. Shrinks towards the start of sending, an approval, and no delay. */
export const anyAttemptMessage = (attempt?: Attempt): fc.Arbitrary<AttemptMessage> => {
  const nowMs = fc.constantFrom(...laterMs).map((later) => startMs + later)
  return fc.oneof(
    fc.record({ _tag: fc.constant("Start" as const), nowMs }),
    fc.record({ _tag: fc.constant("Reply" as const), reply: fc.constantFrom(...repliesFor(attempt)), nowMs }),
    fc.record({ _tag: fc.constant("Lookup" as const), lookup: fc.constantFrom(...lookupsFor(attempt)), nowMs }),
    fc.record({ _tag: fc.constant("Reversal" as const), reversal: fc.constantFrom(...reversals), nowMs }),
    fc.record({ _tag: fc.constant("HolderLost" as const), nowMs }),
    fc.record({ _tag: fc.constant("Abandon" as const), why: fc.constant("given up"), nowMs })
  )
}

/** Lives of one attempt, with every kind of answer, honest or not. */
export const attemptHistory = () => {
  const decider = attemptDecider()
  return historyOf(decider, anyAttemptMessage(decider.initial))
}
