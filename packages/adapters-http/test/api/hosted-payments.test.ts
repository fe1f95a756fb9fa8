/** Hosted sessions: opened, read, paid, cancelled, run out. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
  ada,
  customerInfo,
  declined,
  good,
  needs3ds,
  openShop,
  origin,
  type Reply,
  type Shop,
  shopOrigin
} from "./shop.ts"

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const dayMs = 86_400_000
const get = (id: unknown, key = "ada") =>
  shop.call("GET", `/api/hosted-payment/${id}`, undefined, { authorization: `Bearer ${key}` })
const cancel = (id: unknown, key = "ada") =>
  shop.call("POST", `/api/hosted-payment/${id}/cancel`, undefined, { authorization: `Bearer ${key}` })

const payOnPage = (opened: Reply, number?: string, attempt?: string) => shop.payOnPage(opened, number, attempt)

describe("a session", () => {
  it("is opened as the published example is, for a day", async () => {
    const reply = await shop.open()
    expect(reply.status).toBe(201)
    expect(reply.json).toEqual({
      success: true,
      message: "Payment session created successfully",
      data: {
        session_id: expect.stringMatching(/^sess_[0-9A-Z]{12}$/u),
        payment_url: expect.stringMatching(/^https:\/\/pay\.example\/pay\/\S+$/u),
        amount: 25_000,
        currency: "USD",
        description: "Premium Subscription - Annual Plan",
        status: "pending",
        expires_at: expect.stringMatching(/^2026-01-02T00:[0-9]{2}:[0-9]{2}Z$/u),
        created_at: expect.stringMatching(/^2026-01-01T00:[0-9]{2}:[0-9]{2}Z$/u)
      }
    })
    const page = String(reply.data["payment_url"]).slice(`${origin}/pay/`.length)
    expect(await shop.kernel.checkouts.ofPage(page)).toMatchObject({ ok: true })
  })

  it("gives back what the merchant said, and names its transaction once it is completed", async () => {
    const opened = await shop.open({
      customer_info: customerInfo,
      metadata: { subscription_id: "sub_12345" },
      webhook_url: "https://shop.example/hooks",
      return_url: `${shopOrigin}/payment/success`,
      expires_at: "2026-01-20T23:59:59+02:00"
    })
    const { payment_url: paymentUrl, ...data } = opened.data
    expect(data["expires_at"]).toBe("2026-01-20T21:59:59Z")
    const pending = await get(data["session_id"])
    const said = { customer_info: customerInfo, metadata: { subscription_id: "sub_12345" } }
    expect([pending.status, pending.json]).toEqual([
      200,
      { success: true, data: { ...data, ...said, payment_url: paymentUrl } }
    ])
    await payOnPage(opened)
    await shop.kernel.drain()
    expect((await get(data["session_id"])).data).toEqual({
      ...data,
      ...said,
      status: "completed",
      transaction_id: expect.stringMatching(/^txn_[0-9A-Z]{12}$/u),
      completed_at: expect.stringMatching(/^2026-01-01T/u)
    })
  })

  it("waits for another card after a decline", async () => {
    const opened = await shop.open()
    await payOnPage(opened, "4000000000000002")
    await shop.kernel.drain()
    expect((await get(opened.data["session_id"])).data["status"]).toBe("pending")
  })

  it.each([
    "2026-02-30T00:00:00Z",
    "2026-01-20",
    "tomorrow",
    "2026-01-20T00:00:00",
    "2026-13-01T00:00:00Z",
    1_800_000_000
  ])("cannot run out at %j", async (expiresAt) => {
    const reply = await shop.open({ expires_at: expiresAt })
    expect([reply.status, reply.error["code"]]).toEqual([400, "invalid_request"])
    expect(reply.error["message"]).toContain("expires_at must be")
  })

  it.each(["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-02-28T00:00:00Z", "9999-12-31T23:59:59Z"])(
    "cannot run out in the past, nor too far ahead: %s",
    async (expiresAt) => {
      const reply = await shop.open({ expires_at: expiresAt })
      expect([reply.status, reply.error["message"]]).toEqual([
        400,
        "expires_at must be in the future, and at most 30 days from now."
      ])
    }
  )

  it.each(["", "x".repeat(501), null, 7])("needs a description, and not %j", async (description) => {
    expect((await shop.open({ description })).error["code"]).toBe("invalid_request")
  })
})

describe("a transaction of a session", () => {
  const transactionsOf = async (id: unknown): Promise<ReadonlyArray<string>> => {
    const found = await shop.kernel.checkouts.get(ada, String(id))
    return found.ok ? found.value.checkout.payments.map(({ transactionId }) => transactionId) : []
  }
  const read = (id: unknown, key = "ada") =>
    shop.call("GET", `/api/direct-payment/${id}`, undefined, { authorization: `Bearer ${key}` })

  it("is read by its name like any other, and every one as it ended, whatever came after it", async () => {
    const opened = await shop.open({ customer_info: customerInfo, metadata: { order: 7 } })
    const id = opened.data["session_id"]
    await payOnPage(opened, declined)
    await shop.kernel.drain()
    const [first] = await transactionsOf(id)
    const failed = { status: "failed", error: { code: "card_declined", decline_code: "card_not_honored" } }
    expect((await read(first)).data).toMatchObject({ transaction_id: first, ...failed })
    await payOnPage(opened, good, "second")
    await shop.kernel.drain()
    const { transaction_id: second } = (await get(id)).data
    const paid = await read(second)
    expect([paid.status, paid.data]).toMatchObject([
      200,
      {
        transaction_id: second,
        amount: 25_000,
        status: "completed",
        gateway_transaction_id: expect.stringMatching(/^gw_/u),
        processed_at: expect.stringMatching(/^2026-01-01T/u),
        customer_info: customerInfo,
        metadata: { order: 7 }
      }
    ])
    expect((await read(first)).data).toMatchObject({ transaction_id: first, amount: 25_000, ...failed })
    const names = new Set([first, second].map(async (name) => (await read(name)).data["gateway_transaction_id"]))
    expect(names.size).toBe(2)
    expect((await read(second, "bob")).error["code"]).toBe("transaction_not_found")
  })

  it("that waits for the payer says so, and is confirmed like any other", async () => {
    const opened = await shop.open()
    await payOnPage(opened, needs3ds)
    await shop.kernel.checkouts.settled(ada, String(opened.data["session_id"]), 2000)
    const [name] = await transactionsOf(opened.data["session_id"])
    const waiting = await read(name)
    expect(waiting.data).toMatchObject({ status: "pending", requires_action: true })
    await shop.answerChallenge(waiting, "approved")
    const confirmed = await shop.call("POST", `/api/direct-payment/${name}/confirm`, {
      status: "failed",
      gateway_id: waiting.data["gateway_transaction_id"]
    })
    expect([confirmed.status, confirmed.data["status"]]).toEqual([200, "completed"])
    expect((await get(opened.data["session_id"])).data["status"]).toBe("completed")
  })
})

describe("cancelling a session", () => {
  it("ends it, and is answered alike however often it is asked, at once or later", async () => {
    const { data } = await shop.open()
    const replies = await Promise.all([1, 2, 3].map(() => cancel(data["session_id"])))
    shop.skip(60_000)
    replies.push(await cancel(data["session_id"]))
    expect(replies[0]?.json).toEqual({
      success: true,
      message: "Payment session cancelled successfully",
      data: {
        session_id: data["session_id"],
        status: "cancelled",
        cancelled_at: expect.stringMatching(/^2026-01-01T/u)
      }
    })
    for (const { status, text } of replies) expect([status, text]).toEqual([200, replies[0]?.text])
    const found = await get(data["session_id"])
    expect(found.data).toMatchObject({ status: "cancelled", cancelled_at: replies[0]?.data["cancelled_at"] })
    expect(found.data).not.toHaveProperty("payment_url")
    expect(shop.defects).toEqual([])
  })

  it("is refused once it is completed: session_already_completed", async () => {
    const opened = await shop.open()
    await payOnPage(opened)
    await shop.kernel.drain()
    const reply = await cancel(opened.data["session_id"])
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([
      409,
      "session_already_completed",
      "invalid_request_error"
    ])
  })

  it("is refused once its time is over, whether or not anybody has noticed: session_expired", async () => {
    const { data } = await shop.open()
    shop.skip(dayMs + 1000)
    const expired = [410, "session_expired", "invalid_request_error"]
    const unnoticed = await cancel(data["session_id"])
    expect([unnoticed.status, unnoticed.error["code"], unnoticed.error["type"]]).toEqual(expired)
    expect((await get(data["session_id"])).data["status"]).toBe("expired")
    await shop.advance(0)
    const noticed = await cancel(data["session_id"])
    expect([noticed.status, noticed.error["code"], noticed.error["type"]]).toEqual(expired)
    expect((await get(data["session_id"])).data["status"]).toBe("expired")
  })

  it("is refused while it is being paid", async () => {
    const opened = await shop.open()
    await payOnPage(opened, "4000000000003220")
    const reply = await cancel(opened.data["session_id"])
    expect([reply.status, reply.error["code"], reply.headers.get("retry-after")]).toEqual([
      409,
      "session_being_paid",
      "1"
    ])
  })

  it("is refused once too many cards were declined", async () => {
    const opened = await shop.open()
    for (let attempt = 0; attempt < 10; attempt++) {
      await payOnPage(opened, "4000000000000002", `attempt ${attempt}`)
      await shop.kernel.checkouts.settled(ada, String(opened.data["session_id"]), 2000)
    }
    expect((await get(opened.data["session_id"])).data["status"]).toBe("failed")
    const reply = await cancel(opened.data["session_id"])
    expect([reply.status, reply.error["code"]]).toEqual([409, "session_failed"])
  })
})

describe("a session that is not the caller's", () => {
  it("does not exist: session_not_found, on every route", async () => {
    const opened = await shop.open()
    const direct = await shop.pay()
    const id = String(opened.data["session_id"])
    const names = ["sess_AAAAAAAAAAAA", "sess_x", id.toLowerCase(), "x", direct.data["transaction_id"]]
    const replies = [
      await get(id, "bob"),
      await cancel(id, "bob"),
      ...(await Promise.all(names.flatMap((name) => [get(name), cancel(name)])))
    ]
    for (const { status, json } of replies) {
      expect([status, json]).toEqual([
        404,
        {
          error: {
            code: "session_not_found",
            message: "The payment session does not exist.",
            type: "invalid_request_error"
          }
        }
      ])
    }
    expect((await get(id)).data["status"]).toBe("pending")
  })
})
