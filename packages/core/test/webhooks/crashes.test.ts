import type { Kernel, KernelOptions } from "@paykernel/core"
import { type Store, StoreUnavailable } from "@paykernel/core/effect"
import { plainDialect, type ScriptedReceivers, scriptedReceivers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, type Process } from "../adverse-world.ts"
import { merchantId, paymentInput, submitCard } from "../kernel-world.ts"
import { type Life, type Moment, newLife, senderOf, storeOf } from "../mortal-process.ts"
import { distant } from "../standing-in.ts"
import {
  closeAfterEach,
  committedEvents,
  deliveries,
  done,
  endpoint,
  hookUrl,
  idOf,
  passNews,
  tellTest,
  toldEvents,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const deep = process.env["PAYKERNEL_DEEP"] === "1"
/** Every how many moments a process dies in the normal tier. */
const stride = deep ? 1 : 9
const minuteMs = 60_000

const start = (world: AdverseWorld, receivers: ScriptedReceivers, life: Life = newLife()): Process => {
  const worker = { idlePollMs: 3_600_000 }
  const sender = senderOf(life, receivers.sender)
  const webhooks = { sender, dialects: [plainDialect()], worker } satisfies KernelOptions["webhooks"]
  return world.start({ webhooks }, life)
}

const flow = async ({ call }: Process, cardId: string): Promise<void> => {
  const request = {
    ...{ scope: "shop", key: "order-1", meaning: "order 1" },
    answer: ({ id }: { readonly id: string }) => ({ status: 201, body: id })
  }
  const created = await call((kernel) => kernel.payments.create(merchantId, paymentInput(cardId), request))
  await call((kernel) => kernel.drain())
  if (created === "dead" || !created.ok) return
  const amount = { amount: 300n, currency: "USD" } as const
  const { id } = created.value.view
  const refund = { ...request, key: "refund-1", answer: () => ({ status: 201, body: "" }) }
  await call((kernel) => kernel.payments.refund(merchantId, id, { amount, reason: null }, refund))
  await call((kernel) => kernel.drain())
}

/** What happened, against what receivers were told. */
const disagreements = async (store: Store["Service"], receivers: ScriptedReceivers): Promise<ReadonlyArray<string>> => {
  const told = toldEvents(receivers.received)
  const committed = (await committedEvents(store)).filter((name) => name.startsWith("payment"))
  const problems = committed.filter((name) => !told.includes(name)).map((name) => `${name} was not told`)
  problems.push(...told.filter((name) => !committed.includes(name)).map((name) => `${name} did not happen`))
  const bodies = new Map<string, string>()
  for (const one of receivers.received) {
    const before = bodies.get(idOf(one)) ?? one.body
    if (before !== one.body) problems.push(`${idOf(one)} says two things`)
    bodies.set(idOf(one), before)
  }
  if (bodies.size !== committed.length) problems.push(`${bodies.size} ids for ${committed.length} events`)
  return problems
}

const crashAt = async (n: number) => {
  const world = await adverseWorld(seededRandom(n))
  const receivers = scriptedReceivers(() => world.clock.ms)
  const founder = start(world, receivers)
  await endpoint(founder, { types: ["payment.*"] })
  const card = await submitCard(founder)
  await founder.kernel.close()
  const moments: Array<Moment> = []
  const doomed = start(
    world,
    receivers,
    newLife((moment) => moments.push(moment) === n)
  )
  await flow(doomed, card.id)
  const died = doomed.life.isDead()
  world.bury(doomed)
  const heir = start(world, receivers)
  await flow(heir, card.id)
  await world.pass(heir, 10 * minuteMs, 10)
  const problems = [...(await disagreements(world.store, receivers))]
  const repeated = receivers.received.length - new Set(receivers.received.map(idOf)).size
  // Only what was on its way when the process died may come twice.
  if (repeated > 4) problems.push(`${repeated} messages came again`)
  const open = (await deliveries(heir)).filter(({ status }) => status !== "delivered")
  problems.push(...open.map(({ id, status }) => `${id} is ${status}`))
  problems.push(...(await heir.kernel.audit()).map(({ problem }) => problem))
  await heir.kernel.close()
  return { died, problems, repeated, moment: moments[n - 1] }
}

describe("a process that dies at any call through its ports", () => {
  it("leaves nothing untold, and everything under the id that it had", async () => {
    let points = 0
    let repeated = 0
    for (let n = 1; ; n += stride) {
      const found = await crashAt(n)
      expect(found.problems, `point ${n}, ${found.moment?.when} ${found.moment?.call}`).toEqual([])
      repeated += found.repeated
      if (!found.died) break
      points++
    }
    expect(points * stride).toBeGreaterThan(80)
    // Some died between sending and writing it down.
    expect(repeated).toBeGreaterThan(0)
  })
})

describe("a message that was sent by a process that died before it could write that down", () => {
  it("comes again under the same id, with the same words", async () => {
    const shop = await webhookWorld()
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    const life = newLife(({ call, when }) => call === "post" && when === "after")
    const sender = senderOf(life, shop.receivers.sender)
    const doomed = await webhookWorld({ sender, timeoutMs: 50 }, { store: storeOf(life, shop.store) }, shop)
    void tellTest(doomed, mine.id)
    await life.death
    expect(await deliveries(shop)).toMatchObject([{ status: "waiting", attemptsCount: 0 }])
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(1)
    shop.clock.ms += 31_000
    await shop.kernel.drain()
    const [first, second, ...more] = shop.receivers.received
    expect(more).toEqual([])
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"])
    expect(second?.body).toBe(first?.body)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 1 }])
  })
})

describe("several workers on one store", () => {
  it("tell everything once while nothing goes wrong", async () => {
    const shop = await webhookWorld()
    await endpoint(shop, { types: ["payment.*"] })
    const card = await submitCard(shop)
    const others = await Promise.all([1, 2, 3].map(() => webhookWorld({}, { store: distant(shop.store) }, shop)))
    const accepting = await webhookWorld({}, { worker: false }, shop)
    for (let n = 0; n < 10; n++) done(await accepting.kernel.payments.create(merchantId, paymentInput(card.id)))
    await Promise.all(others.map(({ kernel }) => kernel.drain()))
    await passNews(shop, 10_000)
    const told = toldEvents(shop.receivers.received)
    const committed = (await committedEvents(shop.store)).filter((name) => name.startsWith("payment"))
    expect(committed.length).toBeGreaterThan(30)
    expect(told.toSorted()).toEqual(committed.toSorted())
  })
})

describe("a store that is away", () => {
  const awayWhile = (own: Store["Service"]) => {
    const weather = { away: false, losing: false }
    const fail = Effect.fail(new StoreUnavailable({ reason: "away", outcomeUnknown: true }))
    const store: Store["Service"] = {
      ...own,
      commit: (commit) => {
        if (weather.losing) return Effect.andThen(Effect.exit(own.commit(commit)), fail)
        return weather.away ? fail : own.commit(commit)
      },
      load: (ref) => (weather.away ? fail : own.load(ref))
    }
    return { store, weather }
  }

  const settle = async (kernel: Kernel): Promise<void> => {
    await kernel.drain().catch(() => {})
  }

  it.each(["away", "losing"] as const)("while a message is told (%s) delays it and loses nothing", async (kind) => {
    const shop = await webhookWorld()
    const { store, weather } = awayWhile(shop.store)
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    const far = await webhookWorld({}, { store }, shop)
    done(await shop.kernel.webhooks.endpoints.test(merchantId, mine.id))
    await shop.kernel.close()
    weather[kind] = true
    await settle(far.kernel)
    shop.clock.ms += 31_000
    await settle(far.kernel)
    weather[kind] = false
    for (let look = 0; look < 5; look++) {
      shop.clock.ms += 61_000
      await settle(far.kernel)
    }
    expect(shop.receivers.receivedAt(hookUrl).length).toBeGreaterThan(0)
    expect(new Set(shop.receivers.received.map(idOf)).size).toBe(1)
    expect(await deliveries(far)).toMatchObject([{ status: "delivered" }])
    expect(far.incidents.every(({ kind: what }) => what === "task_failed")).toBe(true)
  })
})
