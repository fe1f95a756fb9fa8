import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { reckon, toleranceOf } from "./index.ts"

const usdc = (amount: bigint) => money(amount, "USDC")

/** Small amounts, so that they meet, and large ones of eighteen decimals. */
const amount = fc.oneof(fc.bigInt(0n, 30n), fc.bigInt(0n, 10n ** 24n))

const standings = fc
  .record({
    asked: fc.option(amount, { nil: null }),
    paid: amount,
    shares: fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 })),
    toleranceBps: fc.integer({ min: 0, max: 1000 })
  })
  .map(({ asked, paid, shares: [a, b], toleranceBps }) => {
    const total = BigInt(a + b + 1)
    return {
      asked: asked === null ? null : usdc(asked),
      paid: usdc(paid),
      refunding: usdc((paid * BigInt(a)) / total),
      refunded: usdc((paid * BigInt(b)) / total),
      toleranceBps
    }
  })

const numRuns = 10_000

describe("what is due, paid, over and returnable", () => {
  it("is all of what was paid, split in two ways", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const { applied, surplus, refundable } = reckon(standing)
        const { paid, refunding, refunded } = standing
        expect(applied.amount + surplus.amount).toBe(paid.amount)
        expect(refunded.amount + refunding.amount + refundable.amount).toBe(paid.amount)
        expect(refundable.amount >= 0n).toBe(true)
      }),
      { numRuns }
    )
  })

  it("is all of what was asked, and never both due and over", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const { applied, due, surplus } = reckon(standing)
        if (standing.asked === null) expect([due.amount, surplus.amount]).toEqual([0n, 0n])
        else expect(applied.amount + due.amount).toBe(standing.asked.amount)
        expect(due.amount >= 0n && surplus.amount >= 0n).toBe(true)
        expect(due.amount > 0n && surplus.amount > 0n).toBe(false)
      }),
      { numRuns }
    )
  })

  it("has the context that the two amounts say, whatever was given back", () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(standings, (standing) => {
        const { context, due, surplus } = reckon(standing)
        seen.add(context)
        const isAsked = standing.asked !== null && standing.paid.amount > 0n
        expect(context === "none").toBe(!isAsked)
        expect(context === "underpaid").toBe(isAsked && due.amount > 0n)
        expect(context === "overpaid").toBe(isAsked && surplus.amount > 0n)
        const { refunding, refunded } = { refunding: usdc(0n), refunded: usdc(0n) }
        expect(reckon({ ...standing, refunding, refunded }).context).toBe(context)
      }),
      { numRuns }
    )
    expect(seen.size).toBe(4)
  })

  it("is enough from the tolerance on, and stays so when more comes", () => {
    const seen = new Set<boolean>()
    fc.assert(
      fc.property(standings, amount, (standing, more) => {
        const { isEnough, due } = reckon(standing)
        seen.add(isEnough)
        const { asked, toleranceBps, paid } = standing
        const tolerance = asked === null ? 0n : toleranceOf(asked, toleranceBps).amount
        expect(isEnough).toBe(asked !== null && due.amount <= tolerance)
        if (isEnough) expect(reckon({ ...standing, paid: usdc(paid.amount + more) }).isEnough).toBe(true)
      }),
      { numRuns }
    )
    expect(seen.size).toBe(2)
  })

  it("forgives no more than was agreed", () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 1000 }), (asked, bps) => {
        const { amount: forgiven } = toleranceOf(usdc(asked), bps)
        expect(forgiven * 10_000n <= asked * BigInt(bps)).toBe(true)
        expect((forgiven + 1n) * 10_000n > asked * BigInt(bps)).toBe(true)
      }),
      { numRuns }
    )
  })
})
