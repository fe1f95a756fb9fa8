/** What the kernel answers about merchants and payments that it does not know, or knows as something else. */

import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { firstPage, merchantId as owner, paymentInput, submitCard, usd, type World, world } from "./kernel-world.ts"

const nobody = "0193a000-0000-7000-8000-000000000009"
const reason = "requested_by_customer" as const
let shop: World
let paymentId = ""
let refundId = ""

beforeEach(async () => {
  shop = await world()
  const card = await submitCard(shop)
  const made = await shop.kernel.payments.create(owner, paymentInput(card.id))
  await shop.kernel.drain()
  paymentId = made.ok ? made.value.view.id : ""
  const refund = await shop.kernel.payments.refund(owner, paymentId, { amount: usd(300n), reason })
  refundId = refund.ok ? refund.value.view.id : ""
  await shop.kernel.drain()
})

afterEach(() => shop.kernel.close())

const changes = {
  capture: (merchantId: string, id: string) => shop.kernel.payments.capture(merchantId, id, { amount: null }),
  cancel: (merchantId: string, id: string) => shop.kernel.payments.cancel(merchantId, id, { reason }),
  refund: (merchantId: string, id: string) => shop.kernel.payments.refund(merchantId, id, { amount: usd(1n), reason })
}
const names = Object.keys(changes) as ReadonlyArray<keyof typeof changes>

describe("a change", () => {
  it.each(names)("is refused of a payment that does not exist, or is another merchant's: %s", async (name) => {
    const absent = { ok: false, error: { _tag: "PaymentNotFound" } }
    expect(await changes[name](owner, nobody)).toMatchObject(absent)
    expect(await changes[name](nobody, paymentId)).toMatchObject(absent)
  })

  it.each(names)("is refused of a refund, which is known but is no payment: %s", async (name) => {
    expect(await changes[name](owner, refundId)).toMatchObject({ ok: false, error: { _tag: "NotAPayment" } })
  })
})

describe("a payment", () => {
  it("is neither asked for nor asked about where nobody knows it, its merchant or its card", async () => {
    const { create, recheck } = shop.kernel.payments
    expect(await create(nobody, paymentInput(nobody))).toEqual({ ok: false, error: { _tag: "MerchantNotFound" } })
    expect(await create(owner, paymentInput(nobody))).toEqual({ ok: false, error: { _tag: "CardNotFound" } })
    expect(await recheck(owner, nobody)).toEqual({ ok: false, error: { _tag: "PaymentNotFound" } })
  })

  it("is shown to its merchant, by its own name and by those of its refunds, each as that refund", async () => {
    const { get, refund } = shop.kernel.payments
    const other = await refund(owner, paymentId, { amount: usd(200n), reason })
    const otherId = other.ok ? other.value.view.id : ""
    const shown = async (id: string) => {
      const found = await get(owner, id)
      return found.ok && [found.value.id, found.value.payment.id, found.value.reversal?.amount]
    }
    expect(await shown(paymentId)).toEqual([paymentId, paymentId, undefined])
    expect(await shown(refundId)).toEqual([refundId, paymentId, usd(300n)])
    expect(await shown(otherId)).toEqual([otherId, paymentId, usd(200n)])
    const absent = { ok: false, error: { _tag: "PaymentNotFound" } }
    expect([await get(owner, nobody), await get(nobody, paymentId)]).toEqual([absent, absent])
  })
})

describe("a settlement", () => {
  it("is shown and listed to its merchant, and to nobody else", async () => {
    const { run, get, list } = shop.kernel.settlements
    const settled = await run(owner)
    const [settlement] = settled.ok ? settled.value : []
    const id = settlement?.id ?? ""
    expect(await get(owner, id)).toEqual({ ok: true, value: settlement })
    expect(await list(owner, firstPage)).toMatchObject({ ok: true, value: { items: [settlement] } })
    const absent = { ok: false, error: { _tag: "SettlementNotFound" } }
    expect([await get(nobody, id), await get(owner, nobody)]).toEqual([absent, absent])
    expect(await list(nobody, firstPage)).toMatchObject({ ok: true, value: { items: [] } })
  })
})

describe("a merchant", () => {
  it("is shown by its name, and by no other", async () => {
    expect(await shop.kernel.merchants.get(owner)).toMatchObject({ ok: true, value: { id: owner, status: "active" } })
    expect(await shop.kernel.merchants.get(nobody)).toEqual({ ok: false, error: { _tag: "MerchantNotFound" } })
  })

  it("is told of a change as he is by then", async () => {
    const suspended = { ok: true, value: { id: owner, status: "suspended" } }
    expect(await shop.kernel.merchants.suspend(owner)).toMatchObject(suspended)
    expect(await shop.kernel.merchants.get(owner)).toMatchObject(suspended)
  })

  it("looks to payers as he last said, and sends them back where he said", async () => {
    const profile = {
      ...{ displayName: "The corner", logoUrl: null, colour: "#336699" },
      returnOrigins: ["https://shop.example"]
    }
    const changed = { ok: true, value: { id: owner, profile } }
    expect(await shop.kernel.merchants.changeProfile(owner, profile)).toMatchObject(changed)
    expect(await shop.kernel.merchants.get(owner)).toMatchObject(changed)
  })
})
