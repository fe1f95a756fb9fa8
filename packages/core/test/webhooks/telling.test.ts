import type { WebhookDialect } from "@paykernel/core"
import { laneOf, type Store, StoreUnavailable } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { plainDialect } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { cardInput, merchantId, merchantInput, submitCard, usd } from "../kernel-world.ts"
import {
  cardPaymentFlow,
  closeAfterEach,
  committedEvents,
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
  toldEvents,
  typesOf,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

describe("what happens to a card payment", () => {
  it("is told, every event of it once", async () => {
    const shop = await webhookWorld()
    await endpoint(shop)
    await cardPaymentFlow(shop)
    const told = toldEvents(shop.receivers.received)
    expect(told.toSorted()).toEqual((await committedEvents(shop.store)).toSorted())
    expect(told.length).toBeGreaterThan(10)
    expect(new Set(shop.receivers.received.map(idOf)).size).toBe(told.length)
    expect(await newsTasks(shop.store)).toEqual([])
    expect(shop.incidents).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is told to each endpoint, with the same ids and words", async () => {
    const shop = await webhookWorld()
    await endpoint(shop)
    await endpoint(shop, { url: "https://books.example/hook" })
    await cardPaymentFlow(shop)
    const said = (url: string) =>
      shop.receivers
        .receivedAt(url)
        .map((one) => `${idOf(one)} ${one.body}`)
        .filter((text) => !text.includes("endpoint."))
        .toSorted()
    expect(said(hookUrl).length).toBeGreaterThan(10)
    expect(said("https://books.example/hook")).toEqual(said(hookUrl))
  })

  it.each([true, false])("costs a merchant nothing who has no endpoint (addresses are told: %s)", async (told) => {
    const own = memoryStore()
    const filed: Array<string> = []
    const store: Store["Service"] = {
      ...own,
      commit: (commit) => {
        filed.push(...commit.tasks.map(({ kind }) => kind).filter((kind) => laneOf(kind) === "news"))
        return own.commit(commit)
      }
    }
    const shop = await webhookWorld({ dialects: [plainDialect({ ofCheckoutAddresses: told })] }, { store })
    await cardPaymentFlow({ ...shop, store })
    const unaddressed = {
      ...{ amount: usd(2_500n), description: null, customer: null, metadata: null },
      returnUrl: null
    }
    const webhookUrl = told ? null : "https://orders.example/7"
    done(await shop.kernel.checkouts.open(merchantId, { ...unaddressed, expiresAtMs: null, webhookUrl }))
    await shop.kernel.drain()
    expect(filed).toEqual([])
    expect(shop.receivers.received).toEqual([])
  })

  it("is written leased to this process where it is due at once, for as long as a lease lasts, and else to nobody", async () => {
    const own = memoryStore()
    const leases: Array<string> = []
    let nowMs = () => 0
    const store: Store["Service"] = {
      ...own,
      commit: (commit) => {
        const news = commit.tasks.filter(({ kind }) => laneOf(kind) === "news")
        leases.push(...news.map(({ kind, bornLeased }) => `${kind} ${bornLeased && bornLeased.untilMs - nowMs()}`))
        return own.commit(commit)
      }
    }
    // With room for two, which is promised and given back each time.
    const worker = { idlePollMs: 3_600_000, concurrency: 1, queueMax: 1 }
    const shop = await webhookWorld({ dialects: [plainDialect({ retryDelaysMs: [60_000] })], worker }, { store })
    nowMs = () => shop.clock.ms
    await endpoint(shop)
    await shop.kernel.drain()
    for (let cards = 0; cards < 3; cards++) await submitCard(shop)
    expect(new Set(leases)).toEqual(new Set(["notify 30000", "deliver null"]))
  })

  it("is not even looked for where it could not be written", async () => {
    const own = memoryStore()
    let isDown = false
    const down = Effect.fail(new StoreUnavailable({ reason: "down", outcomeUnknown: false }))
    const store: Store["Service"] = { ...own, commit: (commit) => (isDown ? down : own.commit(commit)) }
    const shop = await webhookWorld({}, { store })
    await endpoint(shop)
    await shop.kernel.drain()
    const told = shop.receivers.received.length
    isDown = true
    expect(await shop.kernel.cards.submit(merchantId, cardInput())).toMatchObject({ error: { _tag: "Unavailable" } })
    await shop.kernel.drain()
    isDown = false
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(told)
    expect(shop.incidents).toEqual([])
  })

  it("is left to be told by a process that knows how, by one that does not, and told to the others at once", async () => {
    const shop = await webhookWorld({
      dialects: [plainDialect(), plainDialect({ name: "new", ofCheckoutAddresses: false })]
    })
    const young = "https://young.example/hook"
    await endpoint(shop, { types: ["payment.*"] })
    await endpoint(shop, { dialect: "new", url: young, types: ["payment.*"] })
    await shop.kernel.drain()
    const old = await webhookWorld({}, {}, shop)
    await cardPaymentFlow(old)
    const told = shop.receivers.receivedAt(hookUrl).length
    expect(told).toBeGreaterThan(5)
    expect(shop.receivers.receivedAt(young)).toEqual([])
    expect(old.incidents[0]?.why).toBe("Error: this process knows no webhook dialect new")
    await passNews(shop, 120_000)
    expect(shop.receivers.receivedAt(young)).toHaveLength(told)
    expect(shop.receivers.receivedAt(hookUrl)).toHaveLength(told)
  })

  it("goes on being told where it happens in another process, a second after the endpoint was made", async () => {
    const shop = await webhookWorld()
    const other = await webhookWorld({}, {}, shop)
    await submitCard(other)
    await endpoint(shop)
    shop.clock.ms += 1000
    await cardPaymentFlow(other)
    const told = toldEvents(shop.receivers.received)
    const [first, ...rest] = (await committedEvents(shop.store)).filter((name) => name.startsWith("payment"))
    expect(first).toContain("PaymentRequested")
    expect(told).toEqual(expect.arrayContaining([first, ...rest]))
  })
})

describe("types", () => {
  it.each([
    [["payment.PaymentCaptured"], ["payment.PaymentCaptured"]],
    [["payment.Payment*"], ["PaymentRequested", "PaymentAuthorized", "PaymentCaptured", "PaymentSettled"]],
    [
      ["settlement.*", "card.CardVerified"],
      ["settlement.SettlementCompleted", "card.CardVerified"]
    ],
    [["nothing.like.it"], []]
  ])("%j are told and no others", async (types, expected) => {
    const shop = await webhookWorld()
    await endpoint(shop, { types })
    await cardPaymentFlow(shop)
    const told = typesOf(shop.receivers.received)
    expect(told.every((type) => types.some((asked) => type.startsWith(asked.replace("*", ""))))).toBe(true)
    expect(told).toEqual(expect.arrayContaining(expected.map((type) => expect.stringContaining(type))))
    expect(told).toHaveLength(expected.length)
  })
})

describe("a message that is about an endpoint alone", () => {
  it("goes to that endpoint, whatever it asked for", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["payment.*"] })
    await endpoint(shop, { url: "https://books.example/hook" })
    await shop.kernel.drain()
    await tellTest(shop, mine.id)
    expect(typesOf(shop.receivers.receivedAt(hookUrl))).toEqual(["endpoint.EndpointTested"])
    expect(typesOf(shop.receivers.receivedAt("https://books.example/hook"))).not.toContain("endpoint.EndpointTested")
  })

  it("reaches it where it is disabled too", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["payment.*"] })
    done(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { enabled: false }))
    await tellTest(shop, mine.id)
    expect(typesOf(shop.receivers.received)).toEqual(["endpoint.EndpointTested"])
    expect((await endpointNow(shop, mine.id)).status).toBe("disabled")
  })
})

describe("an endpoint that has to confirm itself", () => {
  const confirming = plainDialect({ confirms: true })

  it("is told only how, until it has, and everything from then on", async () => {
    const shop = await webhookWorld({ dialects: [confirming] })
    const { endpoint: mine } = await endpoint(shop)
    expect(mine.status).toBe("unconfirmed")
    await cardPaymentFlow(shop)
    expect(typesOf(shop.receivers.received)).toEqual(["endpoint.EndpointCreated"])
    const token = shop.receivers.received[0]?.headers["x-confirmation"] ?? ""
    const { endpoints } = shop.kernel.webhooks
    expect(await endpoints.confirm(merchantId, mine.id, `${token.slice(1)}0`)).toMatchObject({
      error: { _tag: "EndpointNotFound" }
    })
    expect(await endpoints.test(merchantId, mine.id)).toMatchObject({ error: { _tag: "EndpointUnconfirmed" } })
    expect(done(await endpoints.confirm(merchantId, mine.id, token)).status).toBe("enabled")
    expect(done(await endpoints.confirm(merchantId, mine.id, token)).status).toBe("enabled")
    await cardPaymentFlow(shop)
    expect(typesOf(shop.receivers.received).length).toBeGreaterThan(10)
    expect(await endpoints.change(merchantId, mine.id, { url: "https://other.example" })).toMatchObject({
      error: { _tag: "EndpointAddressIsFixed" }
    })
  })

  it("is asked by the same token at every attempt", async () => {
    const shop = await webhookWorld({ dialects: [confirming] })
    shop.receivers.script(hookUrl, { status: 500 }, { status: 200 })
    await endpoint(shop)
    await shop.kernel.drain()
    shop.clock.ms += 10_000
    await shop.kernel.drain()
    const tokens = shop.receivers.received.map(({ headers }) => headers["x-confirmation"])
    expect(tokens).toHaveLength(2)
    expect(new Set(tokens).size).toBe(1)
  })
})

describe("the address that came with a checkout", () => {
  const order = {
    ...{ amount: usd(2_500n), description: null, customer: null, metadata: null, returnUrl: null },
    expiresAtMs: null
  }
  const checkoutUrl = "https://orders.example/7"

  it("is told of that checkout and nothing else, signed by the default endpoint's secret", async () => {
    const shop = await webhookWorld()
    const opened = done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
    done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: null }))
    await cardPaymentFlow(shop)
    const { id } = opened.view.checkout
    done(await shop.kernel.checkouts.cancel(merchantId, id))
    await shop.kernel.drain()
    const { received } = shop.receivers
    expect(typesOf(received)).toEqual(["checkout.CheckoutOpened", "checkout.CheckoutCancelled"])
    expect(received.every((one) => one.url === checkoutUrl && messageOf(one).aggregate.id === id)).toBe(true)
    expect(received[0]?.headers["webhook-signature"]).toMatch(/^v1,/u)
    expect(await endpointNow(shop, "default")).toMatchObject({ status: "enabled", url: null, dialect: "plain" })
    expect((await deliveries(shop, { endpointId: "default" })).map(({ status }) => status)).toEqual([
      "delivered",
      "delivered"
    ])
  })

  it("is told nothing where no dialect speaks to such addresses", async () => {
    const shop = await webhookWorld({ dialects: [plainDialect({ ofCheckoutAddresses: false })] })
    done(await shop.kernel.checkouts.open(merchantId, { ...order, webhookUrl: checkoutUrl }))
    await shop.kernel.drain()
    expect(shop.receivers.received).toEqual([])
    expect(await newsTasks(shop.store)).toEqual([])
  })
})

describe("merchants", () => {
  it("hear nothing of each other", async () => {
    const shop = await webhookWorld()
    const other = "0193a000-0000-7000-8000-000000000002"
    done(await shop.kernel.merchants.register({ ...merchantInput, id: other }))
    const mine = { dialect: "plain", name: null, url: "https://other.example/hook", types: [] }
    const theirs = done(await shop.kernel.webhooks.endpoints.create(other, mine)).view.endpoint
    const { endpoint: own } = await endpoint(shop)
    await cardPaymentFlow(shop)
    // Each message goes its own way, so either may come first.
    expect(typesOf(shop.receivers.receivedAt("https://other.example/hook")).toSorted()).toEqual([
      "endpoint.EndpointConfirmed",
      "endpoint.EndpointCreated"
    ])
    const { endpoints, deliveries: all } = shop.kernel.webhooks
    const [delivery] = await deliveries(shop, { endpointId: own.id })
    expect(await endpoints.get(other, own.id)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
    expect(await endpoints.remove(merchantId, theirs.id)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
    expect(await all.get(other, delivery?.id ?? "")).toMatchObject({ error: { _tag: "DeliveryNotFound" } })
    expect(await all.replay(other, delivery?.id ?? "")).toMatchObject({ error: { _tag: "DeliveryNotFound" } })
    const range = { fromMs: 0, toMs: 1e15 }
    expect(await all.replayAll(other, own.id, range)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
  })
})

describe("a dialect that fails", () => {
  const broken = (own: Partial<WebhookDialect>) => webhookWorld({ dialects: [plainDialect(own)] })

  it("holds a message back, which is tried again and in the end set aside, and says no secret while it does", async () => {
    const shop = await broken({
      render: async ({ secrets }) => {
        throw new TypeError(`cannot sign with ${JSON.stringify(secrets.map(String))}`)
      }
    })
    await endpoint(shop, { types: ["endpoint.EndpointCreated"] })
    for (let look = 0; look < 60; look++) {
      shop.clock.ms += 61_000
      await shop.kernel.drain()
    }
    expect(shop.receivers.received).toEqual([])
    expect(new Set(shop.incidents.map(({ kind }) => kind))).toEqual(new Set(["task_failed", "task_parked"]))
    expect(shop.incidents.at(-1)?.why).toBe(
      'Error: the webhook dialect plain cannot render "endpoint.EndpointCreated": TypeError'
    )
    expect((await deliveries(shop)).map(({ status, attemptsCount }) => [status, attemptsCount])).toEqual([
      ["waiting", 0]
    ])
  })

  it.each([
    ["a message of as many bytes as are allowed", 19_998, 1],
    ["a message of one byte too many", 19_999, 0]
  ])("sends %s, or not", async (_, letters, sent) => {
    const shop = await broken({ render: async () => ({ headers: {}, body: `${"x".repeat(letters)}\u00fc` }) })
    await endpoint(shop, { types: ["endpoint.EndpointCreated"] })
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(sent)
    if (sent === 0) expect(shop.incidents[0]?.why).toContain("20001 bytes, and may have 20000")
  })
})
