/** Anything at all in any field: an answer in the published shape, never a failure of ours, never a secret repeated. */
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { isPublished, planted, strange, withField } from "./hostile.ts"
import { type Json, newKey, openShop, type Shop } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const places = [
  ...["idempotencyKey", "keyId", "encryptedData", "expMonth", "expYear", "billingDetails", "metadata", "amount"],
  ...["autoCapture", "verification", "verificationSuccessUrl", "verificationFailureUrl", "source", "description"],
  ...["channel", "reason", "amount.amount", "amount.currency", "source.id", "source.type", "billingDetails.name"],
  ...["billingDetails.country", "billingDetails.district", "billingDetails.postalCode", "billingDetails.firstName"],
  ...["metadata.email", "metadata.phoneNumber", "metadata.sessionId", "metadata.ipAddress"]
]

describe("a body with strange values", () => {
  it("gets an answer in the published shape, without the secrets in it, and breaks nothing", async () => {
    const cardId = await shop.saveCard()
    const valid: Json = {
      ...(await shop.cardBody()),
      ...shop.paymentBody(cardId, { keyId: null, encryptedData: null, amount: { amount: "1.00", currency: "USD" } })
    }
    const paymentId = await shop.pay(cardId)
    const targets = [
      ["POST", "/v1/cards"],
      ["PUT", `/v1/cards/${cardId}`],
      ["POST", "/v1/payments"],
      ["POST", `/v1/payments/${paymentId}/capture`],
      ["POST", `/v1/payments/${paymentId}/cancel`],
      ["POST", `/v1/payments/${paymentId}/refund`]
    ] as const
    const change = fc.tuple(fc.constantFrom(...places), strange)
    const request = fc.tuple(fc.constantFrom(...targets), fc.array(change, { minLength: 1, maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(request, async ([[method, path], changes]) => {
        const start: Json = { ...valid, idempotencyKey: newKey() }
        const body = changes.reduce((all, [place, value]) => withField(all, place, value), start)
        const reply = await shop.call(method, path, body)
        expect(isPublished(reply), `${method} ${path}: ${reply.status} ${reply.text.slice(0, 300)}`).toBe(true)
        if (reply.status >= 400) for (const secret of planted) expect(reply.text).not.toContain(secret)
      }),
      { numRuns: 10_000 }
    )
    expect(shop.defects).toEqual([])
  })
})

describe("a query with strange values", () => {
  it("gets an answer in the published shape", async () => {
    const names = ["from", "to", "pageSize", "pageBefore", "pageAfter", "status", "type", "source", "settlementId", "x"]
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom(...planted, "2021-13-01T00:00:00Z")
    )
    const query = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const reply = await shop.call(
          "GET",
          `/v1/payments?${new URLSearchParams(pairs.map(([name, text]) => [name, text]))}`
        )
        expect(isPublished(reply), reply.text).toBe(true)
        for (const secret of planted) expect(reply.text).not.toContain(secret)
      }),
      { numRuns: 2_000 }
    )
    expect(shop.defects).toEqual([])
  })
})
