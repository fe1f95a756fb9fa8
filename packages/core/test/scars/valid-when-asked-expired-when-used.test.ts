/**
 * Something was still good when it was asked for and no longer good when it was used: the authorization that runs out
 * under its capture, the card whose last month ends over night. One part of the system goes by the first moment and
 * another by the second, and a payment ends as both.
 */
import { describe, expect, it } from "vitest"
import { paymentInput } from "../kernel-world.ts"
import { newLife } from "../mortal-process.ts"
import {
  type CornerShop,
  capture,
  cornerShop,
  hour,
  merchantId,
  minute,
  stateOf,
  usd,
  verdicts,
  viewOf
} from "./corner-shop.ts"

/** An authorized payment, a moment before its authorization runs out. */
const runningOut = async (shop: CornerShop, msLeft: number) => {
  const id = await shop.paid({ autoCapture: false })
  const { authorizationExpiresAtMs: expiresAtMs } = await stateOf(shop.till, id)
  if (expiresAtMs === null) throw new Error("not authorized")
  shop.world.clock.ms = expiresAtMs - msLeft
  return id
}

/** Dies when the wish is written and nothing has been sent. */
const beforeItSends = () => newLife(({ call, when }) => call === "send" && when === "before")

describe("an authorization that is good when its capture is asked for and has run out when it is sent", () => {
  it("is captured, and does not run out as well", async () => {
    const shop = await cornerShop()
    const { world, open, moved, booked } = shop
    const id = await runningOut(shop, 1000)
    const doomed = open({}, beforeItSends())
    expect(verdicts([await capture(doomed, id)])).toEqual(["accepted"])
    await doomed.call((kernel) => kernel.drain())
    world.bury(doomed)
    // A process that only looks at the deadline comes first, and hours pass.
    const heir = open()
    world.bank.setMode("lookup-down", 1)
    world.clock.ms += 2 * hour
    await heir.kernel.drain()
    expect((await stateOf(heir, id)).status).toBe("authorized")
    world.bank.setMode("normal", 1)
    await world.pass(heir, hour, 12)
    expect(await stateOf(heir, id)).toMatchObject({ captured: usd(1000n), refunded: usd(0n) })
    expect(["confirmed", "paid"]).toContain((await stateOf(heir, id)).status)
    expect(moved("capture")).toEqual(["10.00"])
    expect(await booked(id)).toEqual(["authorization_hold", "capture"])
    expect(await shop.disagreements()).toEqual([])
  })

  it("is not captured any more at its deadline, though nobody has released it yet", async () => {
    const shop = await cornerShop()
    const { world, open, moved } = shop
    const id = await runningOut(shop, 0)
    const page = open({ worker: false })
    expect(verdicts([await capture(page, id)])).toEqual(["AuthorizationHasExpired"])
    expect((await stateOf(page, id)).status).toBe("authorized")
    await world.pass(shop.till, minute, 6)
    expect((await stateOf(page, id)).status).toBe("expired")
    expect(verdicts([await capture(page, id)])).toEqual(["PaymentNotCapturable"])
    expect(moved("capture")).toEqual([])
    expect(await shop.disagreements()).toEqual([])
  })

  it("ends as one of the two, when capture and deadline meet", async () => {
    const shop = await cornerShop()
    const { world, till, openTwo, moved, booked } = shop
    const id = await runningOut(shop, 1)
    const [page, timer] = openTwo()
    // The page has asked in time, and looks at the payment as the timer does.
    const captured = capture(page, id)
    world.clock.ms += 1
    const [told] = await Promise.all([captured, timer.kernel.drain()])
    await page.kernel.drain()
    await world.pass(till, hour, 12)
    const { status } = await stateOf(till, id)
    expect(status).toBe(told.ok ? "confirmed" : "expired")
    expect(moved("capture")).toEqual(told.ok ? ["10.00"] : [])
    expect((await booked(id)).slice(1)).toEqual([told.ok ? "capture" : "authorization_release"])
    expect(await shop.disagreements()).toEqual([])
  })
})

describe("a card that is good when a payment is accepted and has expired when it is authorized", () => {
  it("fails the payment for good, and nothing is charged", async () => {
    const shop = await cornerShop()
    const { world, open, cardId, moved } = shop
    // The card on file is good to the end of 2030.
    world.clock.ms = Date.UTC(2031, 0, 1) - 1000
    const doomed = open({}, beforeItSends())
    const { id } = viewOf(await doomed.kernel.payments.create(merchantId, paymentInput(cardId)))
    await doomed.call((kernel) => kernel.drain())
    world.bury(doomed)
    const heir = open()
    await world.pass(heir, 2 * minute, 12)
    expect(await stateOf(heir, id)).toMatchObject({ status: "failed", failure: "card_expired", captured: usd(0n) })
    expect(moved("authorize")).toEqual([])
    expect(await shop.booked(id)).toEqual([])
    expect(await shop.disagreements()).toEqual([])
  })
})
