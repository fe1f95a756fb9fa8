/** Every row of the published error tables, and every refusal of the front: status, code and type. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { declined, type Json, needs3ds, openShop, type Reply, type Shop, session } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const isPublished = ({ json, error }: Reply): void => {
  expect(Object.keys(json)).toEqual(["error"])
  expect(error["message"]).toMatch(/^[A-Za-z].*\.$/su)
  const { code, message, type, decline_code: _, ...rest } = error
  expect([typeof code, typeof message, typeof type, rest]).toEqual(["string", "string", "string", {}])
}

describe("a direct payment that is refused or declined", () => {
  it.each<[string, Json, number, string, string, string | undefined]>([
    ["a number with a wrong digit", { card_number: "4242424242424241" }, 400, "invalid_card", "card_error", undefined],
    ["a number with spaces", { card_number: "4242 4242 4242 4242" }, 400, "invalid_card", "card_error", undefined],
    ["a number of eleven digits", { card_number: "42424242424" }, 400, "invalid_card", "card_error", undefined],
    [
      "a number that no issuer knows",
      { card_number: "4111111111111111" },
      400,
      "invalid_card",
      "card_error",
      "invalid_card"
    ],
    ["the card that is declined", { card_number: declined }, 400, "card_declined", "card_error", "card_not_honored"],
    [
      "a card without funds",
      { card_number: "4000000000009995" },
      400,
      "insufficient_funds",
      "card_error",
      "insufficient_funds"
    ],
    ["an amount without funds", { amount: 507 }, 400, "insufficient_funds", "card_error", "insufficient_funds"],
    [
      "a card that the issuer knows as expired",
      { card_number: "4000000000000069" },
      400,
      "expired_card",
      "card_error",
      "expired_card"
    ],
    [
      "a card that ended last month",
      { expiry_month: "12", expiry_year: "2025" },
      400,
      "expired_card",
      "card_error",
      undefined
    ],
    ["a wrong code", { cvv: "999" }, 400, "invalid_cvv", "card_error", "invalid_cvv"],
    [
      "the card whose code is wrong",
      { card_number: "4000000000000127" },
      400,
      "invalid_cvv",
      "card_error",
      "invalid_cvv"
    ],
    ["a code of two digits", { cvv: "12" }, 400, "invalid_cvv", "card_error", undefined],
    ["a code of letters", { cvv: "abc" }, 400, "invalid_cvv", "card_error", undefined],
    ["a code that is a number", { cvv: 123 }, 400, "invalid_cvv", "card_error", undefined],
    ["a card number that is one", { card_number: 4242424242424242 }, 400, "invalid_card", "card_error", undefined],
    ["fraud", { amount: 551 }, 400, "card_declined", "card_error", "payment_fraud_detected"],
    [
      "a payer who is denied",
      { customer_info: { name: "Risk_3070" } },
      400,
      "card_declined",
      "card_error",
      "payment_denied"
    ]
  ])("for %s", async (_, change, status, code, type, declineCode) => {
    const reply = await shop.pay(change)
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([status, code, type])
    expect(reply.error["decline_code"]).toBe(declineCode)
    isPublished(reply)
  })

  it("for want of 3-D Secure is answered with success, as it is not over: 3ds_required", async () => {
    const reply = await shop.pay({ card_number: needs3ds })
    expect(reply.status).toBe(202)
    expect(reply.json).toEqual({
      success: true,
      message: "3D Secure authentication required",
      data: {
        transaction_id: expect.stringMatching(/^txn_[0-9A-Z]{12}$/u),
        amount: 1000,
        currency: "USD",
        status: "pending",
        gateway_transaction_id: expect.stringMatching(/^gw_[0-9A-Z]{12}$/u),
        requires_action: true,
        action_type: "3ds_authentication",
        action_data: { "3ds_url": expect.stringMatching(/^https:\/\/bank\.example\/3ds\/[a-p0-9a-z]+$/u) },
        created_at: expect.any(String),
        webhook_queued: false
      }
    })
  })
})

const amounts: ReadonlyArray<readonly [string, string]> = [
  ["zero", "0"],
  ["less than zero", "-1000"],
  ["minus zero", "-0"],
  ["below the minimum", "49"],
  ["above the maximum", "10000001"],
  ["a decimal", "10.5"],
  ["a decimal that is whole", "1000.0"],
  ["an exponent", "1e3"],
  ["an exponent in capitals", "1E3"],
  ["a negative exponent", "100000e-2"],
  ["more digits than a number holds", "9007199254740993"],
  ["sixteen digits", "1000000000000000"],
  ["digits without end", "9".repeat(400)],
  ["a text", '"1000"'],
  ["a list", "[1000]"],
  ["true", "true"]
]

describe("an amount", () => {
  const raw = (amount: string, path: string, body: Json): Promise<Reply> =>
    shop.call("POST", path, JSON.stringify({ ...body, amount: "@" }).replace('"@"', amount))

  it.each(amounts)("that is %s is refused for a direct payment", async (_, amount) => {
    const { amount: __, ...rest } = paymentBody
    const reply = await raw(amount, "/api/direct-payment", rest)
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual(invalidAmount)
    isPublished(reply)
  })

  it.each(amounts)("that is %s is refused for a session", async (_, amount) => {
    const reply = await raw(amount, "/api/hosted-payment", session())
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual(invalidAmount)
  })

  it.each(["1000", " 1000", "\t1000\n", "50", "10000000"])("written %j is taken", async (amount) => {
    expect((await raw(amount, "/api/hosted-payment", session())).status).toBe(201)
  })

  it("is found under an escaped name too", async () => {
    const body = JSON.stringify(session()).replace('"amount":25000', '"\\u0061mount":2.5e4')
    expect((await shop.call("POST", "/api/hosted-payment", body)).error["code"]).toBe("invalid_amount")
  })

  const invalidAmount = [400, "invalid_amount", "invalid_request_error"]
  const paymentBody = {
    amount: 1,
    currency: "USD",
    payment_method: "card",
    card_number: "4242424242424242",
    expiry_month: "12",
    expiry_year: "2035",
    cvv: "123"
  }
})

describe("a request that is not valid", () => {
  it.each<[string, Json, string]>([
    ["a currency in small letters", { currency: "usd" }, "invalid_currency"],
    ["a currency that there is not", { currency: "QQQ" }, "invalid_currency"],
    ["a currency that the merchant does not take", { currency: "EUR" }, "invalid_currency"],
    ["a crypto asset", { currency: "BTC" }, "invalid_currency"],
    ["a currency that is no text", { currency: 840 }, "invalid_currency"],
    ["a webhook of another scheme", { webhook_url: "http://shop.example/hooks" }, "invalid_webhook_url"],
    ["a webhook that is no text", { webhook_url: ["https://shop.example/"] }, "invalid_webhook_url"],
    ["a webhook without end", { webhook_url: `https://shop.example/${"x".repeat(2048)}` }, "invalid_webhook_url"],
    ["a return to an unknown origin", { return_url: "https://other.example/" }, "invalid_return_url"],
    ["a return that is no text", { return_url: {} }, "invalid_return_url"],
    ["an email that is none", { customer_info: { email: "nobody" } }, "invalid_request"],
    ["a country that there is not", { customer_info: { address: { country: "XX" } } }, "invalid_request"],
    ["a name without end", { customer_info: { name: "x".repeat(201) } }, "invalid_request"],
    ["a customer who is a text", { customer_info: "John Doe" }, "invalid_request"],
    ["metadata that is a list", { metadata: [] }, "invalid_request"],
    ["metadata of 51 keys", { metadata: keys(51) }, "invalid_request"],
    ["metadata of 51 keys on two levels", { metadata: { inner: keys(50) } }, "invalid_request"],
    ["metadata of more than 8 KiB", { metadata: { note: "é".repeat(4096) } }, "invalid_request"],
    ["metadata of nine levels", { metadata: nested(9) }, "invalid_request"]
  ])("%s", async (_, change, code) => {
    for (const reply of [await shop.pay(change), await shop.open(change)]) {
      expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([400, code, "invalid_request_error"])
      isPublished(reply)
    }
  })

  it.each<[string, Json]>([
    ["metadata of 50 keys", { metadata: keys(50) }],
    ["metadata of nearly 8 KiB", { metadata: { note: "x".repeat(8192 - 11) } }],
    ["metadata of eight levels", { metadata: nested(8) }],
    ["an empty customer", { customer_info: {} }],
    ["the longest name", { customer_info: { name: "é".repeat(200) } }]
  ])("is not one with %s", async (_, change) => {
    const reply = await shop.open(change)
    expect(reply.status).toBe(201)
    const found = await shop.call("GET", `/api/hosted-payment/${reply.data["session_id"]}`)
    expect(found.data).toMatchObject(change)
  })

  it("whose metadata has a number that would come back as another", async () => {
    for (const number of ["9007199254740993", "1e400", "-1e999"]) {
      const body = JSON.stringify(session({ metadata: { id: "@" } })).replace('"@"', number)
      expect((await shop.call("POST", "/api/hosted-payment", body)).error["code"]).toBe("invalid_request")
    }
  })

  it.each<[string, Json, string]>([
    ["no amount", { amount: null }, "amount may not be null"],
    ["no currency", { currency: null }, "currency may not be null"],
    ["no payment method", { payment_method: null }, "payment_method may not be null"],
    ["an unknown method", { payment_method: "cash" }, "payment_method must be one of"],
    ["no card number", { card_number: null }, "card_number may not be null"],
    ["no month", { expiry_month: null }, "expiry_month may not be null"],
    ["no year", { expiry_year: null }, "expiry_year may not be null"],
    ["no code", { cvv: null }, "cvv may not be null"],
    ["a thirteenth month", { expiry_month: "13" }, "expiry_month must be a month"],
    ["a month in words", { expiry_month: "December" }, "expiry_month must be a month"],
    ["a year of two digits", { expiry_year: "35" }, "expiry_year must be a year"],
    ["a year beyond any card", { expiry_year: 2120 }, "expiry_year must be within the life of a card"]
  ])("for a direct payment: %s", async (_, change, message) => {
    const reply = await shop.pay(change)
    expect([reply.status, reply.error["code"]]).toEqual([400, "invalid_request"])
    expect(reply.error["message"]).toContain(message)
  })

  it("names every field that is wrong, and decides by the first", async () => {
    const { error } = await shop.call("POST", "/api/direct-payment", { currency: "usd", payment_method: "card" })
    expect(error["code"]).toBe("invalid_request")
    for (const name of ["amount", "currency", "card_number", "expiry_month", "expiry_year", "cvv"])
      expect(error["message"]).toContain(`${name} m`)
  })

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", "[]"],
    ["a field twice", '{"amount":1000,"amount":1}'],
    ["a prototype", '{"__proto__":{}}'],
    ["nesting without end", `{"metadata":${"[".repeat(40)}${"]".repeat(40)}}`],
    ["half a character", '{"description":"\\ud800"}']
  ])("with %s for a body", async (_, body) => {
    const reply = await shop.call("POST", "/api/hosted-payment", body)
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([
      400,
      "invalid_request",
      "invalid_request_error"
    ])
    isPublished(reply)
  })
})

const keys = (count: number): Json => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, "v"]))
const nested = (levels: number): Json => (levels === 1 ? { end: true } : { inner: nested(levels - 1) })

describe("what the front refuses", () => {
  it.each<[string, string, string, Record<string, string>, string | undefined, number, string, string]>([
    [
      "no key",
      "GET",
      "/api/health",
      { authorization: "" },
      undefined,
      401,
      "authentication_failed",
      "authentication_error"
    ],
    [
      "a wrong key",
      "POST",
      "/api/direct-payment",
      { authorization: "Bearer x" },
      "{}",
      401,
      "authentication_failed",
      "authentication_error"
    ],
    [
      "a busy verifier",
      "GET",
      "/api/health",
      { authorization: "Bearer busy" },
      undefined,
      503,
      "server_error",
      "api_error"
    ],
    ["an unknown path", "GET", "/api/direct-payments", {}, undefined, 404, "not_found", "invalid_request_error"],
    ["another method", "PUT", "/api/direct-payment", {}, "{}", 405, "method_not_allowed", "invalid_request_error"],
    [
      "another type",
      "POST",
      "/api/direct-payment",
      { "content-type": "text/plain" },
      "{}",
      415,
      "unsupported_media_type",
      "invalid_request_error"
    ],
    [
      "a large body",
      "POST",
      "/api/direct-payment",
      {},
      `{"a":"${"x".repeat(70_000)}"}`,
      413,
      "body_too_large",
      "invalid_request_error"
    ]
  ])("%s", async (_, method, path, headers, body, status, code, type) => {
    const reply = await shop.call(method, path, body, headers)
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([status, code, type])
    isPublished(reply)
  })

  it("a merchant who takes no payments", async () => {
    for (const caller of ["suspended", "nobody"]) {
      for (const reply of [
        await shop.pay({}, { authorization: `Bearer ${caller}` }),
        await shop.open({}, { authorization: `Bearer ${caller}` })
      ]) {
        expect([reply.status, reply.error["code"]]).toEqual([403, "account_suspended"])
        isPublished(reply)
      }
    }
  })

  it("too many calls: rate_limit_exceeded, with when to come again", async () => {
    const { memoryRateLimiter } = await import("@paykernel/core/memory")
    const perMinute = { payments: 2 }
    const limited = await openShop({
      api: { rateLimits: { limiter: memoryRateLimiter(), nowMs: () => 1000, perMinute } }
    })
    const replies = [await limited.open(), await limited.open(), await limited.open()]
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 429])
    expect(replies.map(({ headers }) => headers.get("x-ratelimit-remaining"))).toEqual(["1", "0", "0"])
    const [, , denied] = replies as [Reply, Reply, Reply]
    expect(denied.error).toMatchObject({ code: "rate_limit_exceeded", type: "rate_limit_error" })
    expect(denied.headers.get("retry-after")).toBe("59")
    isPublished(denied)
    await limited.close()
  })

  it("a bug of ours: server_error, which says nothing of itself", async () => {
    const bug = new Error("the secret")
    const broken = await openShop({
      api: {
        pageUrl: () => {
          throw bug
        }
      }
    })
    const reply = await broken.open()
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([500, "server_error", "api_error"])
    expect(reply.text).not.toContain("secret")
    expect(broken.defects).toEqual([bug])
    await broken.close()
  })
})
