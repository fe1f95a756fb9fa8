import { describe, expect, it } from "vitest"
import { noMerchant } from "../../merchant/index.ts"
import type { Json } from "../../ports/commit.ts"
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
import { upcast } from "./upcast.ts"

const steps = {
  1: () => ({ town: "Bern" }),
  2: () => ({ place: { town: "Bern" } })
}

describe("a stored shape", () => {
  it("of the present is taken as it is", () => {
    expect(upcast({ town: "Bern" }, 3, 3, steps)).toEqual({ town: "Bern" })
  })

  it("of the past is brought up one version at a time", () => {
    expect(upcast({ city: "Bern" }, 1, 2, steps)).toEqual({ town: "Bern" })
    expect(upcast({ city: "Bern" }, 1, 3, steps)).toEqual({ place: { town: "Bern" } })
  })

  it("of the past is refused where the way is broken", () => {
    expect(() => upcast({ city: "Bern" }, 1, 4, steps)).toThrow("no step leads from stored version 3 to the next")
  })

  it.each([4, 0, -1, 1.5, Number.NaN])("of no known version is refused: %d", (version) => {
    expect(() => upcast({}, version, 3, steps)).toThrow(`stored with version ${version}`)
  })

  it.each([
    paymentDefinition,
    cardDefinition,
    checkoutDefinition,
    intentDefinition,
    depositDefinition,
    intentRefundDefinition,
    merchantDefinition,
    settlementDefinition,
    endpointDefinition,
    deliveryDefinition,
    quoteDefinition,
    crossBorderDefinition,
    onchainDefinition,
    rfiDefinition,
    payoutRefundDefinition,
    ticketDefinition
  ])("written by a newer program is refused: $type", (definition) => {
    const { schemaVersion } = definition
    expect(() => definition.decodeState({}, schemaVersion + 1)).toThrow(`stored with version ${schemaVersion + 1}`)
    expect(() => definition.decodeEvent({}, schemaVersion + 1)).toThrow(`stored with version ${schemaVersion + 1}`)
  })

  it("before merchants had profiles gets an empty one", () => {
    const merchant = { ...noMerchant, status: "active" as const, id: "m-1" }
    const { profile, ...before } = merchantDefinition.encodeState(merchant) as { readonly [field: string]: Json }
    expect(profile).toBeDefined()
    expect(merchantDefinition.decodeState(before, 1)).toEqual(merchant)
    const event = { _tag: "MerchantSuspended", atMs: 5 } as const
    expect(merchantDefinition.decodeEvent(event, 1)).toEqual(event)
  })
})
