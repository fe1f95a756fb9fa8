/** A store in which somebody else is always faster: nothing is lost by it, nothing is told twice, and nobody waits for ever. */
import { type Commit, type Store, VersionConflict } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { plainDialect } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import { closeAfterEach, deliveries, done, endpoint, hookUrl, passNews, webhookWorld } from "./webhook-world.ts"

closeAfterEach()

/** Of so many commits with an event of this kind, each meets a version that has moved on. */
const contended = (own: Store["Service"], tag: string) => {
  const conflicts = { left: 0 }
  const commit = (one: Commit) => {
    const write = one.aggregates.find(({ events }) => events.some((event) => event.tag === tag))
    if (write === undefined || conflicts.left <= 0) return own.commit(one)
    conflicts.left--
    return Effect.fail(new VersionConflict({ ref: write.ref }))
  }
  return { store: { ...own, commit }, conflicts }
}

const given = { dialect: "plain", name: null, url: hookUrl, types: [] }

/** An endpoint that hears of its own changes, and somebody who changes it without telling anybody. */
const setUp = async () => {
  const desk = await webhookWorld({}, { worker: false })
  const { endpoint: mine } = await endpoint(desk, { types: ["endpoint.EndpointChanged"] })
  const change = async (input: Parameters<typeof desk.kernel.webhooks.endpoints.change>[2]) =>
    done(await desk.kernel.webhooks.endpoints.change(merchantId, mine.id, input))
  return { desk, change }
}

describe("a store that is contended", () => {
  it("puts off what is to be planned, which is told once when it no longer is", async () => {
    const { desk, change } = await setUp()
    await change({ name: "till" })
    const { store, conflicts } = contended(desk.store, "DeliveryPlanned")
    conflicts.left = Number.POSITIVE_INFINITY
    const shop = await webhookWorld({}, { store }, desk)
    await shop.kernel.drain()
    expect(shop.incidents).toMatchObject([{ kind: "task_failed", why: "StoreUnavailable" }])
    expect(await deliveries(shop)).toEqual([])
    conflicts.left = 0
    await passNews(shop, 60_000)
    expect(shop.receivers.received).toHaveLength(1)
  })

  it("puts off what is to be withheld, which is told to nobody meanwhile", async () => {
    const { desk, change } = await setUp()
    desk.receivers.script(hookUrl, { status: 500 })
    await change({ name: "till" })
    const { store, conflicts } = contended(desk.store, "DeliveryWithheld")
    const shop = await webhookWorld({}, { store }, desk)
    await shop.kernel.drain()
    await change({ enabled: false })
    conflicts.left = Number.POSITIVE_INFINITY
    shop.clock.ms += 10_000
    await shop.kernel.drain()
    expect(shop.incidents).toMatchObject([{ kind: "task_failed", why: "StoreUnavailable" }])
    expect(await deliveries(shop, { status: "waiting" })).toHaveLength(1)
    conflicts.left = 0
    await passNews(shop, 60_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld", attemptsCount: 1 }])
    expect(shop.receivers.received).toHaveLength(1)
  })

  it("has nothing planned again that a process planned which did not know every dialect", async () => {
    const dialects = [plainDialect(), plainDialect({ name: "new", ofCheckoutAddresses: false })]
    const desk = await webhookWorld({ dialects }, { worker: false })
    const young = "https://young.example/hook"
    await endpoint(desk, { types: ["endpoint.EndpointChanged"] })
    const { endpoint: mine } = await endpoint(desk, { dialect: "new", url: young, types: ["endpoint.EndpointChanged"] })
    done(await desk.kernel.webhooks.endpoints.change(merchantId, mine.id, { name: "till" }))
    const old = await webhookWorld({}, {}, desk)
    await old.kernel.drain()
    expect(desk.receivers.received.map(({ url }) => url)).toEqual([hookUrl])
    await old.kernel.close()
    const { store, conflicts } = contended(desk.store, "DeliveryPlanned")
    conflicts.left = 1
    const shop = await webhookWorld({ dialects }, { store }, desk)
    await passNews(shop, 120_000)
    expect(desk.receivers.received.map(({ url }) => url)).toEqual([hookUrl, young])
    expect(shop.incidents).toEqual([])
  })
})

describe("a merchant whose new endpoints find every name taken", () => {
  it("is asked to come back later", async () => {
    const own = memoryStore()
    const taken: { by: string | null } = { by: null }
    const isTaken = (ref: Parameters<typeof own.load>[0]) => ref.type === "endpoint" && ref.id !== "default"
    const store: Store["Service"] = {
      ...own,
      load: (ref) => own.load(taken.by !== null && isTaken(ref) ? { ...ref, id: taken.by } : ref),
      commit: (commit) => {
        const write = taken.by === null ? undefined : commit.aggregates.find(({ ref }) => isTaken(ref))
        return write === undefined ? own.commit(commit) : Effect.fail(new VersionConflict({ ref: write.ref }))
      }
    }
    const shop = await webhookWorld({}, { store })
    taken.by = (await endpoint(shop)).endpoint.id
    expect(await shop.kernel.webhooks.endpoints.create(merchantId, given)).toEqual({
      ok: false,
      error: { _tag: "Unavailable", retryAfterMs: 1_000 }
    })
    taken.by = null
    expect(await shop.kernel.webhooks.endpoints.create(merchantId, given)).toMatchObject({ ok: true })
  })
})
