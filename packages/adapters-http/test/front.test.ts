/** What every request passes before it means anything. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { newKey, openShop, type Shop } from "./shop.ts"

const kib = 1024
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u
const unauthenticated = { code: 401, message: "Malformed authorization. Are the credentials properly encoded?" }

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const post = (headers: Record<string, string>, body: BodyInit | null) =>
  shop.fetch(new Request("https://pay.example/v1/payments", { method: "POST", headers, body, ...half(body) }))
/** A streamed body needs this word of the Fetch Standard, which the DOM types do not know yet. */
const half = (body: unknown) => (body instanceof ReadableStream ? { duplex: "half" } : {})

describe("paths and methods", () => {
  it.each([
    "/",
    "/v1",
    "/v1/",
    "/v1/payments/",
    "/v1/cards/a/b",
    "//v1/cards",
    "/V1/cards",
    "/v1/%63ards",
    "/v2/cards"
  ])("given the unknown path %s, then 404 in the published shape", async (path) => {
    const reply = await shop.call("GET", path)
    expect([reply.status, reply.json]).toEqual([404, { code: 404, message: "Not found." }])
  })

  it.each([
    ["DELETE", "/v1/cards", "POST, GET, HEAD, OPTIONS"],
    ["PATCH", "/v1/cards/x", "GET, HEAD, PUT, OPTIONS"],
    ["GET", "/v1/payments/x/capture", "POST, OPTIONS"],
    ["POST", "/ping", "GET, HEAD, OPTIONS"],
    ["PUT", "/docs", "GET, HEAD, OPTIONS"]
  ])("given %s on %s, then 405 and what is allowed", async (method, path, allow) => {
    const reply = await shop.call(method, path)
    expect([reply.status, reply.json]).toEqual([405, { code: 405, message: "Method not allowed." }])
    expect(reply.headers.get("allow")).toBe(allow)
  })

  it("answers HEAD as GET, without a body", async () => {
    const reply = await shop.call("HEAD", "/v1/configuration")
    expect([reply.status, reply.text]).toEqual([200, ""])
    expect(reply.headers.get("content-type")).toMatch(/^application\/json/u)
  })
})

describe("who calls", () => {
  it.each([{}, { authorization: "" }, { authorization: "Bearer" }, { authorization: "Bearer nobody" }])(
    "given %j, then 401, always the same",
    async (headers) => {
      const reply = await shop.call("GET", "/v1/configuration", undefined, { authorization: "", ...headers })
      expect([reply.status, reply.json]).toEqual([401, unauthenticated])
    }
  )

  it("given the verifier is at its limit, then 503 and when to come back", async () => {
    const reply = await shop.call("GET", "/v1/configuration", undefined, { authorization: "Bearer busy" })
    expect([reply.status, reply.json["code"], reply.headers.get("retry-after")]).toEqual([503, -1, "1"])
  })

  it.each([
    { "content-type": "text/plain" },
    { "content-type": "application/json", "content-length": "99999999" },
    { "content-type": "application/json", "content-encoding": "gzip" }
  ])("is asked before the body is found wanting: %j", async (headers) => {
    const response = await post({ ...headers, authorization: "Bearer nobody" }, "{}")
    expect([response.status, await response.json()]).toEqual([401, unauthenticated])
  })

  it("is asked before anything of the body is read", async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({ pull: () => void pulled++ }, { highWaterMark: 0 })
    const response = await post({ "content-type": "application/json", authorization: "Bearer nobody" }, body)
    expect([response.status, pulled]).toEqual([401, 0])
  })

  it("keeps merchants apart", async () => {
    const cardId = await shop.saveCard()
    const asBob = { authorization: "Bearer bob" }
    expect((await shop.call("GET", `/v1/cards/${cardId}`, undefined, asBob)).status).toBe(404)
    expect((await shop.call("GET", "/v1/cards", undefined, asBob)).data).toEqual([])
    const stolen = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId), asBob)
    expect([stolen.status, stolen.json["code"]]).toEqual([400, 1089])
  })
})

describe("bodies", () => {
  const headers = { "content-type": "application/json", authorization: "Bearer ada" }

  it("given a declared length over 64 KiB, then 413 without reading", async () => {
    const response = await post({ ...headers, "content-length": "65537" }, "{}")
    expect(response.status).toBe(413)
  })

  it("given a stream without end, then 413 as soon as 64 KiB have come", async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 4 * kib
        controller.enqueue(new Uint8Array(4 * kib).fill(0x20))
      }
    })
    const response = await post(headers, body)
    expect([response.status, await response.json()]).toEqual([
      413,
      { code: 413, message: "The body is larger than 65536 bytes." }
    ])
    expect(sent).toBeLessThanOrEqual(80 * kib)
  })

  it("takes exactly 64 KiB", async () => {
    const response = await post(headers, `{}${" ".repeat(64 * kib - 2)}`)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain("idempotencyKey may not be null")
  })

  it("given the connection breaks, then 400", async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("gone")) })
    expect((await post(headers, body)).status).toBe(400)
  })

  it.each([
    "text/plain",
    "application/json; charset=iso-8859-1",
    "application/x-www-form-urlencoded",
    "application/jsonx"
  ])("given the content type %s, then 415", async (type) => {
    const response = await post({ ...headers, "content-type": type }, "{}")
    expect([response.status, (await response.json()).code]).toEqual([415, 415])
  })

  it.each(["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF8"'])(
    "takes the content type %s",
    async (type) => expect((await post({ ...headers, "content-type": type }, "{}")).status).toBe(400)
  )

  it.each(["gzip", "br", "deflate, gzip"])("given the content encoding %s, then 415", async (encoding) => {
    expect((await post({ ...headers, "content-encoding": encoding }, "{}")).status).toBe(415)
  })
})

describe("headers of every answer", () => {
  it.each([
    ["GET", "/ping"],
    ["GET", "/docs"],
    ["GET", "/nowhere"],
    ["DELETE", "/v1/cards"],
    ["OPTIONS", "/v1/cards"],
    ["GET", "/v1/payments/x"]
  ])("%s %s", async (method, path) => {
    const { headers } = await shop.call(method, path)
    expect(headers.get("x-request-id")).toMatch(uuid)
    expect(headers.get("cache-control")).toBe("no-store")
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("access-control-allow-origin")).toBe("*")
  })

  it("give a client's own request id back, if it is a UUID", async () => {
    const id = newKey().toUpperCase()
    const named = async (given: string) =>
      (await shop.call("GET", "/ping", undefined, { "x-request-id": given })).headers.get("x-request-id")
    expect(await named(id)).toBe(id)
    for (const strange of ["1", `${id}0`, "<script>", "x".repeat(9999)]) expect(await named(strange)).not.toBe(strange)
  })
})

describe("browsers", () => {
  it("given a preflight, then the path's methods and the headers that clients send", async () => {
    const reply = await shop.call("OPTIONS", "/v1/payments", undefined, {
      authorization: "",
      origin: "https://shop.example",
      "access-control-request-method": "POST"
    })
    expect([reply.status, reply.text]).toEqual([204, ""])
    expect(reply.headers.get("access-control-allow-methods")).toBe("POST, GET, HEAD, OPTIONS")
    expect(reply.headers.get("access-control-allow-headers")).toBe(
      "Authorization, Content-Type, X-Request-Id, Idempotency-Key"
    )
    expect((await shop.call("OPTIONS", "/nowhere")).status).toBe(404)
  })

  it("given origins are listed, then only those are let in", async () => {
    const careful = await openShop({ allowedOrigins: ["https://shop.example"] })
    const asked = async (origin: string) =>
      (await careful.call("GET", "/ping", undefined, { origin })).headers.get("access-control-allow-origin")
    expect(await asked("https://shop.example")).toBe("https://shop.example")
    expect(await asked("https://evil.example")).toBeNull()
    expect((await careful.call("GET", "/ping")).headers.get("vary")).toBe("Origin")
    await careful.close()
  })
})

describe("a client that goes away", () => {
  it("leaves its payment behind, done once, and no defect", async () => {
    const cardId = await shop.saveCard()
    const body = shop.paymentBody(cardId)
    const aborting = new AbortController()
    const request = new Request("https://pay.example/v1/payments", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer ada" },
      body: JSON.stringify(body),
      signal: aborting.signal
    })
    const answered = shop.fetch(request)
    aborting.abort()
    await answered
    const again = await shop.call("POST", "/v1/payments", body)
    expect(again.status).toBe(201)
    await shop.kernel.drain()
    expect((await shop.call("GET", "/v1/payments")).data).toMatchObject([{ id: again.id, status: "confirmed" }])
    expect(shop.defects).toEqual([])
  })
})

describe("defects", () => {
  it("given the kernel breaks, then 500 without a word of it, and the host is told with the request id", async () => {
    const told: Array<ReadonlyArray<unknown>> = []
    const broken = await openShop({ onDefect: (...args) => told.push(args) })
    const fault = new Error("at /srv/secret.ts")
    Object.assign(broken.kernel.merchants, { get: () => Promise.reject(fault) })
    const id = newKey()
    const reply = await broken.call("GET", "/v1/channels", undefined, { "x-request-id": id })
    expect([reply.status, reply.json]).toEqual([500, { code: -1, message: "Something unexpected happened." }])
    expect(told).toEqual([[fault, id]])
    await broken.close()
  })

  it("given the verifier breaks, then 500", async () => {
    const told: Array<unknown> = []
    const broken = await openShop({
      authenticate: () => Promise.reject(new Error("no store")),
      onDefect: (error) => told.push(error)
    })
    expect((await broken.call("GET", "/v1/channels")).status).toBe(500)
    expect(told.length).toBe(1)
    await broken.close()
  })

  it("given the store cannot answer, then 503 with the seconds to wait", async () => {
    const down = await openShop()
    const unavailable = async () => ({
      ok: false as const,
      error: { _tag: "Unavailable" as const, retryAfterMs: 1500 }
    })
    Object.assign(down.kernel.cards, { list: unavailable })
    const reply = await down.call("GET", "/v1/cards")
    expect([reply.status, reply.json["code"], reply.headers.get("retry-after")]).toEqual([503, -1, "2"])
    await down.close()
  })
})
