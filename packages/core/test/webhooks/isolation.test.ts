import { systemClock } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import { cardInput, merchantId } from "../kernel-world.ts"
import { closeAfterEach, deliveries, done, endpoint, endpointNow, webhookWorld } from "./webhook-world.ts"

closeAfterEach()

const hanging = "https://hangs.example/hook"
const others = Array.from({ length: 9 }, (_, n) => `https://shop-${n}.example/hook`)
const cards = 12

/** Looks again and again, for as long as a slow machine may take. */
const until = async (isSo: () => boolean): Promise<void> => {
  for (let look = 0; look < 1_000 && !isSo(); look++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(isSo()).toBe(true)
}

/** A worker with fewer places than there are messages for the one who hangs. */
const shopWith = async (timeoutMs: number) => {
  const worker = { idlePollMs: 20, concurrency: 12 }
  const shop = await webhookWorld({ worker, timeoutMs, perReceiverMax: 3 }, { clock: systemClock })
  shop.receivers.script(hanging, { hangs: true })
  const slow = await endpoint(shop, { url: hanging, types: ["card.CardSubmitted"] })
  for (const url of others) await endpoint(shop, { url, types: ["card.CardSubmitted"] })
  const submitAll = async () => {
    for (let n = 0; n < cards; n++) done(await shop.kernel.cards.submit(merchantId, cardInput()))
  }
  return { shop, slow: slow.endpoint, submitAll }
}

describe("a receiver that hangs", () => {
  it("keeps nobody else waiting, and has no more than its share under way", async () => {
    const { shop, submitAll } = await shopWith(15_000)
    await submitAll()
    await until(() => others.every((url) => shop.receivers.receivedAt(url).length === cards))
    expect(shop.receivers.receivedAt(hanging).length).toBeLessThanOrEqual(3)
    expect(shop.receivers.mostAtOnce(hanging)).toBeLessThanOrEqual(3)
    // So that nothing is waited for when the kernel is closed.
    shop.receivers.script(hanging, { status: 200 })
    shop.receivers.release(200)
  })

  it("is left alone when it has hung a few times, and its messages wait without losing attempts", async () => {
    const { shop, slow, submitAll } = await shopWith(30)
    await submitAll()
    await until(() => others.every((url) => shop.receivers.receivedAt(url).length === cards))
    await until(() => shop.receivers.receivedAt(hanging).length >= 5)
    await new Promise((resolve) => setTimeout(resolve, 300))
    // Five in a row close it; what was under way beside the fifth goes through.
    expect(shop.receivers.receivedAt(hanging).length).toBeLessThanOrEqual(7)
    const mine = await deliveries(shop, { endpointId: slow.id })
    expect(mine).toHaveLength(cards)
    expect(mine.every(({ status }) => status === "waiting")).toBe(true)
    expect(mine.filter(({ attemptsCount }) => attemptsCount === 0).length).toBeGreaterThanOrEqual(cards - 7)
    expect((await endpointNow(shop, slow.id)).failingSinceMs).not.toBeNull()
    expect(mine.flatMap(({ attempts }) => attempts)).toContainEqual(
      expect.objectContaining({ answer: { _tag: "Unanswered", why: "timed_out" } })
    )
  })
})

describe("a receiver that was slow for a moment", () => {
  it("is told all that has come up meanwhile as fast as it answers, and is not kept waiting for what it was", async () => {
    const shop = await webhookWorld({ perReceiverMax: 2 })
    const url = "https://shop.example/busy"
    await endpoint(shop, { url, types: ["card.CardSubmitted"] })
    shop.receivers.script(url, { hangs: true })
    const submit = async (count: number) => {
      for (let n = 0; n < count; n++) done(await shop.kernel.cards.submit(merchantId, cardInput()))
    }
    await submit(20)
    // Longer than is waited for at the door, and shorter than what is taken for hanging.
    shop.clock.ms += 400
    await submit(80)
    await new Promise((resolve) => setTimeout(resolve, 400))
    shop.receivers.script(url, { status: 204 })
    shop.receivers.release(204)
    // By a clock that stands still: nothing that was put off until later would be told.
    await shop.kernel.drain()
    expect(shop.receivers.receivedAt(url)).toHaveLength(100)
    expect(shop.receivers.mostAtOnce(url)).toBe(2)
  })
})
