/** What merchants and their customers get of a page to be paid on. */
import type { CheckoutView } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import { firstPage, merchantId, merchantInput, usd } from "../kernel-world.ts"
import {
  declined,
  direct,
  errorOf,
  everyStored,
  good,
  ok,
  openPage,
  openShop,
  order,
  pay,
  paying,
  settled,
  viewOf
} from "./checkout-shop.ts"

describe("a page to be paid on", () => {
  it("is opened for a day, and found by its name and by that of its page", async () => {
    const shop = await openShop()
    const opened = ok(await shop.kernel.checkouts.open(merchantId, order)).view
    const { id } = opened.checkout
    expect(opened.checkout).toMatchObject({ status: "open", expiresAtMs: shop.clock.ms + 86_400_000 })
    expect(id).toMatch(/^sess_[0-9A-Z]{12}$/u)
    expect(await viewOf(shop, id)).toEqual(opened)
    expect(ok(await shop.kernel.checkouts.ofPage(opened.page))).toEqual(opened)
    const listed = ok(await shop.kernel.checkouts.list(merchantId, firstPage))
    expect(listed).toEqual({ items: [opened.checkout], hasNext: false, hasPrevious: false })
  })

  it.each<[string, (page: string) => string]>([
    ["a proof that we did not make", (page) => `${page.slice(0, -1)}!`],
    ["another's name under the same proof", (page) => page.replace("sess_", "sess_A")],
    ["another merchant's name", (page) => page.replace(merchantId, "another")],
    ["no proof", (page) => page.slice(0, page.lastIndexOf("."))],
    ["nothing", () => ""],
    ["more than any name has", (page) => `${"x".repeat(2000)}${page}`]
  ])("is not found by %s", async (_, forged) => {
    const shop = await openShop()
    const { page, checkout } = ok(await shop.kernel.checkouts.open(merchantId, order)).view
    expect(errorOf(await shop.kernel.checkouts.ofPage(forged(page)))).toBe("CheckoutNotFound")
    expect(errorOf(await shop.kernel.checkouts.get("another", checkout.id))).toBe("CheckoutNotFound")
  })

  it("is opened once for a key, and shown as it is by then", async () => {
    const shop = await openShop()
    const answer = ({ checkout }: CheckoutView) => ({ status: 201, body: `${checkout.id} ${checkout.status}` })
    const request = { scope: "api", key: "key-1", meaning: "a page", answer }
    const first = ok(await shop.kernel.checkouts.open(merchantId, order, request))
    ok(await shop.kernel.checkouts.cancel(merchantId, first.view.checkout.id))
    const again = ok(await shop.kernel.checkouts.open(merchantId, order, request))
    expect(again).toMatchObject({ replayed: true, answer: first.answer, view: { checkout: { status: "cancelled" } } })
  })

  it.each([
    ["nothing", { amount: usd(0n) }, "AmountOutsideLimits"],
    ["more than the contract takes", { amount: usd(1_000_001n) }, "AmountOutsideLimits"],
    ["another currency", { amount: { amount: 1n, currency: "EUR" } }, "CurrencyNotSupported"],
    ["a page that is over already", { expiresAtMs: 0 }, "ExpiryNotAllowed"],
    ["a page without an end", { expiresAtMs: Number.POSITIVE_INFINITY }, "ExpiryNotAllowed"]
  ] as const)("is not opened for %s", async (_, change, error) => {
    const shop = await openShop()
    expect(errorOf(await shop.kernel.checkouts.open(merchantId, { ...order, ...change }))).toBe(error)
    expect(ok(await shop.kernel.checkouts.list(merchantId, firstPage)).items).toEqual([])
  })

  it.each([
    ["least", 1n],
    ["most", 1_000_000n]
  ])("is opened for the %s that the contract takes", async (_, amount) => {
    const shop = await openShop()
    const id = await openPage(shop, { amount: usd(amount) })
    await pay(shop, id, paying(good))
    expect(await settled(shop, id)).toMatchObject({ latest: { payment: { status: "confirmed", amount: usd(amount) } } })
  })

  it("is completed by a payment, which is found by its name", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    const begun = await pay(shop, id, paying(good))
    expect(begun).toMatchObject({ checkout: { status: "paying" }, latest: { payment: { status: "pending" } } })
    const paid = await settled(shop, id)
    expect(paid).toMatchObject({ checkout: { status: "completed" }, latest: { payment: { status: "confirmed" } } })
    const transactionId = paid.latest?.attempt.transactionId ?? ""
    expect(transactionId).toMatch(/^txn_[0-9A-Z]{12}$/u)
    expect(ok(await shop.kernel.checkouts.ofTransaction(merchantId, transactionId))).toEqual(paid)
    expect(errorOf(await shop.kernel.checkouts.ofTransaction("another", transactionId))).toBe("CheckoutNotFound")
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("stays open after a decline, for another card", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(declined))
    const first = await settled(shop, id)
    expect(first.checkout).toMatchObject({ status: "open", payments: [{ status: "failed" }] })
    await pay(shop, id, paying(good, "second"))
    const second = await settled(shop, id)
    expect(second.checkout.status).toBe("completed")
    for (const { latest } of [first, second]) {
      expect(latest?.attempt.id).toBe(latest?.payment.id)
      // By its own name each transaction is shown with its own payment, with the checkout as it is now.
      const found = ok(await shop.kernel.checkouts.ofTransaction(merchantId, latest?.attempt.transactionId ?? ""))
      expect(found).toMatchObject({ checkout: { status: "completed" }, latest: { payment: latest?.payment } })
    }
  })

  it("is charged once for one try, however often it is sent", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    const sent = await Promise.all(Array.from({ length: 8 }, () => pay(shop, id, paying(good))))
    expect(new Set(sent.map(({ latest }) => latest?.attempt.id)).size).toBe(1)
    await settled(shop, id)
    expect((await pay(shop, id, paying(good))).checkout.payments).toHaveLength(1)
    const second = await shop.kernel.checkouts.pay(merchantId, id, paying(good, "second"))
    expect(errorOf(second)).toBe("CheckoutIsCompleted")
  })

  it("destroys a code that is of no use, because the try was made before or is refused", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    const repeated = paying(good)
    await pay(shop, id, repeated)
    expect(() => repeated.card.cvv?.reveal()).toThrow("destroyed")
    await settled(shop, id)
    const refused = paying(good, "second")
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, refused))).toBe("CheckoutIsCompleted")
    expect(() => refused.card.cvv?.reveal()).toThrow("destroyed")
    expect((await viewOf(shop, id)).checkout.status).toBe("completed")
  })

  it.each(["", "x".repeat(256)])("takes no try under the name %j", async (attempt) => {
    const shop = await openShop()
    const id = await openPage(shop)
    const refused = await shop.kernel.checkouts.pay(merchantId, id, paying(good, attempt))
    expect(refused).toEqual({ ok: false, error: { _tag: "AttemptNameNotAllowed", lengthMax: 255 } })
    expect(await everyStored(shop)).toEqual({ payments: 0, cards: 0 })
  })

  it("takes no card that is over, and stays open", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    const input = paying(good)
    const over = { ...input, card: { ...input.card, expYear: 2025 } }
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, over))).toBe("CardExpired")
    expect((await viewOf(shop, id)).checkout).toMatchObject({ status: "open", payments: [] })
    expect(await everyStored(shop)).toEqual({ payments: 0, cards: 0 })
    await pay(shop, id, paying(good))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })

  it("is given up after ten declined tries", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    for (let n = 1; n <= 10; n++) {
      await pay(shop, id, paying(declined, `try-${n}`))
      expect((await settled(shop, id)).checkout.status).toBe(n < 10 ? "open" : "failed")
    }
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "try-11")))).toBe("CheckoutHasFailed")
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("runs out, and takes no payment afterwards", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    shop.clock.ms += 86_400_000
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good)))).toBe("CheckoutHasExpired")
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("expired")
    expect(shop.incidents).toEqual([])
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good)))).toBe("CheckoutHasExpired")
  })

  it("is cancelled once, and not after it was paid", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    expect(ok(await shop.kernel.checkouts.cancel(merchantId, id)).checkout.status).toBe("cancelled")
    expect(errorOf(await shop.kernel.checkouts.cancel(merchantId, id))).toBe("CheckoutIsCancelled")
    const other = await openPage(shop)
    await pay(shop, other, paying(good))
    await settled(shop, other)
    expect(errorOf(await shop.kernel.checkouts.cancel(merchantId, other))).toBe("CheckoutIsCompleted")
  })

  it("is a merchant's own", async () => {
    const shop = await openShop()
    ok(await shop.kernel.merchants.register({ ...merchantInput, id: "next-door" }))
    const id = await openPage(shop)
    for (const refused of [
      await shop.kernel.checkouts.pay("next-door", id, paying(good)),
      await shop.kernel.checkouts.cancel("next-door", id),
      await shop.kernel.checkouts.settled("next-door", id, 0)
    ]) {
      expect(errorOf(refused)).toBe("CheckoutNotFound")
    }
    expect((await viewOf(shop, id)).checkout.status).toBe("open")
  })

  it("is opened for nobody whom the kernel does not know", async () => {
    const { kernel } = await openShop()
    expect(errorOf(await kernel.checkouts.open("nobody", order))).toBe("MerchantNotFound")
    expect(errorOf(await kernel.checkouts.payDirectly("nobody", direct(good)))).toBe("MerchantNotFound")
  })

  it("takes nothing of a merchant who is suspended, and new payments of one who is back", async () => {
    const shop = await openShop()
    const id = await openPage(shop)
    ok(await shop.kernel.merchants.suspend(merchantId))
    expect(errorOf(await shop.kernel.checkouts.open(merchantId, order))).toBe("MerchantIsSuspended")
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good)))).toBe("MerchantIsSuspended")
    expect(errorOf(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))).toBe("MerchantIsSuspended")
    expect(await everyStored(shop)).toEqual({ payments: 0, cards: 0 })
    ok(await shop.kernel.merchants.reinstate(merchantId))
    await pay(shop, id, paying(good))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })
})
