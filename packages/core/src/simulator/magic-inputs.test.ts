import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { paymentErrorCodes } from "../payment/payment-error-code.ts"
import { authorizationOf, type CardExampleOptions, cardOf, seededRandom } from "../testing/gateway-examples.ts"
import { declinedAmounts } from "./issuer.ts"
import { memoryJournal } from "./journal.ts"
import { sandboxGateway } from "./sandbox-gateway.ts"
import { testCards } from "./test-cards.ts"

const nowMs = Date.UTC(2027, 5, 15)

const openGateway = () =>
  sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs: () => nowMs },
    random: seededRandom(1),
    challengeUrl: (id) => `https://bank.example/${id}`,
    latencyMs: 0
  }).gateway

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

const good = "4007400000000007"

const authorize = (amount: string, options: Parameters<typeof authorizationOf>[2] = {}) =>
  run(openGateway().send(authorizationOf("key", amount, options), 1000))

const verify = (number: string, options: CardExampleOptions = {}) =>
  run(openGateway().verifyCard({ ...cardOf(number, options), merchantId: "m", cardId: "card" }, 1000))

const authenticate = (number: string, amount: string) =>
  run(
    openGateway().authenticate(
      { ...authorizationOf("3ds", amount), card: cardOf(number), returnUrl: "https://shop.example/back" },
      1000
    )
  )

describe("amounts", () => {
  it.each([
    ["5.01", "payment_failed"],
    ["5.04", "card_not_honored"],
    ["5.05", "payment_not_supported_by_issuer"],
    ["5.07", "payment_not_funded"],
    ["5.19", "card_invalid"],
    ["5.41", "card_limit_violated"],
    ["5.43", "payment_denied"],
    ["5.51", "payment_fraud_detected"],
    ["5.54", "credit_card_not_allowed"],
    ["5.57", "payment_stopped_by_issuer"],
    ["5.84", "card_account_ineligible"]
  ])("%s is declined with %s, in every currency of two decimals", async (amount, code) => {
    expect(await authorize(amount)).toMatchObject({ _tag: "Declined", code, avs: "Y", cvv: "not_requested" })
    expect(await authorize(amount, { currency: "EUR" })).toMatchObject({ _tag: "Declined", code })
    expect(paymentErrorCodes).toContain(code)
  })

  it("has no others: every other amount up to 10.00 is approved", async () => {
    const gateway = openGateway()
    const references = new Set<string | null>()
    for (let cents = 1; cents <= 1000; cents++) {
      const amount = `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`
      const reply = await run(gateway.send(authorizationOf(amount, amount), 1000))
      expect([amount, reply._tag]).toEqual([amount, amount in declinedAmounts ? "Declined" : "Approved"])
      references.add("reference" in reply ? reply.reference : null)
    }
    expect(references.size).toBe(1000)
    for (const reference of references) expect(reference).toMatch(/^gw_[0-9A-Z]{12}$/u)
  })

  it.each([
    ["507", "JPY"],
    ["5.07", "USDC"],
    ["5.070", "KWD"]
  ] as const)("%s %s is approved, because its currency counts otherwise", async (amount, currency) => {
    expect(await authorize(amount, { currency })).toMatchObject({ _tag: "Approved" })
  })
})

describe("cards", () => {
  it.each([
    "4007400000000007",
    "4007410000000006",
    "4200000000000000",
    "4757140000000001",
    "4242424242424242",
    "5102420000000006",
    "5173375000000006",
    "5555555555554444",
    "345678901234564",
    "378282246310005"
  ])("%s is accepted and pays", async (number) => {
    expect(await verify(number)).toMatchObject({ error: null, avs: "Y", cvv: "pass", issuerCountry: "US" })
    expect(await authorize("10.00", { card: cardOf(number) })).toMatchObject({ _tag: "Approved" })
  })

  it.each([
    ["4000000000000002", "card_not_honored"],
    ["4000000000009995", "payment_not_funded"],
    ["4000000000000069", "card_expired"],
    ["4000000000000127", "card_cvv_invalid"]
  ])("%s can be saved and is declined with %s", async (number, code) => {
    expect(await verify(number)).toMatchObject({ error: null })
    expect(await authorize("10.00", { card: cardOf(number) })).toMatchObject({ _tag: "Declined", code })
    const checked = await authorize("10.00", { card: cardOf(number), verificationMethod: "cvv" })
    expect(checked).toMatchObject({ _tag: "Declined", code, cvv: code === "card_cvv_invalid" ? "fail" : "pass" })
  })

  it("of any other number fail", async () => {
    expect(await verify("4111111111111111")).toEqual({
      error: "card_failed",
      avs: "U",
      cvv: "unavailable",
      issuerCountry: null,
      fundingType: "unknown"
    })
    for (const [verificationMethod, cvv] of [
      ["cvv", "unavailable"],
      ["none", "not_requested"]
    ] as const) {
      const asked = { card: cardOf("4111111111111111"), verificationMethod }
      expect(await authorize("10.00", asked)).toMatchObject({ code: "card_failed", avs: "U", cvv })
    }
    expect(await authenticate("4111111111111111", "10.00")).toMatchObject({ code: "card_failed" })
  })

  it("say how they are funded", async () => {
    expect(await verify("4007410000000006")).toMatchObject({ fundingType: "debit" })
    expect(await verify("5555555555554444")).toMatchObject({ fundingType: "prepaid" })
    expect(new Set(testCards.map(({ fundingType }) => fundingType))).toEqual(new Set(["credit", "debit", "prepaid"]))
  })

  it.each([
    [5, 2027, "card_expired"],
    [6, 2027, null],
    [12, 2026, "card_expired"],
    [1, 2028, null]
  ])("with expiry %i/%i in June 2027: %s", async (expMonth, expYear, error) => {
    expect(await verify(good, { expMonth, expYear })).toMatchObject({ error })
    const reply = await authorize("10.00", { card: cardOf(good, { expMonth, expYear }) })
    expect(reply).toMatchObject(error === null ? { _tag: "Approved" } : { _tag: "Declined", code: error })
  })
})

describe("CVV", () => {
  it.each(["000", "999"])("%s is wrong", async (cvv) => {
    const card = cardOf(good, { cvv })
    expect(await verify(good, { cvv })).toMatchObject({ error: "card_cvv_invalid", cvv: "fail" })
    expect(await authorize("10.00", { card, verificationMethod: "cvv" })).toMatchObject({
      code: "card_cvv_invalid",
      cvv: "fail"
    })
    expect(await authorize("10.00", { card, verificationMethod: "none" })).toMatchObject({
      _tag: "Approved",
      cvv: "not_requested"
    })
  })

  it.each(["123", "0000", "998"])("%s is right", async (cvv) => {
    expect(await authorize("10.00", { card: cardOf(good, { cvv }), verificationMethod: "cvv" })).toMatchObject({
      _tag: "Approved",
      cvv: "pass"
    })
  })

  it("that is gone cannot be checked", async () => {
    const card = cardOf(good, { cvv: null })
    expect(await verify(good, { cvv: null })).toMatchObject({ error: null, cvv: "unavailable" })
    expect(await authorize("10.00", { card, verificationMethod: "cvv" })).toMatchObject({ code: "card_cvv_required" })
  })
})

describe("addresses", () => {
  it.each([
    ["Test_A", "A"],
    ["Test_N", "N"],
    ["Test_Z", "Z"],
    ["Test_-", "-"],
    ["Test_", "Y"],
    ["Test_NN", "Y"],
    ["test_N", "Y"],
    ["Test_N Street", "Y"],
    ["1 Test_N", "Y"]
  ])("%s is answered with %s and decides nothing", async (line1, avs) => {
    expect(await verify(good, { line1 })).toMatchObject({ error: null, avs })
    expect(await authorize("10.00", { card: cardOf(good, { line1 }) })).toMatchObject({ _tag: "Approved", avs })
  })
})

describe("3-D Secure", () => {
  it.each([
    [good, "5.66", { _tag: "ChallengeIssued" }],
    [good, "5.69", { _tag: "AuthenticationPassed", eci: "05" }],
    [good, "5.72", { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }],
    [good, "10.00", { _tag: "AuthenticationPassed", eci: "05" }],
    ["5102420000000006", "5.69", { _tag: "AuthenticationPassed", eci: "02" }],
    ["378282246310005", "5.69", { _tag: "AuthenticationPassed", eci: "05" }],
    ["4000000000000002", "5.69", { _tag: "AuthenticationPassed", eci: "05" }],
    ["4000000000003220", "5.69", { _tag: "ChallengeIssued" }],
    ["4000000000003220", "10.00", { _tag: "ChallengeIssued" }]
  ])("%s for %s: %j", async (number, amount, outcome) => {
    expect(await authenticate(number, amount)).toMatchObject(outcome)
  })

  it.each([
    [null, "Declined"],
    ["00", "Declined"],
    ["07", "Declined"],
    ["05", "Approved"],
    ["06", "Approved"]
  ] as const)("a card that requires it, paid with ECI %s, is %s", async (eci, tag) => {
    const reply = await authorize("10.00", {
      card: cardOf("4000000000003220"),
      verificationMethod: eci === null ? "none" : "three_d_secure",
      eci
    })
    expect(reply).toMatchObject(tag === "Approved" ? { _tag: tag } : { _tag: tag, code: "three_d_secure_required" })
  })

  it.each(["javascript:alert(1)", "no address", ""])(
    "never sends a payer to %j, which is nowhere",
    async (returnUrl) => {
      const request = { ...authorizationOf("3ds", "5.66"), card: cardOf(good), returnUrl }
      expect(await run(openGateway().authenticate(request, 1000))).toEqual({
        _tag: "AuthenticationFailed",
        code: "three_d_secure_invalid_request"
      })
    }
  )
})
