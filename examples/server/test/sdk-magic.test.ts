/** Inputs that decide the outcome: amounts, security codes, addresses, names, and the payer's answer to his bank. */

import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop, type Shop } from "./shop.ts"

describe.each(engines)("magic inputs on %s", (engine) => {
  const apiKey = "SAND_API_KEY:sdk:magic"
  let site: Site
  let server: ServerProcess
  let shop: Shop

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    shop = await openShop(sdkClient(server.address, apiKey, sdkContract()))
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  describe("magic inputs", () => {
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
    ])("the amount %s fails with %s", async (amount, errorCode) => {
      const outcome = await shop.outcomeOf(await shop.pay(await shop.goodCard(), amount))
      expect(outcome).toMatchObject({ status: "failed", errorCode })
      const riskEvaluation = amount === "5.43" ? { decision: "denied", reason: "3000" } : undefined
      expect(valueAt(outcome, "riskEvaluation")).toEqual(riskEvaluation)
    })

    it.each(["000", "999"])("the CVV %s fails a card, and a payment that asks for it", async (cvv) => {
      expect(await shop.saveCard({ cvv })).toMatchObject({
        status: "failed",
        errorCode: "card_cvv_invalid",
        verification: { cvv: "fail" }
      })
      const encrypted = await shop.encrypt({ cvv })
      const id = await shop.pay(await shop.goodCard(), "8.00", { verification: "cvv", ...encrypted })
      expect(await shop.outcomeOf(id)).toMatchObject({
        status: "failed",
        errorCode: "card_cvv_invalid",
        verification: { cvv: "fail" }
      })
    })

    it("the address line Test_X gives the AVS code X and fails nothing", async () => {
      const codes = [..."ABCDEFGIKLMNOPRSUWXYZ"]
      const cards = await Promise.all(codes.map((code) => shop.saveCard({ line1: `Test_${code}` })))
      expect(cards.map((card) => [valueAt(card, "status"), valueAt(card, "verification", "avs")])).toEqual(
        codes.map((code) => ["complete", code])
      )
      const id = await shop.pay(textAt(cards[0], "id"), "6.00")
      expect(await shop.outcomeOf(id)).toMatchObject({ status: "confirmed", verification: { avs: "A" } })
    })

    it.each([
      ["5102420000000006", "MASTERCARD"],
      ["5555555555554444", "MASTERCARD"],
      ["378282246310005", "AMEX"],
      ["4242424242424242", "VISA"]
    ])("the test card %s is of %s", async (number, network) => {
      const cvv = network === "AMEX" ? "1234" : "123"
      expect(await shop.saveCard({ number, cvv })).toMatchObject({ status: "complete", network })
    })

    it("a number that no test card has is refused by the issuer", async () => {
      expect(await shop.saveCard({ number: "4111111111111111" })).toMatchObject({
        status: "failed",
        errorCode: "card_failed"
      })
    })

    it("the name Risk_3NNN denies a card with that reason", async () => {
      expect(await shop.saveCard({ name: "Risk_3026" })).toMatchObject({
        status: "failed",
        errorCode: "verification_denied",
        riskEvaluation: { decision: "denied", reason: "3026" }
      })
    })
  })

  describe("3-D Secure", () => {
    const urls = {
      verification: "three_d_secure",
      verificationSuccessUrl: "https://shop.example/thanks",
      verificationFailureUrl: "https://shop.example/sorry"
    } as const

    it.each([
      [
        "approve",
        "https://shop.example/thanks",
        { status: "confirmed", verification: { threeDSecure: "pass", eci: "05" } }
      ],
      ["fail", "https://shop.example/sorry", { status: "failed", errorCode: "three_d_secure_failure" }],
      ["cancel", "https://shop.example/sorry", { status: "failed", errorCode: "three_d_secure_failure" }]
    ])("5.66 asks the payer; after %s the browser comes back to %s", async (answer, landing, expected) => {
      const id = await shop.pay(await shop.goodCard(), "5.66", urls)
      const challenged = await shop.outcomeOf(id)
      expect(challenged).toMatchObject({
        status: "action_required",
        requiredAction: { type: "three_d_secure_required" }
      })
      expect(await visit(textAt(challenged, "requiredAction", "redirectUrl"), answer)).toBe(landing)
      expect(await shop.outcomeOf(id)).toMatchObject(expected)
    })

    it.each([
      ["5.69", { status: "confirmed", verification: { threeDSecure: "pass" } }],
      ["5.72", { status: "failed", errorCode: "three_d_secure_failure", verification: { threeDSecure: "fail" } }]
    ])("%s is decided without the payer", async (amount, expected) => {
      expect(await shop.outcomeOf(await shop.pay(await shop.goodCard(), amount, urls))).toMatchObject(expected)
    })
  })

  /** What a browser does with the bank's page: shows it, sends its form, and follows the way back to the shop. */
  const visit = async (page: string, answer: string): Promise<string> => {
    const html = await (await fetch(page)).text()
    const token = /name="token" value="([^"]+)"/u.exec(html)?.[1] ?? ""
    expect(html).toContain(`value="${answer}"`)
    let location = page
    let response = await fetch(page, {
      method: "POST",
      body: new URLSearchParams({ token, answer }),
      redirect: "manual"
    })
    while (response.status === 303) {
      location = response.headers.get("location") ?? ""
      if (!location.startsWith(server.address)) return location
      response = await fetch(location, { redirect: "manual" })
    }
    throw new Error(`the way back ended at ${location} with ${response.status}`)
  }
})
