/** What a dialect decides, and what becomes of what is told where processes know different ones. */
import type { WebhookDialect } from "@paykernel/core"
import { plainDialect } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"
import { merchantId, usd } from "../kernel-world.ts"
import {
  closeAfterEach,
  deliveries,
  done,
  endpoint,
  endpointNow,
  hookUrl,
  idOf,
  messageOf,
  newsTasks,
  passNews,
  tellTest,
  typesOf,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const order = {
  ...{ amount: usd(2_500n), description: null, customer: null, metadata: null, returnUrl: null },
  expiresAtMs: null
}
const checkoutUrl = "https://orders.example/7"
const young = "https://young.example/hook"
const both = [plainDialect(), plainDialect({ name: "new", ofCheckoutAddresses: false })]

describe("a dialect that tells one change in two messages", () => {
  /** The first for whoever asked for it, the second for the endpoint that the change is about. */
  const twofold = (own: Partial<WebhookDialect> = {}): WebhookDialect =>
    plainDialect({
      messagesOf: ({ event }) =>
        ["EndpointTested", "CheckoutCancelled"].includes(event._tag)
          ? [
              { type: "all", to: "subscribers" },
              { type: "own", to: "itself" }
            ]
          : [],
      ...own
    })

  it("has each of them told under an id of its own", async () => {
    const shop = await webhookWorld({ dialects: [twofold()] })
    const { endpoint: mine } = await endpoint(shop)
    await endpoint(shop, { url: young })
    await tellTest(shop, mine.id)
    expect(typesOf(shop.receivers.receivedAt(hookUrl)).toSorted()).toEqual(["all", "own"])
    expect(typesOf(shop.receivers.receivedAt(young))).toEqual(["all"])
    expect(new Set(shop.receivers.receivedAt(hookUrl).map(idOf)).size).toBe(2)
  })

  it("reaches an endpoint that is disabled with what is about itself alone", async () => {
    const shop = await webhookWorld({ dialects: [twofold()] })
    const { endpoint: mine } = await endpoint(shop)
    done(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { enabled: false }))
    await tellTest(shop, mine.id)
    expect(typesOf(shop.receivers.received)).toEqual(["own"])
    const became = (await deliveries(shop)).map(({ type, status }) => `${type} ${status}`)
    expect(became.toSorted()).toEqual(["all withheld", "own delivered"])
  })

  it("tells the address of a checkout what is for everybody, and no endpoint what is about another thing", async () => {
    const shop = await webhookWorld({ dialects: [twofold()] })
    const opened = done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
    const { id } = opened.view.checkout
    // Called like the checkout, and yet another thing.
    await endpoint(shop, { id, types: ["nothing.else"] })
    done(await shop.kernel.checkouts.cancel(merchantId, id))
    await shop.kernel.drain()
    expect(shop.receivers.received.map((one) => `${one.url} ${messageOf(one).type}`)).toEqual([`${checkoutUrl} all`])
  })
})

describe("a dialect that another process does not know", () => {
  it.each([
    ["beside others", true],
    ["alone", false]
  ])("is left to be planned by one that does, %s", async (_, hasOther) => {
    const desk = await webhookWorld({ dialects: both }, { worker: false })
    const { endpoint: mine } = await endpoint(desk, { dialect: "new", url: young, types: ["endpoint.EndpointChanged"] })
    if (hasOther) await endpoint(desk, { types: ["nothing.else"] })
    done(await desk.kernel.webhooks.endpoints.change(merchantId, mine.id, { name: "till" }))
    const old = await webhookWorld({}, {}, desk)
    await old.kernel.drain()
    expect(old.incidents[0]?.why).toBe("Error: this process knows no webhook dialect new")
    await old.kernel.close()
    const shop = await webhookWorld({ dialects: both }, {}, desk)
    await passNews(shop, 120_000)
    expect(typesOf(desk.receivers.received)).toEqual(["endpoint.EndpointChanged"])
  })

  it("is left to be spoken by one that does, where a message waits", async () => {
    const shop = await webhookWorld({ dialects: both })
    const { endpoint: mine } = await endpoint(shop, { dialect: "new", url: young, types: ["nothing.else"] })
    shop.receivers.script(young, { status: 500 }, { status: 204 })
    await tellTest(shop, mine.id)
    const old = await webhookWorld({}, {}, shop)
    shop.clock.ms += 10_000
    await old.kernel.drain()
    expect(old.incidents[0]?.why).toBe("Error: this process knows no webhook dialect new")
    expect(await deliveries(shop)).toMatchObject([{ status: "waiting", attemptsCount: 1 }])
    await passNews(shop, 120_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 2 }])
  })

  it("has no address changed by it, which might have to confirm itself", async () => {
    const shop = await webhookWorld({ dialects: both })
    const { endpoint: mine } = await endpoint(shop, { dialect: "new", url: young })
    const old = await webhookWorld({}, {}, shop)
    const { change } = old.kernel.webhooks.endpoints
    expect(await change(merchantId, mine.id, { url: hookUrl })).toEqual({
      ok: false,
      error: { _tag: "DialectUnknown" }
    })
    expect(done(await change(merchantId, mine.id, { url: young, name: "till" }))).toMatchObject({ name: "till" })
    expect((await endpointNow(shop, mine.id)).url).toBe(young)
  })

  it("may have had more to say once: what was planned by then is told", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["endpoint.EndpointChanged"] })
    shop.receivers.script(hookUrl, { status: 500 }, { status: 204 })
    done(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { name: "till" }))
    await shop.kernel.drain()
    await shop.kernel.close()
    const later = await webhookWorld({ dialects: [plainDialect({ messagesOf: () => [] })] }, {}, shop)
    await passNews(later, 10_000)
    expect(await deliveries(later)).toMatchObject([{ status: "delivered", attemptsCount: 2 }])
    expect(later.incidents).toEqual([])
  })
})

describe("a dialect that has every address confirm itself", () => {
  const dialects = [plainDialect({ confirms: true })]

  it("plans nothing else for one that has not", async () => {
    const shop = await webhookWorld({ dialects })
    await endpoint(shop)
    done(
      await shop.kernel.webhooks.endpoints.rotateSecret(merchantId, (await endpoint(shop)).endpoint.id, {
        overlapMs: 0
      })
    )
    await shop.kernel.drain()
    expect((await deliveries(shop)).map(({ type }) => type)).toEqual([
      "endpoint.EndpointCreated",
      "endpoint.EndpointCreated"
    ])
  })

  it("asks nothing of an endpoint without one, which may be given one once", async () => {
    const shop = await webhookWorld({ dialects })
    const { endpoint: mine } = await endpoint(shop, { url: null })
    expect(mine.status).toBe("enabled")
    const { change } = shop.kernel.webhooks.endpoints
    expect(done(await change(merchantId, mine.id, { url: hookUrl })).url).toBe(hookUrl)
    expect(done(await change(merchantId, mine.id, { url: hookUrl, name: "till" })).name).toBe("till")
    expect(await change(merchantId, mine.id, { url: young })).toMatchObject({
      error: { _tag: "EndpointAddressIsFixed" }
    })
  })
})

describe("a dialect that waits before its first attempt", () => {
  const dialects = [plainDialect({ retryDelaysMs: [60_000, 60_000] })]

  it("has its messages sent after that, jittered like the others", async () => {
    const shop = await webhookWorld({ dialects })
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    const startMs = shop.clock.ms
    await tellTest(shop, mine.id)
    expect(shop.receivers.received).toEqual([])
    await passNews(shop, 120_000)
    const pauseMs = (shop.receivers.received[0]?.atMs ?? 0) - startMs
    expect(pauseMs).toBeGreaterThanOrEqual(48_000)
    expect(pauseMs).toBeLessThanOrEqual(72_000)
  })

  it("withholds them at once from an endpoint that is disabled, and so tells them only when that is asked for", async () => {
    const shop = await webhookWorld({ dialects })
    const { endpoint: mine } = await endpoint(shop, { types: ["endpoint.EndpointChanged"] })
    const { change } = shop.kernel.webhooks.endpoints
    done(await change(merchantId, mine.id, { enabled: false }))
    done(await change(merchantId, mine.id, { name: "till" }))
    await shop.kernel.drain()
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld" }])
    expect(await newsTasks(shop.store)).toEqual([])
    done(await change(merchantId, mine.id, { enabled: true }))
    await passNews(shop, 120_000)
    expect(shop.receivers.received).toEqual([])
  })
})

describe("the address that came with a checkout", () => {
  const checkoutTypes = ["checkout.CheckoutOpened"]

  it("is told beside an endpoint that hears of checkouts, and nobody where there is none", async () => {
    const shop = await webhookWorld()
    await endpoint(shop, { types: checkoutTypes })
    done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
    await shop.kernel.drain()
    done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: null }))
    await shop.kernel.drain()
    expect(shop.receivers.received.map(({ url }) => url).toSorted()).toEqual([checkoutUrl, hookUrl, hookUrl].toSorted())
    expect((await deliveries(shop)).map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"])
    expect(shop.incidents).toEqual([])
  })

  it("is told nothing where no dialect speaks to such addresses, unlike the endpoint beside it", async () => {
    const shop = await webhookWorld({ dialects: [plainDialect({ ofCheckoutAddresses: false })] })
    await endpoint(shop, { types: checkoutTypes })
    done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
    await shop.kernel.drain()
    expect(shop.receivers.received.map(({ url }) => url)).toEqual([hookUrl])
    expect(shop.incidents).toEqual([])
  })

  it.each([410, 500])(
    "is nobody's endpoint: that it answers %d says nothing of the one that signs for it",
    async (status) => {
      const shop = await webhookWorld()
      shop.receivers.script(checkoutUrl, { status })
      done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
      await shop.kernel.drain()
      expect(await deliveries(shop)).toMatchObject([{ status: "waiting", attemptsCount: 1 }])
      expect(await endpointNow(shop, "default")).toMatchObject({ status: "enabled", failingSinceMs: null })
      expect(shop.incidents).toEqual([])
    }
  )

  it("shares the fate of all at its host, and of no other", async () => {
    const shop = await webhookWorld()
    const silent = Array.from({ length: 6 }, (_, n) => `https://silent.example/${n}`)
    for (const url of silent) shop.receivers.script(url, { unanswered: "connection_failed" })
    for (const webhookUrl of [...silent, checkoutUrl]) {
      done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl }))
      await shop.kernel.drain()
    }
    // The sixth is put off: nobody answered at that host five times over.
    expect(shop.receivers.received.map(({ url }) => url)).toEqual([...silent.slice(0, 5), checkoutUrl])
  })
})
