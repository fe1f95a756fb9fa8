/** How often `/v1` may be called, what callers are told of it, and what happens when nobody can count. */
import { RateLimiter, RateLimiterUnavailable } from "@paykernel/core/effect"
import { memoryRateLimiter } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import type { RateLimits, V1Options } from "../src/index.ts"
import { ada, bob, openShop, type Reply } from "./shop.ts"

const minuteMs = 60_000
/** The beginning of a minute. */
const startMs = 1_795_000_020_000
const tooMany = { code: 429, message: "Too many requests." }

type Told = readonly [status: number, limit: string | null, remaining: string | null, reset: string | null]
const toldIn = ({ status, headers }: Reply): Told => [
  status,
  headers.get("x-ratelimit-limit"),
  headers.get("x-ratelimit-remaining"),
  headers.get("x-ratelimit-reset")
]

const callers: { readonly [authorization: string]: Awaited<ReturnType<V1Options["authenticate"]>> } = {
  "Bearer ada": { merchantId: ada, keyId: "ada-1" },
  "Bearer ada too": { merchantId: ada, keyId: "ada-2" },
  "Bearer bob": { merchantId: bob, keyId: "bob-1" },
  "Bearer anybody": { merchantId: ada },
  "Bearer busy": { _tag: "Busy" },
  "": { _tag: "Malformed" },
  Bearer: { _tag: "Malformed" },
  "Basic YTpi": { _tag: "Malformed" }
}

const setUp = async (limits: Partial<RateLimits> = {}, options: Partial<V1Options> = {}) => {
  const clock = { nowMs: startMs }
  const authenticate = vi.fn(async (authorization: string | null) => {
    return callers[authorization ?? ""] ?? ({ _tag: "Unknown" } as const)
  })
  const rateLimits = { limiter: memoryRateLimiter(), nowMs: () => clock.nowMs, ...limits }
  const shop = await openShop({ authenticate, rateLimits, ...options })
  onTestFinished(shop.close)
  const call = (authorization = "Bearer ada", headers: Record<string, string> = {}, path = "/v1/channels") =>
    shop.call("GET", path, undefined, { authorization, ...headers })
  const calls = async (times: number, ...request: Parameters<typeof call>): Promise<ReadonlyArray<Reply>> => {
    const replies: Array<Reply> = []
    for (let n = 0; n < times; n++) replies.push(await call(...request))
    return replies
  }
  return { shop, clock, authenticate, call, calls }
}

const statusesOf = (replies: ReadonlyArray<Reply>): ReadonlyArray<number> => replies.map(({ status }) => status)
const reset = String((startMs + minuteMs) / 1000)

describe("calls under a good key", () => {
  it("are 100 a minute, counted down on every answer, and then 429 until the next minute begins", async () => {
    const { clock, calls, call } = await setUp()
    const replies = await calls(100)
    expect(replies.map(toldIn)).toEqual(replies.map((_, n) => [200, "100", String(99 - n), reset]))
    clock.nowMs = startMs + minuteMs - 1500
    const refused = await call()
    expect([toldIn(refused), refused.json, refused.headers.get("retry-after")]).toEqual([
      [429, "100", "0", reset],
      tooMany,
      "2"
    ])
    clock.nowMs = startMs + minuteMs - 1
    expect((await call()).headers.get("retry-after")).toBe("1")
    clock.nowMs = startMs + minuteMs
    expect(toldIn(await call())).toEqual([200, "100", "99", String(startMs / 1000 + 120)])
  })

  it("are counted for each key, also of one merchant, and for one without a name of its own", async () => {
    const { calls } = await setUp({ perMinute: { payments: 2 } })
    for (const key of ["Bearer ada", "Bearer ada too", "Bearer bob", "Bearer anybody"]) {
      expect(statusesOf(await calls(3, key))).toEqual([200, 200, 429])
    }
  })

  it("are counted when they end in an error too, and before a body is read", async () => {
    const { shop, call } = await setUp({ perMinute: { payments: 3 } })
    const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
      shop.fetch(
        new Request("https://pay.example/v1/payments", {
          method: "POST",
          headers: { authorization: "Bearer ada", ...headers },
          body,
          ...(body instanceof ReadableStream ? { duplex: "half" } : {})
        })
      )
    expect((await post("<xml/>")).status).toBe(415)
    expect((await post("{", { "content-type": "application/json" })).status).toBe(400)
    expect(toldIn(await call("Bearer ada", {}, "/v1/payments/x"))).toEqual([404, "3", "0", reset])
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({ pull: () => void pulled++ }, { highWaterMark: 0 })
    expect((await post(endless, { "content-type": "application/json" })).status).toBe(429)
    expect(pulled).toBe(0)
  })

  it("do not bind a key of idempotency when they are refused", async () => {
    const { shop, clock } = await setUp({ perMinute: { payments: 1 } })
    const body = await shop.cardBody()
    await shop.call("GET", "/v1/channels")
    expect((await shop.call("POST", "/v1/cards", body)).status).toBe(429)
    clock.nowMs += minuteMs
    const saved = await shop.call("POST", "/v1/cards", body)
    expect([saved.status, saved.headers.get("idempotent-replayed")]).toEqual([201, null])
  })

  it("never exceed the limit when they come at once", async () => {
    const { call } = await setUp({ perMinute: { payments: 7 } })
    const replies = await Promise.all(Array.from({ length: 40 }, () => call()))
    expect(statusesOf(replies).filter((status) => status === 200)).toHaveLength(7)
    expect(statusesOf(replies).filter((status) => status === 429)).toHaveLength(33)
  })

  it("find an exhausted minute exhausted after a clock that was set back, and forward again", async () => {
    const { clock, calls } = await setUp({ perMinute: { payments: 2 } })
    expect(statusesOf(await calls(3))).toEqual([200, 200, 429])
    clock.nowMs -= minuteMs
    expect(statusesOf(await calls(3))).toEqual([200, 200, 429])
    clock.nowMs += minuteMs
    expect(statusesOf(await calls(2))).toEqual([429, 429])
    clock.nowMs += 2 ** 31 * 1000
    expect(statusesOf(await calls(1))).toEqual([200])
  })

  it("are shared between processes that have a limiter in common", async () => {
    const limiter = memoryRateLimiter()
    const nodes = [await setUp({ limiter }), await setUp({ limiter })]
    const replies = await Promise.all(nodes.map(({ calls }) => calls(60)))
    const all = replies.flat()
    expect(statusesOf(all).filter((status) => status === 200)).toHaveLength(100)
    expect(new Set(all.map(({ headers }) => headers.get("x-ratelimit-remaining"))).size).toBe(100)
  })

  it("ask the limiter no more, once it has denied them for the minute", async () => {
    const limiter = memoryRateLimiter()
    const take = vi.fn(limiter.take)
    const { calls, clock } = await setUp({ limiter: { take }, perMinute: { payments: 2 } })
    await calls(50)
    expect(take.mock.calls.length).toBe(3)
    clock.nowMs += minuteMs
    await calls(1)
    expect(take.mock.calls.length).toBe(4)
  })
})

describe("answers that count nobody", () => {
  it.each([
    ["GET", "/ping", 200],
    ["GET", "/nowhere", 404],
    ["DELETE", "/v1/cards", 405],
    ["OPTIONS", "/v1/cards", 204],
    ["GET", "/docs", 200]
  ])("%s %s tell the limit as well, and take nothing of it", async (method, path, status) => {
    const { shop, call } = await setUp()
    for (let n = 0; n < 3; n++) {
      expect(toldIn(await shop.call(method, path))).toEqual([status, "100", "100", reset])
    }
    expect(toldIn(await call())).toEqual([200, "100", "99", reset])
  })

  it("are those to a key that nobody can verify at the moment, and to a defect", async () => {
    const { call } = await setUp()
    expect(toldIn(await call("Bearer busy"))).toEqual([503, "100", "100", reset])
    const broken = await setUp({}, { authenticate: () => Promise.reject(new Error("no store")) })
    expect(toldIn(await broken.call())).toEqual([500, "100", "100", reset])
  })

  it("without limits say nothing of them", async () => {
    const shop = await openShop()
    onTestFinished(shop.close)
    expect(toldIn(await shop.call("GET", "/v1/channels"))).toEqual([200, null, null, null])
  })

  it("let pages of other origins read what is left", async () => {
    const { call } = await setUp()
    const exposed = (await call()).headers.get("access-control-expose-headers")
    expect(exposed).toMatch(/Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset/u)
  })
})

describe("refused keys", () => {
  const address = { clientAddress: (request: Request) => request.headers.get("x-test-address") }
  const from = (ip: string) => ({ "x-test-address": ip })

  it("are ten a minute for each key where nobody says who calls, and then not even looked up", async () => {
    const { calls, call, authenticate } = await setUp()
    const replies = await calls(12, "Bearer wrong")
    expect(replies.map(toldIn)).toEqual([
      ...Array.from({ length: 10 }, (_, n) => [401, "10", String(9 - n), reset]),
      [429, "10", "0", reset],
      [429, "10", "0", reset]
    ])
    expect([replies[11]?.json, replies[11]?.headers.get("retry-after")]).toEqual([tooMany, "60"])
    expect(authenticate.mock.calls.length).toBe(11)
    expect((await call("Bearer wrong too")).status).toBe(401)
    expect((await call()).status).toBe(200)
  })

  it("cost the shared limiter nothing where nobody says who calls", async () => {
    const take = vi.fn(memoryRateLimiter().take)
    const { call } = await setUp({ limiter: { take } })
    for (let n = 0; n < 20; n++) await call(`Bearer wrong ${n}`)
    expect(take).not.toHaveBeenCalled()
  })

  it("that are none at all are refused without a count where nobody says who calls", async () => {
    const { calls, shop } = await setUp()
    for (const none of ["", "Bearer", "Basic YTpi"]) {
      for (const reply of await calls(12, none)) expect(toldIn(reply)).toEqual([401, "10", "10", reset])
    }
    for (let n = 0; n < 12; n++) {
      const { status, headers } = await shop.fetch(new Request("https://pay.example/v1/channels"))
      expect([status, headers.get("x-ratelimit-remaining")]).toEqual([401, "10"])
    }
  })

  it("are ten a minute for each address, whatever keys they are, and none at all", async () => {
    const { call, authenticate } = await setUp(address)
    const statuses: Array<number> = []
    for (let n = 0; n < 14; n++)
      statuses.push((await call(n % 2 ? "" : `Bearer wrong ${n}`, from("203.0.113.9"))).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429, 429, 429])
    expect(authenticate.mock.calls.length).toBe(11)
    expect((await call("Bearer wrong", from("203.0.113.10"))).status).toBe(401)
  })

  it("of a neighbour keep nobody out whose key was good a moment ago, but do whose key is new", async () => {
    const { call, calls, clock } = await setUp(address)
    const there = from("203.0.113.9")
    expect((await call("Bearer ada", there)).status).toBe(200)
    await calls(12, "Bearer old", there)
    expect((await call("Bearer ada", there)).status).toBe(200)
    expect((await call("Bearer bob", there)).status).toBe(429)
    expect((await call("Bearer bob", from("203.0.113.10"))).status).toBe(200)
    clock.nowMs += minuteMs
    expect((await call("Bearer ada too", there)).status).toBe(200)
  })

  it("that were good until they were revoked are strangers' again", async () => {
    const revoked = new Set<string | null>()
    const authenticate: V1Options["authenticate"] = async (authorization) =>
      revoked.has(authorization) ? { _tag: "Unknown" } : { merchantId: ada }
    const { call, calls } = await setUp(address, { authenticate })
    const there = from("203.0.113.9")
    expect((await call("Bearer ada", there)).status).toBe(200)
    revoked.add("Bearer ada")
    expect(statusesOf(await calls(12, "Bearer ada", there)).slice(9)).toEqual([401, 429, 429])
  })

  it("are shared between processes where an address is known", async () => {
    const limiter = memoryRateLimiter()
    const nodes = [await setUp({ limiter, ...address }), await setUp({ limiter, ...address })]
    for (const { calls } of nodes) expect((await calls(5, "Bearer x", from("::1"))).at(-1)?.status).toBe(401)
    for (const { call } of nodes) expect((await call("Bearer x", from("::1"))).status).toBe(429)
  })

  it.each([
    ["2001:db8::1", "2001:DB8:0:0:ffff::", true],
    ["2001:db8::1", "2001:db8:0:1::1", false],
    ["::ffff:203.0.113.9", "203.0.113.9", true],
    ["::ffff:203.0.113.9", "::ffff:203.0.113.10", false],
    ["fe80::1%eth0", "fe80::2%eth1", true],
    ["::", "::1", true],
    ["not an address", "another", false]
  ])("from %s and from %s: one client? %s", async (one, other, same) => {
    const { calls, call } = await setUp(address)
    await calls(11, "Bearer x", from(one))
    expect((await call("Bearer x", from(other))).status).toBe(same ? 429 : 401)
  })

  it("are answered with 500 where the host's own word on the address fails, and the host is told", async () => {
    const told: Array<unknown> = []
    const fault = new Error("no socket")
    const clientAddress = () => {
      throw fault
    }
    const { call } = await setUp({ clientAddress }, { onDefect: (error) => told.push(error) })
    expect(toldIn(await call("Bearer x"))).toEqual([500, "100", "100", reset])
    expect(told).toEqual([fault])
  })
})

describe("a limiter that is away", () => {
  const away = new RateLimiterUnavailable({ reason: "no server" })
  const failures: ReadonlyArray<readonly [how: string, take: RateLimits["limiter"]["take"]]> = [
    ["says so", () => Effect.fail(away)],
    ["dies", () => Effect.die(away)],
    [
      "throws",
      () => {
        throw away
      }
    ]
  ]

  it.each(failures)("and %s lets payments through, counted by this process alone", async (_, take) => {
    const told: Array<unknown> = []
    const { calls, shop } = await setUp({
      limiter: RateLimiter.of({ take }),
      perMinute: { payments: 3 },
      onUnavailable: (cause) => told.push(cause)
    })
    expect((await calls(4)).map(toldIn)).toEqual([
      [200, "3", "2", reset],
      [200, "3", "1", reset],
      [200, "3", "0", reset],
      [429, "3", "0", reset]
    ])
    expect(told).toEqual([away])
    expect(shop.defects).toEqual([])
  })

  it("is waited for no longer than a second, and then left alone for five", async () => {
    const take = vi.fn(() => Effect.never)
    let aheadMs = 0
    const { calls, call } = await setUp({ limiter: { take }, nowMs: () => Date.now() + aheadMs })
    const began = Date.now()
    expect(statusesOf(await calls(20))).toEqual(Array.from({ length: 20 }, () => 200))
    expect(Date.now() - began).toBeGreaterThan(900)
    expect(take.mock.calls.length).toBe(1)
    aheadMs = 5000
    await call()
    expect(take.mock.calls.length).toBe(2)
  })

  it("is asked again five seconds later, and its counts are as it left them", async () => {
    const limiter = memoryRateLimiter()
    let isAway = false
    const take: RateLimits["limiter"]["take"] = (asked) => (isAway ? Effect.fail(away) : limiter.take(asked))
    const { call, calls, clock } = await setUp({ limiter: { take }, perMinute: { payments: 10 } })
    await calls(4)
    isAway = true
    expect(toldIn(await call())).toEqual([200, "10", "9", reset])
    isAway = false
    expect(toldIn(await call())).toEqual([200, "10", "8", reset])
    clock.nowMs += 5000
    expect(toldIn(await call())).toEqual([200, "10", "5", reset])
  })
})

describe("limits", () => {
  it("are whole numbers from 1 on: others are refused when the handler is made", async () => {
    for (const payments of [0, -1, 1.5, Number.NaN, Infinity]) {
      await expect(setUp({ perMinute: { payments } })).rejects.toThrow(RangeError)
    }
  })

  it("may be read by a clock of fractions", async () => {
    const { call } = await setUp({ nowMs: () => startMs + 0.25 })
    expect(toldIn(await call())).toEqual([200, "100", "99", reset])
  })
})
