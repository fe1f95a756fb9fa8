/** An endpoint is enabled just when a message is being withheld from it: of the two, whichever is first is heeded. */
import type { Commit, Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import { closeAfterEach, deliveries, done, endpoint, hookUrl, passNews, webhookWorld } from "./webhook-world.ts"

closeAfterEach()

const withholds = ({ aggregates }: Commit): boolean =>
  aggregates.some(({ events }) => events.some(({ tag }) => tag === "DeliveryWithheld"))

/** Does something just before a message is withheld for the first time. */
const interrupted = (own: Store["Service"], meanwhile: () => Promise<unknown>) => {
  const struck = { times: 0 }
  const commit: Store["Service"]["commit"] = (one) =>
    withholds(one) && struck.times++ === 0
      ? Effect.andThen(Effect.promise(meanwhile), own.commit(one))
      : own.commit(one)
  return { store: { ...own, commit }, struck }
}

const setUp = async () => {
  const shop = await webhookWorld({}, { worker: false })
  const { endpoint: mine } = await endpoint(shop, { types: ["endpoint.EndpointChanged"] })
  const { endpoints, deliveries: all } = shop.kernel.webhooks
  const change = async (input: Parameters<typeof endpoints.change>[2]) =>
    done(await endpoints.change(merchantId, mine.id, input))
  const enableAndReplay = async () => {
    await change({ enabled: true })
    return done(await all.replayAll(merchantId, mine.id, { fromMs: 0, toMs: shop.clock.ms }))
  }
  return { shop, change, enableAndReplay }
}

describe("an endpoint that is enabled while a message is withheld from it", () => {
  it("is told the message, where it is being planned", async () => {
    const { shop, change, enableAndReplay } = await setUp()
    await change({ enabled: false })
    await change({ name: "till" })
    const { store, struck } = interrupted(shop.store, enableAndReplay)
    const worker = await webhookWorld({}, { store }, shop)
    await passNews(worker, 60_000)
    expect(struck.times).toBeGreaterThan(0)
    expect(shop.receivers.receivedAt(hookUrl)).toHaveLength(1)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered" }])
  })

  it("is told the message, where it had been planned before", async () => {
    const { shop, change, enableAndReplay } = await setUp()
    shop.receivers.script(hookUrl, { status: 500 }, { status: 200 })
    await change({ name: "till" })
    const first = await webhookWorld({}, {}, shop)
    await first.kernel.drain()
    await first.kernel.close()
    await change({ enabled: false })
    const { store, struck } = interrupted(shop.store, () => change({ enabled: true }))
    const worker = await webhookWorld({}, { store }, shop)
    await passNews(worker, 60_000)
    expect(struck.times).toBe(1)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 2 }])
    expect((await enableAndReplay()).replayed).toBe(0)
  })

  it("is told a message that was withheld before by a replay", async () => {
    const { shop, change, enableAndReplay } = await setUp()
    await change({ enabled: false })
    await change({ name: "till" })
    const worker = await webhookWorld({}, {}, shop)
    await passNews(worker, 60_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld", attemptsCount: 0 }])
    expect((await enableAndReplay()).replayed).toBe(1)
    await passNews(worker, 60_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 1 }])
  })
})
