import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { type FeeRefundPolicy, refundFees } from "./index.ts"

const usd = (amount: bigint) => money(amount, "USD")

const refunding = (policy: FeeRefundPolicy, gross: bigint, fee: bigint, refundedBefore: bigint, refund: bigint) =>
  refundFees({
    policy,
    gross: usd(gross),
    fee: usd(fee),
    refundedBefore: usd(refundedBefore),
    refund: usd(refund)
  })

const returned = (...given: Parameters<typeof refunding>) => Result.getOrThrow(refunding(...given)).returned.amount

describe("the fee of a refunded payment", () => {
  it.each<[FeeRefundPolicy, ReadonlyArray<bigint>]>([
    ["keep", [0n, 0n, 0n]],
    ["returnProportionally", [19n, 20n, 20n]],
    ["returnAll", [59n, 0n, 0n]]
  ])("%s: goes back over three refunds of a third", (policy, expected) => {
    const refunds = [333n, 333n, 334n]
    const parts = refunds.map((refund, index) => returned(policy, 1000n, 59n, BigInt(index) * 333n, refund))
    expect(parts).toEqual(expected)
  })

  it("says how much has gone back so far", () => {
    expect(Result.getOrThrow(refunding("returnProportionally", 1000n, 59n, 500n, 250n))).toEqual({
      returned: usd(15n),
      returnedToDate: usd(44n)
    })
  })

  it.each<FeeRefundPolicy>(["keep", "returnProportionally", "returnAll"])(
    "%s: a refund of nothing returns nothing",
    (policy) => {
      expect(returned(policy, 1000n, 59n, 0n, 0n)).toBe(0n)
      expect(returned(policy, 0n, 0n, 0n, 0n)).toBe(0n)
    }
  )

  it("does not go back for more than was paid", () => {
    expect(refunding("returnAll", 1000n, 59n, 900n, 101n)).toMatchObject({
      failure: { _tag: "RefundsExceedGross", gross: usd(1000n), refundedBefore: usd(900n), refund: usd(101n) }
    })
  })

  it.each([
    ["gross", [-1n, 0n, 0n, 0n]],
    ["fee", [1n, -1n, 0n, 0n]],
    ["refundedBefore", [1n, 0n, -1n, 0n]],
    ["refund", [1n, 0n, 0n, -1n]]
  ] as const)("refuses a %s below zero", (field, [gross, fee, before, refund]) => {
    expect(refunding("keep", gross, fee, before, refund)).toMatchObject({
      failure: { _tag: "FeeRefundBelowZero", field }
    })
  })

  it("does not mix currencies", () => {
    const eur = money(1n, "EUR")
    const parts = { policy: "returnAll", gross: usd(10n), refundedBefore: usd(0n), refund: usd(1n) } as const
    // @ts-expect-error the fee of a payment in dollars is in dollars
    expect(() => refundFees({ ...parts, fee: eur })).toThrow(TypeError)
    // @ts-expect-error and so is its refund
    expect(() => refundFees({ ...parts, fee: usd(1n), refund: eur })).toThrow(TypeError)
  })
})

describe("laws of returned fees", () => {
  const policies = fc.constantFrom<FeeRefundPolicy>("keep", "returnProportionally", "returnAll")
  const amounts = fc.oneof(fc.bigInt(1n, 1000n), fc.bigInt(1n, 10n ** 15n))
  /** A payment, its fee (which may exceed it), and points at which it has been refunded so far, up to the whole. */
  const histories = amounts.chain((gross) =>
    fc.tuple(
      fc.constant(gross),
      fc.bigInt(0n, gross * 2n),
      fc
        .array(fc.bigInt(0n, gross), { maxLength: 12 })
        .map((points) => [...points, gross].sort((a, b) => (a === b ? 0 : a < b ? -1 : 1)))
    )
  )

  it("partial refunds return together what one whole refund does, and no step takes anything back", () => {
    fc.assert(
      fc.property(policies, histories, (policy, [gross, fee, points]) => {
        let before = 0n
        let total = 0n
        for (const point of points) {
          const step = returned(policy, gross, fee, before, point - before)
          if (step < 0n) return false
          total += step
          before = point
        }
        return total === returned(policy, gross, fee, 0n, gross) && total === (policy === "keep" ? 0n : fee)
      }),
      { numRuns: 10_000 }
    )
  })

  it("in proportion, at any point, it is the exact share rounded down", () => {
    fc.assert(
      fc.property(histories, ([gross, fee, [point = 0n]]) => {
        const share = returned("returnProportionally", gross, fee, 0n, point)
        return share * gross <= fee * point && (share + 1n) * gross > fee * point
      }),
      { numRuns: 10_000 }
    )
  })
})
