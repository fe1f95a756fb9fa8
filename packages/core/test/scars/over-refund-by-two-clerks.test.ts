/**
 * Two clerks answer the same angry customer. Each looks at what is left of the payment, each finds enough, and together
 * they give back more than was ever paid.
 */
import { describe, expect, it } from "vitest"
import type { Process } from "../adverse-world.ts"
import { cornerShop, merchantId, minute, stateOf, usd, verdicts } from "./corner-shop.ts"

const refund = ({ kernel }: Process, id: string, amount: bigint) =>
  kernel.payments.refund(merchantId, id, { amount: usd(amount), reason: "requested_by_customer" })

describe("two clerks who refund the same payment", () => {
  it("give back no more than was paid, when both look at the same moment", async () => {
    const { world, till, openTwo, paid, moved, booked, disagreements } = await cornerShop()
    const id = await paid()
    const [one, other] = openTwo()
    const both = await Promise.all([refund(one, id, 600n), refund(other, id, 600n)])
    expect(verdicts(both)).toEqual(["RefundExceedsRemaining", "accepted"])
    expect(both.find(({ ok }) => !ok)).toMatchObject({ error: { remaining: usd(400n), asked: usd(600n) } })
    await Promise.all([one.kernel.drain(), other.kernel.drain()])
    await world.pass(till, minute, 6)
    expect(await stateOf(till, id)).toMatchObject({ refunded: usd(600n), refunding: usd(0n) })
    expect(moved("refund")).toEqual(["6.00"])
    expect(await booked(id)).toEqual(["capture", "refund_hold", "refund"])
    expect(await disagreements()).toEqual([])
  })

  it("may both refund what there is enough for", async () => {
    const { till, openTwo, paid, moved, disagreements } = await cornerShop()
    const id = await paid()
    const [one, other] = openTwo()
    expect(verdicts(await Promise.all([refund(one, id, 600n), refund(other, id, 400n)]))).toEqual([
      "accepted",
      "accepted"
    ])
    await Promise.all([one.kernel.drain(), other.kernel.drain()])
    expect(await stateOf(till, id)).toMatchObject({ refunded: usd(1000n), refunding: usd(0n) })
    expect(moved("refund").toSorted()).toEqual(["4.00", "6.00"])
    expect(await disagreements()).toEqual([])
  })

  it("are kept apart while nobody knows what became of the first refund", async () => {
    const { world, till, open, paid, moved, disagreements } = await cornerShop()
    const other = open()
    const id = await paid()
    world.bank.setMode("drop-before", 1)
    expect((await refund(till, id, 600n)).ok).toBe(true)
    await till.kernel.drain()
    expect(await stateOf(till, id)).toMatchObject({ refunded: usd(0n), refunding: usd(600n) })
    expect(verdicts([await refund(other, id, 600n)])).toEqual(["RefundExceedsRemaining"])
    world.bank.setMode("normal", 1)
    await world.pass(other, minute, 6)
    expect(await stateOf(till, id)).toMatchObject({ refunded: usd(600n), refunding: usd(0n) })
    expect(verdicts([await refund(other, id, 600n)])).toEqual(["RefundExceedsRemaining"])
    expect(moved("refund")).toEqual(["6.00"])
    expect(await disagreements()).toEqual([])
  })
})
