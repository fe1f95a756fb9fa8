/** Payments that are made in one request, with a card or by bank transfer. */
import type { CheckoutView } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import { firstPage, merchantId, merchantInput, paymentInput, usd } from "../kernel-world.ts"
import {
  answerChallenge,
  cardOf,
  charges,
  declined,
  direct,
  errorOf,
  everyStored,
  good,
  needs3ds,
  ok,
  openShop,
  settled,
  viewOf
} from "./checkout-shop.ts"

describe("a direct payment", () => {
  it("is made with its checkout and its card, and found by its name", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    const { id } = view.checkout
    expect(id).toMatch(/^txn_[0-9A-Z]{12}$/u)
    const paid = await settled(shop, id)
    expect(paid).toMatchObject({
      checkout: { status: "completed", kind: "direct", expiresAtMs: null },
      latest: { attempt: { transactionId: id }, payment: { amount: usd(2500n), verificationMethod: "cvv" } }
    })
    // The way it is shown on the payer's statement, where the merchant has several.
    expect(paid.latest?.payment.channel).toBe(merchantInput.channels[0]?.id)
    expect(ok(await shop.kernel.checkouts.ofTransaction(merchantId, id))).toEqual(paid)
    expect(await everyStored(shop)).toEqual({ payments: 1, cards: 0 })
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("needs no code where a wallet has vouched for its holder", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good, null)))
    expect(await settled(shop, view.checkout.id)).toMatchObject({
      checkout: { status: "completed" },
      latest: { payment: { verificationMethod: "none" } }
    })
  })

  it.each([
    ["nothing", usd(0n), "CheckoutAmountNotPositive"],
    ["more than the contract takes", usd(1_000_001n), "AmountOutsideLimits"],
    ["another currency", { amount: 1n, currency: "EUR" }, "CurrencyNotSupported"]
  ] as const)("is not begun for %s", async (_, amount, error) => {
    const shop = await openShop()
    const input = { ...direct(good), amount }
    expect(errorOf(await shop.kernel.checkouts.payDirectly(merchantId, input))).toBe(error)
    expect(() => input.card.cvv?.reveal()).toThrow("destroyed")
    expect(await everyStored(shop)).toEqual({ payments: 0, cards: 0 })
  })

  it("is over when it is declined", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(declined)))
    expect((await settled(shop, view.checkout.id)).checkout).toMatchObject({
      status: "failed",
      payments: [{ failure: "card_not_honored" }]
    })
  })

  it("with a key is made once, and answered alike", async () => {
    const shop = await openShop()
    const answer = ({ checkout }: CheckoutView) => ({ status: 200, body: checkout.id })
    const request = { scope: "api", key: "key-1", meaning: "a direct payment", answer }
    const payOnce = () => shop.kernel.checkouts.payDirectly(merchantId, direct(good), request)
    const answers = await Promise.all([payOnce(), payOnce(), payOnce()])
    expect(new Set(answers.map((one) => ok(one).answer?.body)).size).toBe(1)
    expect(answers.filter((one) => ok(one).replayed)).toHaveLength(2)
    expect(await everyStored(shop)).toEqual({ payments: 1, cards: 0 })
    const meant = { ...request, meaning: "another payment" }
    expect(errorOf(await shop.kernel.checkouts.payDirectly(merchantId, direct(good), meant))).toBe(
      "IdempotencyKeyReused"
    )
  })

  it("sends the payer back where the merchant says, who may name the transaction there", async () => {
    const shop = await openShop()
    const afterChallenge = (transactionId: string) => `https://shop.test/done?transaction_id=${transactionId}`
    const input = { ...direct(needs3ds), afterChallenge }
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, input))
    const state = await answerChallenge(shop, await settled(shop, view.checkout.id))
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({
      redirectUrl: afterChallenge(view.checkout.id)
    })
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
  })

  it("by bank transfer begins only where the gateway takes them", async () => {
    const bank = (await openShop()).bank.gateway
    const gateway = { ...bank, capabilities: { ...bank.capabilities, bankTransfers: false } }
    const shop = await openShop({ gateway })
    const refused = await shop.kernel.checkouts.payDirectly(merchantId, { ...direct(good), card: null })
    expect(errorOf(refused)).toBe("BankTransfersNotEnabled")
    const listed = await shop.kernel.checkouts.list(merchantId, firstPage)
    expect(ok(listed).items).toEqual([])
  })

  it("by bank transfer waits until the money has come, and is refunded like any other", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, { ...direct(good), card: null }))
    await shop.kernel.drain()
    expect((await viewOf(shop, view.checkout.id)).checkout.status).toBe("paying")
    expect(charges(shop)).toEqual([])
    for (let minute = 0; minute < 3; minute++) {
      shop.clock.ms += 60_000
      await shop.kernel.drain()
    }
    const { checkout, latest } = await viewOf(shop, view.checkout.id)
    const transaction = checkout.payments[0]?.transactionId ?? ""
    expect([checkout.status, latest?.payment.status]).toEqual(["completed", "confirmed"])
    expect(latest?.payment.source).toEqual({ type: "bank_transfer", id: transaction })
    expect(charges(shop)).toHaveLength(1)
    const refund = { amount: usd(2500n), reason: null }
    ok(await shop.kernel.payments.refund(merchantId, latest?.payment.id ?? "", refund))
    await shop.kernel.drain()
    expect((await viewOf(shop, view.checkout.id)).latest?.payment.refunded).toEqual(usd(2500n))
    expect(await shop.kernel.audit()).toEqual([])
    expect(shop.incidents).toEqual([])
  })

  it("leaves a card that no other payment may use, and that cannot be seen or changed", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    const cardId = view.latest?.payment.source.id ?? ""
    const { cvv } = cardOf(good)
    if (cvv === null) throw new Error("the card has a code")
    const change = { cvv, expMonth: 12, expYear: 2036, billing: {}, email: null }
    for (const refused of [
      await shop.kernel.cards.get(merchantId, cardId),
      await shop.kernel.cards.update(merchantId, cardId, change),
      await shop.kernel.payments.create(merchantId, paymentInput(cardId))
    ]) {
      expect(errorOf(refused)).toBe("CardNotFound")
    }
  })
})
