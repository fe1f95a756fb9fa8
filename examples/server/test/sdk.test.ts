/**
 * The published guide, walked with the official SDK against the running server. Every answer is also held against the
 * SDK's own description of the API.
 */
import { randomUUID } from "node:crypto"
import { centsOf } from "@paykernel/four-books/cents"
import { listAt, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually } from "@paykernel/four-books/polling"
import { createMessage, encrypt, readKey } from "openpgp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import { refusalOf, sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop, type Shop } from "./shop.ts"

describe.each(engines)("the official SDK on %s", (engine) => {
  const apiKey = "SAND_API_KEY:sdk:one"
  const contract = sdkContract()
  let site: Site
  let server: ServerProcess
  let circle: ReturnType<typeof sdkClient>
  let shop: Shop
  let api: MerchantClient

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    circle = sdkClient(server.address, apiKey, contract)
    shop = await openShop(circle)
    api = merchantClient(() => server.address, apiKey)
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  const settleNow = async (): Promise<ReadonlyArray<unknown>> =>
    listAt((await api.post("/sandbox/settle", {})).body, "data")

  describe("the guide, step by step", () => {
    it("finds the service, its configuration and its channels", async () => {
      expect((await circle.health.ping()).data).toEqual({ message: "pong" })
      const configuration = (await circle.management.getAccountConfig()).data
      expect(textAt(configuration, "data", "payments", "masterWalletId")).toMatch(/^\d+$/u)
      const channels = (await circle.channels.listChannels()).data
      expect(listAt(channels, "data")).toHaveLength(1)
    })

    it("saves a card that the page has encrypted, and charges it", async () => {
      const key = (await circle.encryption.getPublicKey()).data
      expect(valueAt(key, "data", "keyId")).toBe("key1")
      // As in the guide: OpenPGP.js itself, on the decoded key, and base64 over the armored message.
      const armoredKey = Buffer.from(textAt(key, "data", "publicKey"), "base64").toString()
      const encrypted = await encrypt({
        message: await createMessage({ text: JSON.stringify({ number: "4007400000000007", cvv: "123" }) }),
        encryptionKeys: await readKey({ armoredKey })
      })
      const encryptedData = Buffer.from(encrypted).toString("base64")
      const request = { ...(await shop.cardRequest()), encryptedData, keyId: "key1" }

      const created = valueAt((await circle.cards.createCard(request)).data, "data")
      expect(created).toMatchObject({ status: "pending", verification: { avs: "pending", cvv: "pending" } })
      const cardId = textAt(created, "id")
      const card = await eventually(
        async () => valueAt((await circle.cards.getCard(cardId)).data, "data"),
        (one) => valueAt(one, "status") !== "pending"
      )
      expect(card).toMatchObject({
        status: "complete",
        verification: { avs: "Y", cvv: "pass" },
        network: "VISA",
        bin: "400740",
        last4: "0007",
        metadata: { email: "satoshi@circle.com", phoneNumber: "+14155555555" }
      })

      const cvv = await shop.encrypt({ cvv: "123" })
      const asked = shop.paymentRequest(cardId, "3.14", { verification: "cvv", ...cvv })
      const payment = valueAt((await circle.payments.createPayment(asked)).data, "data")
      expect(payment).toMatchObject({ type: "payment", status: "pending", amount: { amount: "3.14", currency: "USD" } })
      const outcome = await shop.outcomeOf(textAt(payment, "id"))
      expect(outcome).toMatchObject({
        status: "confirmed",
        source: { id: cardId, type: "card" },
        verification: { avs: "Y", cvv: "pass" }
      })
      expect(valueAt(outcome, "errorCode")).toBeUndefined()
    })

    it("authorizes first and captures later, in part", async () => {
      const id = await shop.pay(await shop.goodCard(), "20.00", { autoCapture: false })
      expect(await shop.outcomeOf(id)).toMatchObject({ status: "confirmed" })
      const capture = { idempotencyKey: randomUUID(), amount: { amount: "12.50", currency: "USD" } } as const
      const answer = await circle.payments.capturePayment(id, capture)
      expect([answer.status, answer.data]).toEqual([202, ""])
      const [listed] = listAt(
        await eventually(
          async () => (await circle.payments.listPayments()).data,
          (page) => valueAt(listAt(page, "data")[0], "captured") === true
        ),
        "data"
      )
      expect(listed).toMatchObject({ id, captureAmount: { amount: "12.50", currency: "USD" } })
      const again = circle.payments.capturePayment(id, { idempotencyKey: randomUUID() })
      expect((await refusalOf(again)).status).toBe(409)
    })

    it("refunds in parts, and never more than was paid", async () => {
      const id = await shop.pay(await shop.goodCard(), "10.00")
      await shop.outcomeOf(id)
      const refund = (amount: string) =>
        circle.payments.refundPayment(id, {
          idempotencyKey: randomUUID(),
          amount: { amount, currency: "USD" },
          reason: "requested_by_customer"
        })
      for (const amount of ["4.00", "5.99"]) {
        const made = valueAt((await refund(amount)).data, "data")
        expect(made).toMatchObject({ type: "refund", status: "pending", amount: { amount } })
        expect(await shop.outcomeOf(textAt(made, "id"))).toMatchObject({ status: "paid", originalPayment: { id } })
      }
      expect(await refusalOf(refund("0.02"))).toMatchObject({ body: { code: 1087 } })
      expect(listAt(await shop.outcomeOf(id), "refunds")).toHaveLength(2)
    })

    it("cancels before the capture, after it, and after the settlement", async () => {
      const cardId = await shop.goodCard()
      const cancel = async (id: string) => {
        const answer = await circle.payments.cancelPayment(id, { idempotencyKey: randomUUID(), reason: "duplicate" })
        return shop.outcomeOf(textAt(answer.data, "data", "id"))
      }
      const authorized = await shop.pay(cardId, "1.00", { autoCapture: false })
      const captured = await shop.pay(cardId, "2.00")
      const settled = await shop.pay(cardId, "3.00")
      for (const id of [authorized, captured, settled]) await shop.outcomeOf(id)

      expect(await cancel(authorized)).toMatchObject({
        type: "cancel",
        status: "paid",
        originalPayment: { id: authorized }
      })
      expect(await shop.outcomeOf(authorized)).toMatchObject({ status: "failed", errorCode: "payment_canceled" })
      expect(await cancel(captured)).toMatchObject({ type: "cancel", status: "paid" })
      expect(await refusalOf(cancel(captured))).toMatchObject({ status: 409, body: { code: 1086 } })

      await settleNow()
      expect(await shop.outcomeOf(settled)).toMatchObject({ status: "paid" })
      const answer = await circle.payments.cancelPayment(settled, { idempotencyKey: randomUUID() })
      expect(valueAt(answer.data, "data", "refund")).toBe(true)
      await shop.outcomeOf(textAt(answer.data, "data", "id"))
    })

    it("settles what is confirmed: paid, less fees, in one batch that the balances show", async () => {
      await settleNow()
      const before = (await circle.balances.listBalances()).data
      const id = await shop.pay(await shop.goodCard(), "100.00")
      await shop.outcomeOf(id)
      const settlements = await settleNow()
      expect(settlements).toHaveLength(1)
      const [settlementId] = settlements
      const payment = await shop.outcomeOf(id)
      expect(payment).toMatchObject({ status: "paid" })
      const settlement = valueAt((await circle.settlements.getSettlement(String(settlementId))).data, "data")
      expect(settlement).toMatchObject({
        id: settlementId,
        totalCredits: { amount: "100.00", currency: "USD" },
        totalDebits: { amount: "0.00", currency: "USD" },
        paymentFees: valueAt(payment, "fees")
      })
      const [newest] = listAt((await circle.settlements.listSettlements()).data, "data")
      expect(newest).toEqual(settlement)
      const after = (await circle.balances.listBalances()).data
      const available = (balances: unknown) => centsOf(textAt(listAt(balances, "data", "available")[0], "amount"))
      expect(available(after) - available(before)).toBe(10_000n - centsOf(textAt(payment, "fees", "amount")))
      expect((await circle.balances.listBusinessBalances()).data).toEqual(after)
      const inBatch = (await circle.payments.listPayments(undefined, String(settlementId))).data
      expect(listAt(inBatch, "data")).toMatchObject([{ id }])
    })
  })

  describe("a saved card", () => {
    it("takes new particulars", async () => {
      const cardId = await shop.goodCard()
      const year = new Date().getUTCFullYear() + 5
      const updated = await circle.cards.updateCard(cardId, {
        ...(await shop.encrypt({ cvv: "456" })),
        expMonth: 11,
        expYear: year
      })
      expect(valueAt(updated.data, "data")).toMatchObject({ id: cardId, expMonth: 11, expYear: year })
      const card = await eventually(
        async () => valueAt((await circle.cards.getCard(cardId)).data, "data"),
        (one) => valueAt(one, "status") !== "pending"
      )
      expect(card).toMatchObject({ status: "complete", expMonth: 11, expYear: year })
    })
  })

  it("every path of the card payments API has been answered and judged", () => {
    expect(contract.covered()).toEqual(
      expect.arrayContaining([
        "GET /ping 200",
        "GET /v1/balances 200",
        "GET /v1/businessAccount/balances 200",
        "GET /v1/cards/{id} 200",
        "GET /v1/channels 200",
        "GET /v1/configuration 200",
        "GET /v1/encryption/public 200",
        "GET /v1/payments 200",
        "GET /v1/payments/{id} 200",
        "GET /v1/settlements 200",
        "GET /v1/settlements/{id} 200",
        "POST /v1/cards 201",
        "POST /v1/payments 201",
        "POST /v1/payments/{id}/cancel 200",
        "POST /v1/payments/{id}/capture 202",
        "POST /v1/payments/{id}/refund 200",
        "PUT /v1/cards/{id} 200"
      ])
    )
  })
})
