/** Direct payments: what is answered, and when. */
import { walletToken } from "@paykernel/core/simulator"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ada, customerInfo, declined, good, type Json, needs3ds, openShop, type Shop, shopOrigin } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const transactionId = expect.stringMatching(/^txn_[0-9A-Z]{12}$/u)
const gatewayId = expect.stringMatching(/^gw_[0-9A-Z]{12}$/u)
const moment = expect.stringMatching(/^2026-01-01T00:[0-9]{2}:[0-9]{2}Z$/u)

const get = (id: unknown, key = "ada") =>
  shop.call("GET", `/api/direct-payment/${id}`, undefined, { authorization: `Bearer ${key}` })

describe("the health of the API", () => {
  it("is told to whoever has a key", async () => {
    const reply = await shop.call("GET", "/api/health")
    expect([reply.status, reply.json]).toEqual([
      200,
      { success: true, message: "API is operational", data: { status: "operational", time: moment } }
    ])
    const stranger = await shop.call("GET", "/api/health", undefined, { authorization: "Bearer wrong" })
    expect([stranger.status, stranger.error["code"]]).toEqual([401, "authentication_failed"])
  })
})

describe("a direct payment", () => {
  it("that is approved is answered as the published example is", async () => {
    const reply = await shop.pay()
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({
      success: true,
      message: "Payment processed successfully",
      data: {
        transaction_id: transactionId,
        amount: 1000,
        currency: "USD",
        status: "completed",
        gateway_transaction_id: gatewayId,
        created_at: moment,
        processed_at: moment,
        webhook_queued: false
      }
    })
  })

  it("gives back who paid and what the merchant said of it, and is found by its name", async () => {
    const metadata = { order_id: "ORD-12345", product: { plan: "Premium", seats: [1, 2.5, true, "é"] } }
    const webhook = "https://your-site.example/webhooks/payment"
    const paid = await shop.pay({
      amount: 15_000,
      customer_info: customerInfo,
      metadata,
      webhook_url: webhook,
      return_url: `${shopOrigin}/payment/3ds-return`
    })
    expect(paid.data).toMatchObject({ webhook_queued: true, customer_info: customerInfo, metadata })
    const found = await get(paid.data["transaction_id"])
    expect([found.status, found.json]).toEqual([200, { success: true, data: paid.data }])
  })

  it.each([
    ["numbers", { expiry_month: 7, expiry_year: 2031 }],
    ["a month of one digit", { expiry_month: "7" }],
    ["a field that nobody knows", { favourite_colour: "blue" }],
    ["null, which is absent", { metadata: null, token: null }]
  ])("takes %s", async (_, change) => {
    expect((await shop.pay(change)).status).toBe(200)
  })

  it("that is not decided in time is pending, and asked for later", async () => {
    const slow = await openShop({ latencyMs: 150, api: { waitMs: 10 } })
    const reply = await slow.pay()
    expect([reply.status, reply.json["message"]]).toEqual([202, "Payment is being processed"])
    expect(reply.data).toEqual({
      transaction_id: transactionId,
      amount: 1000,
      currency: "USD",
      status: "pending",
      gateway_transaction_id: gatewayId,
      created_at: moment,
      webhook_queued: false
    })
    await slow.kernel.drain()
    const later = await slow.call("GET", `/api/direct-payment/${reply.data["transaction_id"]}`)
    expect(later.data).toEqual({ ...reply.data, status: "completed", processed_at: moment })
    await slow.close()
  })

  it("whose outcome cannot be read is pending, so that nobody makes another", async () => {
    const { checkouts } = shop.kernel
    const { settled } = checkouts
    Object.assign(checkouts, { settled: async () => ({ ok: false, error: { _tag: "Unavailable", retryAfterMs: 1 } }) })
    const reply = await shop.pay().finally(() => Object.assign(checkouts, { settled }))
    expect([reply.status, reply.data["status"]]).toEqual([202, "pending"])
    await shop.kernel.drain()
    expect((await get(reply.data["transaction_id"])).data["status"]).toBe("completed")
  })

  it("knows the payer's address only where the host does", async () => {
    const address = (request: Request) => request.headers.get("x-payer")
    const knowing = await openShop({ api: { clientAddress: address } })
    const payerOf = async (headers: Record<string, string>) => {
      const { data } = await knowing.pay({ customer_info: customerInfo }, headers)
      const found = await knowing.kernel.checkouts.get(ada, String(data["transaction_id"]))
      const payer = found.ok ? found.value.latest?.payment.payer : undefined
      // He has no session with the shop that anybody has told of, so it is the transaction.
      return { ...payer, sessionId: payer?.sessionId === data["transaction_id"] }
    }
    const known = { email: "john@example.com", phoneNumber: "+1234567890", sessionId: true }
    expect(await payerOf({ "x-payer": "198.51.100.7" })).toEqual({ ...known, ipAddress: "198.51.100.7" })
    expect(await payerOf({})).toEqual({ ...known, ipAddress: "" })
    await knowing.close()
  })

  it("sends payers to this machine only where that is allowed", async () => {
    const back = { return_url: "http://localhost:3000/back" }
    const options = { returnOrigins: () => ["http://localhost:3000"], publicUrl: "https://api.example/" }
    const [strict, local] = [
      await openShop({ api: options }),
      await openShop({ api: { ...options, allowLocalhost: true } })
    ]
    expect((await strict.pay(back)).error["code"]).toBe("invalid_return_url")
    expect((await local.pay(back)).status).toBe(200)
    const { comeBack } = await local.answerChallenge(await local.pay({ card_number: needs3ds }), "approved")
    expect((await comeBack()).headers.get("location")).toMatch(/^https:\/\/api\.example\/api\/3ds\/answered\?/u)
    await Promise.all([strict.close(), local.close()])
  })

  it("that was declined is found as failed, with the reason", async () => {
    await shop.pay({ card_number: declined, metadata: { order: "declined" } })
    const listed = await shop.kernel.checkouts.list(ada, {
      where: { status: "failed" },
      fromMs: null,
      toMs: null,
      page: { _tag: "First" },
      limit: 1
    })
    const found = await get(listed.ok ? listed.value.items[0]?.id : "")
    expect(found.status).toBe(200)
    expect(found.data).toMatchObject({
      status: "failed",
      error: { code: "card_declined", type: "card_error", decline_code: "card_not_honored" },
      metadata: { order: "declined" },
      processed_at: moment
    })
  })

  it("of another merchant, or of nobody, is not found", async () => {
    const paid = await shop.pay()
    const opened = await shop.open()
    const name = String(paid.data["transaction_id"])
    const names = ["txn_AAAAAAAAAAAA", "txn_x", name.toLowerCase(), "x", opened.data["session_id"]]
    const replies = [await get(name, "bob"), ...(await Promise.all(names.map((one) => get(one))))]
    for (const { status, text } of replies) expect([status, text]).toEqual([404, replies[0]?.text])
    expect(replies[0]?.error).toEqual({
      code: "transaction_not_found",
      message: "The transaction does not exist.",
      type: "invalid_request_error"
    })
  })

  it("keeps no digit of the card and of its code in anything that it answers", async () => {
    const replies = [
      await shop.pay({ cvv: "739" }),
      await shop.pay({ card_number: declined, cvv: "739" }),
      await shop.pay({ card_number: needs3ds, cvv: "739" }),
      await shop.pay({ card_number: "4242424242424241", cvv: "739" }),
      await shop.pay({ cvv: "73911" }),
      await shop.pay({ card_number: { number: good } }),
      await shop.pay({ currency: good, metadata: "739" })
    ]
    for (const { text, headers } of replies) {
      const all = text + JSON.stringify([...headers])
      for (const secret of [good, declined, needs3ds, "4242424242424241", '"739'])
        expect(all.includes(secret)).toBe(false)
    }
    expect(shop.defects).toEqual([])
  })
})

describe("a payment by wallet", () => {
  it.each(["apple_pay", "google_pay"] as const)("of %s is made with the card in its token", async (kind) => {
    const wallet = { payment_method: kind, card_number: null, cvv: null, expiry_month: null, expiry_year: null }
    const by = (number: string) => shop.pay({ ...wallet, token: walletToken(kind, number) })
    expect((await by(good)).data).toMatchObject({ status: "completed" })
    expect((await by(declined)).error).toMatchObject({ code: "card_declined" })
    expect((await by(needs3ds)).data).toMatchObject({ requires_action: true })
  })

  it.each<[string, Json, string]>([
    ["a token of the other wallet", { token: walletToken("google_pay", good) }, "token could not be read"],
    ["something else", { token: "x".repeat(8192) }, "token could not be read"],
    ["no token", {}, "token may not be null"],
    ["a token without end", { token: "x".repeat(8193) }, "token must be between"]
  ])("with %s is refused", async (_, change, message) => {
    const reply = await shop.pay({ payment_method: "apple_pay", ...change })
    expect([reply.status, reply.error["code"]]).toEqual([400, "invalid_request"])
    expect(reply.error["message"]).toContain(message)
  })

  it.each(["apple_pay", "google_pay", "bank_transfer"])(
    "is not enabled where nobody can carry it out: %s",
    async (method) => {
      const plain = await openShop({ wallets: false, bankTransfers: false })
      const reply = await plain.pay({ payment_method: method, token: walletToken("apple_pay", good) })
      const message = `${method} is not enabled for this merchant.`
      const error = { code: "invalid_request", message, type: "invalid_request_error" }
      expect([reply.status, reply.json]).toEqual([400, { error }])
      await plain.close()
    }
  )
})
