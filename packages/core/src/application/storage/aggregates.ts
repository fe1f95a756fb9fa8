/** Each kind of aggregate as the application stores it: its room of the domain, its codecs, and how it is found. */

import { decodeCard, decodeCardEvent, encodeCard, encodeCardEvent } from "../../card/card.schema.ts"
import type { Card, CardEvent } from "../../card/card.ts"
import { evolve as evolveCard, noCard } from "../../card/card-evolve.ts"
import {
  decodeCheckout,
  decodeCheckoutEvent,
  encodeCheckout,
  encodeCheckoutEvent
} from "../../checkout/checkout.schema.ts"
import type { Checkout, CheckoutEvent } from "../../checkout/checkout.ts"
import { evolve as evolveCheckout, noCheckout } from "../../checkout/checkout-evolve.ts"
import {
  decodeDelivery,
  decodeDeliveryEvent,
  encodeDelivery,
  encodeDeliveryEvent
} from "../../delivery/delivery.schema.ts"
import type { Delivery, DeliveryEvent } from "../../delivery/delivery.ts"
import { evolve as evolveDelivery, noDelivery } from "../../delivery/delivery-evolve.ts"
import { decodeDeposit, decodeDepositEvent, encodeDeposit, encodeDepositEvent } from "../../deposit/deposit.schema.ts"
import type { Deposit, DepositEvent } from "../../deposit/deposit.ts"
import { evolve as evolveDeposit, noDeposit } from "../../deposit/deposit-evolve.ts"
import {
  decodeEndpoint,
  decodeEndpointEvent,
  encodeEndpoint,
  encodeEndpointEvent
} from "../../endpoint/endpoint.schema.ts"
import type { Endpoint, EndpointEvent } from "../../endpoint/endpoint.ts"
import { evolve as evolveEndpoint, noEndpoint } from "../../endpoint/endpoint-evolve.ts"
import { decodeIntent, decodeIntentEvent, encodeIntent, encodeIntentEvent } from "../../intent/intent.schema.ts"
import type { Intent, IntentEvent } from "../../intent/intent.ts"
import { evolve as evolveIntent, noIntent } from "../../intent/intent-evolve.ts"
import {
  decodeIntentRefund,
  decodeIntentRefundEvent,
  encodeIntentRefund,
  encodeIntentRefundEvent
} from "../../intent-refund/intent-refund.schema.ts"
import type { IntentRefund, IntentRefundEvent } from "../../intent-refund/intent-refund.ts"
import { evolve as evolveIntentRefund, noIntentRefund } from "../../intent-refund/intent-refund-evolve.ts"
import {
  decodeMerchant,
  decodeMerchantEvent,
  encodeMerchant,
  encodeMerchantEvent
} from "../../merchant/merchant.schema.ts"
import type { Merchant, MerchantEvent } from "../../merchant/merchant.ts"
import { evolve as evolveMerchant, noMerchant } from "../../merchant/merchant-evolve.ts"
import { noProfile } from "../../merchant/merchant-profile.ts"
import { decodePayment, encodePayment } from "../../payment/payment.schema.ts"
import type { Payment, PaymentEvent } from "../../payment/payment.ts"
import { decodePaymentEvent, encodePaymentEvent } from "../../payment/payment-event.schema.ts"
import { evolve as evolvePayment, noPayment } from "../../payment/payment-evolve.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { IndexEntry, Json } from "../../ports/commit.ts"
import { sameAddress } from "../../risk/same-address.ts"
import {
  decodeSettlement,
  decodeSettlementEvent,
  encodeSettlement,
  encodeSettlementEvent
} from "../../settlement/settlement.schema.ts"
import type { Settlement, SettlementEvent } from "../../settlement/settlement.ts"
import { evolve as evolveSettlement, noSettlement } from "../../settlement/settlement-evolve.ts"
import { defaultEndpointId } from "../webhooks/webhook-contract.ts"
import { depositIndex, intentBounds, intentIndex, intentRefundIndex } from "./intent-index.ts"
import { paymentBounds, paymentIndex } from "./payment-index.ts"
import {
  cardRetention,
  checkoutRetention,
  deliveryRetention,
  intentRefundRetention,
  kept,
  paymentRetention
} from "./retention.ts"
import { reader, schemaVersion } from "./upcast.ts"
import { withUndosOfAttempt, withUndosOfAttempts } from "./upcast-attempt.ts"

export { schemaVersion }

/** Version 2 counts how often it was begun to undo an attempt. */
const paymentVersion = 2

export const paymentDefinition: AggregateDefinition<Payment, PaymentEvent> = {
  type: "payment",
  schemaVersion: paymentVersion,
  initial: noPayment,
  evolve: evolvePayment,
  encodeState: encodePayment,
  decodeState: reader({ 1: withUndosOfAttempts }, decodePayment, paymentVersion),
  encodeEvent: encodePaymentEvent,
  decodeEvent: reader({ 1: (event) => event }, decodePaymentEvent, paymentVersion),
  index: paymentIndex,
  bounds: paymentBounds,
  retention: paymentRetention
}

export const cardDefinition: AggregateDefinition<Card, CardEvent> = {
  type: "card",
  schemaVersion,
  initial: noCard,
  evolve: evolveCard,
  encodeState: encodeCard,
  decodeState: reader({}, decodeCard),
  encodeEvent: encodeCardEvent,
  decodeEvent: reader({}, decodeCardEvent),
  index: cardIndex,
  bounds: unbounded,
  retention: cardRetention
}

/** Version 2 brought the profile. */
const merchantVersion = 2

export const merchantDefinition: AggregateDefinition<Merchant, MerchantEvent> = {
  type: "merchant",
  schemaVersion: merchantVersion,
  initial: noMerchant,
  evolve: evolveMerchant,
  encodeState: encodeMerchant,
  decodeState: reader({ 1: withoutProfile }, decodeMerchant, merchantVersion),
  encodeEvent: encodeMerchantEvent,
  decodeEvent: reader({ 1: (event) => event }, decodeMerchantEvent, merchantVersion),
  index: () => [],
  bounds: unbounded,
  retention: kept
}

export const settlementDefinition: AggregateDefinition<Settlement, SettlementEvent> = {
  type: "settlement",
  schemaVersion,
  initial: noSettlement,
  evolve: evolveSettlement,
  encodeState: encodeSettlement,
  decodeState: reader({}, decodeSettlement),
  encodeEvent: encodeSettlementEvent,
  decodeEvent: reader({}, decodeSettlementEvent),
  index: ({ id, createdAtMs }) => [{ collection: "settlements", id, createdAtMs, fields: {} }],
  bounds: unbounded,
  retention: kept
}

export const checkoutDefinition: AggregateDefinition<Checkout, CheckoutEvent> = {
  type: "checkout",
  schemaVersion,
  initial: noCheckout,
  evolve: evolveCheckout,
  encodeState: encodeCheckout,
  decodeState: reader({}, decodeCheckout),
  encodeEvent: encodeCheckoutEvent,
  decodeEvent: reader({}, decodeCheckoutEvent),
  index: checkoutIndex,
  bounds: unbounded,
  retention: checkoutRetention
}

export const intentDefinition: AggregateDefinition<Intent, IntentEvent> = {
  type: "intent",
  schemaVersion,
  initial: noIntent,
  evolve: evolveIntent,
  encodeState: encodeIntent,
  decodeState: reader({}, decodeIntent),
  encodeEvent: encodeIntentEvent,
  decodeEvent: reader({}, decodeIntentEvent),
  index: intentIndex,
  bounds: intentBounds,
  retention: kept
}

export const depositDefinition: AggregateDefinition<Deposit, DepositEvent> = {
  type: "deposit",
  schemaVersion,
  initial: noDeposit,
  evolve: evolveDeposit,
  encodeState: encodeDeposit,
  decodeState: reader({}, decodeDeposit),
  encodeEvent: encodeDepositEvent,
  decodeEvent: reader({}, decodeDepositEvent),
  index: depositIndex,
  bounds: unbounded,
  retention: kept
}

/** Version 2 is that of payments, whose attempts a refund shares. */
const intentRefundVersion = 2

export const intentRefundDefinition: AggregateDefinition<IntentRefund, IntentRefundEvent> = {
  type: "intent_refund",
  schemaVersion: intentRefundVersion,
  initial: noIntentRefund,
  evolve: evolveIntentRefund,
  encodeState: encodeIntentRefund,
  decodeState: reader({ 1: withUndosOfAttempt }, decodeIntentRefund, intentRefundVersion),
  encodeEvent: encodeIntentRefundEvent,
  decodeEvent: reader({ 1: (event) => event }, decodeIntentRefundEvent, intentRefundVersion),
  index: intentRefundIndex,
  bounds: unbounded,
  retention: intentRefundRetention
}

export const endpointDefinition: AggregateDefinition<Endpoint, EndpointEvent> = {
  type: "endpoint",
  schemaVersion,
  initial: noEndpoint,
  evolve: evolveEndpoint,
  encodeState: encodeEndpoint,
  decodeState: reader({}, decodeEndpoint),
  encodeEvent: encodeEndpointEvent,
  decodeEvent: reader({}, decodeEndpointEvent),
  index: ({ id, createdAtMs, status, dialect }) => [
    { collection: "webhookEndpoints", id, createdAtMs, fields: { status, dialect } }
  ],
  bounds: unbounded,
  retention: kept
}

/** How long a delivery that has ended is shown, where nothing else was asked for. */
export const keepDeliveriesMs = 30 * 86_400_000

/** Deliveries that are kept for so long after they ended. */
export const deliveriesKept = (keepMs: number): AggregateDefinition<Delivery, DeliveryEvent> => ({
  type: "delivery",
  schemaVersion,
  initial: noDelivery,
  evolve: evolveDelivery,
  encodeState: encodeDelivery,
  decodeState: reader({}, decodeDelivery),
  encodeEvent: encodeDeliveryEvent,
  decodeEvent: reader({}, decodeDeliveryEvent),
  index: deliveryIndex,
  bounds: unbounded,
  retention: (delivery) => deliveryRetention(delivery, keepMs)
})

export const deliveryDefinition = deliveriesKept(keepDeliveriesMs)

function withoutProfile(merchant: Json): Json {
  return typeof merchant === "object" && merchant !== null ? { ...merchant, profile: { ...noProfile } } : merchant
}

function cardIndex(card: Card): ReadonlyArray<IndexEntry> {
  const { id, createdAtMs, fingerprint } = card
  if (card.status === "presented") return [{ collection: "presentedCards", id, createdAtMs, fields: { fingerprint } }]
  return [
    {
      collection: "cards",
      id,
      createdAtMs,
      fields: {
        status: card.status,
        fingerprint,
        email: sameAddress(card.holder.email),
        ipAddress: sameAddress(card.holder.ipAddress)
      }
    }
  ]
}

/** A checkout is found by its own name, and by the names of the transactions that were tried to pay it. */
function checkoutIndex(checkout: Checkout): ReadonlyArray<IndexEntry> {
  const { id, createdAtMs, status, kind, customer, payments } = checkout
  const email = customer?.email ?? null
  const transactions = new Set(payments.map(({ transactionId }) => transactionId))
  return [
    {
      collection: "checkouts",
      id,
      createdAtMs,
      fields: { status, kind, email: email === null ? null : sameAddress(email) }
    },
    ...[...transactions].map((name) => ({ collection: "transactions", id: name, createdAtMs, fields: {} }))
  ]
}

/** What goes to an address that came with a checkout is signed by the merchant's default endpoint, and found there. */
function deliveryIndex(delivery: Delivery): ReadonlyArray<IndexEntry> {
  const { id, createdAtMs, status, type, messageId, target, subject } = delivery
  const endpointId = target._tag === "Endpoint" ? target.endpointId : defaultEndpointId
  const fields = { status, endpointId, type, messageId, subjectId: subject.id }
  return [{ collection: "deliveries", id, createdAtMs, fields }]
}

function unbounded(): null {
  return null
}
