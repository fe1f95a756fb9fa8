/** Anything at all in any field: an answer in the published shape, never a failure of ours, never a secret repeated. */
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { customerInfo, type Json, needs3ds, openShop, payment, type Reply, type Shop, session } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ api: { waitMs: 0 } })
})
afterAll(() => shop.close())

const planted = ["4007400000000007", "5102 4200 0000 0006", "3782-822463-10005"]

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("0", "9", ".", "-", "+", "e", ":", "/", " "), maxLength: 12 }),
  fc.constantFrom("9".repeat(5000), "\u202e5.00", "٣.١٤", "1_000", "0x10", "NaN", "null", "", "https://[::1]/", "//x"),
  fc.constantFrom<unknown>(1e308, -0, 2 ** 53, 1, 12, 2035, [[]], {}, true, [null]),
  fc.constantFrom("USD", "EUR", "card", "apple_pay", "bank_transfer", "tok_apple_pay_424242_4242", needs3ds),
  fc.constantFrom(...planted),
  fc.constantFrom(...planted).map((secret) => ({ [secret]: [secret] }))
)

const places = [
  ...["amount", "currency", "payment_method", "card_number", "expiry_month", "expiry_year", "cvv", "token"],
  ...["customer_info", "metadata", "webhook_url", "return_url", "description", "expires_at"],
  ...["transaction_id", "status", "gateway_id", "metadata.note", "metadata.4007400000000007"],
  ...["customer_info.name", "customer_info.email", "customer_info.phone", "customer_info.address"]
]

const withField = (body: Json, path: string, value: unknown): Json => {
  const [name = "", rest] = path.split(".")
  if (rest === undefined) return { ...body, [name]: value }
  const inner = body[name]
  return { ...body, [name]: { ...(typeof inner === "object" ? inner : {}), [rest]: value } }
}

const isPublished = ({ status, json, data, error, headers }: Reply): boolean => {
  if (!headers.has("x-request-id")) return false
  if (status < 300) return json["success"] === true && Object.keys(data).length > 2
  const { code, message, type, decline_code: _, ...rest } = error
  const isComplete = [code, message, type].every((field) => typeof field === "string")
  return status < 500 && isComplete && Object.keys(json).length === 1 && Object.keys(rest).length === 0
}

describe("a body with strange values", () => {
  it("gets an answer in the published shape, repeats no secret that it refuses, and breaks nothing", async () => {
    const paid = await shop.pay()
    const confirmation = { status: "success", gateway_id: paid.data["gateway_transaction_id"] }
    const bodies: ReadonlyArray<readonly [string, Json]> = [
      ["/api/direct-payment", payment({ customer_info: customerInfo, metadata: { order: 1 } })],
      ["/api/hosted-payment", session({ customer_info: customerInfo })],
      [`/api/direct-payment/${paid.data["transaction_id"]}/confirm`, confirmation]
    ]
    const change = fc.tuple(fc.constantFrom(...places), strange)
    const request = fc.tuple(fc.constantFrom(...bodies), fc.array(change, { minLength: 1, maxLength: 3 }))
    await fc.assert(
      fc.asyncProperty(request, async ([[path, start], changes]) => {
        const body = changes.reduce((all, [place, value]) => withField(all, place, value), start)
        const reply = await shop.call("POST", path, body)
        expect(isPublished(reply), `${path}: ${reply.status} ${reply.text.slice(0, 300)}`).toBe(true)
        if (reply.status >= 400) for (const secret of planted) expect(reply.text.includes(secret)).toBe(false)
      }),
      { numRuns: 3000 }
    )
    expect(shop.defects).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })
})

describe("a path with strange ids", () => {
  it("is not found", async () => {
    const id = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."abcXYZ019_-.~"), maxLength: 40 }).map((rest) => `x${rest}`),
      fc.string({ unit: fc.constantFrom(..."AZ09"), minLength: 12, maxLength: 12 }).map((name) => `txn_${name}`)
    )
    await fc.assert(
      fc.asyncProperty(id, async (name) => {
        const found = [
          await shop.call("GET", `/api/direct-payment/${name}`),
          await shop.call("GET", `/api/hosted-payment/${name}`),
          await shop.call("POST", `/api/hosted-payment/${name}/cancel`)
        ]
        for (const { status, error } of found) {
          expect(status).toBe(404)
          expect(error["code"]).toMatch(/_not_found$|^not_found$/u)
        }
      }),
      { numRuns: 200 }
    )
    expect(shop.defects).toEqual([])
  })
})
