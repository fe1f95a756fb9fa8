/** Time passes: what runs out, what is paid out, and that both are visible as soon as the clock has been put forward. */
import { randomUUID } from "node:crypto"
import { listAt, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines, openSite, type Site } from "./engine.ts"
import { refusalOf, sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop, type Shop } from "./shop.ts"

const apiKey = "SAND_API_KEY:time:test"
const minute = 60
const hour = 60 * minute
const day = 24 * hour

describe.each(engines)("on %s", (engine) => {
  let site: Site
  let server: ServerProcess
  let circle: ReturnType<typeof sdkClient>
  let shop: Shop
  let api: MerchantClient

  const start = async (): Promise<void> => {
    server = await site.start({
      PAYKERNEL_API_KEY: apiKey,
      PAYKERNEL_SETTLEMENT_MS: String(10 * minute * 1000)
    })
    circle = sdkClient(server.address, apiKey, sdkContract())
    shop = await openShop(circle)
    api = merchantClient(() => server.address, apiKey)
  }

  beforeAll(async () => {
    site = await openSite(engine)
    await start()
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  const advance = async (seconds: number): Promise<Date> => {
    return new Date(textAt((await advanceClock(api, seconds)).body, "data", "now"))
  }

  /** As it is now, without waiting for anything. */
  const paymentNow = async (id: string): Promise<unknown> =>
    valueAt((await circle.payments.getPayment(id)).data, "data")

  describe("an authorization that nobody captures", () => {
    it("stands for 6 days and 18 hours, then it is released and cannot be captured any more", async () => {
      const id = await shop.pay(await shop.goodCard(), "30.00", { autoCapture: false })
      await shop.outcomeOf(id)
      await advance(6 * day + 18 * hour - minute)
      expect(await paymentNow(id)).toMatchObject({ status: "confirmed", captured: false })
      await advance(2 * minute)
      expect(await paymentNow(id)).toMatchObject({ status: "failed", errorCode: "payment_canceled", captured: false })
      const late = circle.payments.capturePayment(id, { idempotencyKey: randomUUID() })
      expect((await refusalOf(late)).status).toBe(409)
    })

    it("is not touched by it once it is captured", async () => {
      const id = await shop.pay(await shop.goodCard(), "31.00", { autoCapture: false })
      await shop.outcomeOf(id)
      await circle.payments.capturePayment(id, { idempotencyKey: randomUUID() })
      await shop.paymentOnce(id, (payment) => valueAt(payment, "captured") === true)
      await advance(7 * day)
      expect(await paymentNow(id)).toMatchObject({ status: "paid" })
    })
  })

  describe("a challenge that nobody answers", () => {
    it("is open for 15 minutes, then the payment has failed and the page says so", async () => {
      const urls = {
        verification: "three_d_secure",
        verificationSuccessUrl: "https://shop.example/thanks",
        verificationFailureUrl: "https://shop.example/sorry"
      } as const
      const id = await shop.pay(await shop.goodCard(), "5.66", urls)
      const page = textAt(await shop.outcomeOf(id), "requiredAction", "redirectUrl")
      await advance(14 * minute + 30)
      expect(await paymentNow(id)).toMatchObject({ status: "action_required" })
      expect((await fetch(page)).status).toBe(200)
      await advance(minute)
      expect(await paymentNow(id)).toMatchObject({ status: "failed", errorCode: "three_d_secure_action_expired" })
      expect((await fetch(page)).status).toBe(410)
    })
  })

  describe("the settlement", () => {
    it("comes with its interval and pays what was confirmed before", async () => {
      await advance(10 * minute)
      const id = await shop.pay(await shop.goodCard(), "50.00")
      expect(await shop.outcomeOf(id)).toMatchObject({ status: "confirmed" })
      await advance(9 * minute)
      expect(await paymentNow(id)).toMatchObject({ status: "confirmed" })
      await advance(2 * minute)
      expect(await paymentNow(id)).toMatchObject({ status: "paid" })
      const [newest] = listAt((await circle.settlements.listSettlements()).data, "data")
      expect(newest).toMatchObject({ totalCredits: { amount: "50.00" } })
    })

    it("takes back later what was refunded after it", async () => {
      const id = await shop.pay(await shop.goodCard(), "40.00")
      await shop.outcomeOf(id)
      await advance(11 * minute)
      const refund = await circle.payments.refundPayment(id, {
        idempotencyKey: randomUUID(),
        amount: { amount: "15.00", currency: "USD" }
      })
      await shop.outcomeOf(textAt(refund.data, "data", "id"))
      await advance(11 * minute)
      const [newest] = listAt((await circle.settlements.listSettlements()).data, "data")
      expect(newest).toMatchObject({ totalCredits: { amount: "0.00" }, totalDebits: { amount: "15.00" } })
    })
  })

  describe("the clock", () => {
    it("does not fall back when the server starts again", async () => {
      const before = await advance(1)
      expect(await server.stop("SIGTERM")).toEqual({ code: 0, signal: null })
      await start()
      const payment = await paymentNow(await shop.pay(await shop.goodCard(), "2.00"))
      expect(Date.parse(textAt(payment, "createDate"))).toBeGreaterThanOrEqual(before.getTime())
    })

    it.each([
      ["nothing", {}],
      ["zero", { seconds: 0 }],
      ["the past", { seconds: -60 }],
      ["a text", { seconds: "60" }],
      ["eleven years", { seconds: 11 * 365 * day }],
      ["a number beyond all numbers", { seconds: 1e300 }]
    ])("is not moved by %s", async (_what, body) => {
      const before = await advance(1)
      const answer = await api.post("/sandbox/clock/advance", body)
      expect(answer).toMatchObject({ status: 400, body: { code: 2, errors: [{ location: "seconds" }] } })
      expect((await advance(1)).getTime() - before.getTime()).toBeLessThan(30_000)
    })
  })
})
