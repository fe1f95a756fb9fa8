import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { bps, type Currency, type Money, money, percent } from "../money/index.ts"
import {
  assessFees,
  defaultFeeSchedule,
  type Fee,
  type FeeAssessment,
  type FeeContext,
  type FeeSchedule,
  type InterchangePlusPlusFee,
  noFee,
  type TieredFee
} from "./index.ts"

const usd = (amount: bigint) => money(amount, "USD")
const card: FeeContext = { method: "card", merchantId: "m1" }
const limited = (fee: Fee): FeeSchedule => ({ fee, onExcess: "limit" })

const assess = (schedule: FeeSchedule, gross: Money, context = card): FeeAssessment =>
  Result.getOrThrow(assessFees(schedule, gross, context))

const totalOf = (fee: Fee, gross: bigint, context = card) => assess(limited(fee), usd(gross), context).total.amount

const linesOf = (fee: Fee, gross: bigint, context = card) =>
  assess(limited(fee), usd(gross), context).breakdown.map(({ kind, amount }) => [kind, amount.amount])

const fixed = (amount: bigint, currency: Currency = "USD"): Fee => ({
  kind: "fixed",
  name: "payment",
  amount: money(amount, currency)
})
const share = (basisPoints: bigint): Fee => ({
  kind: "percentage",
  name: "share",
  rate: bps(basisPoints),
  rounding: "halfUp"
})

describe("a share and a fixed part", () => {
  it("is assessed with a line for each", () => {
    const fee: Fee = { kind: "sum", fees: [share(290n), fixed(30n)] }
    expect(assess(limited(fee), usd(10_000n))).toEqual({
      gross: usd(10_000n),
      net: usd(9_680n),
      total: usd(320n),
      breakdown: [
        { name: "share", kind: "percentage", amount: usd(290n) },
        { name: "payment", kind: "fixed", amount: usd(30n) }
      ]
    })
  })

  it.each([
    [500n, 10n],
    [100n, 4n]
  ])("can be set so that %s costs %s, as in published examples", (gross, total) => {
    expect(totalOf({ kind: "sum", fees: [share(140n), fixed(3n)] }, gross)).toBe(total)
  })

  it("may be nothing at all", () => {
    expect(assess(limited(noFee), usd(500n))).toEqual({
      gross: usd(500n),
      net: usd(500n),
      total: usd(0n),
      breakdown: []
    })
  })

  it("works without decimals", () => {
    expect(assess(limited({ kind: "sum", fees: [share(290n), fixed(30n, "JPY")] }), money(300n, "JPY")).total).toEqual(
      money(39n, "JPY")
    )
  })
})

describe("fees above the gross amount", () => {
  const fee: Fee = { kind: "sum", fees: [share(1000n), fixed(30n)] }

  it("are limited to it, the last lines giving way first", () => {
    expect(linesOf(fee, 20n)).toEqual([
      ["percentage", 2n],
      ["fixed", 18n]
    ])
    expect(assess(limited(fee), usd(20n)).net).toEqual(usd(0n))
  })

  it("make the net negative where the contract allows it", () => {
    expect(assess({ fee, onExcess: "allowNegativeNet" }, usd(20n))).toMatchObject({ net: usd(-12n), total: usd(32n) })
  })
})

describe("tiers", () => {
  const tiered = (mode: TieredFee["mode"], basis: TieredFee["basis"]): Fee => ({
    kind: "tiered",
    name: "tiers",
    mode,
    basis,
    rounding: "halfUp",
    tiers: [
      { upTo: usd(1_000n), rate: percent(10n), fixed: usd(5n) },
      { upTo: usd(10_000n), rate: percent(5n), fixed: usd(7n) },
      { rate: percent(1n) }
    ]
  })

  it.each([
    [0n, 5n],
    [1_000n, 105n],
    [1_001n, 57n],
    [10_000n, 507n],
    [10_001n, 100n]
  ])("by volume: all of %s is charged at the tier it reaches: %s", (gross, total) => {
    // 5 for nothing would exceed the gross amount, so the excess is allowed here.
    const schedule: FeeSchedule = { fee: tiered("volume", "payment"), onExcess: "allowNegativeNet" }
    expect(assess(schedule, usd(gross)).total.amount).toBe(total)
  })

  it.each([
    [0n, 0n],
    [1_000n, 105n],
    [1_100n, 117n],
    [10_000n, 562n],
    [20_000n, 662n]
  ])("graduated: %s is charged slice by slice: %s", (gross, total) => {
    expect(totalOf(tiered("graduated", "payment"), gross)).toBe(total)
  })

  it("have one line", () => {
    expect(linesOf(tiered("graduated", "payment"), 1_100n)).toEqual([["tiered", 117n]])
  })

  it("count from the volume to date where they say so", () => {
    const context = { ...card, volumeToDate: usd(900n) }
    expect(totalOf(tiered("volume", "volumeToDate"), 100n, context)).toBe(15n)
    expect(totalOf(tiered("volume", "volumeToDate"), 200n, context)).toBe(17n)
    expect(totalOf(tiered("graduated", "volumeToDate"), 200n, context)).toBe(10n + 5n + 5n + 7n)
    expect(totalOf(tiered("graduated", "volumeToDate"), 200n, { ...card, volumeToDate: usd(50_000n) })).toBe(2n)
  })

  it.each([undefined, usd(-1n)])("refuse a volume to date that is missing or below zero", (volumeToDate) => {
    const context = volumeToDate === undefined ? card : { ...card, volumeToDate }
    expect(assessFees(limited(tiered("volume", "volumeToDate")), usd(100n), context)).toMatchObject({
      failure: { _tag: "VolumeToDateMissing", name: "tiers" }
    })
  })
})

describe("interchange++", () => {
  const fee: InterchangePlusPlusFee = {
    kind: "interchangePlusPlus",
    name: "ic++",
    interchange: [
      { network: "VISA", fundingType: "debit", rate: bps(20n) },
      { network: "VISA", rate: bps(180n), fixed: usd(10n) },
      { fundingType: "debit", rate: bps(50n) }
    ],
    scheme: [{ network: "VISA", rate: bps(13n) }, { rate: bps(15n) }],
    markup: { rate: bps(30n), fixed: usd(8n) },
    rounding: "halfUp"
  }

  it.each([
    ["VISA", "debit", [20n, 13n, 38n]],
    ["VISA", "credit", [190n, 13n, 38n]],
    ["MASTERCARD", "debit", [50n, 15n, 38n]]
  ])("passes on what a %s %s card costs, and adds the markup", (network, fundingType, amounts) => {
    const [interchange, scheme, markup] = amounts
    expect(linesOf(fee, 10_000n, { ...card, network, fundingType })).toEqual([
      ["interchange", interchange],
      ["scheme", scheme],
      ["markup", markup]
    ])
  })

  it("refuses a card that its tables do not price", () => {
    const amex = { ...card, network: "AMEX", fundingType: "credit" }
    expect(assessFees(limited(fee), usd(100n), amex)).toMatchObject({
      failure: { _tag: "NoCardTerms", name: "ic++", table: "interchange" }
    })
    expect(assessFees(limited({ ...fee, scheme: [] }), usd(100n), { ...card, network: "VISA" })).toMatchObject({
      failure: { _tag: "NoCardTerms", name: "ic++", table: "scheme" }
    })
  })
})

describe("caps", () => {
  const fee: Fee = {
    kind: "capped",
    name: "cap",
    min: usd(50n),
    max: usd(200n),
    fee: { kind: "sum", fees: [share(100n), share(200n)] }
  }

  it.each([
    [
      1_000n,
      [
        ["percentage", 10n],
        ["percentage", 20n],
        ["minimum", 20n]
      ]
    ],
    [
      5_000n,
      [
        ["percentage", 50n],
        ["percentage", 100n]
      ]
    ],
    [
      // 17 and 33 are the minimum exactly, so nothing is missing.
      1_650n,
      [
        ["percentage", 17n],
        ["percentage", 33n]
      ]
    ],
    [
      15_000n,
      [
        ["percentage", 150n],
        ["percentage", 50n]
      ]
    ],
    [
      100_000n,
      [
        ["percentage", 200n],
        ["percentage", 0n]
      ]
    ]
  ])("of %s keep the fee between them", (gross, lines) => {
    expect(linesOf(fee, gross)).toEqual(lines)
  })

  it("may be on one side only", () => {
    expect(totalOf({ kind: "capped", name: "cap", max: usd(5n), fee: share(100n) }, 10_000n)).toBe(5n)
    expect(totalOf({ kind: "capped", name: "cap", min: usd(5n), fee: share(100n) }, 100n)).toBe(5n)
  })
})

describe("choosing a fee", () => {
  const fee: Fee = {
    kind: "select",
    rules: [
      { when: { merchantId: "m2" }, fee: noFee },
      { when: { method: "card", network: "AMEX" }, fee: fixed(3n) },
      { when: { method: "card", currency: "USD" }, fee: fixed(2n) },
      { when: { method: "card", currency: "EUR", fundingType: "debit" }, fee: fixed(1n, "EUR") }
    ],
    otherwise: share(100n)
  }

  it.each<[string, Money, FeeContext, bigint]>([
    ["the first rule that holds", usd(100n), { ...card, network: "AMEX" }, 3n],
    ["a later one where its conditions fail", usd(100n), card, 2n],
    ["a merchant's own", usd(100n), { method: "card", merchantId: "m2", network: "AMEX" }, 0n],
    ["a currency's own", money(100n, "EUR"), { ...card, fundingType: "debit" }, 1n],
    ["the default where a condition is unknown", money(200n, "EUR"), card, 2n],
    ["the default for another method", usd(500n), { method: "crypto", merchantId: "m1" }, 5n]
  ])("takes %s", (_which, gross, context, total) => {
    expect(assess(limited(fee), gross, context).total.amount).toBe(total)
  })
})

describe("the default schedule", () => {
  it.each<[string, Money, string, bigint]>([
    ["2.9 % + 0.30 for cards in USD", usd(1_000n), "card", 59n],
    ["never more than the payment", usd(20n), "card", 20n],
    ["2.9 % for cards in other currencies", money(1_000n, "JPY"), "card", 29n],
    ["1 % for everything else", usd(100n), "crypto", 1n]
  ])("charges %s", (_what, gross, method, total) => {
    expect(assess(defaultFeeSchedule, gross, { ...card, method }).total.amount).toBe(total)
  })

  it("names what it charges, and rounds halves up", () => {
    const namesOf = (method: string) =>
      assess(defaultFeeSchedule, usd(1_050n), { ...card, method }).breakdown.map(
        ({ name, amount }) => `${name} ${amount.amount}`
      )
    expect(namesOf("card")).toEqual(["card processing 30", "card payment 30"])
    expect(namesOf("crypto")).toEqual(["processing 11"])
    expect(assess(defaultFeeSchedule, money(50n, "JPY"), card).total).toEqual(money(1n, "JPY"))
    expect(assess(defaultFeeSchedule, money(500n, "JPY"), card).total).toEqual(money(15n, "JPY"))
  })
})

describe("what cannot be assessed", () => {
  it("is an amount below zero", () => {
    expect(assessFees(defaultFeeSchedule, usd(-1n), card)).toMatchObject({ failure: { _tag: "GrossBelowZero" } })
  })

  it.each<[string, Fee]>([
    ["payment", fixed(1n, "EUR")],
    ["cap", { kind: "capped", name: "cap", max: money(1n, "EUR"), fee: noFee }],
    [
      "tiers",
      {
        kind: "tiered",
        name: "tiers",
        mode: "volume",
        basis: "payment",
        rounding: "down",
        tiers: [{ upTo: money(1n, "EUR"), rate: bps(1n) }, { rate: bps(1n) }]
      }
    ],
    ...(["interchange", "scheme", "markup"] as const).map((part): [string, Fee] => {
      const terms = { interchange: { rate: bps(1n) }, scheme: { rate: bps(1n) }, markup: { rate: bps(1n) } }
      const inEuros = { ...terms, [part]: { rate: bps(1n), fixed: money(1n, "EUR") } }
      const { interchange, scheme, markup } = inEuros
      const tables = { interchange: [interchange], scheme: [scheme], markup }
      return [part, { kind: "interchangePlusPlus", name: part, ...tables, rounding: "down" }]
    })
  ])("is an amount of the schedule in another currency (%s)", (name, fee) => {
    expect(assessFees(limited({ kind: "sum", fees: [noFee, fee] }), usd(100n), card)).toMatchObject({
      failure: { _tag: "FeeCurrencyMismatch", name, fee: "EUR", gross: "USD" }
    })
  })

  it("keeps the currency of the gross amount in its type", () => {
    const assessed: FeeAssessment<"USD"> = Result.getOrThrow(assessFees(defaultFeeSchedule, usd(100n), card))
    // @ts-expect-error the fees are in dollars
    const wrong: FeeAssessment<"EUR"> = assessed
    expect(wrong.total.currency).toBe("USD")
  })
})
