/** Legal histories of every aggregate: random commands, of which the accepted ones count. */
import * as fc from "fast-check"
import type { Attempt } from "../../attempt/attempt.ts"
import * as CardRoom from "../../card/index.ts"
import * as CheckoutRoom from "../../checkout/index.ts"
import * as CrossBorderRoom from "../../cross-border/index.ts"
import * as DeliveryRoom from "../../delivery/index.ts"
import * as DepositRoom from "../../deposit/index.ts"
import * as EndpointRoom from "../../endpoint/index.ts"
import * as IntentRoom from "../../intent/index.ts"
import * as IntentRefundRoom from "../../intent-refund/index.ts"
import * as MerchantRoom from "../../merchant/index.ts"
import * as OnchainRoom from "../../onchain/index.ts"
import * as PayoutRefundRoom from "../../payout-refund/index.ts"
import * as QuoteRoom from "../../quote/index.ts"
import * as RfiRoom from "../../rfi/index.ts"
import * as SettlementRoom from "../../settlement/index.ts"
import * as TicketRoom from "../../ticket/index.ts"
import { type AttemptMessage, attemptDecider } from "../attempt-life.ts"
import { lookupsFor, repliesFor, reversals } from "../heard-messages.ts"
import { historyOf, playHistory } from "../history.ts"
import { startMs } from "../payment-examples.ts"
import { anyCardCommand } from "./card-arbitraries.ts"
import { anyCheckoutCommand } from "./checkout-arbitraries.ts"
import { anyCrossBorderCommand } from "./cross-border-arbitraries.ts"
import { beginnings } from "./cross-border-examples.ts"
import { anyDeliveryCommand } from "./delivery-arbitraries.ts"
import { anyDepositCommand } from "./deposit-arbitraries.ts"
import { anyEndpointCommand } from "./endpoint-arbitraries.ts"
import { anyIntentLife } from "./intent-arbitraries.ts"
import { anyIntentRefundCommand } from "./intent-refund-arbitraries.ts"
import { merchantCommandIn } from "./merchant-arbitraries.ts"
import { anyCurrency } from "./money-arbitraries.ts"
import { anyOnchainCommand } from "./onchain-arbitraries.ts"
import { anyPayoutRefundCommand } from "./payout-refund-arbitraries.ts"
import { anyQuoteCommand } from "./quote-arbitraries.ts"
import { anyRfiCommand } from "./rfi-arbitraries.ts"
import { anySettlementCommand } from "./settlement-arbitraries.ts"
import { anyTicketCommand } from "./ticket-arbitraries.ts"

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

/** Lives of a quote: issued, used for a payment, released, used again, or left until its time is over. */
export const quoteHistory = () =>
  historyOf({ initial: QuoteRoom.noQuote, decide: QuoteRoom.decide, evolve: QuoteRoom.evolve }, anyQuoteCommand, {
    commandsMax: 6
  })

const crossBorderPayments = {
  initial: CrossBorderRoom.noPayment,
  decide: CrossBorderRoom.decide,
  evolve: CrossBorderRoom.evolve
}

/** Lives of a cross-border payment: asked about, funded in time or not, overtaken, paid out, failed, given back. */
export const crossBorderHistory = () =>
  fc
    .tuple(fc.constantFrom(...beginnings), fc.array(anyCrossBorderCommand, { maxLength: 8, size: "max" }))
    .map(([begun, tried]) => playHistory(crossBorderPayments, [...begun, ...tried]))

/** Lives of an on-chain transaction: made, signed, broadcast, confirmed or failed, or confirmed after all. */
export const onchainHistory = () =>
  historyOf(
    { initial: OnchainRoom.noTransaction, decide: OnchainRoom.decide, evolve: OnchainRoom.evolve },
    anyOnchainCommand
  )

/** Lives of a request for information: raised, given files, answered, sent back, decided, or too late. */
export const rfiHistory = () =>
  historyOf({ initial: RfiRoom.noRfi, decide: RfiRoom.decide, evolve: RfiRoom.evolve }, anyRfiCommand)

/** Lives of a payout network's refund: begun, completed or failed, contradicted. */
export const payoutRefundHistory = () =>
  historyOf(
    { initial: PayoutRefundRoom.noRefund, decide: PayoutRefundRoom.decide, evolve: PayoutRefundRoom.evolve },
    anyPayoutRefundCommand,
    { commandsMax: 6 }
  )

/** Lives of a support ticket, which is opened or is not. */
export const ticketHistory = () =>
  historyOf({ initial: TicketRoom.noTicket, decide: TicketRoom.decide, evolve: TicketRoom.evolve }, anyTicketCommand, {
    commandsMax: 3
  })

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
