/**
 * Two parts of one shop complete the same order: the checkout page when the payer comes back, and the handler of the
 * message that says that he has paid. Both find the payment uncaptured, both capture it, and the customer pays twice.
 */
import { describe, expect, it } from "vitest"
import { capture, cornerShop, merchantId, minute, stateOf, usd, verdicts, waiting } from "./corner-shop.ts"

describe("a checkout page and a webhook handler that both capture", () => {
  it("capture once, and the slower one is told why not", async () => {
    const { world, openTwo, paid, moved, booked, disagreements } = await cornerShop()
    const id = await paid({ autoCapture: false })
    const [checkout, handler] = openTwo()
    const told = verdicts(await Promise.all([capture(checkout, id), capture(handler, id)]))
    expect(told).toContainEqual("accepted")
    expect(["OperationInFlight", "PaymentNotCapturable"]).toContain(told.find((one) => one !== "accepted"))
    await Promise.all([checkout.kernel.drain(), handler.kernel.drain()])
    await world.pass(handler, minute, 6)
    expect(await stateOf(checkout, id)).toMatchObject({ status: "confirmed", captured: usd(1000n) })
    expect(moved("capture")).toEqual(["10.00"])
    expect(world.asked.filter(({ call }) => call === "send")).toHaveLength(2)
    expect(await booked(id)).toEqual(["authorization_hold", "capture"])
    expect(await disagreements()).toEqual([])
  })

  it("are told the same where they speak of one order under one key", async () => {
    const { openTwo, paid, moved } = await cornerShop()
    const id = await paid({ autoCapture: false })
    const [checkout, handler] = openTwo()
    const request = {
      ...{ scope: "orders", key: "order-7", meaning: ["capture", id] },
      answer: ({ payment }: { readonly payment: { readonly status: string } }) => ({
        status: 201,
        body: payment.status
      })
    }
    const both = await Promise.all(
      [checkout, handler].map(({ kernel }) => kernel.payments.capture(merchantId, id, { amount: null }, request))
    )
    expect(verdicts(both)).toEqual(["accepted", "accepted"])
    expect(both.map((told) => told.ok && told.value.replayed).toSorted()).toEqual([false, true])
    expect(new Set(both.map((told) => told.ok && told.value.answer?.body)).size).toBe(1)
    await Promise.all([checkout.kernel.drain(), handler.kernel.drain()])
    expect(moved("capture")).toEqual(["10.00"])
  })
})

describe("the bank's own message about a capture, beside its reply", () => {
  it.each([
    { when: "comes before the reply is recorded", isEarly: true },
    { when: "comes after the reply was recorded", isEarly: false }
  ])("is booked once, when it $when", async ({ isEarly }) => {
    const { world, till, open, paid, moved, booked, disagreements } = await cornerShop()
    const id = await paid({ autoCapture: false })
    const { store, open: letThrough } = waiting(world.store, "PaymentCaptured")
    const checkout = open({ store })
    world.bank.setMode("duplicate-reply", 1)
    expect(verdicts([await capture(checkout, id)])).toEqual(["accepted"])
    if (!isEarly) letThrough()
    await expect.poll(() => world.heard.length).toBe(1)
    if (!isEarly) await checkout.kernel.drain()
    for (const message of [...world.heard, ...world.heard]) {
      const heard = await till.kernel.payments.hear(merchantId, message.paymentId, message)
      expect(heard).toMatchObject({ ok: true, value: { status: "confirmed", captured: usd(1000n) } })
    }
    letThrough()
    await checkout.kernel.drain()
    expect(await stateOf(till, id)).toMatchObject({ status: "confirmed", captured: usd(1000n), fees: usd(59n) })
    expect(moved("capture")).toEqual(["10.00"])
    expect(await booked(id)).toEqual(["authorization_hold", "capture"])
    expect(await disagreements()).toEqual([])
  })
})
