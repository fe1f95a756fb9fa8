import type { EndpointWithSecret, IdempotentRequest } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { plainDialect, type Received, signatureOf } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { firstPage, merchantId, submitCard, world } from "../kernel-world.ts"
import {
  cardPaymentFlow,
  closeAfterEach,
  deliveries,
  done,
  endpoint,
  endpointNow,
  hookUrl,
  passNews,
  tellTest,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const dayMs = 86_400_000
const ownSecret = `whsec_${"A".repeat(32)}`
const given = { dialect: "plain", name: null, url: hookUrl, types: [] }

/** Secrets with which a message is signed, of some. */
const signers = ({ headers, body }: Received, secrets: ReadonlyArray<Redacted.Redacted<string>>) => {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`
  const signatures = headers["webhook-signature"]?.split(" ") ?? []
  return secrets.map((secret) => signatures.includes(signatureOf(secret, signed)))
}

describe("making an endpoint", () => {
  it("shows it with a secret of its own, and lists it from then on", async () => {
    const shop = await webhookWorld()
    const first = await endpoint(shop, { name: "till", types: ["payment.*"] })
    const second = await endpoint(shop)
    expect(first.endpoint).toMatchObject({ status: "enabled", name: "till", url: hookUrl, types: ["payment.*"] })
    const texts = [first, second].map(({ secret }) => Redacted.value(secret))
    expect(texts[0]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u)
    expect(texts[0]).not.toBe(texts[1])
    expect(String(first.secret)).not.toContain("whsec_")
    const { endpoints } = shop.kernel.webhooks
    const listed = done(await endpoints.list(merchantId, firstPage)).items
    expect(listed.map(({ id }) => id).toSorted()).toEqual([first.endpoint.id, second.endpoint.id].toSorted())
    done(await endpoints.change(merchantId, second.endpoint.id, { enabled: false }))
    const where = { status: ["disabled", "removed"], dialect: "plain" }
    expect(done(await endpoints.list(merchantId, { ...firstPage, where })).items).toMatchObject([
      { id: second.endpoint.id }
    ])
    const called = async (status: string) =>
      done(await endpoints.list(merchantId, { ...firstPage, where: { status } })).items.map(({ id }) => id)
    expect(await called("enabled")).toEqual([first.endpoint.id])
    expect(await called("disabled")).toEqual([second.endpoint.id])
    done(await endpoints.remove(merchantId, second.endpoint.id))
    expect(await called("removed")).toEqual([])
    expect(done(await endpoints.list(merchantId, { ...firstPage, where })).items).toEqual([])
    expect(await endpoints.get(merchantId, second.endpoint.id)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
  })

  it.each([
    [{ url: "not a url" }, { _tag: "AddressRefused", why: "not_a_url" }],
    [{ url: "http://shop.example/" }, { _tag: "AddressRefused", why: "scheme_not_allowed" }],
    [{ dialect: "nobody's" }, { _tag: "DialectUnknown" }],
    [{ secret: Redacted.make("whsec_c2hvcnQ=") }, { _tag: "SecretNotAllowed" }],
    [{ secret: Redacted.make("A".repeat(32)) }, { _tag: "SecretNotAllowed" }],
    [{ secret: Redacted.make(`whsec_${"-".repeat(32)}`) }, { _tag: "SecretNotAllowed" }],
    [{ secret: Redacted.make(`whsec_${"A".repeat(88)}`) }, { _tag: "SecretNotAllowed" }],
    [{ types: ["*.failed"] }, { _tag: "EndpointTypesNotAllowed", countMax: 64, lengthMax: 100 }],
    [{ name: "n".repeat(256) }, { _tag: "EndpointNameTooLong", lengthMax: 255 }]
  ])("refuses %j and leaves nothing behind", async (change, error) => {
    const shop = await webhookWorld()
    expect(await shop.kernel.webhooks.endpoints.create(merchantId, { ...given, ...change })).toEqual({
      ok: false,
      error
    })
    expect(await Effect.runPromise(shop.store.scan(merchantId, "endpoint", null, 10))).toEqual([])
    expect(await Effect.runPromise(shop.store.sealedRecords(null, 10))).toEqual([])
  })

  it("is possible so often, the default one not counted", async () => {
    const shop = await webhookWorld({ endpointsMax: 2 })
    const { endpoints } = shop.kernel.webhooks
    const first = await endpoint(shop)
    await endpoint(shop)
    const full = { error: { _tag: "TooManyEndpoints", countMax: 2 } }
    expect(await endpoints.create(merchantId, given)).toMatchObject(full)
    expect((await endpoint(shop, { id: "default" })).endpoint.id).toBe("default")
    expect(await endpoints.create(merchantId, given)).toMatchObject(full)
    done(await endpoints.remove(merchantId, first.endpoint.id))
    expect(await endpoints.create(merchantId, given)).toMatchObject({ ok: true })
    expect(await endpoints.create(merchantId, given)).toMatchObject(full)
  })

  it("is possible no more often for those who ask at once, in several processes, while others are removed", async () => {
    const shop = await webhookWorld({ endpointsMax: 3 })
    const other = await webhookWorld({ endpointsMax: 3 }, {}, shop)
    const living = async () => done(await shop.kernel.webhooks.endpoints.list(merchantId, firstPage)).items
    for (let round = 0; round < 20; round++) {
      const [leaving] = await living()
      const removing = leaving === undefined ? [] : [shop.kernel.webhooks.endpoints.remove(merchantId, leaving.id)]
      const asking = [shop, other, shop, other, shop, other].map(({ kernel }) =>
        kernel.webhooks.endpoints.create(merchantId, given)
      )
      const made = (await Promise.all(asking)).filter(({ ok }) => ok).length
      await Promise.all(removing)
      const now = (await living()).length
      expect(now).toBeLessThanOrEqual(3)
      if (round === 0) expect([made, now]).toEqual([3, 3])
    }
  })

  it("is possible where the clock of who made the last one ran ahead", async () => {
    const shop = await webhookWorld()
    const { ms } = shop.clock
    await endpoint(shop)
    for (let n = 1; n <= 5; n++) {
      shop.clock.ms = ms - n * 1_000
      await endpoint(shop)
    }
    expect(done(await shop.kernel.webhooks.endpoints.list(merchantId, firstPage)).items).toHaveLength(6)
  })

  it("happens once under an idempotency key, and shows the secret again to whoever repeats it", async () => {
    const shop = await webhookWorld()
    const request: IdempotentRequest<EndpointWithSecret> = {
      ...{ scope: "hooks", key: "hook-1", meaning: { url: hookUrl } },
      answer: ({ endpoint: { id } }) => ({ status: 200, body: id })
    }
    const { endpoints } = shop.kernel.webhooks
    const first = done(await endpoints.create(merchantId, given, request))
    const again = done(await endpoints.create(merchantId, given, request))
    expect(again).toMatchObject({ replayed: true, answer: { body: first.view.endpoint.id } })
    expect(Redacted.value(again.view.secret)).toBe(Redacted.value(first.view.secret))
    const another = { ...request, meaning: { url: "https://other.example" } }
    expect(await endpoints.create(merchantId, given, another)).toMatchObject({
      error: { _tag: "IdempotencyKeyReused" }
    })
    expect(await endpoints.create(merchantId, { ...given, id: first.view.endpoint.id })).toMatchObject({
      error: { _tag: "EndpointAlreadyExists" }
    })
    done(await endpoints.remove(merchantId, first.view.endpoint.id))
    expect(await endpoints.create(merchantId, given, request)).toMatchObject({ error: { _tag: "EndpointNotFound" } })
  })

  it("is heeded at once by the process that made it, whatever that has done before", async () => {
    const shop = await webhookWorld()
    await submitCard(shop)
    await endpoint(shop, { types: ["card.CardSubmitted"] })
    await submitCard(shop)
    expect(shop.receivers.received).toHaveLength(1)
  })
})

describe("secrets", () => {
  it("sign together while they overlap, and the old one not a moment longer", async () => {
    const shop = await webhookWorld()
    const before = await endpoint(shop, { types: ["nothing.else"] })
    const { id } = before.endpoint
    const { endpoints } = shop.kernel.webhooks
    const after = done(await endpoints.rotateSecret(merchantId, id, { overlapMs: dayMs }))
    const both = [before.secret, after.secret]
    await tellTest(shop, id)
    shop.clock.ms += dayMs - 1
    await tellTest(shop, id)
    shop.clock.ms += 1
    await tellTest(shop, id)
    expect(shop.receivers.received.map((one) => signers(one, both))).toEqual([
      [true, true],
      [true, true],
      [false, true]
    ])
    expect(await endpoints.rotateSecret(merchantId, id, { overlapMs: 8 * dayMs })).toMatchObject({
      error: { _tag: "OverlapNotAllowed", maxMs: 7 * dayMs }
    })
  })

  it("are replaced at once where nothing is to overlap, by one's own too", async () => {
    const shop = await webhookWorld()
    const before = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, before.endpoint.id)
    const secret = Redacted.make(ownSecret)
    const rotated = await shop.kernel.webhooks.endpoints.rotateSecret(merchantId, before.endpoint.id, {
      overlapMs: 0,
      secret
    })
    expect(done(rotated).endpoint.secrets).toHaveLength(1)
    await tellTest(shop, before.endpoint.id)
    expect(signers(shop.receivers.received[1] as Received, [before.secret, secret])).toEqual([false, true])
    const short = { overlapMs: 0, secret: Redacted.make("whsec_c2hvcnQ=") }
    expect(await shop.kernel.webhooks.endpoints.rotateSecret(merchantId, before.endpoint.id, short)).toEqual({
      ok: false,
      error: { _tag: "SecretNotAllowed" }
    })
    expect((await endpointNow(shop, before.endpoint.id)).secrets).toEqual(done(rotated).endpoint.secrets)
  })

  it("may be rotated while a hundred messages are told, and each is signed by one that was shown", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine, secret } = await endpoint(shop, { types: ["nothing.else"] })
    const { endpoints } = shop.kernel.webhooks
    const shown = [secret]
    for (let n = 0; n < 100; n++) {
      done(await endpoints.test(merchantId, mine.id))
      if (n % 10 === 5) shown.push(done(await endpoints.rotateSecret(merchantId, mine.id, { overlapMs: 1_000 })).secret)
      shop.clock.ms += 100
    }
    await passNews(shop, 60_000)
    expect(shop.receivers.received).toHaveLength(100)
    for (const one of shop.receivers.received) expect(signers(one, shown)).toContain(true)
  })

  it("are erased when they are dropped, and all of them with the endpoint", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { secret: Redacted.make(ownSecret) })
    const { endpoints } = shop.kernel.webhooks
    const sealed = () => Effect.runPromise(shop.store.sealedRecords(null, 10))
    done(await endpoints.rotateSecret(merchantId, mine.id, { overlapMs: 1_000 }))
    expect(await sealed()).toHaveLength(2)
    shop.clock.ms += 1_000
    done(await endpoints.rotateSecret(merchantId, mine.id, { overlapMs: 0 }))
    expect(await sealed()).toHaveLength(1)
    done(await endpoints.remove(merchantId, mine.id))
    expect(await sealed()).toEqual([])
    await cardPaymentFlow(shop)
    expect((await deliveries(shop)).every(({ status }) => status !== "waiting")).toBe(true)
  })

  it("are opened once for what is told within a minute, as is asked once whether anybody is told anything", async () => {
    const own = memoryStore()
    const asked = { count: 0, sealedRecord: 0 }
    const store: Store["Service"] = {
      ...own,
      count: (query, atMost) => {
        asked.count++
        return own.count(query, atMost)
      },
      sealedRecord: (place) => {
        if (place.field.startsWith("webhook-secret")) asked.sealedRecord++
        return own.sealedRecord(place)
      }
    }
    const shop = await webhookWorld({}, { store })
    await endpoint(shop)
    await shop.kernel.drain()
    Object.assign(asked, { count: 0, sealedRecord: 0 })
    for (let cards = 0; cards < 10; cards++) await submitCard(shop)
    expect(shop.receivers.received.length).toBeGreaterThan(20)
    expect(asked).toEqual({ count: 1, sealedRecord: 0 })
  })

  it("that are erased while a message is to be signed leave it unsent, and then withheld", async () => {
    const own = memoryStore()
    let meanwhile: () => Promise<unknown> = async () => {}
    const store: Store["Service"] = {
      ...own,
      sealedRecord: (place) =>
        Effect.andThen(
          Effect.promise(() => meanwhile()),
          own.sealedRecord(place)
        )
    }
    const shop = { ...(await webhookWorld({}, { store })), store }
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    meanwhile = async () => {
      meanwhile = async () => {}
      done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    }
    await tellTest(shop, mine.id)
    expect(shop.incidents).toMatchObject([{ kind: "task_failed", why: "StoreUnavailable" }])
    await passNews(shop, 60_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld", attemptsCount: 0 }])
    expect(shop.receivers.received).toEqual([])
  })

  it("are nowhere but with the vault and whoever was shown them", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine, secret } = await endpoint(shop, { secret: Redacted.make(ownSecret) })
    shop.receivers.script(hookUrl, { status: 500 }, { status: 200 })
    const rotated = done(await shop.kernel.webhooks.endpoints.rotateSecret(merchantId, mine.id, { overlapMs: dayMs }))
    await cardPaymentFlow(shop)
    const kept: Array<unknown> = [shop.incidents, await Effect.runPromise(shop.store.sealedRecords(null, 10))]
    for (const type of ["endpoint", "delivery"]) {
      for (const stored of await Effect.runPromise(shop.store.scan(merchantId, type, null, 1000))) {
        kept.push(stored, await Effect.runPromise(shop.store.events(stored.ref, 0)))
      }
    }
    kept.push(
      await Effect.runPromise(shop.store.claim({ lane: "news", owner: "o", nowMs: 1e15, leaseMs: 1, limit: 1000 }))
    )
    kept.push(shop.receivers.received)
    const text = JSON.stringify(kept)
    expect(text).toContain(mine.id)
    for (const one of [secret, rotated.secret]) expect(text).not.toContain(Redacted.value(one).slice(6, 30))
  })
})

describe("changing an endpoint", () => {
  it("is heeded by the next attempt, wherever the message was planned for", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    shop.receivers.script(hookUrl, { status: 500 })
    await tellTest(shop, mine.id)
    done(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { url: "https://new.example/hook" }))
    await passNews(shop, 60_000)
    expect(shop.receivers.received.map(({ url }) => url)).toEqual([hookUrl, "https://new.example/hook"])
    expect(await shop.kernel.webhooks.endpoints.change(merchantId, mine.id, { url: "ftp://x" })).toMatchObject({
      error: { _tag: "AddressRefused", why: "scheme_not_allowed" }
    })
  })

  it("withholds what was planned for one that is removed", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    shop.receivers.script(hookUrl, { status: 500 })
    await tellTest(shop, mine.id)
    done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    await passNews(shop, 60_000)
    expect(shop.receivers.received).toHaveLength(1)
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld" }])
  })

  it("leaves the default one in its place when it is removed, for its secret", async () => {
    const shop = await webhookWorld()
    await endpoint(shop, { id: "default", types: ["payment.*"] })
    expect(done(await shop.kernel.webhooks.endpoints.remove(merchantId, "default"))).toMatchObject({
      ...{ status: "enabled", url: null, types: [] }
    })
    await cardPaymentFlow(shop)
    expect(shop.receivers.received).toEqual([])
    expect((await endpointNow(shop, "default")).secrets).toHaveLength(1)
  })

  it("is heeded at once by the process that did it, of an endpoint too that another has made", async () => {
    const shop = await webhookWorld()
    await submitCard(shop)
    const other = await webhookWorld({}, {}, shop)
    await endpoint(other, { id: "default", url: null })
    const heard = { url: hookUrl, types: ["card.CardSubmitted"] }
    done(await shop.kernel.webhooks.endpoints.change(merchantId, "default", heard))
    await submitCard(shop)
    expect(shop.receivers.received).toHaveLength(1)
  })
})

describe("a kernel without a sender", () => {
  it("tells nobody and says so, and shows what others did", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop)
    await tellTest(shop, mine.id)
    const plain = await world({}, { worker: { idlePollMs: 20 } }, shop)
    const { endpoints, deliveries: all } = plain.kernel.webhooks
    const refused = { ok: false, error: { _tag: "WebhooksNotConfigured" } }
    expect(await endpoints.create(merchantId, given)).toEqual(refused)
    expect(await endpoints.change(merchantId, mine.id, {})).toEqual(refused)
    expect(await endpoints.rotateSecret(merchantId, mine.id, { overlapMs: 0 })).toEqual(refused)
    expect(await endpoints.confirm(merchantId, mine.id, "")).toEqual(refused)
    expect(await endpoints.test(merchantId, mine.id)).toEqual(refused)
    expect(await endpoints.remove(merchantId, mine.id)).toEqual(refused)
    expect(await all.replay(merchantId, "")).toEqual(refused)
    expect(await all.replayAll(merchantId, mine.id, { fromMs: 0, toMs: 1 })).toEqual(refused)
    expect(await endpoints.get(merchantId, mine.id)).toMatchObject({ ok: true })
    const [delivery] = await deliveries(plain)
    expect(await all.get(merchantId, delivery?.id ?? "")).toMatchObject({ ok: true, value: { status: "delivered" } })
    const before = shop.receivers.received.length
    await submitCard(plain)
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(before)
    await plain.kernel.close()
  })

  it.each([
    [{ timeoutMs: 15_001 }, "timeoutMs must be at most half"],
    [{ timeoutMs: 0.5 }, "webhooks.timeoutMs must be a whole number"],
    [{ perReceiverMax: 0 }, "webhooks.perReceiverMax must be a whole number"],
    [{ endpointsMax: -1 }, "webhooks.endpointsMax must be a whole number"],
    [{ keepDeliveriesMs: Number.NaN }, "webhooks.keepDeliveriesMs must be a whole number"],
    [{ dialects: [plainDialect(), plainDialect()] }, "two webhook dialects have one name"],
    [{ dialects: [plainDialect(), plainDialect({ name: "b" })] }, "in one webhook dialect at most"],
    [{ dialects: [plainDialect({ retryDelaysMs: [] })] }, "needs pauses"],
    [{ dialects: [plainDialect({ retryDelaysMs: [-1] })] }, "needs pauses"],
    [{ dialects: [plainDialect({ retryDelaysMs: [0, 0.5] })] }, "needs pauses"]
  ])("is not made with %j", async (webhooks, message) => {
    await expect(webhookWorld(webhooks)).rejects.toThrow(message)
  })
})
