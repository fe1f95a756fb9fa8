/** A simulated bank for tests, what may be asked of it, and the secret between it and its callers. */
import { Cvv, format, money, Pan, parse } from "@paykernel/core"
import type { CardCredentials, GatewayOperation } from "@paykernel/core/effect"
import { memoryJournal, type SandboxGateway, sandboxGateway } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

export const secret = Redacted.make("between-the-nodes-and-the-bank-0001")
export const otherSecret = Redacted.make("between-others-and-another-bank-0002")

/** Numbers that appear nowhere by chance. */
export const canaryPan = "4007400000000007"
export const canaryCvv = "7391"

export const openBank = (): SandboxGateway =>
  sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs: () => Date.now() },
    random: () => 0.5,
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    latencyMs: 1,
    lookupLagMs: 1
  })

export const { capabilities } = openBank().gateway

let keys = 0
export const nextKey = (): string => `key-${++keys}`

export const cardOf = (number = canaryPan, cvv: string | null = canaryCvv): CardCredentials => ({
  pan: Result.getOrThrow(Pan.parse(number)),
  cvv: cvv === null ? null : Result.getOrThrow(Cvv.parse(cvv)),
  expMonth: 12,
  expYear: 2040,
  billingDetails: {
    name: "Ada Lovelace",
    city: "Boston",
    country: "US",
    line1: "1 Main Street",
    line2: null,
    district: "MA",
    postalCode: "02101"
  }
})

export const authorizationOf = (key: string, amount = "10.00"): GatewayOperation => ({
  key,
  kind: "authorize",
  amount: Result.getOrThrow(parse(amount, "USD")),
  merchantId: "merchant-1",
  paymentId: `payment of ${key}`,
  authorizationKey: null,
  authorization: { card: cardOf(), capture: false, verificationMethod: "cvv", eci: null }
})

export const captureOf = (authorization: GatewayOperation, key: string): GatewayOperation => ({
  ...authorization,
  key,
  kind: "capture",
  authorizationKey: authorization.key,
  authorization: null
})

export const dollars = (cents: bigint): string => format(money(cents, "USD"))

export const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)
