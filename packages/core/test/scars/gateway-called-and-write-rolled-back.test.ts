/**
 * The gateway was called, and the write that should have said so was lost or rolled back. The customer has paid and the
 * shop does not know it; so the order is tried again, and paid again.
 */
import { describe, expect, it } from "vitest"
import { blindResends } from "../adverse-world.ts"
import { paymentInput } from "../kernel-world.ts"
import { newLife } from "../mortal-process.ts"
import { losing } from "../standing-in.ts"
import { type CornerShop, cornerShop, merchantId, minute, stateOf, tells, usd, viewOf } from "./corner-shop.ts"

const order = {
  ...{ scope: "orders", key: "order-7", meaning: "order 7" },
  answer: ({ id }: { readonly id: string }) => ({ status: 201, body: id })
}

/** The process that takes the order, with what is going to happen to it. */
type Misfortune = (shop: CornerShop) => ReturnType<CornerShop["open"]>

const loses =
  (when: "before" | "after"): Misfortune =>
  ({ world, open }) => {
    const { commit } = losing(world.store, (one) => tells(one, "PaymentCaptured"), when)
    return open({ store: { ...world.store, commit } })
  }

const dies: Misfortune = ({ open }) => {
  let called = false
  const life = newLife(({ call, when }) => {
    called ||= call === "send"
    return called && call === "commit" && when === "before"
  })
  return open({}, life)
}

describe("a gateway that was called for an order whose outcome was not written", () => {
  it.each<{ readonly because: string; readonly misfortune: Misfortune }>([
    { because: "the storage refused it", misfortune: loses("before") },
    { because: "the answer of the storage was lost", misfortune: loses("after") },
    { because: "the process died", misfortune: dies }
  ])("has charged once, and the order says so: $because", async ({ misfortune }) => {
    const shop = await cornerShop()
    const { world, open, cardId, moved, disagreements } = shop
    const first = misfortune(shop)
    const { id } = viewOf(await first.kernel.payments.create(merchantId, paymentInput(cardId), order))
    await first.call((kernel) => kernel.drain())
    expect(moved("authorize")).toEqual(["10.00"])
    // The customer, who has seen nothing, asks again: at once, and when all has been found out.
    const second = open()
    for (let again = 0; again < 2; again++) {
      const told = await second.kernel.payments.create(merchantId, paymentInput(cardId), order)
      expect(told).toMatchObject({ ok: true, value: { replayed: true, answer: { body: id } } })
      await world.pass(second, 2 * minute, 12)
    }
    expect(await stateOf(second, id)).toMatchObject({ status: "confirmed", captured: usd(1000n) })
    expect(moved("authorize")).toEqual(["10.00"])
    expect(blindResends(world)).toEqual([])
    world.bury(first)
    expect(await disagreements()).toEqual([])
  })

  it("has charged nothing where it was never reached, and the order is carried out under the same key", async () => {
    const { world, open, till, cardId, moved, disagreements } = await cornerShop()
    world.bank.setMode("drop-before", 1)
    const { id } = viewOf(await till.kernel.payments.create(merchantId, paymentInput(cardId), order))
    await till.kernel.drain()
    expect(moved("authorize")).toEqual([])
    world.bank.setMode("normal", 1)
    await world.pass(open(), 2 * minute, 12)
    expect(await stateOf(till, id)).toMatchObject({ status: "confirmed", captured: usd(1000n) })
    expect(moved("authorize")).toEqual(["10.00"])
    expect(new Set(world.asked.map(({ key }) => key)).size).toBe(1)
    expect(blindResends(world)).toEqual([])
    expect(await disagreements()).toEqual([])
  })
})
