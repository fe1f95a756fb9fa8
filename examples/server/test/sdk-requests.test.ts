/** The SDK's lists, and its requests that are made twice, wrongly, or by somebody else. */
import { randomUUID } from "node:crypto"
import { listAt, textAt } from "@paykernel/four-books/json-reading"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import { refusalOf, sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop, type Shop } from "./shop.ts"

describe.each(engines)("the official SDK on %s", (engine) => {
  const apiKey = "SAND_API_KEY:sdk:one"
  const otherApiKey = "SAND_API_KEY:sdk:two"
  const contract = sdkContract()
  let site: Site
  let server: ServerProcess
  let circle: ReturnType<typeof sdkClient>
  let shop: Shop

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: `${apiKey},${otherApiKey}` })
    circle = sdkClient(server.address, apiKey, contract)
    shop = await openShop(circle)
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  describe("lists", () => {
    it("are paged by cursors that lead through everything once", async () => {
      const cardId = await shop.goodCard()
      const made: Array<string> = []
      for (let nth = 0; nth < 5; nth++) made.unshift(await shop.pay(cardId, "1.00"))
      for (const id of made) await shop.outcomeOf(id)
      const list = (before?: string, after?: string) =>
        circle.payments.listPayments(
          cardId,
          undefined,
          undefined,
          new Set(["card"] as const),
          "confirmed",
          "2020-01-01T00:00:00Z",
          undefined,
          before,
          after,
          2
        )
      const idsOf = (answer: { readonly data: unknown }) =>
        listAt(answer.data, "data").map((item) => textAt(item, "id"))
      const first = await list()
      expect(idsOf(first)).toEqual(made.slice(0, 2))
      expect(String(first.headers["link"])).toMatch(/rel="next"/u)
      expect(idsOf(await list(undefined, made[1]))).toEqual(made.slice(2, 4))
      const last = await list(undefined, made[3])
      expect(idsOf(last)).toEqual(made.slice(4))
      expect(String(last.headers["link"])).not.toMatch(/rel="next"/u)
      expect(idsOf(await list(made[2]))).toEqual(made.slice(0, 2))
      const cards = await circle.cards.listCards(undefined, undefined, 1)
      expect(idsOf(cards)).toEqual([cardId])
    })
  })

  describe("requests that are not to be done twice, or not at all", () => {
    it("are answered with the same bytes again, and refused for something else", async () => {
      const request = shop.paymentRequest(await shop.goodCard(), "7.00")
      const first = await circle.payments.createPayment(request)
      await shop.outcomeOf(textAt(first.data, "data", "id"))
      const again = await circle.payments.createPayment(request)
      expect([again.status, again.data]).toEqual([first.status, first.data])
      const other = circle.payments.createPayment({ ...request, amount: { amount: "8.00", currency: "USD" } })
      expect(await refusalOf(other)).toMatchObject({ status: 409, body: { code: 1083 } })
    })

    it("are refused in the published shape", async () => {
      const cardId = await shop.goodCard()
      const pay = (amount: string, wish = {}) =>
        circle.payments.createPayment(shop.paymentRequest(cardId, amount, wish))
      expect(await refusalOf(pay("0.00"))).toMatchObject({ status: 400, body: { code: 1077 } })
      expect(await refusalOf(pay("9999999.00"))).toMatchObject({ status: 400, body: { code: 1076 } })
      expect(await refusalOf(pay("1.234"))).toMatchObject({ status: 400, body: { code: 2 } })
      expect(await refusalOf(pay("1.00", { idempotencyKey: "no uuid" }))).toMatchObject({
        status: 400,
        body: { code: 2 }
      })
      expect(await refusalOf(pay("1.00", { verification: "cvv", keyId: "key9", encryptedData: "AAAA" }))).toMatchObject(
        {
          status: 400,
          body: { code: 1096 }
        }
      )
      expect((await refusalOf(circle.payments.getPayment(randomUUID()))).status).toBe(404)
      expect((await refusalOf(circle.cards.getCard(randomUUID()))).status).toBe(404)
      expect((await refusalOf(circle.settlements.getSettlement(randomUUID()))).status).toBe(404)
    })

    it("are refused without a key, and blind to what is another merchant's", async () => {
      const cardId = await shop.goodCard()
      const stranger = sdkClient(server.address, "SAND_API_KEY:sdk:nobody", contract)
      expect((await refusalOf(stranger.cards.listCards())).status).toBe(401)
      const other = sdkClient(server.address, otherApiKey, contract)
      expect((await refusalOf(other.cards.getCard(cardId))).status).toBe(404)
      expect(listAt((await other.cards.listCards()).data, "data")).toEqual([])
      const foreign = other.payments.createPayment(shop.paymentRequest(cardId, "1.00"))
      expect((await refusalOf(foreign)).status).toBeGreaterThanOrEqual(400)
    })
  })

  it("lists and errors of every kind have been judged", () => {
    expect(contract.covered()).toEqual(
      expect.arrayContaining([
        "GET /v1/cards 200",
        "GET /v1/cards 401",
        "GET /v1/cards/{id} 404",
        "GET /v1/payments 200",
        "GET /v1/payments/{id} 404",
        "GET /v1/settlements/{id} 404",
        "POST /v1/payments 400",
        "POST /v1/payments 409"
      ])
    )
  })
})
