/** Processes whose clocks differ, and one whose clock is set back: a page is paid once or over, and never both. */
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import {
  another,
  answerChallenge,
  charges,
  direct,
  errorOf,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  pay,
  paying,
  settled,
  viewOf
} from "./checkout-shop.ts"

const minute = 60_000

describe("where one clock is ten minutes ahead of another", () => {
  it("a page that is over to one is over to none that has paid it, and is charged once", async () => {
    const shop = await openShop()
    const ahead = await another(shop, { clock: { nowMs: () => shop.clock.ms + 10 * minute }, worker: false })
    const id = await openPage(shop, { expiresAtMs: shop.clock.ms + 5 * minute })
    const early = await ahead.kernel.checkouts.pay(merchantId, id, paying(good, "early", null))
    expect(errorOf(early)).toBe("CheckoutHasExpired")
    expect(errorOf(await ahead.kernel.checkouts.cancel(merchantId, id))).toBe("CheckoutHasExpired")
    await pay(shop, id, paying(good))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    // The other one has the same page before it now, and its time has been over all the while.
    expect((await viewOf(ahead, id)).checkout.status).toBe("completed")
    const late = await ahead.kernel.checkouts.pay(merchantId, id, paying(good, "late", null))
    expect(errorOf(late)).toBe("CheckoutIsCompleted")
    expect(charges(shop)).toHaveLength(1)
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("a page that the one has closed stays closed to the other, which has time left", async () => {
    const shop = await openShop({ worker: false })
    const id = await openPage(shop, { expiresAtMs: shop.clock.ms + 5 * minute })
    const ahead = await another(shop, { clock: { nowMs: () => shop.clock.ms + 10 * minute } })
    await ahead.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("expired")
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "later", null)))).toBe(
      "CheckoutHasExpired"
    )
    expect(charges(shop)).toEqual([])
  })

  it("a payer who comes back is sent on by either, and once", async () => {
    const shop = await openShop()
    // Without a worker: to its clock the other's lease has run out, and it has no code to authorize the card with.
    const ahead = await another(shop, { clock: { nowMs: () => shop.clock.ms + 10 * minute }, worker: false })
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
    const asked = await settled(shop, view.checkout.id)
    expect(asked.latest?.payment.status).toBe("action_required")
    const state = await answerChallenge(shop, asked)
    const ways = [
      await ahead.kernel.payments.returnFromChallenge(state),
      await shop.kernel.payments.returnFromChallenge(state)
    ]
    expect(ways.map(errorOf)).toEqual([null, "ReturnStateInvalid"])
    // What the one ahead has planned for its now is due to the other in ten minutes.
    shop.clock.ms += 10 * minute
    shop.kernel.wake()
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
    expect(charges(shop)).toHaveLength(1)
  })
})

describe("where a clock is set back", () => {
  it("a page that was paid stays paid, one that ran out stays over, and a way back that was used stays used", async () => {
    const shop = await openShop()
    const [paid, over] = [await openPage(shop), await openPage(shop, { expiresAtMs: shop.clock.ms + minute })]
    await pay(shop, paid, paying(good))
    await settled(shop, paid)
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
    const state = await answerChallenge(shop, await settled(shop, view.checkout.id))
    ok(await shop.kernel.payments.returnFromChallenge(state))
    await settled(shop, view.checkout.id)
    shop.clock.ms += 2 * minute
    shop.kernel.wake()
    await shop.kernel.drain()
    shop.clock.ms -= 60 * minute
    for (const [id, error] of [
      [paid, "CheckoutIsCompleted"],
      [over, "CheckoutHasExpired"]
    ] as const) {
      expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "again", null)))).toBe(error)
      expect(errorOf(await shop.kernel.checkouts.cancel(merchantId, id))).toBe(error)
    }
    expect(errorOf(await shop.kernel.payments.returnFromChallenge(state))).toBe("ReturnStateInvalid")
    expect(charges(shop)).toHaveLength(2)
    expect(await shop.kernel.audit()).toEqual([])
  })
})
