import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bps, money } from "../money/index.ts"
import { anyFeeSchedule } from "../testing/arbitraries.ts"
import { FeeScheduleCodec } from "./fee-schedule.schema.ts"
import { type Fee, type FeeSchedule, noFee } from "./index.ts"

const write = Schema.encodeSync(FeeScheduleCodec)
const read = Schema.decodeUnknownSync(FeeScheduleCodec)

/** As a store gives it back: text that nothing but JSON has been through. */
const stored = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

const usd = (amount: bigint) => money(amount, "USD")
const terms = { rate: bps(20n), fixed: usd(1n) }
const flat: Fee = { kind: "fixed", name: "flat", amount: usd(30n) }
const rounding = "halfEven"

const fees: ReadonlyArray<Fee> = [
  flat,
  { kind: "percentage", name: "share", rate: bps(290n), rounding },
  {
    kind: "tiered",
    name: "tiers",
    mode: "volume",
    basis: "volumeToDate",
    tiers: [{ ...terms, upTo: usd(9n) }],
    rounding
  },
  { kind: "tiered", name: "tiers", mode: "graduated", basis: "payment", tiers: [terms], rounding },
  {
    kind: "interchangePlusPlus",
    name: "ic++",
    interchange: [{ ...terms, network: "VISA" }],
    scheme: [{ ...terms, fundingType: "debit" }],
    markup: terms,
    rounding
  },
  { kind: "capped", name: "cap", min: usd(1n), max: usd(2n), fee: flat },
  { kind: "sum", fees: [flat, flat] },
  {
    kind: "select",
    rules: [
      { when: { method: "card", currency: "USD", merchantId: "m1", network: "AMEX", fundingType: "credit" }, fee: flat }
    ],
    otherwise: flat
  }
]

describe("a stored fee schedule", () => {
  it.each(fees)("comes back with all that a fee of its kind has: $kind", (fee) => {
    for (const onExcess of ["limit", "allowNegativeNet"] as const) {
      const schedule: FeeSchedule = { fee, onExcess }
      expect(read(stored(write(schedule)))).toEqual(schedule)
    }
  })

  it("comes back as it was, whatever it is", () => {
    fc.assert(
      fc.property(anyFeeSchedule, (schedule) => {
        expect(read(stored(write(schedule)))).toEqual(schedule)
      }),
      { numRuns: 2_500 }
    )
  })

  it.each<[string, unknown]>([
    ["a fee of no kind", { fee: { kind: "gift", name: "gift" }, onExcess: "limit" }],
    ["no word on what happens to an excess", { fee: write({ fee: flat, onExcess: "limit" }).fee }],
    [
      "a condition that is no text",
      { fee: { kind: "select", rules: [{ when: { network: 4 }, fee: noFee }], otherwise: noFee }, onExcess: "limit" }
    ],
    ["another word on it", { fee: write({ fee: flat, onExcess: "limit" }).fee, onExcess: "" }]
  ])("is refused with %s", (_, json) => {
    expect(() => read(json)).toThrow()
  })
})
