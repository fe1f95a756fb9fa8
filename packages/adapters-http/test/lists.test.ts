/** Lists over HTTP: filters, pages and the links that lead through them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ada, type Json, newKey, openShop, type Reply, type Shop } from "./shop.ts"

const usd = (amount: string) => ({ amount, currency: "USD" })

let shop: Shop
let first: string
let second: string
const made: Array<string> = []
beforeAll(async () => {
  shop = await openShop()
  first = await shop.saveCard()
  second = await shop.saveCard()
  for (let at = 0; at < 7; at++) {
    made.unshift(await shop.pay(at % 2 === 0 ? first : second))
    await shop.advance(1000)
  }
})
afterAll(() => shop.close())

const items = ({ data }: Reply): ReadonlyArray<Json> => (Array.isArray(data) ? data : [])
const ids = (reply: Reply) => items(reply).map(({ id }) => id)

/** The links of a reply by relation, as paths. */
const linksOf = ({ headers }: Reply): { readonly [rel: string]: string } =>
  Object.fromEntries(
    [...(headers.get("link") ?? "").matchAll(/<https:\/\/pay\.example([^>]+)>; rel="([a-z]+)"(?:, )?/gu)].map(
      ([, path = "", rel = ""]) => [rel, path]
    )
  )
const follow = (reply: Reply, rel: string) => shop.call("GET", linksOf(reply)[rel] ?? "/nowhere")

describe("pages", () => {
  it("lead through everything once, newest first, and back again", async () => {
    const pages = [await shop.call("GET", "/v1/payments?pageSize=3")]
    expect(Object.keys(linksOf(pages[0] as Reply))).toEqual(["self", "first", "next"])
    for (let page = pages[0]; page !== undefined && "next" in linksOf(page); pages.push(page)) {
      page = await follow(page, "next")
    }
    expect(pages.map(ids)).toEqual([made.slice(0, 3), made.slice(3, 6), made.slice(6)])
    const last = pages.at(-1) as Reply
    expect(Object.keys(linksOf(last))).toEqual(["self", "first", "prev"])
    expect(ids(await follow(last, "prev"))).toEqual(made.slice(3, 6))
    expect(ids(await follow(last, "first"))).toEqual(made.slice(0, 3))
    expect((await follow(last, "self")).text).toBe(last.text)
  })

  it("stay as they are while new payments come in", async () => {
    const before = await shop.call("GET", "/v1/payments?pageSize=4")
    await shop.advance(1000)
    const late = await shop.pay(first)
    const next = await follow(before, "next")
    expect(ids(next)).toEqual(made.slice(4))
    expect(ids(await follow(next, "prev"))).toEqual(made.slice(0, 4))
    expect(ids(await follow(before, "first"))).toEqual(made.slice(0, 4))
    expect(ids(await shop.call("GET", "/v1/payments?pageSize=1"))).toEqual([late])
    made.unshift(late)
  })

  it("always say how long and until when, and keep the filters", async () => {
    const reply = await shop.call("GET", `/v1/payments?source=${first}&type=card&type=wire`)
    for (const path of Object.values(linksOf(reply))) {
      const { searchParams } = new URL(path, "https://pay.example")
      expect(searchParams.get("pageSize")).toBe("50")
      expect(searchParams.get("to")).toMatch(/^[0-9]{4}-[0-9T:.-]+Z$/u)
      expect([searchParams.get("source"), searchParams.getAll("type")]).toEqual([first, ["card", "wire"]])
    }
  })

  it("of cards stay as they are too", async () => {
    const apart = await openShop()
    const card = await apart.saveCard()
    const page = await apart.call("GET", "/v1/cards?pageSize=1")
    await apart.advance(1000)
    await apart.saveCard()
    expect(ids(await apart.call("GET", linksOf(page)["first"] ?? "/nowhere"))).toEqual([card])
    await apart.close()
  })

  it("are at most 200 long", async () => {
    expect(linksOf(await shop.call("GET", "/v1/payments?pageSize=5000"))["self"]).toContain("pageSize=200")
  })

  it("given a public address, then the links carry it", async () => {
    const published = await openShop({ publicUrl: "https://api.example/pay/" })
    const { headers } = await published.call("GET", "/v1/cards?pageSize=2")
    expect(headers.get("link")).toMatch(/^<https:\/\/api\.example\/pay\/v1\/cards\?/u)
    await published.close()
  })

  it("given an unknown cursor, then there is nothing", async () => {
    expect(ids(await shop.call("GET", `/v1/payments?pageAfter=${newKey()}`))).toEqual([])
  })
})

describe("filters on payments", () => {
  it("by source", async () => {
    const found = items(await shop.call("GET", `/v1/payments?source=${second}`))
    expect(found.length).toBe(3)
    expect(found.every(({ source }) => JSON.stringify(source).includes(second))).toBe(true)
  })

  it("by time, both ends included", async () => {
    const [, , newest, , oldest] = items(await shop.call("GET", "/v1/payments"))
    const span = (from: unknown, to: unknown) => shop.call("GET", `/v1/payments?from=${from}&to=${to}`)
    expect(ids(await span(oldest?.["createDate"], newest?.["createDate"]))).toEqual(made.slice(2, 5))
    expect(ids(await span(newest?.["createDate"], oldest?.["createDate"]))).toEqual([])
  })

  it.each([
    ["type=card", true],
    ["type=card&type=ach", true],
    ["type=wire", false],
    ["type=sepa&type=ach", false],
    [`paymentIntentId=${newKey()}`, false],
    [`settlementId=${newKey()}`, false]
  ])("%s", async (query, matches) => {
    expect(items(await shop.call("GET", `/v1/payments?${query}`)).length > 0).toBe(matches)
  })

  it("by status, in the words of the wire", async () => {
    const apart = await openShop()
    const card = await apart.saveCard()
    const authorized = await apart.pay(card, { autoCapture: false })
    const declined = await apart.pay(card, { amount: usd("5.01") })
    const released = await apart.pay(card, { autoCapture: false })
    const { id: cancel } = await apart.call("POST", `/v1/payments/${released}/cancel`, { idempotencyKey: newKey() })
    const paid = await apart.pay(card)
    await apart.kernel.drain()
    await apart.kernel.settlements.run(ada)
    const confirmed = await apart.pay(card)
    const listed = async (status: string) => new Set(ids(await apart.call("GET", `/v1/payments?status=${status}`)))
    expect(await listed("confirmed")).toEqual(new Set([authorized, confirmed]))
    expect(await listed("failed")).toEqual(new Set([declined, released]))
    expect(await listed("paid")).toEqual(new Set([paid, cancel]))
    expect(await listed("pending")).toEqual(new Set())
    expect(await listed("action_required")).toEqual(new Set())
    const settled = items(await apart.call("GET", "/v1/settlements"))[0]?.["id"]
    expect(new Set(ids(await apart.call("GET", `/v1/payments?settlementId=${settled}`)))).toContain(paid)
    await apart.close()
  })
})

describe("queries that make no sense", () => {
  it.each([
    ["pageSize=0", "min_value", "pageSize must be greater than or equal to 1"],
    ["pageSize=ten", "invalid_value", "pageSize must be a whole number"],
    ["pageSize=-1", "invalid_value", "pageSize must be a whole number"],
    ["pageSize=1e3", "invalid_value", "pageSize must be a whole number"],
    ["status=done", "invalid_value", "status must be one of [pending, confirmed, paid, failed, action_required]"],
    [
      "status=paid&status=failed",
      "invalid_value",
      "status must be one of [pending, confirmed, paid, failed, action_required]"
    ],
    ["type=crypto", "invalid_value", "type.0 must be one of [card, wire, ach, sepa]"],
    ["from=yesterday", "invalid_value", "from must be a date and time such as 2020-04-10T02:13:30.000Z"],
    ["from=2021-02-30T00:00:00Z", "invalid_value", "from must be a date and time such as 2020-04-10T02:13:30.000Z"],
    ["to=2021-01-01", "invalid_value", "to must be a date and time such as 2020-04-10T02:13:30.000Z"],
    [`pageAfter=${newKey()}&pageBefore=${newKey()}`, "not_required", "pageBefore must be null where pageAfter is given"]
  ])("%s", async (query, error, message) => {
    const reply = await shop.call("GET", `/v1/payments?${query}`)
    expect([reply.status, reply.json["code"]]).toEqual([400, 2])
    expect(reply.json["errors"]).toMatchObject([{ error, message }])
  })

  it.each(["source", "settlementId", "paymentIntentId", "pageAfter", "pageBefore"])(
    "%s=4007400000000007",
    async (name) => {
      const reply = await shop.call("GET", `/v1/payments?${name}=4007400000000007`)
      expect(reply.json["errors"]).toMatchObject([{ error: "pattern_mismatch", location: name }])
      expect(reply.text).not.toContain("4007400000000007")
    }
  )

  it.each(["/v1/cards", "/v1/settlements"])("on %s as well", async (path) => {
    expect((await shop.call("GET", `${path}?pageSize=0`)).status).toBe(400)
  })
})

describe("cards in a list", () => {
  it("show no holder", async () => {
    const [card] = items(await shop.call("GET", "/v1/cards"))
    expect(card).toMatchObject({ id: second, billingDetails: { country: "US", district: "MA" } })
    for (const name of ["last4", "metadata", "errorCode"]) expect(card).not.toHaveProperty(name)
  })
})
