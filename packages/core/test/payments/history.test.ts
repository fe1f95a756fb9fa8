/** What happened to a payment, as its merchant may read it. */
import { Payment } from "@paykernel/core/domain"
import type { Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { merchantId, paymentInput, paymentOf, submitCard, usd, type World, world } from "../kernel-world.ts"

const paid = async (shop: World): Promise<string> => {
  const card = await submitCard(shop)
  const made = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
  await shop.kernel.drain()
  return made.ok ? made.value.view.id : ""
}

it("is told from the first to the last, and comes to what the payment is", async () => {
  const shop = await world()
  const id = await paid(shop)
  const refund = await shop.kernel.payments.refund(merchantId, id, { amount: usd(300n), reason: "duplicate" })
  await shop.kernel.drain()
  const told = await shop.kernel.payments.history(merchantId, id)
  if (!told.ok) throw new Error(told.error._tag)
  const tags = told.value.map(({ _tag }) => _tag).filter((tag) => !tag.startsWith("Attempt"))
  expect(tags).toEqual([
    "PaymentRequested",
    "PaymentAuthorized",
    "PaymentCaptured",
    "RefundRequested",
    "RefundSucceeded"
  ])
  expect(told.value.reduce(Payment.evolve, Payment.noPayment)).toEqual(await paymentOf(shop, id))
  const ofRefund = await shop.kernel.payments.history(merchantId, refund.ok ? refund.value.view.id : "")
  expect(ofRefund).toEqual(told)
  await shop.kernel.close()
})

it("is nobody else's, and of nothing there is none", async () => {
  const shop = await world()
  const id = await paid(shop)
  const absent = { ok: false, error: { _tag: "PaymentNotFound" } }
  expect(await shop.kernel.payments.history("0193a000-0000-7000-8000-000000000002", id)).toEqual(absent)
  expect(await shop.kernel.payments.history(merchantId, "0193a000-0000-7000-8000-000000000003")).toEqual(absent)
  await shop.kernel.close()
})

it("is read whole, in however many parts a store gives it", async () => {
  const shop = await world()
  const id = await paid(shop)
  const whole = await shop.kernel.payments.history(merchantId, id)
  const first = whole.ok ? whole.value[0] : undefined
  const asked: Array<number> = []
  const longStore: Store["Service"] = {
    ...shop.store,
    // As if it had 2500 events, all of them like the first.
    events: (ref, afterVersion) => {
      asked.push(afterVersion)
      const length = Math.min(1000, 2500 - afterVersion)
      return Effect.map(shop.store.events(ref, 0), ([one]) => (one === undefined ? [] : Array(length).fill(one)))
    }
  }
  const reader = await world({}, {}, { store: longStore, clock: shop.clock })
  const long = await reader.kernel.payments.history(merchantId, id)
  expect([asked, long.ok && long.value.length, long.ok && long.value.at(-1)]).toEqual([[0, 1000, 2000], 2500, first])
  await Promise.all([shop.kernel.close(), reader.kernel.close()])
})
