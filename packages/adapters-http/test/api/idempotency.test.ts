/** The `Idempotency-Key` header: the same request may be sent again, and is carried out once. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { declined, type Json, needs3ds, newKey, openShop, type Shop, shopOrigin } from "./shop.ts"

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const withKey = (key = newKey()) => ({ "idempotency-key": key })

describe("a direct payment with a key", () => {
  it.each([
    ["approved", {}, 200],
    ["declined", { card_number: declined }, 400]
  ])("that is %s is answered with the same bytes again", async (_, change, status) => {
    const key = withKey()
    const first = await shop.pay(change, key)
    shop.skip(3_600_000)
    const again = await shop.pay(change, key)
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([status, null])
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([status, first.text, "true"])
    expect(shop.charged()).toHaveLength(status === 200 ? 1 : 0)
  })

  it("that is sent often at once is made once, and every answer is the same", async () => {
    const key = withKey()
    const replies = await Promise.all(Array.from({ length: 12 }, () => shop.pay({}, key)))
    for (const { status, text } of replies) expect([status, text]).toEqual([200, replies[0]?.text])
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1)
    expect(shop.charged()).toEqual(["10.00"])
    expect(shop.defects).toEqual([])
  })

  it("without one is made each time", async () => {
    const [one, two] = [await shop.pay(), await shop.pay()]
    expect(one.data["transaction_id"]).not.toBe(two.data["transaction_id"])
    expect(shop.charged()).toEqual(["10.00", "10.00"])
  })

  it("shows the payment as it stands: first the challenge, then what came of it", async () => {
    const key = withKey()
    const change = { card_number: needs3ds }
    const first = await shop.pay(change, key)
    const still = await shop.pay(change, key)
    expect([still.status, still.text]).toEqual([202, first.text])
    await shop.answerChallenge(first, "approved")
    const settled = await shop.pay(change, key)
    expect([settled.status, settled.data["status"], settled.data["transaction_id"]]).toEqual([
      200,
      "completed",
      first.data["transaction_id"]
    ])
    expect((await shop.pay(change, key)).text).toBe(settled.text)
    expect(shop.charged()).toEqual(["10.00"])
  })

  it("may be quoted or bare, and spell its fields in any order", async () => {
    const key = newKey()
    const first = await shop.pay({ metadata: { a: 1, b: 2 } }, withKey(key))
    const again = await shop.pay(
      { metadata: { b: 2, a: 1 }, expiry_month: 12, expiry_year: 2035, customer_info: null },
      withKey(`"${key}"`)
    )
    expect([again.status, again.text]).toEqual([200, first.text])
  })

  it("does not look at the code, which is kept nowhere", async () => {
    const key = withKey()
    const first = await shop.pay({ cvv: "123" }, key)
    expect((await shop.pay({ cvv: "321" }, key)).text).toBe(first.text)
  })

  it.each<[string, Json]>([
    ["amount", { amount: 1001 }],
    ["card", { card_number: "5555555555554444" }],
    ["year", { expiry_year: "2034" }],
    ["customer", { customer_info: { name: "John Doe" } }],
    ["metadata", { metadata: { order: 1 } }],
    ["webhook", { webhook_url: "https://shop.example/hooks" }],
    ["way back", { return_url: `${shopOrigin}/` }]
  ])("that is bound to another %s is refused: 422", async (_, change) => {
    const key = withKey()
    await shop.pay({}, key)
    const reply = await shop.pay(change, key)
    expect([reply.status, reply.error["code"], reply.error["type"]]).toEqual([
      422,
      "idempotency_key_reused",
      "invalid_request_error"
    ])
    expect(shop.charged()).toEqual(["10.00"])
  })

  it.each(["", "x".repeat(256), "a\tb", "\u00e9"])("that is no key, as %j, is refused: 400", async (key) => {
    const replies = [await shop.pay({}, withKey(key)), await shop.open({}, withKey(key))]
    for (const reply of replies) expect([reply.status, reply.error["code"]]).toEqual([400, "invalid_request"])
    expect(shop.charged()).toEqual([])
  })

  it("that was refused may be corrected and sent with the same key", async () => {
    const key = withKey()
    expect((await shop.pay({ amount: 1 }, key)).status).toBe(400)
    expect((await shop.pay({ return_url: "https://evil.example" }, key)).status).toBe(400)
    expect((await shop.pay({}, key)).status).toBe(200)
  })

  it("belongs to its merchant", async () => {
    const key = withKey()
    const mine = await shop.pay({}, key)
    const theirs = await shop.pay({ amount: 2000 }, { ...key, authorization: "Bearer bob" })
    expect([mine.status, theirs.status]).toEqual([200, 200])
  })
})

describe("a session with a key", () => {
  it("is opened once, and answered with the first bytes whatever becomes of it", async () => {
    const key = withKey()
    const expires = { expires_at: "2026-01-02T00:00:00Z" }
    const replies = await Promise.all(Array.from({ length: 8 }, () => shop.open(expires, key)))
    const [first] = replies
    await shop.call("POST", `/api/hosted-payment/${first?.data["session_id"]}/cancel`)
    shop.skip(2 * 86_400_000)
    replies.push(await shop.open(expires, key))
    for (const { status, text } of replies) expect([status, text]).toEqual([201, first?.text])
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1)
  })

  it("that means something else is refused: 422", async () => {
    const key = withKey()
    await shop.open({}, key)
    for (const change of [{ amount: 1 + 25_000 }, { description: "Other" }, { expires_at: "2026-01-02T00:00:00Z" }]) {
      expect((await shop.open(change, key)).status).toBe(422)
    }
    expect((await shop.pay({}, key)).status).toBe(422)
  })
})
