import { describe, expect, it } from "vitest"
import { bps, money } from "../money/index.ts"
import {
  assessFees,
  checkFeeSchedule,
  defaultFeeSchedule,
  type Fee,
  type FeeTier,
  feeDepthMax,
  feePartsMax,
  isMonotone,
  noFee
} from "./index.ts"

const usd = (amount: bigint) => money(amount, "USD")
const tiers = (...list: ReadonlyArray<FeeTier>): Fee => ({
  kind: "tiered",
  name: "at fault",
  mode: "graduated",
  basis: "payment",
  rounding: "down",
  tiers: list
})
const fixed = (amount: bigint): Fee => ({ kind: "fixed", name: "at fault", amount: usd(amount) })
const share = (rate: { readonly numerator: bigint; readonly denominator: bigint }): Fee => ({
  kind: "percentage",
  name: "at fault",
  rate,
  rounding: "down"
})
const nested = (depth: number): Fee => (depth === 1 ? noFee : { kind: "sum", fees: [nested(depth - 1)] })
const repeated = (times: number): Fee => ({ kind: "sum", fees: new Array<Fee>(times).fill(fixed(0n)) })

const belowZero = { _tag: "FeeBelowZero", name: "at fault" }
const rateInvalid = { _tag: "FeeRateInvalid", name: "at fault" }
const tiersInvalid = (reason: string) => ({ _tag: "FeeTiersInvalid", name: "at fault", reason })
const capsInvalid = (reason: string) => ({ _tag: "FeeCapsInvalid", name: "at fault", reason })
const tooLarge = { _tag: "FeeScheduleTooLarge", depthMax: feeDepthMax, partsMax: feePartsMax }
const row = { rate: bps(1n) }

const faults: ReadonlyArray<[string, Fee, object]> = [
  ["a fixed fee below zero", fixed(-1n), belowZero],
  ["a rate below zero", share(bps(-1n)), belowZero],
  ["a rate over zero", share({ numerator: 1n, denominator: 0n }), rateInvalid],
  ["a rate with its sign below the line", share({ numerator: -1n, denominator: -2n }), rateInvalid],
  ["no tiers", tiers(), tiersInvalid("empty")],
  ["a last tier that ends", tiers({ ...row, upTo: usd(1n) }), tiersInvalid("lastIsBounded")],
  ["an open tier in between", tiers(row, row), tiersInvalid("openBeforeLast")],
  ["a tier that ends at zero", tiers({ ...row, upTo: usd(0n) }, row), tiersInvalid("notAscending")],
  [
    "two tiers that end alike",
    tiers({ ...row, upTo: usd(5n) }, { ...row, upTo: usd(5n) }, row),
    tiersInvalid("notAscending")
  ],
  [
    "tiers of two currencies",
    tiers({ ...row, upTo: usd(5n) }, { ...row, fixed: money(1n, "EUR") }),
    tiersInvalid("currenciesMixed")
  ],
  ["a tier's fixed part below zero", tiers({ ...row, fixed: usd(-1n) }), belowZero],
  ["a cap below zero", { kind: "capped", name: "at fault", max: usd(-1n), fee: noFee }, belowZero],
  [
    "a minimum above the maximum",
    { kind: "capped", name: "at fault", min: usd(2n), max: usd(1n), fee: noFee },
    capsInvalid("minimumAboveMaximum")
  ],
  [
    "caps of two currencies",
    { kind: "capped", name: "at fault", min: usd(1n), max: money(2n, "EUR"), fee: noFee },
    capsInvalid("currenciesMixed")
  ],
  [
    "a markup below zero",
    {
      kind: "interchangePlusPlus",
      name: "at fault",
      interchange: [row],
      scheme: [row],
      markup: { rate: bps(-1n) },
      rounding: "down"
    },
    belowZero
  ],
  ["too much nesting", nested(feeDepthMax + 1), tooLarge],
  ["too many parts", repeated(feePartsMax), tooLarge]
]

describe("a schedule that cannot be charged", () => {
  it.each(faults)("is refused for %s, even where this payment would not take that branch", (_fault, fee, failure) => {
    const schedule = { fee: { kind: "sum", fees: [fee] }, onExcess: "limit" } as const
    const untaken = { fee: { kind: "select", rules: [{ when: { method: "other" }, fee }], otherwise: noFee } } as const
    expect(checkFeeSchedule(schedule)).toMatchObject({ failure })
    const assessed = assessFees({ ...untaken, onExcess: "limit" }, usd(100n), { method: "card", merchantId: "m1" })
    expect(assessed).toMatchObject({ failure })
    expect(isMonotone(schedule)).toBe(false)
  })

  it("is given up early where shared branches would unfold without end", () => {
    let fee: Fee = noFee
    for (let depth = 1; depth < feeDepthMax; depth += 1) fee = { kind: "sum", fees: new Array<Fee>(900).fill(fee) }
    expect(checkFeeSchedule({ fee, onExcess: "limit" })).toMatchObject({ failure: tooLarge })
  })
})

describe("a schedule that can be charged", () => {
  it.each<[string, Fee]>([
    ["the default", defaultFeeSchedule.fee],
    ["as deep as allowed", nested(feeDepthMax)],
    ["as large as allowed", repeated(feePartsMax - 1)],
    ["one open tier", tiers(row)],
    ["equal caps", { kind: "capped", name: "flat", min: usd(5n), max: usd(5n), fee: noFee }]
  ])("is returned as it is: %s", (_what, fee) => {
    const schedule = { fee, onExcess: "limit" } as const
    expect(checkFeeSchedule(schedule)).toMatchObject({ success: schedule })
  })
})
