/**
 * Two runs of the settlement meet, as when a job is started by hand while the scheduled one works. Both find the same
 * payments ready, both pay the merchant for them, and what was settled is settled again.
 */
import { describe, expect, it } from "vitest"
import type { Process } from "../adverse-world.ts"
import { newLife } from "../mortal-process.ts"
import { cornerShop, hour, merchantId, minute, stateOf, usd, verdicts } from "./corner-shop.ts"

const settle = async ({ kernel }: Process) => {
  const made = await kernel.settlements.run(merchantId)
  if (!made.ok) throw new Error(made.error._tag)
  return made.value
}

/** What the merchant may have paid out, in millionths of a dollar. */
const available = async ({ kernel }: Process) => {
  const balances = await kernel.balances(merchantId)
  if (!balances.ok) throw new Error(balances.error._tag)
  return balances.value.available
}

// USD 10.00 less a fee of 2.9 % and 30 cents is USD 9.41.
const onePayout = 9_410_000n

describe("two settlement runs at once", () => {
  it("settle every payment once, in one of them", async () => {
    const shop = await cornerShop()
    const { till, openTwo, paid } = shop
    const ids = [await paid(), await paid(), await paid()]
    const [clerk, job] = openTwo()
    const made = (await Promise.all([settle(clerk), settle(job)])).flat()
    expect(made.reduce((sum, { totalCredits }) => sum + totalCredits.amount, 0n)).toBe(3000n)
    expect(made.reduce((sum, { payout }) => sum + payout.amount, 0n)).toBe(3n * onePayout)
    expect(await available(till)).toMatchObject([{ amount: 3n * onePayout, currency: "USDC" }])
    for (const id of ids) expect((await stateOf(till, id)).status).toBe("paid")
    expect(await Promise.all([settle(till), settle(job)])).toEqual([[], []])
    expect(await available(till)).toMatchObject([{ amount: 3n * onePayout }])
    expect(await shop.disagreements()).toEqual([])
  })

  it("settle once also where one of them dies, on either side of its write", async () => {
    for (const when of ["before", "after"] as const) {
      const shop = await cornerShop()
      const { world, till, open, paid } = shop
      const id = await paid()
      const doomed = open(
        {},
        newLife((moment) => moment.call === "commit" && moment.when === when)
      )
      await Promise.all([doomed.call(() => settle(doomed)), settle(till)])
      world.bury(doomed)
      await settle(till)
      await world.pass(till, hour, 12)
      expect(await available(till)).toMatchObject([{ amount: onePayout }])
      expect((await stateOf(till, id)).status).toBe("paid")
      expect(await shop.disagreements()).toEqual([])
    }
  })
})

describe("a settlement that meets a refund", () => {
  it("takes the refund out of one settlement, and of one only", async () => {
    const shop = await cornerShop()
    const { world, till, openTwo, paid, moved } = shop
    const id = await paid()
    const [clerk, job] = openTwo()
    const refund = clerk.kernel.payments.refund(merchantId, id, { amount: usd(400n), reason: null })
    const [first, asked] = await Promise.all([settle(job), refund])
    expect(verdicts([asked])).toEqual(["accepted"])
    await clerk.kernel.drain()
    const later = (await Promise.all([settle(till), settle(job)])).flat()
    const all = [...first, ...later]
    expect(all.reduce((sum, { totalCredits }) => sum + totalCredits.amount, 0n)).toBe(1000n)
    expect(all.reduce((sum, { totalDebits }) => sum + totalDebits.amount, 0n)).toBe(400n)
    expect(await available(till)).toMatchObject([{ amount: onePayout - 4_000_000n }])
    expect(moved("refund")).toEqual(["4.00"])
    await world.pass(till, minute, 6)
    expect(await shop.disagreements()).toEqual([])
  })
})

describe("a settlement that meets a cancel", () => {
  it("leaves the payment paid and refunded, or cancelled and never paid", async () => {
    const shop = await cornerShop()
    const { world, till, openTwo, paid, moved } = shop
    const id = await paid()
    const [clerk, job] = openTwo()
    const cancel = clerk.kernel.payments.cancel(merchantId, id, { reason: null })
    const [, asked] = await Promise.all([settle(job), cancel])
    expect(verdicts([asked])).toEqual(["accepted"])
    await clerk.kernel.drain()
    await world.pass(till, hour, 12)
    const { status } = await stateOf(till, id)
    const outcome = { status, voided: moved("void"), refunded: moved("refund") }
    expect([
      { status: "cancelled", voided: ["10.00"], refunded: [] },
      { status: "paid", voided: [], refunded: ["10.00"] }
    ]).toContainEqual(outcome)
    expect(await shop.disagreements()).toEqual([])
  })

  it("does not pay for what is being cancelled, while nobody knows whether it is", async () => {
    const shop = await cornerShop()
    const { world, till, paid, moved } = shop
    const id = await paid()
    world.bank.setMode("drop-before", 1)
    expect(verdicts([await till.kernel.payments.cancel(merchantId, id, { reason: null })])).toEqual(["accepted"])
    await till.kernel.drain()
    expect(await settle(till)).toEqual([])
    expect((await stateOf(till, id)).status).toBe("confirmed")
    world.bank.setMode("normal", 1)
    await world.pass(till, hour, 12)
    expect((await stateOf(till, id)).status).toBe("cancelled")
    expect(await settle(till)).toEqual([])
    expect(moved("void")).toEqual(["10.00"])
    expect(await shop.disagreements()).toEqual([])
  })
})
