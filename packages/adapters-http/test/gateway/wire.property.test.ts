/** Laws of the messages: what was sent is what arrives, and half of a message is none. */

import { gatewayHandler, httpGateway } from "@paykernel/adapters-http/gateway"
import { type Currency, Cvv, money, Pan } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import type { GatewayOperation } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { authorizationOf, capabilities, run, secret } from "./bank.ts"

const text = fc.string({ unit: "grapheme", maxLength: 40 })
const name = fc.stringMatching(/^[A-Za-z0-9 ._~:/-]{1,60}$/u)
const currency = fc.constantFrom<Currency>("USD", "JPY", "KWD", "BTC", "ETH")
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), currency)
  .map(([minor, of]) => money(minor, of))

const luhnEnd = (digits: string): string => {
  const ends = Array.from({ length: 10 }, (_, last) => digits + last)
  return ends.find((number) => Result.isSuccess(Pan.parse(number))) ?? ""
}
const pan = fc.stringMatching(/^4[0-9]{10,17}$/u).map((digits) => Result.getOrThrow(Pan.parse(luhnEnd(digits))))
const cvv = fc.stringMatching(/^[0-9]{3,4}$/u).map((digits) => Result.getOrThrow(Cvv.parse(digits)))

const card = fc.record({
  pan,
  cvv: fc.option(cvv),
  expMonth: fc.integer({ min: 1, max: 12 }),
  expYear: fc.integer({ min: 2000, max: 2100 }),
  billingDetails: fc.record({
    name: text,
    city: text,
    country: text,
    line1: text,
    line2: fc.option(text),
    district: fc.option(text),
    postalCode: text
  })
})

const operation: fc.Arbitrary<GatewayOperation> = fc.record({
  key: name,
  kind: fc.constantFrom("authorize", "capture", "void", "refund"),
  amount,
  merchantId: name,
  paymentId: name,
  authorizationKey: fc.option(name),
  authorization: fc.option(
    fc.record({
      card,
      capture: fc.boolean(),
      verificationMethod: fc.constantFrom("none", "cvv", "three_d_secure"),
      eci: fc.option(fc.constantFrom("00", "01", "02", "05", "06", "07"))
    })
  )
})

const checks = {
  avs: text,
  cvv: fc.constantFrom<Attempt.CvvResult>("not_requested", "pass", "fail", "unavailable", "pending")
}
const verdict: fc.Arbitrary<Attempt.GatewayVerdict> = fc.oneof(
  fc.record({ _tag: fc.constant("Approved"), reference: fc.string({ minLength: 1 }), amount, ...checks }),
  fc.record({ _tag: fc.constant("Declined"), reference: fc.option(text), code: text, ...checks })
)
const reply: fc.Arbitrary<Attempt.GatewayReply> = fc.oneof(
  verdict,
  fc.record({ _tag: fc.constantFrom("Unknown", "NotSent"), why: text })
)

/** As it is, its redacted parts included. */
const revealed = (sent: GatewayOperation | undefined) => {
  const shown = sent?.authorization?.card
  return { ...sent, authorization: { ...sent?.authorization, card: { ...shown, pan: shown?.pan.reveal(), cvv: null } } }
}

it("a call arrives as it was made, and its reply as it was given", async () => {
  let arrived: { readonly operation: GatewayOperation; readonly code: string | undefined } | undefined
  let given: Attempt.GatewayReply = { _tag: "Unknown", why: "" }
  const unused = { lookup: () => Effect.never, reverse: () => Effect.never, verifyCard: () => Effect.never }
  const behind = {
    ...unused,
    name: "behind",
    capabilities: { ...capabilities, maxInFlightMs: 0 },
    authenticate: () => Effect.never,
    send: (operation: GatewayOperation) =>
      Effect.sync(() => {
        arrived = { operation, code: operation.authorization?.card.cvv?.reveal() }
        return given
      })
  }
  const { fetch } = gatewayHandler({ gateway: behind, secret, limits: { travelMaxMs: 4000 } })
  const options = { url: "https://bank.example/", secret, capabilities }
  const gateway = httpGateway({ ...options, fetch: (url, init) => fetch(new Request(url, init)) })
  await fc.assert(
    fc.asyncProperty(operation, reply, async (sent, answer) => {
      given = answer
      expect(await run(gateway.send(sent, 5000))).toEqual(answer)
      expect(revealed(arrived?.operation)).toEqual(revealed(sent))
      expect(arrived?.code).toBe(sent.authorization?.card.cvv?.reveal())
    }),
    { numRuns: 10_000 }
  )
})

it("an answer that was cut anywhere is unknown", async () => {
  const whole = JSON.stringify({
    version: 1,
    call: "Send",
    key: "auth",
    answer: { _tag: "Approved", reference: "gw_1", amount: { amount: "10.00", currency: "USD" }, avs: "Y", cvv: "pass" }
  })
  for (let length = 0; length < whole.length; length++) {
    const fetch = async () => new Response(whole.slice(0, length))
    const gateway = httpGateway({ url: "https://bank.example/", secret, capabilities, fetch })
    expect(await run(gateway.send(authorizationOf("auth"), 5000)), `${length}`).toMatchObject({ _tag: "Unknown" })
  }
})
