/** The published error table, row by row: each is provoked here, and a row that nobody provokes fails. */
import { readFileSync } from "node:fs"
import { memoryRateLimiter } from "@paykernel/core/memory"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import * as published from "../../src/api/published-error.ts"
import { type ApiErrorCode, apiErrorCodes } from "../../src/docs/api-error-codes.ts"
import { deliveryNotFound, endpointNotFound } from "../../src/notifications/webhook-refusal.ts"
import { declined, good, type Json, needs3ds, openShop, type Reply, type Shop } from "./shop.ts"

let shop: Shop
const others: Array<Shop> = []
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  for (const other of others.splice(0)) await other.close()
})
afterAll(() => shop.close())

const another = async (...options: Parameters<typeof openShop>): Promise<Shop> => {
  const opened = await openShop(...options)
  others.push(opened)
  return opened
}

/** One reply at least for each way in which the row comes about. */
type Case = () => Promise<ReadonlyArray<Reply>>

const pay = (change: Json): Promise<Reply> => shop.pay(change)
const both = async (change: Json): Promise<ReadonlyArray<Reply>> => [await shop.pay(change), await shop.open(change)]
const cancel = (session: Reply, at = shop) =>
  at.call("POST", `/api/hosted-payment/${session.data["session_id"]}/cancel`)

const paidSession = async (number: string, tries = 1): Promise<Reply> => {
  const opened = await shop.open()
  for (let attempt = 0; attempt < tries; attempt++) {
    await shop.payOnPage(opened, number, `try ${attempt}`)
  }
  return opened
}

const cases: { readonly [row: string]: Case } = {
  "invalid_card 400": async () => [
    await pay({ card_number: "4242424242424241" }),
    await pay({ card_number: "4111111111111111" })
  ],
  "card_declined 400": async () => [await pay({ card_number: declined }), await pay({ amount: 551 })],
  "insufficient_funds 400": async () => [await pay({ card_number: "4000000000009995" }), await pay({ amount: 507 })],
  "expired_card 400": async () => [await pay({ card_number: "4000000000000069" }), await pay({ expiry_year: "2025" })],
  "invalid_cvv 400": async () => [await pay({ card_number: "4000000000000127" }), await pay({ cvv: "12" })],
  "3ds_required 202": async () => [await pay({ card_number: needs3ds })],
  "invalid_request 400": async () => [
    await pay({ payment_method: "cash" }),
    await shop.open({ description: "" }),
    await shop.call("POST", "/api/hosted-payment", "{"),
    await shop.pay({}, { "idempotency-key": "é" })
  ],
  "invalid_amount 400": () => both({ amount: 49 }),
  "invalid_currency 400": () => both({ currency: "QQQ" }),
  "invalid_webhook_url 400": () => both({ webhook_url: "https://10.0.0.7/" }),
  "invalid_return_url 400": () => both({ return_url: "https://elsewhere.example/" }),
  "authentication_failed 401": async () => [
    await shop.pay({}, { authorization: "Bearer wrong" }),
    await shop.call("GET", "/api/health", undefined, { authorization: "" })
  ],
  "account_suspended 403": async () => [
    await shop.pay({}, { authorization: "Bearer suspended" }),
    await shop.open({}, { authorization: "Bearer suspended" })
  ],
  "webhooks_not_enabled 403": async () => {
    const silent = await another({ webhooks: false })
    return [await silent.call("PUT", "/api/webhook-endpoint", { url: "https://shop.example/hooks" })]
  },
  "transaction_not_found 404": async () => [await shop.call("GET", "/api/direct-payment/txn_AAAAAAAAAAAA")],
  "session_not_found 404": async () => [await shop.call("GET", "/api/hosted-payment/sess_AAAAAAAAAAAA")],
  "webhook_endpoint_not_found 404": async () => [await shop.call("GET", "/api/webhook-endpoints/none")],
  "webhook_delivery_not_found 404": async () => [await shop.call("GET", "/api/webhook-deliveries/none")],
  "not_found 404": async () => [await shop.call("GET", "/api/payments")],
  "method_not_allowed 405": async () => [await shop.call("DELETE", "/api/direct-payment")],
  "session_already_completed 409": async () => [await cancel(await paidSession(good))],
  "session_being_paid 409": async () => [await cancel(await paidSession(needs3ds))],
  "session_failed 409": async () => [await cancel(await paidSession(declined, 10))],
  "idempotency_key_in_use 409": async () => {
    const slow = await another({ api: { waitMs: 20 } })
    const { checkouts } = slow.kernel
    const { promise, resolve } = Promise.withResolvers<void>()
    const { open, payDirectly } = checkouts
    Object.assign(checkouts, {
      open: (...input: Parameters<typeof open>) => promise.then(() => open(...input)),
      payDirectly: (...input: Parameters<typeof payDirectly>) => promise.then(() => payDirectly(...input))
    })
    const [session, payment] = [{ "idempotency-key": "a session" }, { "idempotency-key": "a payment" }]
    const firsts = [slow.open({}, session), slow.pay({}, payment)]
    const seconds = [await slow.open({}, session), await slow.pay({}, payment)]
    resolve()
    const told = await Promise.all(firsts)
    expect(told.map(({ status }) => status)).toEqual([201, expect.any(Number)])
    expect((await slow.open({}, session)).text).toBe(told[0]?.text)
    expect(slow.charged().length).toBeLessThanOrEqual(1)
    return seconds
  },
  "too_many_webhook_endpoints 409": async () => {
    const add = () => shop.call("POST", "/api/webhook-endpoints", { url: "https://shop.example/hooks", format: "api" })
    for (let count = 0; count < 16; count++) await add()
    return [await add()]
  },
  "session_expired 410": async () => {
    const late = await another()
    const opened = await late.open()
    late.skip(86_400_001)
    return [await cancel(opened, late)]
  },
  "body_too_large 413": async () => [await shop.open({ description: "x".repeat(70_000) })],
  "unsupported_media_type 415": async () => [
    await shop.call("POST", "/api/direct-payment", "{}", { "content-type": "text/plain" })
  ],
  "idempotency_key_reused 422": async () => {
    const headers = { "idempotency-key": "the same" }
    await shop.open({}, headers)
    return [await shop.open({ amount: 7000 }, headers)]
  },
  "rate_limit_exceeded 429": async () => {
    const rateLimits = { limiter: memoryRateLimiter(), nowMs: () => 1000, perMinute: { payments: 1 } }
    const limited = await another({ api: { rateLimits } })
    await limited.open()
    return [await limited.open(), await limited.pay()]
  },
  "server_error 500": async () => {
    const broken = await another()
    const bug = () => Promise.reject(new Error("a bug"))
    Object.assign(broken.kernel.checkouts, { open: bug, payDirectly: bug })
    return [await broken.open(), await broken.pay()]
  },
  "server_error 503": async () => [await shop.open({}, { authorization: "Bearer busy" })]
}

const comeAgain: ReadonlySet<string> = new Set(["session_being_paid", "idempotency_key_in_use"])

const nameOf = ({ code, http }: ApiErrorCode): string => `${code} ${http}`

describe("the published error table", () => {
  it("has a case for each of its rows, and no row twice", () => {
    const names = apiErrorCodes.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  it.each(apiErrorCodes.map((row) => [nameOf(row), row] as const))("%s is answered as it says", async (name, row) => {
    const replies = (await cases[name]?.()) ?? []
    expect(replies.length).toBeGreaterThan(0)
    for (const { status, error, data, headers } of replies) {
      expect(status).toBe(row.http)
      if (row.type === null) {
        expect(data).toMatchObject({ requires_action: true, action_type: "3ds_authentication" })
        continue
      }
      expect([error["code"], error["type"]]).toEqual([row.code, row.type])
      expect(error["message"]).toMatch(/^[A-Z\w].*\.$/su)
      expect(headers.get("retry-after") !== null).toBe(comeAgain.has(row.code) || [429, 503].includes(status))
    }
    const reasons = replies.map(({ error }) => typeof error["decline_code"] === "string")
    const expected = { never: [false], always: [true], asked: [true, false] }[row.declineCode]
    expect([...new Set(reasons)]).toEqual(expected.length === 2 ? expect.arrayContaining(expected) : expected)
  })

  it("has every error that the API publishes", () => {
    const codes = new Set(apiErrorCodes.map(nameOf))
    const constants = [...Object.values(published), endpointNotFound, deliveryNotFound].flatMap((one) =>
      typeof one === "object" ? [`${one.code} ${one.status}`] : []
    )
    expect(constants.length).toBeGreaterThan(15)
    expect(constants.filter((name) => !codes.has(name))).toEqual([])
  })

  it("is what the guide and the page of the API show", async () => {
    const guide = readFileSync(new URL("../../../../docs/direct-and-hosted.md", import.meta.url), "utf8")
    const section = guide.slice(guide.indexOf("## Errors"), guide.indexOf("## Test cards"))
    const listed = [...section.matchAll(/^\| `(\w+)` +\| ([0-9, ]+?) +\| (?:`(\w+)`)? +\|/gmu)].flatMap(
      ([, code, statuses = "", type = null]) => statuses.split(", ").map((http) => `${code} ${http} ${type}`)
    )
    expect(listed.toSorted()).toEqual(apiErrorCodes.map((row) => `${nameOf(row)} ${row.type}`).toSorted())
    const { text } = await shop.call("GET", "/api/docs", undefined, { authorization: "" })
    for (const { code, http } of apiErrorCodes) expect(text).toContain(`<td>${code}</td><td>${http}</td>`)
  })
})
