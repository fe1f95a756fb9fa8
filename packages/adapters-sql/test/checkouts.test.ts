/** Checkouts on real databases, by two kernels at once: a session, its card and its payment are one commit or none. */
import { Cvv, type OpenCheckoutInput, Pan } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { PaymentExamples } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { engines } from "./engines.ts"
import { merchantId, ok, testClock, twoKernels } from "./two-kernels.ts"

/** A merchant, whose bank is asked for what it has charged. */
const shop = async (url: string) => {
  const clock = testClock()
  const { journal, ...kernels } = await twoKernels(url, clock)
  const charges = () => journal.read().filter((line) => line.record === "executed" && line.outcome === "approved")
  return { ...kernels, clock, charges }
}

const order: OpenCheckoutInput = {
  amount: PaymentExamples.usd(2500n),
  description: "A book, “Ωmega” 📚",
  customer: { name: "Ada", email: "Ada@Example.org", phone: null, address: null },
  metadata: '{"order":"\\u0000"}',
  webhookUrl: null,
  returnUrl: "https://shop.example/back",
  expiresAtMs: null
}

const paying = (number: string, attempt: string) => ({
  attempt,
  card: {
    pan: Result.getOrThrow(Pan.parse(number)),
    cvv: Result.getOrThrow(Cvv.parse("123")),
    expMonth: 12,
    expYear: 2035,
    billingDetails: { name: "Ada", city: "", country: "US", line1: "", line2: null, district: null, postalCode: "" }
  },
  payer: { email: "ada@example.org", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  returnUrl: "https://shop.example/back"
})

const good = "4242424242424242"
const needs3ds = "4000000000003220"

const traces = async (store: Store["Service"]) => ({
  cards: (await Effect.runPromise(store.scan(merchantId, "card", null, 10))).length,
  payments: (await Effect.runPromise(store.scan(merchantId, "payment", null, 10))).length,
  sealed: (await Effect.runPromise(store.sealedRecords(null, 10))).length
})

describe.each(engines)("a checkout on $name", ({ database }) => {
  it("is paid with 3-D Secure, by way of both processes, and found as it was opened", async () => {
    const { one, other, bank, charges } = await shop(await database())
    const { checkout, page } = ok(await one.kernel.checkouts.open(merchantId, order)).view
    const { id } = checkout
    expect(ok(await other.kernel.checkouts.ofPage(page)).checkout).toEqual(checkout)
    ok(await one.kernel.checkouts.pay(merchantId, id, paying(needs3ds, "first")))
    await one.kernel.drain()
    const { latest } = ok(await other.kernel.checkouts.settled(merchantId, id, 5000))
    expect(latest?.payment.status).toBe("action_required")
    const challengeId = latest?.payment.authentication?.challengeUrl?.split("/").at(-1) ?? ""
    const { returnUrl } = Result.getOrThrow(await bank.challenges.answer(challengeId, "approved"))
    ok(await one.kernel.payments.returnFromChallenge(returnUrl.split("/").at(-1) ?? ""))
    const paid = ok(await one.kernel.checkouts.settled(merchantId, id, 5000))
    expect(paid.checkout).toMatchObject({ ...order, status: "completed", expiresAtMs: checkout.expiresAtMs })
    const transactionId = paid.latest?.attempt.transactionId ?? ""
    expect(ok(await other.kernel.checkouts.ofTransaction(merchantId, transactionId))).toEqual(paid)
    const request = { fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const
    const listed = await other.kernel.checkouts.list(merchantId, {
      ...request,
      where: { status: "completed", kind: "hosted", email: "ada@example.org" }
    })
    expect(ok(listed).items).toEqual([paid.checkout])
    expect(charges()).toHaveLength(1)
    expect(await one.kernel.audit()).toEqual([])
  })

  it("is paid once or cancelled, by processes that come at once, and what loses leaves nothing", async () => {
    const { one, other, charges } = await shop(await database())
    let paid = 0
    for (let n = 0; n < 6; n++) {
      const { id } = ok(await one.kernel.checkouts.open(merchantId, order)).view.checkout
      const outcomes = await Promise.all([
        one.kernel.checkouts.pay(merchantId, id, paying(good, "one")),
        other.kernel.checkouts.pay(merchantId, id, paying(good, "other")),
        n % 2 === 0 ? one.kernel.checkouts.cancel(merchantId, id) : null
      ])
      expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(1)
      const { checkout } = ok(await other.kernel.checkouts.settled(merchantId, id, 5000))
      expect(["completed", "cancelled"]).toContain(checkout.status)
      paid += checkout.status === "completed" ? 1 : 0
    }
    expect(charges()).toHaveLength(paid)
    expect(await traces(one.store)).toEqual({ cards: paid, payments: paid, sealed: 0 })
    expect(await one.kernel.audit()).toEqual([])
  })

  it("is followed by another process where the one that began is gone", async () => {
    const { one, other, clock } = await shop(await database())
    const { id } = ok(await one.kernel.checkouts.open(merchantId, order)).view.checkout
    ok(await one.kernel.checkouts.pay(merchantId, id, paying(good, "first")))
    await one.kernel.close()
    clock.ms += 2000
    await other.kernel.drain()
    expect(ok(await other.kernel.checkouts.get(merchantId, id)).checkout.status).toBe("completed")
  })
})
