/** What a payout network promises of its routes, offers and requirements. */
import { expect } from "vitest"
import { money } from "../../money/index.ts"
import { quoteFault } from "../../quote/check-quote.ts"
import type { SuiteCases } from "../suite.ts"
import { offersOf, type PayoutNetworkUnderTest, run } from "./network-under-test.ts"

export const quoteCases: SuiteCases<PayoutNetworkUnderTest> = {
  "publishes routes whose limits leave room": async ({ network }) => {
    const routes = await run(network.routes)
    expect(routes.length).toBeGreaterThan(0)
    for (const { sourceLimit, destinationLimit, settlementAddress } of routes) {
      expect(sourceLimit.min.amount).toBeLessThan(sourceLimit.max.amount)
      expect(destinationLimit.min.amount).toBeLessThan(destinationLimit.max.amount)
      expect(settlementAddress).not.toBe("")
    }
  },
  "offers for a fixed source what adds up, best first": async (subject) => {
    const offers = await offersOf(subject)
    for (const { terms } of offers) {
      expect(quoteFault(terms, subject.nowMs())).toBe(undefined)
      expect(terms).toMatchObject({ fixedSide: "source", source: subject.request.amount })
    }
    const amounts = offers.map(({ terms }) => terms.destination.amount)
    expect(amounts).toEqual(amounts.toSorted((a, b) => (a > b ? -1 : 1)))
    expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length)
  },
  "offers for a fixed destination what adds up, and costs no more": async (subject) => {
    const [forward] = await offersOf(subject)
    if (forward === undefined) throw new Error("an offer of nothing")
    const amount = forward.terms.destination
    const back = await offersOf({ ...subject, request: { ...subject.request, fixedSide: "destination", amount } })
    for (const { terms } of back) {
      expect(quoteFault(terms, subject.nowMs())).toBe(undefined)
      expect(terms).toMatchObject({ fixedSide: "destination", destination: amount })
    }
    expect(back[0]?.terms.source.amount).toBeLessThanOrEqual(forward.terms.source.amount)
  },
  "offers nothing on a route that it does not have, and nothing beyond its limits": async ({ network, request }) => {
    const nowhere = await run(network.quote({ ...request, destinationCountry: "AQ" }))
    expect(nowhere).toEqual({ _tag: "Refused", why: "route_not_supported" })
    const amount = money(10n ** 30n, request.amount.currency)
    const tooMuch = await run(network.quote({ ...request, amount }))
    expect(tooMuch).toEqual({ _tag: "Refused", why: "amount_outside_limit" })
  },
  "says what has to be told with a payment of its quotes, and of no others": async (subject) => {
    const { network } = subject
    const [quote] = await offersOf(subject)
    const asked = await run(network.requirements(quote?.id ?? ""))
    expect(asked?.travelRule.fields.length).toBeGreaterThan(0)
    expect(asked?.beneficiaryAccount.fields.length).toBeGreaterThan(0)
    expect(await run(network.requirements("no-such-quote"))).toBe(undefined)
  }
}
