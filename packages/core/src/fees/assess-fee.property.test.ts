import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bps, divideRounded, type Money, money, roundingModes } from "../money/index.ts"
import * as laws from "../testing/laws/index.ts"
import { assessFees, type Fee, type FeeContext, type FeeSchedule, isMonotone, type TieredFee } from "./index.ts"

const runs = { numRuns: 10_000 }
const usd = (amount: bigint) => money(amount, "USD")
const networks = fc.constantFrom("VISA", "MASTERCARD", "AMEX")
const methods = fc.constantFrom("card", "crypto")
const merchants = fc.constantFrom("m1", "m2")
const roundings = fc.constantFrom(...roundingModes)
const rates = fc.bigInt(0n, 12_000n).map(bps)
const parts = fc.bigInt(0n, 500n).map(usd)
const grosses = fc.oneof(fc.bigInt(0n, 2_000n), fc.bigInt(0n, 10n ** 15n)).map(usd)
const terms = fc.record({ rate: rates, fixed: parts }, { requiredKeys: ["rate"] })

const contexts: fc.Arbitrary<FeeContext> = fc.record({
  method: methods,
  merchantId: merchants,
  network: networks,
  volumeToDate: fc.bigInt(0n, 3_000n).map(usd)
})

const tierLists = (boundMax: bigint, fixed: fc.Arbitrary<Money>) =>
  fc
    .tuple(
      fc.uniqueArray(fc.bigInt(1n, boundMax), { maxLength: 4 }),
      fc.array(fc.record({ rate: rates, fixed }, { requiredKeys: ["rate"] }), { minLength: 5, maxLength: 5 })
    )
    .map(([bounds, found]) => {
      const ends = bounds.sort((a, b) => (a < b ? -1 : 1)).map(usd)
      return found.slice(0, ends.length + 1).map((tier, index) => {
        const upTo = ends[index]
        return upTo === undefined ? tier : { ...tier, upTo }
      })
    })

const tieredFees = (boundMax: bigint): fc.Arbitrary<TieredFee> =>
  fc.record({
    kind: fc.constant("tiered" as const),
    name: fc.constant("tiered"),
    mode: fc.constantFrom("volume" as const, "graduated" as const),
    basis: fc.constantFrom("payment" as const, "volumeToDate" as const),
    tiers: tierLists(boundMax, parts),
    rounding: roundings
  })

const fees: fc.Arbitrary<Fee> = fc.letrec<{ fee: Fee }>((tie) => ({
  fee: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    fc.record({ kind: fc.constant("fixed" as const), name: fc.constant("fixed"), amount: parts }),
    fc.record({
      kind: fc.constant("percentage" as const),
      name: fc.constant("share"),
      rate: rates,
      rounding: roundings
    }),
    tieredFees(3_000n),
    fc.record({
      kind: fc.constant("interchangePlusPlus" as const),
      name: fc.constant("ic++"),
      interchange: fc.tuple(fc.record({ network: networks, rate: rates }), fc.record({ rate: rates, fixed: parts })),
      scheme: fc.tuple(terms),
      markup: terms,
      rounding: roundings
    }),
    fc.record({ min: parts, extra: parts, fee: tie("fee") }).map(({ min, extra, fee }) => ({
      kind: "capped" as const,
      name: "cap",
      min,
      max: usd(min.amount + extra.amount),
      fee
    })),
    fc.record({ kind: fc.constant("sum" as const), fees: fc.array(tie("fee"), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant("select" as const),
      rules: fc.array(
        fc.record({
          when: fc.record({ method: methods, merchantId: merchants, network: networks }, { requiredKeys: [] }),
          fee: tie("fee")
        }),
        { maxLength: 3 }
      ),
      otherwise: tie("fee")
    })
  )
})).fee

const schedules: fc.Arbitrary<FeeSchedule> = fc.record({
  fee: fees,
  onExcess: fc.constantFrom("limit" as const, "allowNegativeNet" as const)
})

const assess = (schedule: FeeSchedule, gross: Money, context: FeeContext) =>
  Result.getOrThrow(assessFees(schedule, gross, context))

describe("laws of fees", () => {
  it("gross is net plus every line", () => {
    fc.assert(laws.conservation({ schedule: schedules, grosses, contexts }), runs)
  })

  it("no line is below zero, and a limited total stays within the gross", () => {
    fc.assert(laws.nonNegative({ schedule: schedules, grosses, contexts }), runs)
  })

  it("a larger payment never costs less under a monotone schedule", () => {
    fc.assert(laws.monotone({ schedule: schedules.filter(isMonotone), grosses, contexts }), runs)
  })

  it("for tiers that count from each payment, monotone means exactly that no step up costs less", () => {
    const answers = { monotone: 0, falling: 0 }
    const context: FeeContext = { method: "card", merchantId: "m1" }
    const volumeFees = fc.record({
      kind: fc.constant("tiered" as const),
      name: fc.constant("tiered"),
      mode: fc.constant("volume" as const),
      basis: fc.constant("payment" as const),
      tiers: tierLists(15n, fc.bigInt(0n, 3n).map(usd)),
      rounding: roundings
    })
    fc.assert(
      fc.property(volumeFees, (fee) => {
        const schedule: FeeSchedule = { fee, onExcess: "allowNegativeNet" }
        const totals = Array.from(
          { length: 20 },
          (_, gross) => assess(schedule, usd(BigInt(gross)), context).total.amount
        )
        const neverFalls = totals.every((total, index) => index === 0 || (totals[index - 1] ?? 0n) <= total)
        answers[neverFalls ? "monotone" : "falling"] += 1
        return isMonotone(schedule) === neverFalls
      }),
      runs
    )
    const tenth = (answers.monotone + answers.falling) / 10
    expect(Math.min(answers.monotone, answers.falling)).toBeGreaterThan(tenth)
  })

  it("a graduated fee is what each minor unit costs in its own tier, rounded once", () => {
    const cases = fc.tuple(tieredFees(40n), fc.bigInt(0n, 60n), fc.bigInt(0n, 60n))
    fc.assert(
      fc.property(cases, ([found, gross, volume]) => {
        const fee: TieredFee = { ...found, mode: "graduated" }
        const start = fee.basis === "payment" ? 0n : volume
        const entered = new Set<TieredFee["tiers"][number]>()
        let tenThousandths = 0n
        for (let unit = start + 1n; unit <= start + gross; unit += 1n) {
          const tier = fee.tiers.find(({ upTo }) => upTo === undefined || unit <= upTo.amount)
          if (tier === undefined) return false
          entered.add(tier)
          tenThousandths += (10_000n / tier.rate.denominator) * tier.rate.numerator
        }
        const fixed = [...entered].reduce((sum, tier) => sum + (tier.fixed?.amount ?? 0n), 0n)
        const context: FeeContext = { method: "card", merchantId: "m1", volumeToDate: usd(volume) }
        const { total } = assess({ fee, onExcess: "allowNegativeNet" }, usd(gross), context)
        return total.amount === divideRounded(tenThousandths, 10_000n, fee.rounding) + fixed
      }),
      runs
    )
  })
})
