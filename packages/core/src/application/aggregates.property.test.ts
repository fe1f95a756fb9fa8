import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cardMachine } from "../card/card-machine.ts"
import { merchantMachine } from "../merchant/merchant-machine.ts"
import { paymentMachine } from "../payment/payment-machine.ts"
import type { AggregateDefinition } from "../ports/aggregate.ts"
import { settlementMachine } from "../settlement/settlement-machine.ts"
import {
  anyCard,
  anyCardEvent,
  anyMerchant,
  anyMerchantEvent,
  anyPayment,
  anyPaymentEvent,
  anySettlement,
  anySettlementEvent
} from "../testing/arbitraries.ts"
import { sameData } from "../testing/plain-data.ts"
import { cardDefinition, merchantDefinition, paymentDefinition, settlementDefinition } from "./aggregates.ts"

type Fact = { readonly _tag: string; readonly atMs: number }
type Table = { readonly [status: string]: { readonly [tag: string]: string | undefined } }

/** As a store would keep it: text that nothing but JSON has been through. */
const stored = (json: unknown) => JSON.parse(JSON.stringify(json))

const survivesStorage = <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  anyState: fc.Arbitrary<State>,
  anyEvent: fc.Arbitrary<Event>,
  machine: Table
) => {
  describe(`a stored ${definition.type}`, () => {
    it("comes back as the same state", () => {
      fc.assert(
        fc.property(anyState, (state) => {
          const json = definition.encodeState(state)
          expect(sameData(stored(json), json)).toBe(true)
          expect(definition.decodeState(stored(json), definition.schemaVersion)).toEqual(state)
        }),
        { numRuns: 10_000 }
      )
    })

    it("comes back as the same event", () => {
      const tags = new Set<string>()
      fc.assert(
        fc.property(anyEvent, (event) => {
          tags.add(event._tag)
          const json = definition.encodeEvent(event)
          expect(sameData(stored(json), json)).toBe(true)
          expect(definition.decodeEvent(stored(json), definition.schemaVersion)).toEqual(event)
        }),
        { numRuns: 10_000 }
      )
      expect(tags).toEqual(new Set(Object.values(machine).flatMap(Object.keys)))
    })

    it("is refused where any one field is missing or of another kind", () => {
      fc.assert(
        fc.property(anyState, fc.nat(), fc.boolean(), (state, place, missing) => {
          const json: { [field: string]: unknown } = stored(definition.encodeState(state))
          const fields = Object.keys(json)
          const field = fields[place % fields.length] ?? ""
          if (missing) delete json[field]
          else json[field] = { unexpected: true }
          expect(() => definition.decodeState(stored(json), definition.schemaVersion)).toThrow()
        }),
        { numRuns: 2_500 }
      )
    })
  })
}

survivesStorage(paymentDefinition, anyPayment, anyPaymentEvent, paymentMachine)
survivesStorage(cardDefinition, anyCard, anyCardEvent, cardMachine)
survivesStorage(merchantDefinition, anyMerchant, anyMerchantEvent, merchantMachine)
survivesStorage(settlementDefinition, anySettlement, anySettlementEvent, settlementMachine)
