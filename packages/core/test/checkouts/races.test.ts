/** Whoever comes at the same moment: one wins, and the others are told what came before them. */
import type { Commit, Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import { away, distant, losing } from "../standing-in.ts"
import {
  another,
  answerChallenge,
  charges,
  declined,
  direct,
  errorOf,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  pay,
  paying,
  type Shop,
  settled,
  viewOf
} from "./checkout-shop.ts"

const writes = (tag: string) => (commit: Commit) =>
  commit.aggregates.some(({ events }) => events.some((event) => event.tag === tag))

const begins = writes("CheckoutPaymentStarted")

/** Does something just before the first commit that `strikes` accepts, when whatever that commit is based on was read. */
const overtaking = (strikes: (commit: Commit) => boolean, overtake: () => Promise<unknown>) => {
  let struck = false
  return (store: Store["Service"]): Store["Service"] => ({
    ...store,
    commit: (commit) =>
      Effect.suspend(() => {
        if (struck || !strikes(commit)) return store.commit(commit)
        struck = true
        return Effect.andThen(Effect.promise(overtake), store.commit(commit))
      })
  })
}

/** What a payment that was begun would have left behind. */
const traces = async ({ store }: Pick<Shop, "store">) => {
  const run = Effect.runPromise
  return {
    cards: (await run(store.scan(merchantId, "card", null, 100))).length,
    payments: (await run(store.scan(merchantId, "payment", null, 100))).length,
    sealed: (await run(store.sealedRecords(null, 100))).length
  }
}

describe("two tries to pay one page at once", () => {
  it.each([["in one process"], ["in two"]])("are one payment, %s", async (where) => {
    const shop = await openShop({}, distant)
    const second = where === "in two" ? await another(shop) : shop
    const id = await openPage(shop)
    const [one, other] = [paying(good, "one"), paying(good, "other")]
    const outcomes = await Promise.all([
      shop.kernel.checkouts.pay(merchantId, id, one),
      second.kernel.checkouts.pay(merchantId, id, other)
    ])
    expect(outcomes.map(errorOf).toSorted()).toEqual(["CheckoutIsBeingPaid", null].toSorted())
    const refused = outcomes[0]?.ok ? other : one
    expect(() => refused.card.cvv?.reveal()).toThrow("destroyed")
    expect(await traces(shop)).toEqual({ cards: 1, payments: 1, sealed: 1 })
    expect((await settled(shop, id)).checkout).toMatchObject({ status: "completed", payments: [{}] })
    expect(charges(shop)).toHaveLength(1)
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("under one name are one payment, in two processes", async () => {
    const shop = await openShop({}, distant)
    const heir = await another(shop)
    const id = await openPage(shop)
    const views = await Promise.all([shop, heir, shop, heir].map((process) => pay(process, id, paying(good))))
    expect(new Set(views.map(({ latest }) => latest?.payment.id)).size).toBe(1)
    expect((await settled(heir, id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
  })

  it("go through with the one that is not declined, if they come one after the other", async () => {
    const shop = await openShop({}, distant)
    const id = await openPage(shop)
    await pay(shop, id, paying(declined, "one"))
    await Promise.all([settled(shop, id), settled(shop, id), shop.kernel.drain()])
    await pay(shop, id, paying(good, "other"))
    const views = await Promise.all([settled(shop, id), settled(shop, id)])
    expect(views.map(({ checkout }) => checkout.status)).toEqual(["completed", "completed"])
    expect(charges(shop)).toHaveLength(1)
  })
})

describe("a page that is paid and cancelled at once", () => {
  it("is cancelled, where that came first: nothing of the payment is left", async () => {
    const cancelling = { first: async (): Promise<unknown> => null }
    const shop = await openShop(
      {},
      overtaking(begins, () => cancelling.first())
    )
    const id = await openPage(shop)
    cancelling.first = () => shop.kernel.checkouts.cancel(merchantId, id)
    const input = paying(good)
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, input))).toBe("CheckoutIsCancelled")
    expect(() => input.card.cvv?.reveal()).toThrow("destroyed")
    expect(await traces(shop)).toEqual({ cards: 0, payments: 0, sealed: 0 })
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout).toMatchObject({ status: "cancelled", payments: [] })
    expect(charges(shop)).toEqual([])
  })

  it("is paid, where that came first", async () => {
    const cancelling = { first: async (): Promise<unknown> => null }
    const shop = await openShop(
      {},
      overtaking(writes("CheckoutCancelled"), () => cancelling.first())
    )
    const id = await openPage(shop)
    cancelling.first = () => pay(shop, id, paying(good))
    const cancelled = await shop.kernel.checkouts.cancel(merchantId, id)
    expect(["CheckoutIsBeingPaid", "CheckoutIsCompleted"]).toContain(errorOf(cancelled))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
  })

  it("is one of them, however they come", async () => {
    const shop = await openShop({}, distant)
    for (let n = 0; n < 20; n++) {
      const id = await openPage(shop)
      const asks = [
        () => shop.kernel.checkouts.pay(merchantId, id, paying(good)),
        () => shop.kernel.checkouts.cancel(merchantId, id)
      ]
      const outcomes = await Promise.all((n % 2 === 0 ? asks : asks.toReversed()).map((ask) => ask()))
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1)
      expect(["completed", "cancelled"]).toContain((await settled(shop, id)).checkout.status)
    }
    expect(await shop.kernel.audit()).toEqual([])
  })
})

describe("a page whose time ends in the moment it is paid", () => {
  it("is paid, where that came first", async () => {
    const starting = { first: async (): Promise<unknown> => null }
    const shop = await openShop(
      {},
      overtaking(writes("CheckoutExpired"), () => starting.first())
    )
    const id = await openPage(shop, { expiresAtMs: shop.clock.ms + 1000 })
    const dueAtMs = shop.clock.ms + 1000
    starting.first = async () => {
      shop.clock.ms = dueAtMs - 1
      await pay(shop, id, paying(good))
      shop.clock.ms = dueAtMs
    }
    shop.clock.ms = dueAtMs
    await shop.kernel.drain()
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })

  it("is over, where that came first", async () => {
    const expiring = { first: async (): Promise<unknown> => null }
    const shop = await openShop(
      {},
      overtaking(begins, () => expiring.first())
    )
    const id = await openPage(shop, { expiresAtMs: shop.clock.ms + 1000 })
    expiring.first = async () => {
      shop.clock.ms += 1000
      await shop.kernel.drain()
    }
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good)))).toBe("CheckoutHasExpired")
    expect(await traces(shop)).toEqual({ cards: 0, payments: 0, sealed: 0 })
  })
})

describe("a payer who comes back from a challenge while his payment ends", () => {
  it.each([
    ["approved", "completed"],
    ["failed", "failed"]
  ] as const)("and his card is forgotten: he is sent on, where his answer was %s", async (answer, status) => {
    const meanwhile = { ends: async (): Promise<unknown> => null }
    const shop = await openShop({}, (store) => ({
      ...store,
      sealedRecord: (place) =>
        Effect.andThen(
          Effect.promise(() => meanwhile.ends()),
          store.sealedRecord(place)
        )
    }))
    const heir = await another(shop)
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
    const state = await answerChallenge(shop, await settled(shop, view.checkout.id), answer)
    meanwhile.ends = async () => {
      meanwhile.ends = async () => null
      await settled(heir, view.checkout.id)
      expect((await traces(shop)).sealed).toBe(0)
    }
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({
      redirectUrl: "https://shop.test/back"
    })
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe(status)
    expect(shop.incidents).toEqual([])
  })
})

describe("a store that fails while somebody pays", () => {
  it("leaves nothing where nothing was written, and the code for another time", async () => {
    const shop = await openShop({}, (store) => ({ ...store, ...losing(store, begins, "before") }))
    const id = await openPage(shop)
    const input = paying(good)
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, input))).toBe("Unavailable")
    expect(await traces(shop)).toEqual({ cards: 0, payments: 0, sealed: 0 })
    expect(input.card.cvv?.reveal()).toBe("123")
    await pay(shop, id, input)
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
  })

  it("charges once where only the answer was lost and the try is repeated", async () => {
    const shop = await openShop({}, (store) => ({ ...store, ...losing(store, begins, "after") }))
    const id = await openPage(shop)
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "first", null)))).toBe("Unavailable")
    expect((await pay(shop, id, paying(good, "first", null))).checkout.payments).toHaveLength(1)
    // The process that sent it does not know that it did, so the lease runs out and the bank is asked.
    for (let step = 0; step < 20; step++) {
      shop.clock.ms += 10_000
      await shop.kernel.drain()
    }
    expect((await viewOf(shop, id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("gives back the room that was kept, so that others can pay", async () => {
    const weather = { commit: away() as ReturnType<Store["Service"]["commit"]> | null }
    const shop = await openShop({ cvvsMax: 1, worker: { idlePollMs: 20, concurrency: 1, queueMax: 0 } }, (store) => ({
      ...store,
      commit: (commit) => Effect.suspend(() => (begins(commit) && weather.commit) || store.commit(commit))
    }))
    for (let n = 0; n < 5; n++) {
      expect(errorOf(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))).toBe("Unavailable")
    }
    weather.commit = null
    const request = {
      scope: "api",
      key: "k",
      meaning: "m",
      answer: (): never => {
        throw new Error("the host's own fault")
      }
    }
    await expect(shop.kernel.checkouts.payDirectly(merchantId, direct(good), request)).rejects.toThrow("own fault")
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
  })
})
