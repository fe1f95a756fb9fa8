/** What a gateway that takes bank transfers promises of one that it waits for: never absent, never decided twice. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { GatewayOperation } from "../../ports/card-gateway.ts"
import {
  authorization,
  type GatewayCase,
  type GatewayUnderTest,
  lookUp,
  lookups,
  reversals,
  reverse,
  send
} from "./gateway-case.ts"

export const transferCases: ReadonlyArray<GatewayCase> = [
  {
    title: "waits for a bank transfer, and says so whenever it is asked",
    needs: (subject) => transfers(subject) ?? lookups(subject),
    check: Effect.fnUntraced(function* (subject) {
      const operation = transfer(subject)
      const { _tag } = yield* send(subject, operation)
      expect(["Unknown", "Approved"]).toContain(_tag)
      yield* Effect.sleep(subject.gateway.capabilities.lookupLagMs)
      expect(["Pending", "Found"]).toContain((yield* lookUp(subject, operation.key))._tag)
      expect((yield* send(subject, operation))._tag).not.toBe("Declined")
      expect(["Pending", "Found"]).toContain((yield* lookUp(subject, operation.key))._tag)
    })
  },
  {
    title: "waits no more for a bank transfer that was reversed, and never takes it again",
    needs: (subject) => transfers(subject) ?? reversals(subject) ?? lookups(subject),
    check: Effect.fnUntraced(function* (subject) {
      const operation = transfer(subject)
      yield* send(subject, operation)
      expect((yield* reverse(subject, operation.key))._tag).not.toBe("ReversalUnknown")
      expect((yield* send(subject, operation))._tag).toBe("Declined")
      yield* Effect.sleep(subject.gateway.capabilities.lookupLagMs)
      const found = yield* lookUp(subject, operation.key)
      expect(found._tag).not.toBe("Pending")
      expect(found._tag === "Found" && found.verdict._tag === "Approved").toBe(false)
    })
  }
]

const transfers = ({ gateway }: GatewayUnderTest): string | undefined =>
  gateway.capabilities.bankTransfers === true ? undefined : "the gateway declares no bank transfers"

const transfer = (subject: GatewayUnderTest): GatewayOperation => ({
  ...authorization(subject, { units: 10n, capture: true }),
  authorization: null,
  transfer: { reference: "txn_7Q2M9XK4T1BD" }
})
