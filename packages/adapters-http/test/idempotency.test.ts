/** Asking again: the same key and the same request do the thing once and give the same bytes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { channel, cvvSent, type Json, newKey, openShop, panSent, type Shop } from "./shop.ts"

const usd = (amount: string) => ({ amount, currency: "USD" })

let shop: Shop
let cardId: string
beforeAll(async () => {
  shop = await openShop()
  cardId = await shop.saveCard()
})
afterAll(() => shop.close())

const executed = (kind: string) => shop.bank.journal().filter((line) => line.kind === kind).length
const countOf = async (path: string) =>
  JSON.stringify((await shop.call("GET", `${path}?pageSize=200`)).data).split('"createDate"').length

const conflict = { code: 1083, message: "The idempotency key is bound to another request." }

describe("a request sent again", () => {
  it("creates a payment once and answers with the same bytes, whatever has become of it", async () => {
    const body = shop.paymentBody(cardId)
    const before = executed("authorize")
    const first = await shop.call("POST", "/v1/payments", body)
    expect(first.headers.get("idempotent-replayed")).toBeNull()
    await shop.kernel.drain()
    const again = await shop.call("POST", "/v1/payments", body)
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(again.headers.get("idempotent-replayed")).toBe("true")
    expect(executed("authorize")).toBe(before + 1)
  })

  it("means the same with its fields in another order, an equal amount, defaults said, the key in capitals", async () => {
    const { idempotencyKey, amount, ...body } = shop.paymentBody(cardId, { amount: usd("7.00") })
    const first = await shop.call("POST", "/v1/payments", { idempotencyKey, amount, ...body })
    const again = await shop.call("POST", "/v1/payments", {
      ...body,
      autoCapture: true,
      amount: { currency: "USD", amount: "7" },
      source: { id: cardId.toUpperCase() },
      idempotencyKey: String(idempotencyKey).toUpperCase()
    })
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"])
  })

  it("means the same with the channel's id in capitals", async () => {
    const body = shop.paymentBody(cardId, { channel })
    const first = await shop.call("POST", "/v1/payments", body)
    expect(first.data).toMatchObject({ channel })
    const again = await shop.call("POST", "/v1/payments", { ...body, channel: channel.toUpperCase() })
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"])
    const other = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId, { channel: channel.toUpperCase() }))
    expect(other.data).toMatchObject({ channel })
  })

  it("saves a card once, though every encryption of its number differs", async () => {
    const body = await shop.cardBody()
    const first = await shop.call("POST", "/v1/cards", body)
    const before = await countOf("/v1/cards")
    const sealedAnew = await shop.encrypt({ number: panSent, cvv: cvvSent })
    const again = await shop.call("POST", "/v1/cards", { ...body, ...sealedAnew })
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"])
    expect(await countOf("/v1/cards")).toBe(before)
  })

  it.each(["capture", "cancel", "refund"])("does a %s once", async (kind) => {
    const id = await shop.pay(cardId, { autoCapture: kind === "refund" })
    const body = { idempotencyKey: newKey(), ...(kind === "refund" ? { amount: usd("1.00") } : {}) }
    const first = await shop.call("POST", `/v1/payments/${id}/${kind}`, body)
    await shop.kernel.drain()
    const before = shop.bank.journal().length
    const again = await shop.call("POST", `/v1/payments/${id.toUpperCase()}/${kind}`, body)
    await shop.kernel.drain()
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([
      first.status,
      first.text,
      "true"
    ])
    expect(shop.bank.journal().length).toBe(before)
  })

  it("many times at once is done once", async () => {
    const body = shop.paymentBody(cardId)
    const before = executed("authorize")
    const replies = await Promise.all(Array.from({ length: 20 }, () => shop.call("POST", "/v1/payments", body)))
    await shop.kernel.drain()
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === null).length).toBe(1)
    expect(executed("authorize")).toBe(before + 1)
  })
})

describe("a key that is bound", () => {
  it.each<readonly [string, Json]>([
    ["another amount", { amount: usd("3.15") }],
    [
      "another way of verification",
      {
        verification: "three_d_secure",
        verificationSuccessUrl: "https://a.example",
        verificationFailureUrl: "https://b.example"
      }
    ],
    ["no capture", { autoCapture: false }],
    ["a description", { description: "Order 7" }]
  ])("is refused for a request with %s", async (_, fields) => {
    const body = shop.paymentBody(cardId)
    await shop.call("POST", "/v1/payments", body)
    const other = await shop.call("POST", "/v1/payments", { ...body, ...fields })
    expect([other.status, other.json]).toEqual([409, conflict])
  })

  it("is refused for another card number, and for another path", async () => {
    const card = await shop.cardBody()
    await shop.call("POST", "/v1/cards", card)
    const other = await shop.encrypt({ number: "4200000000000000", cvv: cvvSent })
    expect((await shop.call("POST", "/v1/cards", { ...card, ...other })).json).toEqual(conflict)
    const { idempotencyKey } = card
    expect((await shop.call("POST", "/v1/payments", shop.paymentBody(cardId, { idempotencyKey }))).json).toEqual(
      conflict
    )
  })

  it("is free to another merchant", async () => {
    const body = await shop.cardBody()
    await shop.call("POST", "/v1/cards", body)
    const asBob = await shop.call("POST", "/v1/cards", body, { authorization: "Bearer bob" })
    expect([asBob.status, asBob.headers.get("idempotent-replayed")]).toEqual([201, null])
  })
})

describe("a request that was refused", () => {
  it("binds no key, so that it may be corrected", async () => {
    const idempotencyKey = newKey()
    for (const refused of [{ amount: usd("0") }, { source: { id: newKey() } }, { metadata: {} }]) {
      const reply = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId, { idempotencyKey, ...refused }))
      expect(reply.status).toBe(400)
    }
    const corrected = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId, { idempotencyKey }))
    expect([corrected.status, corrected.headers.get("idempotent-replayed")]).toEqual([201, null])
  })
})

describe("the Idempotency-Key header", () => {
  it("may repeat the body's key, bare or quoted, and may not contradict it", async () => {
    const body = shop.paymentBody(cardId)
    const key = String(body["idempotencyKey"])
    const send = (header: string) => shop.call("POST", "/v1/payments", body, { "idempotency-key": header })
    const contradicted = await send(newKey())
    expect([contradicted.status, contradicted.json["code"]]).toEqual([400, 2])
    expect(contradicted.json["errors"]).toMatchObject([{ location: "idempotencyKey" }])
    expect((await send(key)).status).toBe(201)
    expect((await send(`"${key}"`)).headers.get("idempotent-replayed")).toBe("true")
    expect((await send(key.toUpperCase())).headers.get("idempotent-replayed")).toBe("true")
  })
})
