import { plainDialect, standardRetryDelaysMs } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import {
  closeAfterEach,
  deliveries,
  done,
  endpoint,
  endpointNow,
  hookUrl,
  hourMs,
  idOf,
  passNews,
  tellTest,
  typesOf,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const dayMs = 24 * hourMs
const quiet = ["nothing.else"]

/** Times between messages, the first one counted from when it was asked for. */
const pausesOf = (timesMs: ReadonlyArray<number>, startMs: number) =>
  timesMs.map((atMs, at) => atMs - (timesMs[at - 1] ?? startMs))

describe("a message that its receiver does not take", () => {
  it("is tried again by the published table, each pause jittered by a fifth, over 75 hours, and then is dead", async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 500 })
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    const startMs = shop.clock.ms
    await tellTest(shop, mine.id)
    await passNews(shop, 100 * hourMs)
    const { received } = shop.receivers
    const pauses = pausesOf(
      received.map(({ atMs }) => atMs),
      startMs
    )
    expect(pauses).toHaveLength(standardRetryDelaysMs.length)
    for (const [at, pauseMs] of pauses.entries()) {
      const publishedMs = standardRetryDelaysMs[at] ?? 0
      expect(pauseMs).toBeGreaterThanOrEqual(publishedMs * 0.8 - 1)
      expect(pauseMs).toBeLessThanOrEqual(publishedMs * 1.2 + 1)
    }
    // Jittered indeed, and each differently.
    const shares = pauses.slice(1).map((pauseMs, at) => pauseMs / (standardRetryDelaysMs[at + 1] ?? 1))
    expect(new Set(shares.map((share) => share.toFixed(3))).size).toBeGreaterThan(5)
    expect(new Set(received.map(idOf)).size).toBe(1)
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(received.length)
    const [dead] = await deliveries(shop, { status: "dead" })
    expect(dead).toMatchObject({ failures: 10, attemptsCount: 10, nextAttemptAtMs: null })
    expect(dead?.attempts[9]?.answer).toMatchObject({ status: 500 })
    expect(dead?.attempts[9]?.requestHeaders).toContainEqual(["webhook-id", dead?.messageId])
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is jittered differently from another that failed at the same moment", async () => {
    const shop = await webhookWorld()
    const urls = ["https://a.example/", "https://b.example/", "https://c.example/"]
    for (const url of urls) {
      shop.receivers.script(url, { status: 500 })
      await endpoint(shop, { url, types: ["settlement.*", "endpoint.EndpointCreated"] })
    }
    await passNews(shop, 10 * hourMs)
    const lasts = urls.map((url) => shop.receivers.receivedAt(url).at(-1)?.atMs)
    expect(new Set(lasts).size).toBe(urls.length)
  })

  it("is delivered when it is taken at last, and then left in peace", async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 500 }, { unanswered: "timed_out" }, { status: 302 }, { status: 200 })
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    await tellTest(shop, mine.id)
    await passNews(shop, 100 * hourMs)
    expect(shop.receivers.received).toHaveLength(4)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", failures: 3, attemptsCount: 4 }])
  })
})

describe("a receiver that asks for patience", () => {
  const nextAfter = async (retryAfterMs: number, status = 429) => {
    const shop = await webhookWorld({ dialects: [plainDialect({ retryDelaysMs: [0, 100_000, 100_000] })] })
    shop.receivers.script(hookUrl, { status, retryAfterMs }, { status: 200 })
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    const startMs = shop.clock.ms
    await tellTest(shop, mine.id)
    await passNews(shop, 100 * hourMs)
    expect(shop.receivers.received).toHaveLength(2)
    return (shop.receivers.received[1]?.atMs ?? 0) - startMs
  }

  it.each([429, 503])("gets it: %d", async (status) => {
    expect(await nextAfter(7 * hourMs, status)).toBe(7 * hourMs)
  })

  it("is not tried before the schedule has it, however little it asks for", async () => {
    const pauseMs = await nextAfter(1_000)
    expect(pauseMs).toBeGreaterThanOrEqual(80_000)
    expect(pauseMs).toBeLessThanOrEqual(120_000)
  })

  it("is tried again after a day, however much it asks for", async () => {
    expect(await nextAfter(400 * dayMs)).toBe(dayMs)
  })
})

describe("an endpoint that says it is gone", () => {
  it("is disabled at once, which is an incident and told to the others, and misses nothing once it is enabled", async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 410 })
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    await endpoint(shop, { url: "https://ops.example/hook", types: ["endpoint.EndpointDisabled"] })
    await tellTest(shop, mine.id)
    await passNews(shop, hourMs)
    expect(await endpointNow(shop, mine.id)).toMatchObject({ status: "disabled", disabledBecause: "gone" })
    expect(shop.incidents).toEqual([
      {
        kind: "webhook_endpoint_disabled",
        merchantId,
        aggregate: { type: "endpoint", id: mine.id },
        subject: mine.id,
        why: "gone"
      }
    ])
    expect(typesOf(shop.receivers.receivedAt("https://ops.example/hook"))).toEqual(["endpoint.EndpointDisabled"])
  })
})

describe("an endpoint that has failed for five days", () => {
  const failing = async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 500 })
    const { endpoint: mine } = await endpoint(shop, { types: ["merchant.*", "endpoint.EndpointChanged"] })
    const say = async (name: string) => {
      done(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { name }))
      await shop.kernel.drain()
    }
    return { shop, mine, say }
  }

  it("is disabled once and not before, and told no more from then on", async () => {
    const { shop, mine, say } = await failing()
    const startMs = shop.clock.ms
    await say("first")
    await passNews(shop, 4.9 * dayMs)
    await say("second")
    await passNews(shop, 0.05 * dayMs)
    expect((await endpointNow(shop, mine.id)).status).toBe("enabled")
    await passNews(shop, 2 * dayMs)
    expect(await endpointNow(shop, mine.id)).toMatchObject({ status: "disabled", disabledBecause: "failing" })
    expect(shop.incidents.map(({ kind, why }) => `${kind} ${why}`)).toEqual(["webhook_endpoint_disabled failing"])
    const last = shop.receivers.received.at(-1)?.atMs ?? 0
    expect(last - startMs).toBeGreaterThanOrEqual(5 * dayMs)
    expect(last - startMs).toBeLessThan(6 * dayMs)
    const tries = shop.receivers.received.length
    await say("third")
    await passNews(shop, 10 * dayMs)
    expect(shop.receivers.received).toHaveLength(tries)
    expect((await deliveries(shop)).map(({ status }) => status).toSorted()).toEqual(["dead", "withheld", "withheld"])
  })

  it("hears everything that it missed when it is enabled and that is replayed, and what is new by itself", async () => {
    const { shop, mine, say } = await failing()
    await say("first")
    await passNews(shop, 4.9 * dayMs)
    await say("second")
    await passNews(shop, 2 * dayMs)
    await say("third")
    shop.receivers.script(hookUrl, { status: 200 })
    const { endpoints, deliveries: all } = shop.kernel.webhooks
    done(await endpoints.change(merchantId, mine.id, { enabled: true }))
    await say("fourth")
    const before = shop.receivers.received.length
    const range = { fromMs: 0, toMs: shop.clock.ms }
    expect(await all.replayAll(merchantId, mine.id, range)).toEqual({
      ok: true,
      value: { replayed: 3, continueFromMs: null }
    })
    await shop.kernel.drain()
    expect(shop.receivers.received.length - before).toBe(3)
    expect(new Set((await deliveries(shop)).map(({ status }) => status))).toEqual(new Set(["delivered"]))
    const taken = shop.receivers.received.filter(({ reaction }) => "status" in reaction && reaction.status === 200)
    expect(taken).toHaveLength(4)
    expect(new Set(taken.map(idOf)).size).toBe(4)
  })

  it("is spared where it answered once in between", async () => {
    const { shop, mine, say } = await failing()
    await say("first")
    await passNews(shop, 3 * dayMs)
    shop.receivers.script(hookUrl, { status: 200 }, { status: 500 })
    await say("second")
    await passNews(shop, 4 * dayMs)
    await say("third")
    await passNews(shop, 0.5 * dayMs)
    expect(await endpointNow(shop, mine.id)).toMatchObject({ status: "enabled" })
  })
})

describe("the row of an endpoint", () => {
  it("is not written for every attempt, nor for each turn of one that fails now and then", async () => {
    const shop = await webhookWorld()
    const flaky = Array.from({ length: 100 }, (_, n) => ({ status: n % 2 === 0 ? 500 : 200 }))
    shop.receivers.script(hookUrl, ...flaky)
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    for (let n = 0; n < 40; n++) {
      await tellTest(shop, mine.id)
      await passNews(shop, 1_000)
    }
    expect(shop.receivers.received.length).toBeGreaterThan(40)
    const ref = { merchantId, type: "endpoint", id: mine.id }
    const events = await Effect.runPromise(shop.store.events(ref, 0))
    const turns = events.filter(({ tag }) => tag === "EndpointFailing" || tag === "EndpointRecovered")
    expect(turns.map(({ tag }) => tag)).toEqual(["EndpointFailing", "EndpointRecovered"])
    shop.receivers.script(hookUrl, { status: 200 })
    await passNews(shop, 3 * hourMs)
    shop.receivers.script(hookUrl, { status: 500 })
    await tellTest(shop, mine.id)
    expect((await endpointNow(shop, mine.id)).failingSinceMs).toBe(shop.clock.ms)
  })
})
