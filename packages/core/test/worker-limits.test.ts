import type { KernelOptions } from "@paykernel/core"
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import {
  approve,
  merchantId,
  pass,
  paymentInput,
  paymentOf,
  type Script,
  submitCard,
  type World,
  world
} from "./kernel-world.ts"
import { away, distant, replaceableStore } from "./standing-in.ts"

const opened: Array<World> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

/** A second process, with limits of its own, on the store of a first that only sets the scene. */
const open = async (script: Script, options: Partial<KernelOptions>) => {
  const { own, instead, store } = replaceableStore()
  const scene = await world({}, { store: own, worker: { idlePollMs: 3_600_000 } })
  const card = await submitCard(scene)
  await scene.kernel.close()
  const shop = await world(script, { store: distant(store), ...options }, { store, clock: scene.clock })
  opened.push(shop)
  const pay = async (): Promise<string> => {
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    return paid.value.view.id
  }
  return { shop, own, instead, card, pay }
}

const quiet = { idlePollMs: 3_600_000 }

describe("a process at its limits", () => {
  it("keeps no more in memory than it promised, however many ask at once", async () => {
    const { own, instead, pay } = await open(
      { send: () => new Promise(() => {}) },
      { worker: { ...quiet, concurrency: 2, queueMax: 3 }, callTimeoutMs: 200 }
    )
    const born: Array<Commit["tasks"][number]> = []
    instead.commit = (commit) => {
      born.push(...commit.tasks.filter(({ bornLeased }) => bornLeased !== null))
      return own.commit(commit)
    }
    await Promise.all(Array.from({ length: 20 }, pay))
    expect(born).toHaveLength(5)
  })

  it("sends what it had no room for once it has, without anybody looking again", async () => {
    const { shop, pay } = await open({}, { worker: { ...quiet, concurrency: 4, queueMax: 0 } })
    const ids = await Promise.all(Array.from({ length: 40 }, pay))
    shop.kernel.wake()
    const statuses = () => Promise.all(ids.map(async (id) => (await paymentOf(shop, id)).status))
    await expect.poll(statuses).toEqual(ids.map(() => "confirmed"))
  })

  it("with no queue at all still sends what it marked as being sent", async () => {
    const { shop, pay } = await open({}, { worker: { ...quiet, concurrency: 1, queueMax: 0 } })
    await pay()
    await shop.kernel.drain()
    expect(shop.calls.map(({ call }) => call)).toEqual(["send"])
  })

  it("has no more calls in flight than it has places, whatever a look at the store brings meanwhile", async () => {
    let inFlight = 0
    let most = 0
    const { shop, own, instead, card, pay } = await open(
      {
        send: async (operation) => {
          most = Math.max(most, ++inFlight)
          await new Promise((resolve) => setTimeout(resolve, 10))
          inFlight--
          return approve(operation)
        }
      },
      { worker: { ...quiet, concurrency: 2, queueMax: 100 } }
    )
    const acceptor = await world({}, { worker: false }, { store: own, clock: shop.clock })
    for (let n = 0; n < 4; n++) await acceptor.kernel.payments.create(merchantId, paymentInput(card.id))
    instead.claim = (request) => Effect.tap(own.claim(request), () => Effect.sleep(5))
    shop.kernel.wake()
    await Promise.all(Array.from({ length: 4 }, pay))
    await shop.kernel.drain()
    expect(most).toBe(2)
  })
})

describe("looking for work", () => {
  it("goes on after a defect of the store's adapter", async () => {
    const { shop, own, instead, pay } = await open({}, { worker: { idlePollMs: 5 } })
    let died = 0
    instead.claim = (request) => (++died <= 3 ? Effect.die(new Error("a bug")) : own.claim(request))
    await expect.poll(() => died).toBeGreaterThan(3)
    const id = await pay()
    await shop.kernel.drain()
    shop.clock.ms += 300_000
    await expect.poll(async () => (await paymentOf(shop, id)).status).toBe("paid")
  })

  it("is not over for a drain while tasks that were claimed have not begun", async () => {
    const { shop, own, instead, card } = await open({}, { worker: quiet })
    const acceptor = await world({}, { worker: false }, { store: own, clock: shop.clock })
    const paid = await acceptor.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    let begin = (): void => {}
    const begins = new Promise<void>((resolve) => {
      begin = resolve
    })
    let claims = 0
    instead.claim = (request) =>
      Effect.tap(own.claim(request), () => (++claims === 1 ? Effect.promise(() => begins) : Effect.void))
    shop.kernel.wake()
    await expect.poll(() => claims, { interval: 1 }).toBe(1)
    setTimeout(begin, 30)
    await shop.kernel.drain()
    expect((await paymentOf(shop, paid.value.view.id)).status).toBe("confirmed")
  })

  it("goes on when there is room again, where the last place was taken while it looked", async () => {
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { shop, own, instead, card, pay } = await open(
      { send: (operation) => answered.then(() => approve(operation)) },
      { worker: { ...quiet, concurrency: 1 } }
    )
    const acceptor = await world({}, { worker: false }, { store: own, clock: shop.clock })
    const later = async (): Promise<string> => {
      const paid = await acceptor.kernel.payments.create(merchantId, paymentInput(card.id))
      return paid.ok ? paid.value.view.id : ""
    }
    let claims = 0
    // It finds nothing, and is told so when there is a place no more.
    instead.claim = (request) =>
      ++claims === 1 ? Effect.andThen(Effect.promise(pay), Effect.succeed([])) : own.claim(request)
    shop.kernel.wake()
    await expect.poll(() => shop.calls).toHaveLength(1)
    const id = await later()
    answer()
    await expect.poll(async () => (await paymentOf(shop, id)).status).toBe("confirmed")
    await acceptor.kernel.close()
  })
})

describe("a host that listens for incidents and throws", () => {
  it("does not hold up the task that met one", async () => {
    const { shop, instead, own, pay } = await open(
      {},
      {
        worker: quiet,
        onIncident: () => {
          throw new Error("the listener's own bug")
        }
      }
    )
    const id = await pay()
    instead.load = () => {
      instead.load = own.load
      return away()
    }
    await pass(shop, 5000, 5)
    expect((await paymentOf(shop, id)).status).toBe("confirmed")
  })
})
