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
const row = { rate: bps(1n) }
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
const repeated = (times: number, fee: Fee = fixed(0n)): Fee => ({
  kind: "sum",
  fees: new Array<Fee>(times).fill(fee)
})
const capped = (fee: Fee): Fee => ({ kind: "capped", name: "cap", max: usd(9n), fee })
const nestedCaps = (depth: number): Fee => (depth === 1 ? noFee : capped(nestedCaps(depth - 1)))
const tieredTo = (count: number): Fee =>
  tiers(...Array.from({ length: count - 1 }, (_, index) => ({ ...row, upTo: usd(BigInt(index + 1)) })), row)
const tables = (interchange: number, scheme: number): Fee => ({
  kind: "interchangePlusPlus",
  name: "at fault",
  interchange: new Array(interchange).fill(row),
  scheme: new Array(scheme).fill(row),
  markup: row,
  rounding: "down"
})
const pair = (fee: Fee): Fee => ({ kind: "sum", fees: [fixed(1n), fee] })
const choices = (count: number): Fee => ({
  kind: "select",
  rules: Array.from({ length: count }, () => ({ when: {}, fee: noFee })),
  otherwise: noFee
})

const belowZero = { _tag: "FeeBelowZero", name: "at fault" }
const rateInvalid = { _tag: "FeeRateInvalid", name: "at fault" }
const tiersInvalid = (reason: string) => ({ _tag: "FeeTiersInvalid", name: "at fault", reason })
const capsInvalid = (reason: string) => ({ _tag: "FeeCapsInvalid", name: "at fault", reason })
const tooLarge = { _tag: "FeeScheduleTooLarge", depthMax: feeDepthMax, partsMax: feePartsMax }
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
  ["too many parts", repeated(feePartsMax), tooLarge],
  ["too much nesting of caps", nestedCaps(feeDepthMax + 1), tooLarge]
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

  // The fee itself is one part of the thousand.
  it.each<[string, Fee, Fee]>([
    ["fees of a sum, beside a single one", pair(repeated(997)), pair(repeated(998))],
    ["tiers", tieredTo(999), tieredTo(1_000)],
    ["rows of both tables", tables(500, 499), tables(500, 500)],
    ["rules and their fees, and the fee for the rest", choices(499), choices(500)],
    ["caps and what they hold", repeated(499, capped(noFee)), repeated(500, capped(noFee))]
  ])("is refused with a thousand parts and more: %s", (_parts, large, tooMany) => {
    const scheduled = (fee: Fee) => checkFeeSchedule({ fee, onExcess: "limit" })
    expect(scheduled(large)).toMatchObject({ success: { fee: large } })
    expect(scheduled(tooMany)).toMatchObject({ failure: tooLarge })
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
