/** What merchants and their customers get, when nothing goes wrong but the payment. */
import { type CheckoutView, keyedDigest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { challengeState } from "../src/application/payments/challenge-state.ts"
import {
  answerChallenge,
  cardOf,
  charges,
  declined,
  direct,
  errorOf,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  order,
  pay,
  paying,
  type Shop,
  settled,
  viewOf
} from "./checkout-shop.ts"
import { cardInput, digestKey, merchantId, merchantInput, paymentInput, scriptedGateway, usd } from "./kernel-world.ts"

const firstPage = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const

const stored = ({ store }: Shop, id: string) => Effect.runPromise(store.load({ merchantId, type: "payment", id }))

const everyStored = async ({ kernel }: Shop) => ({
  payments: ok(await kernel.payments.list(merchantId, firstPage)).items.length,
  cards: ok(await kernel.cards.list(merchantId, firstPage)).items.length
})

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

describe("a payment that the issuer wants authenticated", () => {
  const challenged = async (shop: Shop, expiresAtMs: number | null = null) => {
    const id = await openPage(shop, { expiresAtMs })
    await pay(shop, id, paying(needs3ds))
    const view = await settled(shop, id)
    expect(view).toMatchObject({
      checkout: { status: "paying", payments: [{ failure: "three_d_secure_required" }, { status: "open" }] },
      latest: { payment: { status: "action_required", verificationMethod: "three_d_secure" } }
    })
    return { id, view }
  }

  it("is one transaction with the first, and is paid when the payer has approved", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    const [first, second] = view.checkout.payments
    expect(second?.transactionId).toBe(first?.transactionId)
    const state = await answerChallenge(shop, view)
    expect(ok(await shop.kernel.payments.returnFromChallenge(state)).redirectUrl).toBe("https://shop.test/back")
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is come back from once, in time, and with nothing that was changed on the way", async () => {
    const shop = await openShop()
    const [{ view }, { view: other }] = [await challenged(shop), await challenged(shop)]
    const state = await answerChallenge(shop, view)
    const [, , proof = ""] = state.split(".")
    const { kernel } = shop
    const back = async (token: string) => {
      const told = await kernel.payments.returnFromChallenge(token)
      return told.ok ? told.value.redirectUrl : told.error._tag
    }
    // Five bits in each of its letters: more than can be guessed.
    expect(proof).toMatch(/^[0-9a-z]{26}$/u)
    const swapped = `${merchantId}.${other.latest?.payment.id}.${proof}`
    const forged = [swapped, state.toUpperCase(), `${state}a`, state.slice(0, -1), `x${state}`, "", "..", "a.b.c"]
    for (const token of forged) expect(await back(token)).toBe("ReturnStateInvalid")
    expect(charges(shop)).toHaveLength(0)
    const ways = await Promise.all([back(state), back(state), back(state)])
    expect(ways.toSorted()).toEqual(["ReturnStateInvalid", "ReturnStateInvalid", "https://shop.test/back"])
    const history = await stored(shop, view.latest?.payment.id ?? "")
    expect(await back(state)).toBe("ReturnStateInvalid")
    expect(await stored(shop, view.latest?.payment.id ?? "")).toEqual(history)
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
    expect((await settled(shop, other.checkout.id, 0)).checkout.status).toBe("paying")
    expect(charges(shop)).toHaveLength(1)

    const late = await answerChallenge(shop, other)
    shop.clock.ms += 15 * 60_000
    expect(await back(late)).toBe("ReturnStateInvalid")
    expect(charges(shop)).toHaveLength(1)
  })

  it.each([
    ["who has proved himself", "approved", "https://shop.test/paid"],
    ["who has not", "failed", "https://shop.test/not-paid"]
  ] as const)("sends a payer on %s to where such are sent", async (_, answer, redirectUrl) => {
    const shop = await openShop()
    const { pan } = cardOf(needs3ds)
    const card = ok(await shop.kernel.cards.submit(merchantId, { ...cardInput(), pan })).view
    await shop.kernel.drain()
    const input = paymentInput(card.id, {
      ...{ verificationMethod: "three_d_secure" as const },
      ...{ successUrl: "https://shop.test/paid", failureUrl: "https://shop.test/not-paid" }
    })
    const { id } = ok(await shop.kernel.payments.create(merchantId, input)).view
    await shop.kernel.drain()
    const { payment } = ok(await shop.kernel.payments.get(merchantId, id))
    const challengeId = payment.authentication?.challengeUrl?.split("/").at(-1) ?? ""
    const { returnUrl } = Result.getOrThrow(await shop.bank.challenges.answer(challengeId, answer))
    const state = returnUrl.split("/").at(-1) ?? ""
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({ redirectUrl })
  })

  it("has no way back where the payer was asked nothing", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    const state = challengeState(keyedDigest(digestKey), merchantId, view.latest?.payment.id ?? "")
    expect(errorOf(await shop.kernel.payments.returnFromChallenge(state))).toBe("ReturnStateInvalid")
  })

  it("leaves nothing of the way back in the store but a digest", async () => {
    const commits: Array<unknown> = []
    const shop = await openShop({}, (store) => ({
      ...store,
      commit: (commit) => {
        commits.push(commit)
        return store.commit(commit)
      }
    }))
    const { view } = await challenged(shop)
    const state = await answerChallenge(shop, view)
    ok(await shop.kernel.payments.returnFromChallenge(state))
    const [, , proof = ""] = state.split(".")
    const written = JSON.stringify(commits, (_, value) => (typeof value === "bigint" ? `${value}` : value))
    expect(written).toContain("return-state")
    expect(written).not.toContain(proof)
  })

  it("is told no way on where nobody has said one", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, { ...direct(needs3ds), returnUrl: null }))
    const state = await answerChallenge(shop, await settled(shop, view.checkout.id))
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({ redirectUrl: null })
  })

  it.each(["failed", "cancelled"] as const)("leaves the page open where the payer %s", async (answer) => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    await answerChallenge(shop, view, answer)
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "three_d_secure_failure" }]
    })
    await pay(shop, id, paying(good, "second"))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })

  it("leaves the page open where the merchant takes it back while the payer is asked", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    ok(await shop.kernel.payments.cancel(merchantId, view.latest?.payment.id ?? "", { reason: null }))
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "payment_canceled" }]
    })
  })

  it("is declined where the issuer has authenticated the payer, and still refuses it for want of that", async () => {
    const gateway = scriptedGateway(
      {
        send: async () => ({
          ...{ _tag: "Declined", reference: null, code: "three_d_secure_required" },
          ...{ avs: "not_requested", cvv: "not_requested" }
        })
      },
      []
    )
    const shop = await openShop({ gateway })
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "three_d_secure_required" }]
    })
    expect(await everyStored(shop)).toEqual({ payments: 2, cards: 0 })
    expect(await Effect.runPromise(shop.store.sealedRecords(null, 100))).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is waited for past the end of the page's time, and then counts", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop, shop.clock.ms + 60_000)
    shop.clock.ms += 61_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("paying")
    await answerChallenge(shop, view)
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    shop.clock.ms += 60_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("completed")
  })

  it("is waited for past the end of the page's time, which comes once it is declined", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop, shop.clock.ms + 60_000)
    shop.clock.ms += 61_000
    await shop.kernel.drain()
    await answerChallenge(shop, view, "failed")
    expect((await settled(shop, id)).checkout.status).toBe("open")
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "late")))).toBe("CheckoutHasExpired")
    shop.clock.ms += 31_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("expired")
    expect(await shop.kernel.audit()).toEqual([])
  })
})

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
