/** What becomes of a checkout when whoever should have followed its payment is gone, or came to it late. */
import type { CardGateway } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId, merchantInput, usd } from "../kernel-world.ts"
import {
  another,
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

/** Lets time pass for a process, with the work that falls due. */
const pass = async ({ clock }: Shop, { kernel }: Pick<Shop, "kernel">, ms: number): Promise<void> => {
  clock.ms += ms
  await kernel.drain()
}

const parked = ({ store }: Shop) => Effect.runPromise(store.parked())

/** Claims them: nobody can carry them out afterwards. */
const openTasks = async ({ store, clock }: Shop): Promise<ReadonlyArray<string>> => {
  const claim = { lane: "money" as const, owner: "end", nowMs: clock.ms + 1e12, leaseMs: 1, limit: 100 }
  const open = await Effect.runPromise(store.claim(claim))
  return open.map(({ kind }) => kind).toSorted()
}

/** Nobody waits for the payment, and its process ends once the bank has answered. */
const paidUnseen = async (shop: Shop, number: string): Promise<string> => {
  const id = await openPage(shop)
  await pay(shop, id, paying(number))
  await shop.kernel.drain()
  await shop.kernel.close()
  return id
}

describe("a payment whose process is gone", () => {
  it.each([
    ["is brought to its page by another", good, "completed"],
    ["is brought to its page as declined", declined, "open"]
  ])("%s", async (_, number, status) => {
    const shop = await openShop()
    const id = await paidUnseen(shop, number)
    const heir = await another(shop)
    await heir.kernel.drain()
    expect((await viewOf(heir, id)).checkout.status).toBe("paying")
    await pass(shop, heir, 2000)
    expect((await viewOf(heir, id)).checkout.status).toBe(status)
    expect(await openTasks(shop)).toEqual(["expire_checkout", "settle"])
    expect(await heir.kernel.audit()).toEqual([])
  })

  it("is followed by whoever waits for it before that", async () => {
    const shop = await openShop()
    const id = await paidUnseen(shop, good)
    const heir = await another(shop)
    expect((await settled(heir, id, 0)).checkout.status).toBe("completed")
    await pass(shop, heir, 2000)
    expect((await viewOf(heir, id)).checkout.status).toBe("completed")
  })

  it("goes on with 3-D Secure in another", async () => {
    const shop = await openShop()
    const id = await paidUnseen(shop, needs3ds)
    const heir = await another(shop)
    await pass(shop, heir, 2000)
    const view = await viewOf(heir, id)
    expect(view).toMatchObject({ checkout: { status: "paying" }, latest: { payment: { status: "action_required" } } })
  })

  it("is looked at ever more seldom while its outcome is unknown, and to the end", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    shop.bank.setMode("drop-before", 1)
    await pay(shop, id, paying(good, "first", null))
    const due = async () => (await Effect.runPromise(shop.store.nextDueAtMs("money"))) ?? 0
    for (let step = 0; step < 12; step++) await pass(shop, shop, 1000)
    expect((await viewOf(shop, id)).checkout.status).toBe("paying")
    expect(await due()).toBeGreaterThan(shop.clock.ms)
    shop.bank.setMode("normal", 1)
    for (let step = 0; step < 30; step++) await pass(shop, shop, 10_000)
    expect((await viewOf(shop, id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
    expect(await parked(shop)).toEqual([])
  })

  it("leaves no task behind but the end of the page's time", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    await settled(shop, id)
    await pass(shop, shop, 2000)
    expect(await openTasks(shop)).toEqual(["expire_checkout", "settle"])
  })

  it("leaves none once that has ended it", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pass(shop, shop, 86_400_000)
    expect((await viewOf(shop, id)).checkout.status).toBe("expired")
    expect(await openTasks(shop)).toEqual(["settle"])
  })
})

describe("a payment that the issuer wants authenticated, after the contract has changed", () => {
  const changes: ReadonlyArray<readonly [string, (shop: Shop) => Promise<unknown>]> = [
    ["its amount is too large by then", (shop) => changeTerms(shop, { maxAmount: usd(1000n) })],
    ["its amount is too small by then", (shop) => changeTerms(shop, { minAmount: usd(5000n) })],
    ["the merchant is suspended by then", ({ kernel }) => kernel.merchants.suspend(merchantId)]
  ]
  const changeTerms = async ({ kernel }: Shop, change: Partial<typeof merchantInput.terms>) =>
    ok(await kernel.merchants.changeTerms(merchantId, { ...merchantInput.terms, ...change }))

  it.each(changes)("is declined on a page: %s", async (_, change) => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(needs3ds))
    await shop.kernel.drain()
    await change(shop)
    await pass(shop, shop, 2000)
    const { checkout } = await viewOf(shop, id)
    expect(checkout).toMatchObject({ status: "open", payments: [{ failure: "three_d_secure_required" }] })
    expect(checkout.payments).toHaveLength(1)
    expect(shop.incidents).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })

  it.each(changes)("is the end of a direct payment: %s", async (_, change) => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
    await shop.kernel.drain()
    await change(shop)
    expect((await settled(shop, view.checkout.id)).checkout).toMatchObject({
      status: "failed",
      payments: [{ failure: "three_d_secure_required" }]
    })
    expect(shop.incidents).toEqual([])
  })

  it("that is under way already goes on to its end", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    ok(await shop.kernel.merchants.suspend(merchantId))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })
})

describe("a payment that the merchant cancels before anybody has looked", () => {
  it("has been captured, so it completes the page as it would have a moment earlier", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    const { latest } = await pay(shop, id, paying(good))
    await shop.kernel.drain()
    ok(await shop.kernel.payments.cancel(merchantId, latest?.payment.id ?? "", { reason: null }))
    await shop.kernel.drain()
    expect(await settled(shop, id)).toMatchObject({
      checkout: { status: "completed" },
      latest: { payment: { status: "cancelled" } }
    })
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "again")))).toBe("CheckoutIsCompleted")
    expect(await shop.kernel.audit()).toEqual([])
  })
})

describe("a payment that is settled before anybody has looked", () => {
  it("completes the page as it would have before", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    await shop.kernel.drain()
    ok(await shop.kernel.settlements.run(merchantId))
    expect(await settled(shop, id)).toMatchObject({
      checkout: { status: "completed" },
      latest: { payment: { status: "paid" } }
    })
  })
})

describe("a bank transfer that has come", () => {
  it("is heard of by whoever has time to wait before the task asks that would have", async () => {
    const shop = await openShop({ worker: { idlePollMs: 3_600_000 } })
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, { ...direct(good), card: null }))
    await shop.kernel.drain()
    shop.clock.ms += 60_000
    expect((await settled(shop, view.checkout.id, 0)).checkout.status).toBe("paying")
    expect((await settled(shop, view.checkout.id, 1000)).checkout.status).toBe("completed")
  })
})

describe("a challenge that is open", () => {
  /** A shop whose issuer can be kept from answering; counts what it is asked. */
  const challenged = async () => {
    const issuer = { asked: 0, hangs: false }
    const reach = (gateway: CardGateway["Service"]): CardGateway["Service"] => ({
      ...gateway,
      authenticate: (request, timeoutMs) =>
        Effect.suspend(() => {
          issuer.asked++
          return issuer.hangs ? Effect.never : gateway.authenticate(request, timeoutMs)
        })
    })
    const shop = await openShop()
    const process = await another(shop, { gateway: reach(shop.bank.gateway) })
    await shop.kernel.close()
    const id = await openPage(process)
    await pay(process, id, paying(needs3ds))
    expect((await settled(process, id)).latest?.payment.status).toBe("action_required")
    issuer.asked = 0
    return { shop, process, id, issuer }
  }

  it("is asked about once by whoever has time to wait, and not by who only looks", async () => {
    const { process, id, issuer } = await challenged()
    expect((await settled(process, id, 0)).latest?.payment.status).toBe("action_required")
    expect(issuer.asked).toBe(0)
    expect((await settled(process, id, 1000)).latest?.payment.status).toBe("action_required")
    expect(issuer.asked).toBe(1)
  })

  it("keeps nobody longer than he has time, if the issuer is slow", async () => {
    const { process, id, issuer } = await challenged()
    issuer.hangs = true
    expect((await settled(process, id, 500)).latest?.payment.status).toBe("action_required")
    expect(issuer.asked).toBe(1)
  })
})
