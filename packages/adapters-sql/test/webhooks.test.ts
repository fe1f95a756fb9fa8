/** Webhooks on real databases, by two kernels at once: what is told is what was committed, whoever does which part of it. */
import { Cvv, Pan } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { plainDialect, type Received, scriptedReceivers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { engines } from "./engines.ts"
import { merchantId, ok, testClock, twoKernels } from "./two-kernels.ts"

const hookUrl = "https://shop.example/hook"

/** A merchant, and the receivers of what is told. */
const shop = async (url: string) => {
  const clock = testClock()
  const receivers = scriptedReceivers(clock.nowMs)
  const webhooks = { sender: receivers.sender, dialects: [plainDialect()], keepDeliveriesMs: 1_000 }
  const { one, other } = await twoKernels(url, clock, { webhooks })
  /** What is put off for a moment is told in the next. */
  const told = async () => {
    for (let step = 0; step < 10; step++) {
      for (const { kernel } of [one, other]) await kernel.drain()
      clock.ms += 1_000
    }
  }
  return { one, other, clock, receivers, told }
}

/** A security code is good once. */
const card = () => ({
  pan: Result.getOrThrow(Pan.parse("4007400000000007")),
  cvv: Result.getOrThrow(Cvv.parse("123")),
  ...{ expMonth: 12, expYear: 2035 },
  billingDetails: { name: "Ada", city: "", country: "US", line1: "", line2: null, district: null, postalCode: "" },
  holder: { email: "ada@example.org", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }
})

const endpointInput = { dialect: "plain", name: null, url: hookUrl, types: ["card.*"] }

/** Cards and versions that happened, by the store, and that receivers have taken. */
const committed = async (store: Store["Service"]): Promise<ReadonlyArray<string>> => {
  const cards = await Effect.runPromise(store.scan(merchantId, "card", null, 1000))
  return cards.flatMap(({ ref, version }) => Array.from({ length: version }, (_, n) => `${ref.id} ${n + 1}`)).toSorted()
}

const taken = (received: ReadonlyArray<Received>): ReadonlyArray<string> =>
  [
    ...new Set(
      received
        .filter(({ reaction }) => "status" in reaction && reaction.status < 300)
        .map(({ body }) => JSON.parse(body).aggregate)
        .map(({ id, version }) => `${id} ${version}`)
    )
  ].toSorted()

describe.each(engines)("webhooks on $name", ({ database }) => {
  it("tell everything that two processes commit, once, under ids that each of them finds", async () => {
    const { one, other, receivers, told } = await shop(await database())
    const { endpoint, secret } = ok(await one.kernel.webhooks.endpoints.create(merchantId, endpointInput)).view
    for (let n = 0; n < 6; n++) ok(await (n % 2 === 0 ? one : other).kernel.cards.submit(merchantId, card()))
    await told()
    const all = await committed(one.store)
    expect(all.length).toBeGreaterThanOrEqual(12)
    expect(taken(receivers.received)).toEqual(all)
    expect(receivers.received).toHaveLength(all.length)
    const page = { fromMs: null, toMs: null, page: { _tag: "First" }, limit: 100 } as const
    const where = { status: "delivered", endpointId: endpoint.id, type: ["card.CardVerified", "card.CardSubmitted"] }
    const { items } = ok(await other.kernel.webhooks.deliveries.list(merchantId, { ...page, where }))
    expect(items).toHaveLength(all.length)
    const [newest] = items
    expect(ok(await other.kernel.webhooks.deliveries.get(merchantId, newest?.id ?? ""))).toEqual(newest)
    ok(await other.kernel.webhooks.endpoints.rotateSecret(merchantId, endpoint.id, { overlapMs: 60_000 }))
    expect(await Effect.runPromise(one.store.sealedRecords(null, 100))).toHaveLength(6 + 2)
    ok(await one.kernel.webhooks.endpoints.remove(merchantId, endpoint.id))
    expect(await Effect.runPromise(one.store.sealedRecords(null, 100))).toHaveLength(6)
    expect(String(secret)).not.toContain("whsec")
    expect(await one.kernel.audit()).toEqual([])
  })

  it("withhold nothing after an endpoint is enabled, whoever is at work meanwhile", async () => {
    const { one, other, clock, receivers, told } = await shop(await database())
    const { id } = ok(await one.kernel.webhooks.endpoints.create(merchantId, endpointInput)).view.endpoint
    const { endpoints, deliveries } = one.kernel.webhooks
    const submitting = (async () => {
      for (let n = 0; n < 20; n++) ok(await other.kernel.cards.submit(merchantId, card()))
    })()
    for (let n = 0; n < 8; n++) ok(await endpoints.change(merchantId, id, { enabled: n % 2 === 1 }))
    await submitting
    await told()
    const range = { fromMs: 0, toMs: clock.ms }
    ok(await deliveries.replayAll(merchantId, id, range))
    await told()
    expect(taken(receivers.received)).toEqual(await committed(one.store))
    const page = { fromMs: null, toMs: null, page: { _tag: "First" }, limit: 1000 } as const
    const where = { status: ["waiting", "withheld", "dead"] }
    expect(ok(await deliveries.list(merchantId, { ...page, where })).items).toEqual([])
    expect(await one.kernel.audit()).toEqual([])
    const sweep = () =>
      Effect.runPromise(one.store.sweep({ nowMs: clock.ms + 1_000, finishedTasksBeforeMs: clock.ms, limit: 500 }))
    while ((await sweep()) > 0);
    expect(ok(await deliveries.list(merchantId, { ...page, where: {} })).items).toEqual([])
    expect(await one.kernel.audit()).toEqual([])
  })
})
