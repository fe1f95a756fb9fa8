/** A merchant's webhook settings in `/api`: endpoints, secrets, what was delivered, and having it delivered again. */
import { createHmac } from "node:crypto"
import { memoryRateLimiter } from "@paykernel/core/memory"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { Webhook as StandardWebhook } from "standardwebhooks"
import { Webhook as Svix } from "svix"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { apiDocument } from "../../src/docs/api-openapi.ts"
import { needs3ds } from "../api/shop.ts"
import { atTimeOf, bobsKey, type Json, newKey, type OpenedSite, openSite, type Reply } from "./shop.ts"

const one = "/api/webhook-endpoint"
const all = "/api/webhook-endpoints"
const deliveries = "/api/webhook-deliveries"
const hook = "https://shop.example/hooks"
let site: OpenedSite

beforeEach(async () => {
  site = await openSite()
})
afterEach(async () => {
  expect(site.defects).toEqual([])
  await site.close()
})

const list = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value : [])
const eventsAt = async (url: string) =>
  (await site.toldAt(url)).map(({ body }) => JSON.parse(body).event ?? JSON.parse(body).type)
const deliveriesOf = async (query = ""): Promise<ReadonlyArray<Json>> => {
  await site.kernel.drain()
  return list((await site.ask("GET", `${deliveries}${query}`)).data["deliveries"])
}

describe("the default endpoint", () => {
  it("is set, shown, changed and switched off, and its secret is shown once", async () => {
    expect((await site.ask("GET", one)).error["code"]).toBe("webhook_endpoint_not_found")
    const made = await site.ask("PUT", one, { url: hook })
    expect(made.status).toBe(201)
    const { secret, ...shown } = made.data
    expect(secret).toMatch(/^whsec_/u)
    expect(shown).toMatchObject({ endpoint_id: "default", url: hook, format: "api", events: [], enabled: true })
    const read = await site.ask("GET", one)
    expect([read.status, read.data]).toEqual([200, shown])
    expect(read.text).not.toContain("whsec_")

    const changed = await site.ask("PUT", one, { url: `${hook}/new`, events: ["payment.failed"], enabled: false })
    expect([changed.status, changed.data["url"], changed.data["enabled"]]).toEqual([200, `${hook}/new`, false])
    expect(changed.data["disabled_because"]).toBe("merchant_asked")
    expect(changed.data).not.toHaveProperty("secret")
    await site.pay()
    expect(site.posts).toEqual([])
  })

  it("is told of payments with and without a webhook_url, each verified by the libraries of others", async () => {
    const { secret } = (await site.ask("PUT", one, { url: hook })).data
    await site.pay({ webhook_url: "https://shop.example/own" })
    const told = [...(await site.toldAt(hook)), ...(await site.toldAt("https://shop.example/own"))]
    expect(told.length).toBe(2)
    expect(new Set(told.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
    for (const { body, headers } of told) {
      atTimeOf(site, () => {
        new StandardWebhook(String(secret)).verify(body, headers)
        new Svix(String(secret)).verify(body, headers)
      })
      const digest = createHmac("sha256", String(secret)).update(body).digest("hex")
      expect(headers["x-webhook-signature"]).toBe(digest)
    }
  })

  it("signs under both secrets for as long as a rotation overlaps", async () => {
    const before = String((await site.ask("PUT", one, { url: hook })).data["secret"])
    const rotated = await site.ask("POST", `${one}/rotate-secret`, { overlap_seconds: 60 })
    const after = String(rotated.data["secret"])
    expect([rotated.status, after === before]).toEqual([200, false])
    expect(list(rotated.data["secrets"]).map((one) => "retires_at" in one)).toEqual([false, true])
    const verifies = (secret: string, { body, headers }: { body: string; headers: object }): boolean => {
      let isGood = true
      atTimeOf(site, () => {
        try {
          new Svix(secret).verify(body, headers as Record<string, string>)
        } catch {
          isGood = false
        }
      })
      return isGood
    }
    await site.pay()
    const [during] = await site.toldAt(hook)
    expect([before, after].map((secret) => during !== undefined && verifies(secret, during))).toEqual([true, true])
    site.skip(61_000)
    await site.pay()
    const later = (await site.toldAt(hook)).at(-1)
    expect([before, after].map((secret) => later !== undefined && verifies(secret, later))).toEqual([false, true])
  })

  it("is sent a test message on demand", async () => {
    expect((await site.ask("POST", `${one}/test`)).status).toBe(404)
    await site.ask("PUT", one, { url: hook })
    expect((await site.ask("POST", `${one}/test`)).status).toBe(202)
    expect(await eventsAt(hook)).toEqual(["webhook.test"])
  })

  it("that was made for a webhook_url is set without a new secret", async () => {
    await site.pay({ webhook_url: "https://shop.example/own" })
    expect(await eventsAt("https://shop.example/own")).toEqual(["payment.succeeded"])
    const set = await site.ask("PUT", one, { url: hook })
    expect([set.status, set.data["url"], "secret" in set.data]).toEqual([200, hook, false])
  })

  it("keeps its secret when its address is taken away", async () => {
    await site.ask("PUT", one, { url: hook })
    expect((await site.ask("DELETE", `${all}/default`)).status).toBe(200)
    expect((await site.ask("GET", one)).data["url"]).toBeNull()
    await site.pay()
    expect(site.posts).toEqual([])
  })
})

describe("webhook_queued", () => {
  const queuedOf = async (change: Json = {}) => (await site.pay(change)).data["webhook_queued"]

  it("is true exactly where a message about the outcome is on its way", async () => {
    expect(await queuedOf()).toBe(false)
    expect(await queuedOf({ webhook_url: hook })).toBe(true)
    await site.ask("PUT", one, { url: hook })
    expect(await queuedOf()).toBe(true)
    await site.ask("PUT", one, { url: hook, events: ["payment.failed"] })
    expect(await queuedOf()).toBe(false)
    await site.ask("PUT", one, { url: hook, enabled: false })
    expect(await queuedOf()).toBe(false)
    await site.ask("POST", all, { url: `${hook}/other`, format: "api" })
    expect(await queuedOf()).toBe(true)
  })

  it("is false while the payer has to answer, and true once that is over", async () => {
    await site.ask("PUT", one, { url: hook })
    const challenged = await site.pay({ card_number: needs3ds })
    expect(challenged.data["webhook_queued"]).toBe(false)
    expect(await eventsAt(hook)).toEqual(["payment.pending"])
    await site.answerChallenge(challenged, "approved")
    const path = `/api/direct-payment/${challenged.data["transaction_id"]}/confirm`
    const { gateway_transaction_id: gatewayId } = challenged.data
    const confirmed = await site.ask("POST", path, { status: "success", gateway_id: gatewayId })
    expect(confirmed.data["webhook_queued"]).toBe(true)
    expect(await eventsAt(hook)).toEqual(["payment.pending", "payment.succeeded"])
  })

  it("is false where the kernel tells nobody of anything", async () => {
    const bare = await openSite({ webhooks: false })
    expect((await bare.pay({ webhook_url: hook })).data["webhook_queued"]).toBe(false)
    await bare.close()
  })
})

describe("other endpoints", () => {
  it("are added, listed, changed and removed, and hear of everything in the kernel's own words", async () => {
    const made = await site.ask("POST", all, { url: hook, name: "Warehouse", events: ["payment.*"] })
    expect(made.status).toBe(201)
    const { secret, ...shown } = made.data
    expect(shown).toMatchObject({ url: hook, format: "paykernel.v1", name: "Warehouse", events: ["payment.*"] })
    expect(shown["verifying_key"]).toBe(site.published.verifyingKey)
    const at = `${all}/${shown["endpoint_id"]}`
    expect((await site.ask("GET", all)).json["data"]).toEqual([shown])
    expect((await site.ask("GET", at)).data).toEqual(shown)
    await site.pay()
    expect((await eventsAt(hook)).toSorted()).toEqual(["payment.authorized", "payment.captured", "payment.requested"])
    for (const { body, headers } of await site.toldAt(hook)) {
      atTimeOf(site, () => new StandardWebhook(String(secret)).verify(body, headers))
    }
    const changed = await site.ask("PUT", at, { enabled: false })
    expect(changed.data).toMatchObject({ url: hook, name: "Warehouse", events: ["payment.*"], enabled: false })
    const renamed = await site.ask("PUT", at, { name: "Shop", events: [], url: `${hook}/2`, enabled: true })
    expect(renamed.data).toMatchObject({ url: `${hook}/2`, name: "Shop", events: [], enabled: true })
    expect((await site.ask("POST", `${at}/rotate-secret`, {})).data["secret"]).toMatch(/^whsec_/u)
    expect((await site.ask("POST", `${at}/test`)).status).toBe(202)
    expect(await eventsAt(`${hook}/2`)).toContain("endpoint.tested")
    expect((await site.ask("DELETE", at)).data).toEqual({ endpoint_id: shown["endpoint_id"] })
    expect((await site.ask("GET", at)).error["code"]).toBe("webhook_endpoint_not_found")
    expect((await site.ask("GET", all)).json["data"]).toEqual([])
  })

  it("are made once for one idempotency key, whose answer is given again with the secret", async () => {
    const headers = { "idempotency-key": "the same" }
    const first = await site.ask("POST", all, { url: hook }, headers)
    const again = await site.ask("POST", all, { url: hook }, headers)
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"])
    expect(again.data).toEqual(first.data)
    const other = await site.ask("POST", all, { url: `${hook}/other` }, headers)
    expect([other.status, other.error["code"]]).toEqual([422, "idempotency_key_reused"])
    expect(list((await site.ask("GET", all)).json["data"])).toHaveLength(1)
  })

  it("are as many as the kernel allows", async () => {
    const small = await openSite({ endpointsMax: 1 })
    expect((await small.ask("POST", all, { url: hook })).status).toBe(201)
    const second = await small.ask("POST", all, { url: hook })
    expect([second.status, second.error["code"]]).toEqual([409, "too_many_webhook_endpoints"])
    await small.close()
  })

  it("of the other APIs are none of this one", async () => {
    const { id } = (await site.ask("POST", "/v2/notifications/subscriptions", { endpoint: hook })).data
    for (const [method, path, body] of [
      ["GET", `${all}/${id}`],
      ["PUT", `${all}/${id}`, { url: "https://elsewhere.example/" }],
      ["DELETE", `${all}/${id}`],
      ["POST", `${all}/${id}/rotate-secret`, {}],
      ["POST", `${all}/${id}/test`],
      ["GET", `${all}/${id}/deliveries`]
    ] as const) {
      expect((await site.ask(method, path, body)).error["code"], path).toBe("webhook_endpoint_not_found")
    }
    expect((await site.ask("GET", all)).json["data"]).toEqual([])
  })
})

describe("deliveries", () => {
  it("are shown with what was sent and answered, and can be looked through", async () => {
    await site.ask("PUT", one, { url: hook })
    site.answers.status = 503
    await site.pay()
    await site.ask("POST", `${one}/test`)
    const [tested, paid] = await deliveriesOf()
    expect(paid).toMatchObject({
      event: "payment.succeeded",
      endpoint_id: "default",
      subject: { type: "checkout" },
      status: "waiting",
      attempts_count: 1,
      attempts: [{ status: 503, request_headers: { "webhook-id": paid?.["message_id"] } }]
    })
    expect(tested).toMatchObject({ event: "webhook.test" })
    expect((await site.ask("GET", `${deliveries}/${paid?.["delivery_id"]}`)).data).toEqual(paid)
    expect(await deliveriesOf("?event=webhook.test")).toHaveLength(1)
    expect(await deliveriesOf("?status=delivered")).toHaveLength(0)
    const first = (await site.ask("GET", `${one}/deliveries?limit=1`)).data
    expect([list(first["deliveries"]).length, first["has_more"]]).toEqual([1, true])
    const next = (await site.ask("GET", `${one}/deliveries?limit=1&after=${tested?.["delivery_id"]}`)).data
    expect([list(next["deliveries"]), next["has_more"]]).toEqual([[paid], false])
  })

  it("to the address of a payment are shown too", async () => {
    await site.pay({ webhook_url: `${hook}/own` })
    const [sent] = await deliveriesOf()
    expect(sent).toMatchObject({ url: `${hook}/own`, status: "delivered" })
  })

  it("are made again, one or a stretch of time, under the same id and with the same body", async () => {
    await site.ask("PUT", one, { url: hook })
    await site.pay()
    const [first] = await site.toldAt(hook)
    const [sent] = await deliveriesOf()
    const again = await site.ask("POST", `${deliveries}/${sent?.["delivery_id"]}/replay`)
    expect([again.status, again.data["status"]]).toEqual([202, "waiting"])
    const second = (await site.toldAt(hook))[1]
    expect([second?.body, second?.headers["webhook-id"]]).toEqual([first?.body, first?.headers["webhook-id"]])

    await site.ask("PUT", one, { url: hook, enabled: false })
    await site.pay()
    await site.pay()
    expect(await deliveriesOf("?status=withheld")).toHaveLength(2)
    await site.ask("PUT", one, { url: hook, enabled: true })
    const from = new Date(site.nowMs() - 3_600_000).toISOString()
    const replayed = await site.ask("POST", `${one}/replay`, { from })
    expect([replayed.status, replayed.data]).toEqual([202, { replayed: 2 }])
    expect(await deliveriesOf("?status=delivered")).toHaveLength(3)
    const delivered = await site.ask("POST", `${one}/replay`, { from, statuses: ["delivered"] })
    expect(delivered.data["replayed"]).toBe(3)
    const before = await site.ask("POST", `${one}/replay`, { from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z" })
    expect(before.data["replayed"]).toBe(0)
  })
})

describe("what is refused", () => {
  it.each([
    ["PUT", one, { url: "https://192.168.0.1/" }, "invalid_webhook_url"],
    ["PUT", one, { url: "http://shop.example/" }, "invalid_webhook_url"],
    ["PUT", one, {}, "invalid_request"],
    ["PUT", one, { url: hook, events: "payment.failed" }, "invalid_request"],
    ["PUT", one, { url: hook, events: ["*.failed"] }, "invalid_request"],
    ["POST", all, { url: "ftp://shop.example/" }, "invalid_webhook_url"],
    ["POST", all, { url: hook, format: "v1" }, "invalid_request"],
    ["POST", all, { url: hook, name: "x".repeat(129) }, "invalid_request"],
    ["POST", `${one}/rotate-secret`, { overlap_seconds: 604_801 }, "invalid_request"],
    ["POST", `${one}/replay`, {}, "invalid_request"],
    ["POST", `${one}/replay`, { from: "yesterday" }, "invalid_request"],
    ["POST", `${one}/replay`, { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }, "invalid_request"],
    ["POST", `${one}/replay`, { from: "2026-01-02T00:00:00Z", statuses: ["waiting"] }, "invalid_request"],
    ["GET", `${deliveries}?status=lost`, undefined, "invalid_request"],
    ["GET", `${deliveries}?limit=0`, undefined, "invalid_request"],
    ["GET", `${deliveries}?limit=101`, undefined, "invalid_request"],
    ["GET", `${deliveries}?after=x`, undefined, "invalid_request"],
    ["GET", `${deliveries}?event=%22`, undefined, "invalid_request"]
  ] as const)("%s %s %j", async (method, path, body, code) => {
    const { status, error, text } = await site.ask(method, path, body)
    expect([status, error["code"], error["type"]]).toEqual([400, code, "invalid_request_error"])
    expect(text).not.toContain("192.168")
    expect((await site.ask("GET", all)).json["data"]).toEqual([])
  })

  it("what is another merchant's, as if it were not there", async () => {
    await site.ask("PUT", one, { url: hook })
    const other = (await site.ask("POST", all, { url: hook })).data["endpoint_id"]
    await site.pay()
    const [sent] = await deliveriesOf()
    const mine = [one, `${one}/deliveries`, `${all}/${other}`, `${all}/default`, `${all}/${other}/deliveries`]
    for (const path of [...mine, `${deliveries}/${sent?.["delivery_id"]}`, `${deliveries}/${newKey()}`]) {
      expect((await site.ask("GET", path, undefined, bobsKey)).status, path).toBe(404)
    }
    for (const [method, path, body] of [
      ["DELETE", `${all}/${other}`],
      ["PUT", `${all}/${other}`, { url: "https://elsewhere.example/" }],
      ["POST", `${all}/${other}/rotate-secret`, {}],
      ["POST", `${one}/rotate-secret`, {}],
      ["POST", `${one}/test`],
      ["POST", `${one}/replay`, { from: "2026-01-01T00:00:00Z" }],
      ["POST", `${deliveries}/${sent?.["delivery_id"]}/replay`]
    ] as const) {
      expect((await site.ask(method, path, body, bobsKey)).status, path).toBe(404)
    }
    expect((await site.ask("GET", deliveries, undefined, bobsKey)).data).toEqual({ deliveries: [], has_more: false })
    expect((await site.ask("GET", all, undefined, bobsKey)).json["data"]).toEqual([])
  })

  it("whoever has no key, everywhere", async () => {
    for (const [path, methods] of Object.entries(paths())) {
      for (const method of Object.keys(methods)) {
        const reply = await site.ask(method.toUpperCase(), path.replace(/\{[^}]*\}/u, "x"), undefined, {
          authorization: ""
        })
        expect([reply.status, reply.error["code"]], path).toEqual([401, "authentication_failed"])
      }
    }
  })

  it("every change, where the kernel has no sender", async () => {
    const bare = await openSite({ webhooks: false })
    for (const [method, path, body] of [
      ["PUT", one, { url: hook }],
      ["POST", all, { url: hook }]
    ] as const) {
      const { status, error } = await bare.ask(method, path, body)
      expect([status, error["code"]]).toEqual([403, "webhooks_not_enabled"])
    }
    expect((await bare.ask("GET", one)).status).toBe(404)
    await bare.close()
  })

  it("formats that the host does not speak", async () => {
    const few = await openSite({ dialects: ["api"] })
    for (const [path, body] of [
      [all, { url: hook }],
      ["/v1/notifications/subscriptions", { endpoint: hook }],
      ["/v2/notifications/subscriptions", { endpoint: hook }]
    ] as const) {
      expect((await few.ask("POST", path, body)).status, path).toBe(403)
    }
    expect((await few.ask("POST", all, { url: hook, format: "api" })).status).toBe(201)
    await few.close()
  })
})

it("is counted as webhooks, and not as payments: a thousand times a minute where nobody says otherwise", async () => {
  const usual = await openSite({ api: { rateLimits: { limiter: memoryRateLimiter(), nowMs: () => 1000 } } })
  for (const [path, limit] of [
    [all, "1000"],
    ["/api/health", "100"]
  ] as const) {
    const { headers } = await usual.ask("GET", path)
    const told = ["limit", "remaining", "reset"].map((name) => headers.get(`x-ratelimit-${name}`))
    expect([path, ...told]).toEqual([path, limit, String(Number(limit) - 1), "60"])
  }
  await usual.close()
  const rateLimits = { limiter: memoryRateLimiter(), nowMs: () => 1000, perMinute: { webhooks: 1, payments: 1 } }
  const limited = await openSite({ api: { rateLimits } })
  expect((await limited.ask("GET", all)).status).toBe(200)
  expect((await limited.ask("GET", deliveries)).error["code"]).toBe("rate_limit_exceeded")
  expect((await limited.ask("GET", "/api/health")).status).toBe(200)
  await limited.close()
})

const part = (value: unknown): Json => (typeof value === "object" && value !== null ? { ...value } : {})
const paths = (): { readonly [path: string]: Json } =>
  Object.fromEntries(
    Object.entries(part(apiDocument()["paths"]))
      .filter(([path]) => path.startsWith("/api/webhook"))
      .map(([path, methods]) => [path, part(methods)])
  )

it("answers as its OpenAPI document says, in every operation", async () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(apiDocument(), "document")
  const covered = new Set<string>()
  const check = async (method: string, template: string, id: string, body?: unknown): Promise<Reply> => {
    const reply = await site.ask(method, template.replace(/\{[^}]*\}/u, id), body)
    const steps = [
      "paths",
      template,
      method.toLowerCase(),
      "responses",
      String(reply.status),
      "content",
      "application/json"
    ]
    const pointer = [...steps, "schema"].map((step) => encodeURIComponent(step.replaceAll("/", "~1"))).join("/")
    const validate = ajv.getSchema(`document#/${pointer}`)
    expect(validate?.(reply.json), `${method} ${template} ${reply.status} ${JSON.stringify(validate?.errors)}`).toBe(
      true
    )
    covered.add(`${method.toLowerCase()} ${template}`)
    return reply
  }
  const from = new Date(site.nowMs() - 60_000).toISOString()
  await check("GET", one, "")
  await check("PUT", one, "", { url: hook })
  await check("PUT", one, "", { url: hook })
  await check("GET", one, "")
  await check("POST", `${one}/rotate-secret`, "", {})
  await check("POST", `${one}/test`, "")
  const { data } = await check("POST", all, "", { url: `${hook}/2`, name: "Second" })
  const id = String(data["endpoint_id"])
  const each = `${all}/{endpoint_id}`
  await site.pay()
  await site.pay({ webhook_url: `${hook}/own` })
  await site.kernel.drain()
  await check("GET", all, "")
  await check("GET", each, id)
  await check("PUT", each, id, { enabled: false })
  await check("POST", `${each}/rotate-secret`, id, { overlap_seconds: 0 })
  await check("POST", `${each}/test`, id)
  await check("GET", `${one}/deliveries`, "")
  await check("GET", `${each}/deliveries`, id)
  const page = await check("GET", deliveries, "")
  const delivery = String(list(page.data["deliveries"])[0]?.["delivery_id"])
  await check("GET", `${deliveries}/{delivery_id}`, delivery)
  await check("POST", `${deliveries}/{delivery_id}/replay`, delivery)
  await check("POST", `${one}/replay`, "", { from, statuses: ["delivered"] })
  await check("POST", `${each}/replay`, id, { from })
  await check("DELETE", each, id)
  await check("GET", each, id)
  const declared = Object.entries(paths()).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`)
  )
  expect([...covered].sort()).toEqual(declared.sort())
})
