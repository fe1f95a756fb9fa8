/**
 * What the kernel relies on from every card gateway, as tests over a factory. An adapter author runs it against the
 * provider's test environment. What a gateway declares it cannot do is skipped, and the report says why.
 */
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import { amountCases } from "./gateway/amount-cases.ts"
import type { GatewayCase, GatewayUnderTest } from "./gateway/gateway-case.ts"
import { keyCases } from "./gateway/key-cases.ts"
import { transferCases } from "./gateway/transfer-cases.ts"
import { reasonsToSkip, type SuiteSkip } from "./suite.ts"

export type { GatewayEffect, GatewayUnderTest } from "./gateway/gateway-case.ts"

/** Cases, by their titles, that a gateway cannot meet, and why. */
export type GatewaySkip = SuiteSkip

/** Every case, in the order in which they run. */
export const gatewayCases: ReadonlyArray<GatewayCase> = [...keyCases, ...amountCases, ...transferCases]

/**
 * Runs the conformance suite of the `CardGateway` port with vitest. `make` gives a gateway for each case.
 *
 * @example
 * describeGateway("my gateway", async () => ({ gateway, approvedCard, currency: "USD", nextKey, merchantId: "m" }))
 */
export const describeGateway = (
  name: string,
  make: () => Promise<GatewayUnderTest>,
  { skip = [] }: { readonly skip?: ReadonlyArray<GatewaySkip> } = {}
): void => {
  const titles = gatewayCases.map(({ title }) => title)
  const reasons = reasonsToSkip(`${name} is a card gateway`, titles, skip)
  describe(`${name} is a card gateway`, () => {
    for (const { title, needs, check } of gatewayCases) {
      const reason = reasons.get(title)
      if (reason !== undefined) it.skip(`${title} (${reason})`, () => {})
      else {
        it(title, async (context) => {
          const subject = await make()
          try {
            const missing = needs?.(subject)
            if (missing !== undefined) return context.skip(missing)
            await Effect.runPromise(check(subject))
          } finally {
            await subject.close?.()
          }
        })
      }
    }
  })
}
