import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cardMachine } from "../../card/card-machine.ts"
import { checkoutMachine } from "../../checkout/checkout-machine.ts"
import { crossBorderMachine } from "../../cross-border/cross-border-machine.ts"
import { deliveryMachine } from "../../delivery/delivery-machine.ts"
import { depositMachine } from "../../deposit/deposit-machine.ts"
import { endpointMachine } from "../../endpoint/endpoint-machine.ts"
import { intentMachine } from "../../intent/intent-machine.ts"
import { intentRefundMachine } from "../../intent-refund/intent-refund-machine.ts"
import { merchantMachine } from "../../merchant/merchant-machine.ts"
import { onchainMachine } from "../../onchain/onchain-machine.ts"
import { paymentMachine } from "../../payment/payment-machine.ts"
import { refundMachine } from "../../payout-refund/payout-refund-machine.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { Json } from "../../ports/commit.ts"
import { quoteMachine } from "../../quote/quote-machine.ts"
import { rfiMachine } from "../../rfi/rfi-machine.ts"
import { settlementMachine } from "../../settlement/settlement-machine.ts"
import {
  anyCard,
  anyCardEvent,
  anyCheckout,
  anyCheckoutEvent,
  anyCrossBorderEvent,
  anyCrossBorderPayment,
  anyDelivery,
  anyDeliveryEvent,
  anyDeposit,
  anyDepositEvent,
  anyEndpoint,
  anyEndpointEvent,
  anyIntent,
  anyIntentEvent,
  anyIntentRefund,
  anyIntentRefundEvent,
  anyMerchant,
  anyMerchantEvent,
  anyOnchainEvent,
  anyOnchainTransaction,
  anyPayment,
  anyPaymentEvent,
  anyPayoutRefund,
  anyPayoutRefundEvent,
  anyQuote,
  anyQuoteEvent,
  anyRfi,
  anyRfiEvent,
  anySettlement,
  anySettlementEvent,
  anyTicket,
  anyTicketEvent
} from "../../testing/arbitraries.ts"
import { placesIn } from "../../testing/json-places.ts"
import * as laws from "../../testing/laws/index.ts"
import { sameData } from "../../testing/plain-data.ts"
import { ticketMachine } from "../../ticket/ticket-machine.ts"
import {
  cardDefinition,
  checkoutDefinition,
  deliveryDefinition,
  depositDefinition,
  endpointDefinition,
  intentDefinition,
  intentRefundDefinition,
  merchantDefinition,
  paymentDefinition,
  settlementDefinition
} from "./aggregates.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition,
  ticketDefinition
} from "./cross-border-aggregates.ts"

type Fact = { readonly _tag: string; readonly atMs: number }
type Table = { readonly [status: string]: { readonly [tag: string]: string | undefined } }

/** The rooms have their laws proved in full; that their codecs lose nothing is seen from fewer of the same values. */
const numRuns = process.env["PAYKERNEL_DEEP"] === "1" ? 10_000 : 800

/** As a store would keep it: text that nothing but JSON has been through. */
const stored = (json: unknown) => JSON.parse(JSON.stringify(json))

/** JSON carries it as it is. */
const carried = (json: Json): Json => {
  expect(sameData(stored(json), json)).toBe(true)
  return json
}

const survivesStorage = <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  anyState: fc.Arbitrary<State>,
  anyEvent: fc.Arbitrary<Event>,
  machine: Table,
  runs = numRuns
) => {
  describe(`a stored ${definition.type}`, () => {
    it("comes back as the same state", () => {
      fc.assert(
        laws.roundTrip({
          values: anyState,
          write: (state) => carried(definition.encodeState(state)),
          read: (json) => definition.decodeState(stored(json), definition.schemaVersion)
        }),
        { numRuns: runs }
      )
    })

    it("comes back as the same event", () => {
      const tags = new Set<string>()
      fc.assert(
        laws.roundTrip({
          values: anyEvent,
          write: (event) => {
            tags.add(event._tag)
            return carried(definition.encodeEvent(event))
          },
          read: (json) => definition.decodeEvent(stored(json), definition.schemaVersion)
        }),
        { numRuns: runs }
      )
      expect(tags).toEqual(new Set(Object.values(machine).flatMap(Object.keys)))
    })

    it("is refused where any one field is missing", () => {
      fc.assert(
        fc.property(anyState, fc.nat(), (state, at) => {
          const json: { [field: string]: unknown } = stored(definition.encodeState(state))
          const fields = Object.keys(json)
          delete json[fields[at % fields.length] ?? ""]
          expect(() => definition.decodeState(stored(json), definition.schemaVersion)).toThrow()
        }),
        { numRuns: Math.min(2500, runs) }
      )
    })

    it("is refused where anything in it is of another kind", () => {
      fc.assert(
        fc.property(anyState, fc.nat(), (state, at) => {
          const json: Json = stored(definition.encodeState(state))
          const places = placesIn(json)
          const place = places[at % places.length]
          if (place !== undefined) Object.assign(place.holder, { [place.field]: anotherKindThan(place.value) })
          expect(() => definition.decodeState(json, definition.schemaVersion)).toThrow()
        }),
        { numRuns: Math.min(2500, runs) }
      )
    })
  })
}

const anotherKindThan = (value: Json): Json =>
  typeof value === "object" && value !== null ? "unexpected" : { unexpected: true }

survivesStorage(paymentDefinition, anyPayment, anyPaymentEvent, paymentMachine)
survivesStorage(cardDefinition, anyCard, anyCardEvent, cardMachine)
survivesStorage(checkoutDefinition, anyCheckout, anyCheckoutEvent, checkoutMachine)
survivesStorage(intentDefinition, anyIntent, anyIntentEvent, intentMachine)
survivesStorage(depositDefinition, anyDeposit, anyDepositEvent, depositMachine)
survivesStorage(intentRefundDefinition, anyIntentRefund, anyIntentRefundEvent, intentRefundMachine)
survivesStorage(merchantDefinition, anyMerchant, anyMerchantEvent, merchantMachine)
survivesStorage(settlementDefinition, anySettlement, anySettlementEvent, settlementMachine)
survivesStorage(endpointDefinition, anyEndpoint, anyEndpointEvent, endpointMachine)
survivesStorage(deliveryDefinition, anyDelivery, anyDeliveryEvent, deliveryMachine)

/** Their rooms look at the codecs themselves. */
const fewRuns = Math.min(numRuns, 500)

survivesStorage(quoteDefinition, anyQuote, anyQuoteEvent, quoteMachine, fewRuns)
survivesStorage(crossBorderDefinition, anyCrossBorderPayment, anyCrossBorderEvent, crossBorderMachine, fewRuns)
survivesStorage(onchainDefinition, anyOnchainTransaction, anyOnchainEvent, onchainMachine, fewRuns)
survivesStorage(rfiDefinition, anyRfi, anyRfiEvent, rfiMachine, fewRuns)
survivesStorage(payoutRefundDefinition, anyPayoutRefund, anyPayoutRefundEvent, refundMachine, fewRuns)
survivesStorage(ticketDefinition, anyTicket, anyTicketEvent, ticketMachine, fewRuns)
