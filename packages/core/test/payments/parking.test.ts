import { Attempt } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { bareDesk, claimBy, putUp } from "../bare-desk.ts"
import {
  approve,
  merchantId,
  pass,
  paymentInput,
  paymentOf,
  type Script,
  submitCard,
  usd,
  type World,
  world
} from "../kernel-world.ts"
import { away, replaceableStore } from "../standing-in.ts"

const opened: Array<World> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

/** No polling of its own: the test says when work is done. */
const quiet = { worker: { idlePollMs: 3_600_000 } }

const openOn = async (script: Script) => {
  const { own, instead, store } = replaceableStore()
  const shop = await world(script, { ...quiet, store })
  opened.push(shop)
  return { ...shop, own, instead }
}

const parkedIn = (store: World["store"]) => Effect.runPromise(store.parked())

describe("a task is set aside for a person", () => {
  it("not because it asked often: a doubt of hours survives one failure of the store", async () => {
    let found = false
    const shop = await openOn({
      send: async () => ({ _tag: "Unknown", why: "timeout" }),
      lookup: async (key) =>
        found
          ? {
              _tag: "Found",
              verdict: { _tag: "Approved", reference: key, amount: usd(1000n), avs: "Y", cvv: "not_requested" }
            }
          : { _tag: "Unavailable", why: "down" }
    })
    const card = await submitCard(shop)
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    await pass(shop, 2 * 3_600_000, 120)
    expect(shop.calls.filter(({ call }) => call === "lookup").length).toBeGreaterThan(60)
    shop.instead.commit = (commit) =>
      commit.aggregates.length > 0 || commit.lease?.then._tag === "Again" ? once() : shop.own.commit(commit)
    const once = () => {
      delete shop.instead.commit
      return away()
    }
    await pass(shop, 120_000, 2)
    expect(await parkedIn(shop.own)).toEqual([])
    found = true
    await pass(shop, 180_000, 3)
    expect((await paymentOf(shop, paid.value.view.id)).status).toMatch(/confirmed|paid/u)
  })

  it("not because it recurs: settlement goes on after a hundred intervals and one failure", async () => {
    const shop = await openOn({})
    const card = await submitCard(shop)
    await pass(shop, 100 * 300_000, 100)
    shop.instead.list = () => {
      delete shop.instead.list
      return away()
    }
    await pass(shop, 300_000, 1)
    expect(await parkedIn(shop.own)).toEqual([])
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    await pass(shop, 600_000, 4)
    expect((await paymentOf(shop, paid.value.view.id)).status).toBe("paid")
  })

  it("not because the store is away for a day", async () => {
    let silent = true
    const shop = await openOn({
      send: async (operation) => (silent ? { _tag: "Unknown", why: "timeout" } : approve(operation))
    })
    const card = await submitCard(shop)
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    await shop.kernel.drain()
    shop.instead.load = () => away()
    await pass(shop, 6 * 3_600_000, 360)
    delete shop.instead.load
    silent = false
    expect(await parkedIn(shop.own)).toEqual([])
    await pass(shop, 3_600_000, 60)
    expect((await paymentOf(shop, paid.value.view.id)).attempts.filter(Attempt.isOpen)).toEqual([])
  })

  it("when a defect of the program stops it every time, and says so once", async () => {
    const shop = await openOn({})
    shop.instead.list = () => Effect.die(new Error("a bug"))
    await pass(shop, 300_000, 1)
    await pass(shop, 6 * 3_600_000, 360)
    expect(await parkedIn(shop.own)).toMatchObject([{ kind: "settle", why: "Error: a bug" }])
    expect(shop.incidents.filter(({ kind }) => kind === "task_parked")).toHaveLength(1)
  })
})

describe("a timer that has to wait for a person", () => {
  it("does not look every second for ever", async () => {
    const shop = await openOn({
      send: async (operation) =>
        operation.kind === "capture"
          ? { _tag: "Unknown", why: "timeout" }
          : { _tag: "Approved", reference: "r", amount: operation.amount, avs: "Y", cvv: "not_requested" },
      lookup: async () => ({ _tag: "Unavailable", why: "down" })
    })
    const card = await submitCard(shop)
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id, { autoCapture: false }))
    if (!paid.ok) throw new Error(paid.error._tag)
    await shop.kernel.drain()
    await shop.kernel.payments.capture(merchantId, paid.value.view.id, { amount: null })
    await pass(shop, 26 * 3_600_000, 60)
    expect((await paymentOf(shop, paid.value.view.id)).attempts.at(-1)?.status).toBe("manual")
    await pass(shop, 6 * 24 * 3_600_000, 24)
    let commits = 0
    shop.instead.commit = (commit) => {
      commits++
      return shop.own.commit(commit)
    }
    await pass(shop, 600_000, 600)
    // Two settlements, and a few looks of the timer.
    expect(commits).toBeLessThan(30)
  })
})

describe("a task that its process lacks the means for", () => {
  it.each([
    ["watch_deposits", "intent", "BlockchainNotConfigured"],
    ["follow_cross_border", "cross_border_payment", "PayoutNetworkNotConfigured"]
  ] as const)("is told of and left to another: %s", async (kind, type, why) => {
    const desk = await bareDesk()
    await putUp(desk, kind, type)
    const tasks = await claimBy(desk, desk.clock.ms)
    for (const task of tasks) await desk.carryOut(task)
    expect(desk.incidents).toMatchObject([{ kind: "task_failed", why, aggregate: { type } }])
    expect(await claimBy(desk, desk.clock.ms + 60_000)).toMatchObject(tasks.map(({ id }) => ({ id })))
  })
})
