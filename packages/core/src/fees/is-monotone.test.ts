import { describe, expect, it } from "vitest"
import { bps, money, percent } from "../money/index.ts"
import { defaultFeeSchedule, type Fee, isMonotone, noFee, type TieredFee } from "./index.ts"

const usd = (amount: bigint) => money(amount, "USD")
const tiered = (change: Partial<TieredFee>): TieredFee => ({
  kind: "tiered",
  name: "tiers",
  mode: "volume",
  basis: "payment",
  rounding: "halfUp",
  tiers: [{ upTo: usd(1_000n), rate: percent(10n) }, { rate: percent(5n) }],
  ...change
})
const falling = tiered({})

describe("whether a larger payment can cost less", () => {
  it.each<[string, boolean, Fee]>([
    ["no fee", true, noFee],
    ["the default schedule", true, defaultFeeSchedule.fee],
    ["a discount for all of a larger payment", false, falling],
    ["the same discount, graduated", true, tiered({ mode: "graduated" })],
    [
      "a discount made up for by a fixed part",
      true,
      tiered({
        tiers: [
          { upTo: usd(1_000n), rate: percent(10n) },
          { rate: percent(5n), fixed: usd(50n) }
        ]
      })
    ],
    [
      "the same, counted from the volume to date, where the answer stays on the safe side",
      false,
      tiered({
        basis: "volumeToDate",
        tiers: [
          { upTo: usd(1_000n), rate: percent(10n) },
          { rate: percent(5n), fixed: usd(50n) }
        ]
      })
    ],
    [
      "rates that rise with the volume to date",
      true,
      tiered({ basis: "volumeToDate", tiers: [{ upTo: usd(1_000n), rate: bps(1n) }, { rate: bps(2n) }] })
    ],
    [
      "one rate for every volume to date",
      true,
      tiered({ basis: "volumeToDate", tiers: [{ upTo: usd(1_000n), rate: bps(1n) }, { rate: bps(1n) }] })
    ],
    [
      "a fixed part that ends with the first tier of the volume to date",
      false,
      tiered({ basis: "volumeToDate", tiers: [{ upTo: usd(1n), rate: bps(1n), fixed: usd(1n) }, { rate: bps(2n) }] })
    ],
    [
      "what networks and schemes take",
      true,
      {
        kind: "interchangePlusPlus",
        name: "ic++",
        interchange: [{ rate: bps(20n) }],
        scheme: [{ rate: bps(1n) }],
        markup: { rate: bps(30n) },
        rounding: "halfUp"
      }
    ],
    [
      "a falling rule beside one that does not fall",
      false,
      {
        kind: "select",
        rules: [
          { when: { method: "card" }, fee: falling },
          { when: {}, fee: noFee }
        ],
        otherwise: noFee
      }
    ],
    ["a falling part of a sum", false, { kind: "sum", fees: [noFee, falling] }],
    ["a falling branch", false, { kind: "select", rules: [{ when: {}, fee: noFee }], otherwise: falling }],
    ["a falling fee under a cap", false, { kind: "capped", name: "cap", max: usd(1n), fee: falling }]
  ])("%s: %s", (_what, expected, fee) => {
    expect(isMonotone({ fee, onExcess: "limit" })).toBe(expected)
  })
})
