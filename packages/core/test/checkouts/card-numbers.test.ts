/** How long the number of a card is kept that was only presented to be charged. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { cardInput, merchantId, usd } from "../kernel-world.ts"
import {
  answerChallenge,
  declined,
  direct,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  pay,
  paying,
  type Shop,
  settled
} from "./checkout-shop.ts"

describe("the number of a card that was presented", () => {
  const sealedIn = async ({ store }: Shop): Promise<number> =>
    (await Effect.runPromise(store.sealedRecords(null, 100))).length

  it.each([
    ["paid", good, "completed"],
    ["declined", declined, "failed"]
  ])("is erased once its payment is %s", async (_, number, status) => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(number)))
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe(status)
    expect(await sealedIn(shop)).toBe(0)
  })

  it("is kept while the payer is asked for 3-D Secure, and erased when that is over", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
    const asked = await settled(shop, view.checkout.id)
    expect([asked.latest?.payment.status, await sealedIn(shop)]).toEqual(["action_required", 1])
    await answerChallenge(shop, asked)
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
    expect(await sealedIn(shop)).toBe(0)
  })

  it("is not needed to give the money back", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    const paid = await settled(shop, view.checkout.id)
    expect(await sealedIn(shop)).toBe(0)
    const id = paid.latest?.payment.id ?? ""
    ok(await shop.kernel.payments.refund(merchantId, id, { amount: usd(2500n), reason: null }))
    await shop.kernel.drain()
    expect(ok(await shop.kernel.payments.get(merchantId, id)).payment.refunded).toEqual(usd(2500n))
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("of each card that was tried on a page goes with its try, and one that is saved stays", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(declined))
    await settled(shop, id)
    expect(await sealedIn(shop)).toBe(0)
    await pay(shop, id, paying(good, "second"))
    await settled(shop, id)
    const saved = ok(await shop.kernel.cards.submit(merchantId, cardInput()))
    await shop.kernel.drain()
    expect(ok(await shop.kernel.cards.get(merchantId, saved.view.id)).status).toBe("complete")
    expect(await sealedIn(shop)).toBe(1)
  })
})
