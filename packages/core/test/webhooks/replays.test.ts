import { Delivery } from "@paykernel/core/domain"
import { type AggregateWrite, deliveryDefinition, type Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it, vi } from "vitest"
import { merchantId } from "../kernel-world.ts"
import {
  closeAfterEach,
  deliveries,
  done,
  endpoint,
  hookUrl,
  hourMs,
  idOf,
  passNews,
  tellTest,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const everything = { fromMs: 0, toMs: 1e15 }

describe("a delivery that is begun again", () => {
  it("comes under the same id, with the same words, whatever became of it before", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, mine.id)
    const [delivered] = await deliveries(shop)
    const all = shop.kernel.webhooks.deliveries
    expect(done(await all.replay(merchantId, delivered?.id ?? ""))).toMatchObject({ status: "waiting", round: 2 })
    // At once, though nobody looks for work for an hour.
    await vi.waitFor(() => expect(shop.receivers.received).toHaveLength(2))
    await shop.kernel.drain()
    const [first, second] = shop.receivers.received
    expect(second && idOf(second)).toBe(first && idOf(first))
    expect(second?.body).toBe(first?.body)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 2, failures: 0 }])
    expect(await all.replay(merchantId, "nobody's")).toMatchObject({ error: { _tag: "DeliveryNotFound" } })
  })

  it("has the whole schedule before it where it was dead", async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 500 })
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, mine.id)
    await passNews(shop, 100 * hourMs)
    const [dead] = await deliveries(shop, { status: "dead" })
    done(await shop.kernel.webhooks.deliveries.replay(merchantId, dead?.id ?? ""))
    await passNews(shop, hourMs)
    expect((await deliveries(shop))[0]).toMatchObject({ status: "waiting", attemptsCount: 14, failures: 4 })
  })

  it("is tried at once where it was waiting, and not twice for it", async () => {
    const shop = await webhookWorld()
    shop.receivers.script(hookUrl, { status: 500 }, { status: 200 })
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, mine.id)
    const [waiting] = await deliveries(shop)
    const desk = await webhookWorld({}, { worker: false }, shop)
    for (let n = 0; n < 3; n++) done(await desk.kernel.webhooks.deliveries.replay(merchantId, waiting?.id ?? ""))
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(2)
    await passNews(shop, 100 * hourMs)
    expect(shop.receivers.received).toHaveLength(2)
  })
})

/** Deliveries as if so much had been withheld: a payment's first event, at these times. */
const withheldAt = async (store: Store["Service"], endpointId: string, timesMs: ReadonlyArray<number>) => {
  const writes = timesMs.map((nowMs, n): AggregateWrite => {
    const id = `d-${String(n).padStart(6, "0")}`
    const decided = Delivery.decide(Delivery.noDelivery, {
      ...{ _tag: "PlanDelivery", id, merchantId, messageId: id, type: "payment.PaymentRequested", dialect: "plain" },
      ...{ target: { _tag: "Endpoint", endpointId }, subject: { type: "payment", id: "p-1", version: 1 } },
      ...{ withheld: true, firstAttemptAtMs: nowMs, nowMs }
    })
    const { events } = Result.getOrThrow(decided)
    const state = events.reduce(Delivery.evolve, Delivery.noDelivery)
    const { type, schemaVersion, encodeState, encodeEvent, index, retention } = deliveryDefinition
    return {
      ref: { merchantId, type, id },
      ...{ expectedVersion: 0, schemaVersion, state: encodeState(state), bounds: null },
      events: events.map((event) => ({ tag: event._tag, schemaVersion, data: encodeEvent(event), atMs: event.atMs })),
      index: index(state),
      retention: retention(state)
    }
  })
  const nothingElse = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
  await Effect.runPromise(store.commit({ ...nothingElse, aggregates: writes }))
}

describe("a stretch of time", () => {
  const shopWith = async (timesOf: (startMs: number) => ReadonlyArray<number>, own = memoryStore()) => {
    const replayed: Array<string> = []
    const store: Store["Service"] = {
      ...own,
      commit: (commit) => {
        const written = commit.aggregates.filter(({ events }) => events.some(({ tag }) => tag === "DeliveryReplayed"))
        replayed.push(...written.map(({ ref }) => ref.id))
        return own.commit(commit)
      }
    }
    const shop = { ...(await webhookWorld({}, { worker: false, store })), store }
    const { endpoint: mine } = await endpoint(shop)
    await withheldAt(shop.store, mine.id, timesOf(shop.clock.ms))
    const begun = async () =>
      (await Effect.runPromise(shop.store.scan(merchantId, "delivery", null, 10_000)))
        .map(({ state }) => deliveryDefinition.decodeState(state, 1))
        .filter(({ status }) => status === "waiting")
        .map(({ id }) => id)
    const call = async (range: Parameters<typeof shop.kernel.webhooks.deliveries.replayAll>[2]) =>
      done(await shop.kernel.webhooks.deliveries.replayAll(merchantId, mine.id, range))
    return { shop, mine, begun, call, replayed }
  }

  it("is begun again oldest first, a thousand at a time, and says where to go on", async () => {
    const { begun, call } = await shopWith((startMs) => Array.from({ length: 2_300 }, (_, n) => startMs + n * 7_000))
    const idsTo = (n: number) => Array.from({ length: n }, (_, at) => `d-${String(at).padStart(6, "0")}`)
    const first = await call(everything)
    expect(first.replayed).toBeGreaterThan(700)
    expect(first.replayed).toBeLessThanOrEqual(1_000)
    expect(await begun()).toEqual(idsTo(first.replayed))
    let { replayed, continueFromMs } = first
    for (let calls = 1; continueFromMs !== null; calls++) {
      expect(calls).toBeLessThan(5)
      const next = await call({ fromMs: continueFromMs, toMs: everything.toMs })
      replayed += next.replayed
      continueFromMs = next.continueFromMs
      expect(await begun()).toEqual(idsTo(replayed))
    }
    expect(replayed).toBe(2_300)
    expect(await call(everything)).toEqual({ replayed: 0, continueFromMs: null })
  })

  it("may have moments in which more happened than fits on a page, and be all that one call begins again", async () => {
    const { shop, begun, call, replayed } = await shopWith((startMs) => [
      ...Array.from({ length: 400 }, () => startMs),
      ...Array.from({ length: 598 }, () => startMs + 1),
      startMs + 2,
      startMs + 9_000
    ])
    expect(await call({ ...everything, fromMs: shop.clock.ms })).toEqual({ replayed: 1_000, continueFromMs: null })
    expect(await begun()).toHaveLength(1_000)
    // Those of the first moment before all others.
    expect(replayed.slice(0, 400).toSorted().at(-1)).toBe("d-000399")
  })

  it("ends where it ends, however much is to be found before and after", async () => {
    const { shop, begun, call } = await shopWith((startMs) => [
      ...Array.from({ length: 150 }, (_, n) => startMs + 12_000 + n),
      ...Array.from({ length: 150 }, (_, n) => startMs + 19_000 + n),
      startMs + 20_001
    ])
    const startMs = shop.clock.ms
    expect(await call({ fromMs: startMs, toMs: startMs + 11_999 })).toEqual({ replayed: 0, continueFromMs: null })
    expect(await call({ fromMs: startMs, toMs: startMs + 20_000 })).toEqual({ replayed: 300, continueFromMs: null })
    expect(await begun()).not.toContain("d-000300")
    const last = { fromMs: startMs + 20_001, toMs: startMs + 20_001 }
    expect(await call(last)).toEqual({ replayed: 1, continueFromMs: null })
  })

  it("counts what was begun again, and not what was swept just then", async () => {
    const own = memoryStore()
    const load: typeof own.load = (ref) => (ref.id === "d-000002" ? Effect.succeed(undefined) : own.load(ref))
    const { shop, call } = await shopWith((startMs) => [startMs, startMs + 1, startMs + 2], { ...own, load })
    const range = { fromMs: shop.clock.ms, toMs: shop.clock.ms + 2 }
    expect(await call(range)).toEqual({ replayed: 2, continueFromMs: null })
  })

  it("leaves alone what is outside of it, of another endpoint, or became of something else", async () => {
    const { shop, mine, begun, call } = await shopWith((startMs) => [0, 1_000, 2_000, 3_000].map((ms) => startMs + ms))
    const startMs = shop.clock.ms
    expect(await call({ fromMs: startMs + 1_000, toMs: startMs + 2_000, statuses: ["dead"] })).toMatchObject({
      replayed: 0
    })
    expect(await call({ fromMs: startMs + 1_000, toMs: startMs + 2_000 })).toEqual({
      replayed: 2,
      continueFromMs: null
    })
    expect(await begun()).toEqual(["d-000001", "d-000002"])
    const { endpoint: other } = await endpoint(shop)
    const { replayAll } = shop.kernel.webhooks.deliveries
    expect(done(await replayAll(merchantId, other.id, everything)).replayed).toBe(0)
    done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    expect(await replayAll(merchantId, mine.id, everything)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
  })

  it.each([[{ fromMs: 5, toMs: 4 }], [{ fromMs: Number.NaN, toMs: 4 }], [{ fromMs: 0, toMs: Number.NaN }]])(
    "that is none holds nothing: %j",
    async (range) => {
      const { call } = await shopWith((startMs) => [startMs])
      expect(await call(range)).toEqual({ replayed: 0, continueFromMs: null })
    }
  )
})

describe("deliveries that have ended", () => {
  it("are shown for a while, and swept then with their history", async () => {
    const shop = await webhookWorld({ keepDeliveriesMs: 1_000 })
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, mine.id)
    const [delivered] = await deliveries(shop)
    const sweep = () =>
      Effect.runPromise(shop.store.sweep({ nowMs: shop.clock.ms, finishedTasksBeforeMs: 0, limit: 100 }))
    shop.clock.ms += 999
    await sweep()
    expect(await deliveries(shop)).toHaveLength(1)
    shop.clock.ms += 1
    await sweep()
    expect(await deliveries(shop)).toEqual([])
    const ref = { merchantId, type: "delivery", id: delivered?.id ?? "" }
    expect(await Effect.runPromise(shop.store.events(ref, 0))).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })
})
