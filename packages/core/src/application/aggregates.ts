/** Each kind of aggregate as the application stores it: its room of the domain, its codecs, and how it is found. */

import { decodeCard, decodeCardEvent, encodeCard, encodeCardEvent } from "../card/card.schema.ts"
import type { Card, CardEvent } from "../card/card.ts"
import { evolve as evolveCard, noCard } from "../card/card-evolve.ts"
import {
  decodeMerchant,
  decodeMerchantEvent,
  encodeMerchant,
  encodeMerchantEvent
} from "../merchant/merchant.schema.ts"
import type { Merchant, MerchantEvent } from "../merchant/merchant.ts"
import { evolve as evolveMerchant, noMerchant } from "../merchant/merchant-evolve.ts"
import { decodePayment, encodePayment } from "../payment/payment.schema.ts"
import type { Payment, PaymentEvent } from "../payment/payment.ts"
import { decodePaymentEvent, encodePaymentEvent } from "../payment/payment-event.schema.ts"
import { evolve as evolvePayment, noPayment } from "../payment/payment-evolve.ts"
import type { AggregateDefinition } from "../ports/aggregate.ts"
import type { IndexEntry, Json } from "../ports/commit.ts"
import { sameAddress } from "../risk/same-address.ts"
import {
  decodeSettlement,
  decodeSettlementEvent,
  encodeSettlement,
  encodeSettlementEvent
} from "../settlement/settlement.schema.ts"
import type { Settlement, SettlementEvent } from "../settlement/settlement.ts"
import { evolve as evolveSettlement, noSettlement } from "../settlement/settlement-evolve.ts"
import { paymentBounds, paymentIndex } from "./payment-index.ts"
import { type Upcasters, upcast } from "./upcast.ts"

/** Version of every shape that is written today. Whoever changes a shape raises it and adds the step from the old. */
export const schemaVersion = 1

export const paymentDefinition: AggregateDefinition<Payment, PaymentEvent> = {
  type: "payment",
  schemaVersion,
  initial: noPayment,
  evolve: evolvePayment,
  encodeState: encodePayment,
  decodeState: reader({}, decodePayment),
  encodeEvent: encodePaymentEvent,
  decodeEvent: reader({}, decodePaymentEvent),
  index: paymentIndex,
  bounds: paymentBounds
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
  bounds: unbounded
}

export const merchantDefinition: AggregateDefinition<Merchant, MerchantEvent> = {
  type: "merchant",
  schemaVersion,
  initial: noMerchant,
  evolve: evolveMerchant,
  encodeState: encodeMerchant,
  decodeState: reader({}, decodeMerchant),
  encodeEvent: encodeMerchantEvent,
  decodeEvent: reader({}, decodeMerchantEvent),
  index: () => [],
  bounds: unbounded
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
  bounds: unbounded
}

function reader<Shape>(
  upcasters: Upcasters,
  decode: (json: unknown) => Shape
): (json: Json, schemaVersion: number) => Shape {
  return (json, version) => decode(upcast(json, version, schemaVersion, upcasters))
}

function cardIndex(card: Card): ReadonlyArray<IndexEntry> {
  return [
    {
      collection: "cards",
      id: card.id,
      createdAtMs: card.createdAtMs,
      fields: {
        status: card.status,
        fingerprint: card.fingerprint,
        email: sameAddress(card.holder.email),
        ipAddress: sameAddress(card.holder.ipAddress)
      }
    }
  ]
}

function unbounded(): null {
  return null
}
