/** Anything at all in any field: an answer in the published shape, never a failure of ours, never a secret repeated. */
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Json, newKey, openShop, type Reply, type Shop } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const planted = ["4007400000000007", "5102 4200 0000 0006", "3782-822463-10005"]

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("0", "9", ".", "-", "+", "e", "E", ",", " "), maxLength: 12 }),
  fc.constantFrom("9".repeat(5000), `0.${"0".repeat(5000)}1`, "\u202e5.00", "٣.١٤", "1_000", "0x10", "NaN", "null", ""),
  fc.constantFrom<unknown>(1e308, -0, 2 ** 53, [[]], {}, true, [null]),
  fc.constantFrom(...planted),
  fc.constantFrom(...planted).map((secret) => ({ [secret]: [secret] }))
)

const places = [
  ...["idempotencyKey", "keyId", "encryptedData", "expMonth", "expYear", "billingDetails", "metadata", "amount"],
  ...["autoCapture", "verification", "verificationSuccessUrl", "verificationFailureUrl", "source", "description"],
  ...["channel", "reason", "amount.amount", "amount.currency", "source.id", "source.type", "billingDetails.name"],
  ...["billingDetails.country", "billingDetails.district", "billingDetails.postalCode", "billingDetails.firstName"],
  ...["metadata.email", "metadata.phoneNumber", "metadata.sessionId", "metadata.ipAddress"]
]

const withField = (body: Json, path: string, value: unknown): Json => {
  const [name = "", rest] = path.split(".")
  if (rest === undefined) return { ...body, [name]: value }
  const inner = body[name]
  return { ...body, [name]: { ...(typeof inner === "object" ? inner : {}), [rest]: value } }
}

const isPublished = ({ status, json, headers, text }: Reply): boolean => {
  if (status < 400) return status === 200 || status === 201 || (status === 202 && text === "")
  const { code, message, ...rest } = json
  const known = Object.keys(rest).every((name) => name === "errors")
  return status < 500 && typeof code === "number" && typeof message === "string" && known && headers.has("x-request-id")
}

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
