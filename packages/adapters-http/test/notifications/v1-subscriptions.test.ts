/** Subscriptions of `/v1`: asked for, confirmed by the address itself, told, and removed. */
import { X509Certificate } from "node:crypto"
import { memoryRateLimiter } from "@paykernel/core/memory"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { bobsKey, newKey, type OpenedSite, openSite, origin, type Reply } from "./shop.ts"

const path = "/v1/notifications/subscriptions"
const hook = "https://receiver.example/v1"
let site: OpenedSite

beforeEach(async () => {
  site = await openSite()
})
afterEach(() => site.close())

const subscribe = (endpoint: string = hook): Promise<Reply> => site.ask("POST", path, { endpoint })
const list = async (): Promise<ReadonlyArray<unknown>> => [(await site.ask("GET", path)).json["data"]].flat()
const detail = (status: string) => [{ url: expect.stringMatching(/^arn:aws:sns:.*:[0-9a-f-]{36}$/u), status }]

/** Follows the `SubscribeURL` of the last message, as a receiver does: without a key. */
const confirm = async (change: (url: URL) => void = () => {}): Promise<Reply> => {
  const told = (await site.toldAt(hook)).findLast(({ headers }) => headers["x-amz-sns-message-type"] !== "Notification")
  const url = new URL(JSON.parse(told?.body ?? "{}").SubscribeURL)
  change(url)
  return site.ask("GET", `${url.pathname}${url.search}`, undefined, { authorization: "" })
}

describe("a subscription", () => {
  it("is pending until its address has visited the SubscribeURL, and is told nothing before", async () => {
    const made = await subscribe()
    expect(made.status).toBe(200)
    expect(made.data).toEqual({ id: expect.any(String), endpoint: hook, subscriptionDetails: detail("pending") })
    await site.pay()
    expect((await site.toldAt(hook)).length).toBe(1)

    const confirmed = await confirm()
    expect(confirmed.status).toBe(200)
    expect(confirmed.headers.get("content-type")).toBe("text/xml; charset=utf-8")
    expect(confirmed.text).toContain("<SubscriptionArn>arn:aws:sns:")
    expect(await list()).toEqual([{ ...made.data, subscriptionDetails: detail("confirmed") }])
    await site.pay()
    const told = await site.toldAt(hook)
    expect(told.length).toBe(2)
    expect(JSON.parse(JSON.parse(told[1]?.body ?? "").Message).notificationType).toBe("payments")
  })

  it("is confirmed by its own token alone", async () => {
    await subscribe()
    const wrong = [
      (url: URL) => url.searchParams.set("Token", `${url.searchParams.get("Token")}x`),
      (url: URL) => url.searchParams.delete("Token"),
      (url: URL) => url.searchParams.set("merchant", "0d1f6a52-1a06-4b37-9d70-43c9a4a1e002"),
      (url: URL) => url.searchParams.delete("merchant"),
      (url: URL) => Object.assign(url, { pathname: `${path}/${newKey()}/confirm` }),
      (url: URL) => Object.assign(url, { pathname: `${path}/nobody/confirm` })
    ]
    for (const change of wrong) expect((await confirm(change)).status).toBe(404)
    expect(await list()).toEqual([expect.objectContaining({ subscriptionDetails: detail("pending") })])
    expect((await confirm()).status).toBe(200)
    expect((await confirm()).status).toBe(200)
  })

  it("can be removed once it is confirmed, and not while it is pending", async () => {
    const { id } = (await subscribe()).data
    const pending = await site.ask("DELETE", `${path}/${id}`)
    expect([pending.status, pending.json["code"]]).toEqual([400, 2])
    await confirm()
    const removed = await site.ask("DELETE", `${path}/${id}`)
    expect([removed.status, removed.json]).toEqual([200, { data: {} }])
    expect(await list()).toEqual([])
    expect((await site.ask("DELETE", `${path}/${id}`)).status).toBe(404)
    await site.pay()
    expect((await site.toldAt(hook)).length).toBe(1)
  })

  it("lapses where nobody confirms it for three days, and takes no place any more", async () => {
    const { id } = (await subscribe()).data
    await subscribe("https://receiver.example/2")
    await subscribe("https://receiver.example/3")
    const full = await subscribe("https://receiver.example/4")
    expect([full.status, full.json["code"]]).toEqual([429, 429])
    site.skip(3 * 86_400_000 + 1)
    expect((await list())[0]).toEqual(expect.objectContaining({ subscriptionDetails: detail("deleted") }))
    expect((await subscribe("https://receiver.example/4")).status).toBe(200)
    expect((await site.ask("DELETE", `${path}/${id}`)).status).toBe(200)
  })

  it("is one of three at most, however many are asked for at once", async () => {
    const urls = Array.from({ length: 12 }, (_, n) => `https://receiver.example/${n}`)
    const replies = await Promise.all(urls.map(subscribe))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, ...Array(9).fill(429)])
    expect(await list()).toHaveLength(3)
  })

  it("belongs to its merchant: to others it does not exist", async () => {
    const { id } = (await subscribe()).data
    await confirm()
    expect((await site.ask("DELETE", `${path}/${id}`, undefined, bobsKey)).status).toBe(404)
    expect((await site.ask("GET", path, undefined, bobsKey)).json).toEqual({ data: [] })
    expect(await list()).toHaveLength(1)
  })

  it("is none of /v2, nor the other way round", async () => {
    const { id } = (await subscribe()).data
    const other = await site.ask("POST", "/v2/notifications/subscriptions", { endpoint: hook })
    expect((await site.ask("GET", `/v2/notifications/subscriptions/${id}`)).status).toBe(404)
    expect((await site.ask("DELETE", `${path}/${other.data["id"]}`)).status).toBe(404)
    expect(await list()).toHaveLength(1)
  })
})

describe("what is refused", () => {
  it.each([
    ["nothing at all", {}, "required"],
    ["an address in our own network", { endpoint: "https://10.0.0.7/hook" }, "invalid_value"],
    ["an address without encryption", { endpoint: "http://receiver.example/" }, "invalid_value"],
    ["an address with a password", { endpoint: "https://a:b@receiver.example/" }, "invalid_value"],
    ["another port", { endpoint: "https://receiver.example:22/" }, "invalid_value"],
    ["no address", { endpoint: "receiver" }, "invalid_value"],
    ["an address without end", { endpoint: `https://receiver.example/${"x".repeat(2100)}` }, "length_outside_bounds"],
    ["a number", { endpoint: 7 }, "invalid_value"]
  ])("%s", async (_, body, error) => {
    const { status, json, text } = await site.ask("POST", path, body)
    expect([status, json["code"]]).toEqual([400, 2])
    expect(json["errors"]).toEqual([expect.objectContaining({ error, location: "endpoint" })])
    expect(text).not.toMatch(/10\.0\.0\.7|a:b/u)
    expect(await list()).toEqual([])
  })

  it("a call without a key, or with one that is not good", async () => {
    for (const authorization of ["", "Bearer wrong"]) {
      for (const [method, at] of [
        ["POST", path],
        ["GET", path],
        ["DELETE", `${path}/${newKey()}`]
      ] as const) {
        expect((await site.ask(method, at, undefined, { authorization })).status).toBe(401)
      }
    }
  })

  it("everything, where the kernel has no sender", async () => {
    const bare = await openSite({ webhooks: false })
    const { status, json } = await bare.ask("POST", path, { endpoint: hook })
    expect([status, json]).toEqual([403, { code: 3, message: "Forbidden" }])
    await bare.close()
  })

  it("other methods", async () => {
    const put = await site.ask("PUT", path, {})
    expect([put.status, put.headers.get("allow")]).toEqual([405, "POST, GET, HEAD, OPTIONS"])
  })
})

describe("the certificate", () => {
  it("is served where messages say it is, without a key", async () => {
    await subscribe()
    const [told] = await site.toldAt(hook)
    const url = new URL(JSON.parse(told?.body ?? "{}").SigningCertURL)
    expect(url.origin).toBe(origin)
    const reply = await site.ask("GET", url.pathname, undefined, { authorization: "" })
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/x-pem-file; charset=utf-8"])
    expect(new X509Certificate(reply.text).publicKey.asymmetricKeyType).toBe("rsa")
    const other = await site.ask("GET", url.pathname.replace(/[0-9a-f]{4}\.pem$/u, "zzzz.pem"))
    expect(other.status).toBe(404)
  })
})

it("is counted as webhooks, and not as payments", async () => {
  const rateLimits = { limiter: memoryRateLimiter(), nowMs: () => 1000, perMinute: { webhooks: 2, payments: 1 } }
  const limited = await openSite({ v1: { rateLimits } })
  const replies = [await limited.ask("GET", path), await limited.ask("GET", "/v2/notifications/subscriptions")]
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  const third = await limited.ask("GET", path)
  expect([third.status, third.headers.get("x-ratelimit-limit"), third.headers.get("retry-after")]).toEqual([
    429,
    "2",
    "59"
  ])
  expect((await limited.ask("GET", "/v1/configuration")).status).toBe(200)
  await limited.close()
})
