import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Money, money } from "../money/index.ts"
import { anyPricingTerms } from "../testing/arbitraries/quote-arbitraries.ts"
import { noQuote, type PricingTerms, priceQuote, type QuoteTerms, quoteFault } from "./index.ts"

const usdc = (amount: bigint) => money(amount, "USDC")
const mxn = (amount: bigint) => money(amount, "MXN")

/** 17.0123 pesos for a dollar. */
const rate = { numerator: 170_123n, denominator: 10_000n }

const terms = (fees: PricingTerms["fees"] = []): PricingTerms => ({
  sourceCurrency: "USDC",
  destinationCurrency: "MXN",
  rate,
  fees
})

const priced = (...asked: Parameters<typeof priceQuote>) => Result.getOrThrow(priceQuote(...asked))

describe("the price of a payment abroad", () => {
  it("from a fixed source takes the fees off and exchanges the rest, rounded down", () => {
    const fees = [
      { type: "payout_institution", fixed: 240_000n, bps: 0n },
      { type: "tax", fixed: 0n, bps: 25n }
    ] as const
    const { source, destination, fees: taken } = priced(terms(fees), "source", usdc(110_270_000n))
    expect(source).toEqual(usdc(110_270_000n))
    // 0.25 % of 110.27 is 0.275675, exactly.
    expect(taken).toEqual({
      breakdown: [
        { type: "payout_institution", amount: usdc(240_000n) },
        { type: "tax", amount: usdc(275_675n) }
      ],
      total: usdc(515_675n)
    })
    // 109.754325 × 17.0123 = 1867.1735…
    expect(destination).toEqual(mxn(186_717n))
  })

  it("from a fixed destination is the least source that pays for it", () => {
    const fees = [{ type: "tax", fixed: 500_000n, bps: 100n }] as const
    const price = priced(terms(fees), "destination", mxn(18_324n))
    expect(price.destination).toEqual(mxn(18_324n))
    const less = priceQuote(terms(fees), "source", usdc(price.source.amount - 1n))
    expect(Result.getOrThrow(less).destination.amount).toBeLessThan(18_324n)
    expect(priced(terms(fees), "source", price.source).destination.amount).toBeGreaterThanOrEqual(18_324n)
  })

  it("splits what is charged by share so that the parts are the whole", () => {
    const thirds = [1n, 1n, 1n].map((bps) => ({ type: "tax", fixed: 0n, bps }) as const)
    const { fees } = priced(terms(thirds), "source", usdc(10_000n))
    expect(fees.total).toEqual(usdc(3n))
    expect(fees.breakdown.map(({ amount }) => amount.amount)).toEqual([1n, 1n, 1n])
    const uneven = [2n, 1n].map((bps) => ({ type: "tax", fixed: 7n, bps }) as const)
    const parts = priced(terms(uneven), "source", usdc(5_000n)).fees.breakdown
    expect(parts.map(({ amount }) => amount.amount)).toEqual([8n, 8n])
  })

  it.each<[string, "source" | "destination", Money, string]>([
    ["nothing", "source", usdc(0n), "AmountNotPositive"],
    ["less than nothing", "destination", mxn(-1n), "AmountNotPositive"],
    ["the other side's currency", "source", mxn(5n), "CurrencyNotOfSide"],
    ["the other side's currency, the other way", "destination", usdc(5n), "CurrencyNotOfSide"],
    ["no more than the fees", "source", usdc(240_000n), "AmountBelowFees"],
    ["less than the fees", "source", usdc(1n), "AmountBelowFees"],
    ["less than a centavo after fees", "source", usdc(240_001n), "AmountBelowFees"]
  ])("is refused for %s", (_, side, amount, tag) => {
    const fee = [{ type: "tax", fixed: 240_000n, bps: 0n }] as const
    expect(priceQuote(terms(fee), side, amount)).toMatchObject({ failure: { _tag: tag } })
  })

  it("never exists where the fees take everything", () => {
    const all = [{ type: "tax", fixed: 0n, bps: 10_000n }] as const
    expect(() => priceQuote(terms(all), "source", usdc(5n))).toThrow("less than the whole")
  })
})

const amounts = fc.bigInt(1n, 10n ** 13n)
const numRuns = 10_000

describe("every price", () => {
  const prices = fc.tuple(anyPricingTerms, fc.constantFrom("source" as const, "destination" as const), amounts)

  it("adds up, is sound as an offer, and keeps the side that was asked for", () => {
    let count = 0
    fc.assert(
      fc.property(prices, ([pricing, side, amount]) => {
        const asked = money(amount, side === "source" ? pricing.sourceCurrency : pricing.destinationCurrency)
        const answer = priceQuote(pricing, side, asked)
        if (Result.isFailure(answer)) return answer.failure._tag === "AmountBelowFees" && side === "source"
        count += 1
        const price = answer.success
        const parts = price.fees.breakdown.reduce((total, fee) => total + fee.amount.amount, 0n)
        const times = { expiresAtMs: 1, fundsDueAtMs: 1 }
        return (
          price[side].amount === amount &&
          parts === price.fees.total.amount &&
          price.fees.breakdown.every((fee) => fee.amount.amount >= 0n) &&
          quoteFault({ ...noQuote, ...price, ...times }, 0) === undefined
        )
      }),
      { numRuns }
    )
    expect(count).toBeGreaterThan(100)
  })

  it("is the same from either side: a destination costs no more than the source that buys it", () => {
    fc.assert(
      fc.property(anyPricingTerms, amounts, (pricing, amount) => {
        const forward = priceQuote(pricing, "source", money(amount, pricing.sourceCurrency))
        if (Result.isFailure(forward)) return
        const back = priced(pricing, "destination", forward.success.destination)
        expect(back.source.amount).toBeLessThanOrEqual(amount)
        const again = priced(pricing, "source", back.source)
        expect(again.destination.amount).toBeGreaterThanOrEqual(forward.success.destination.amount)
      }),
      { numRuns }
    )
  })

  it("rises with the amount", () => {
    fc.assert(
      fc.property(anyPricingTerms, amounts, amounts, (pricing, amount, more) => {
        const of = (sum: bigint) =>
          priced(pricing, "destination", money(sum, pricing.destinationCurrency)).source.amount
        return of(amount) <= of(amount + more)
      }),
      { numRuns }
    )
  })
})

describe("an offer that does not add up", () => {
  const price = priced(terms([{ type: "tax", fixed: 240_000n, bps: 25n }]), "source", usdc(110_270_000n))
  const sound: QuoteTerms = { ...noQuote, ...price, expiresAtMs: 1_010, fundsDueAtMs: 1_020 }
  const { source, destination, fees } = sound
  const off = (amount: Money, by: bigint): Money => money(amount.amount + by, amount.currency)
  const arriving = (min: number, max: number) => ({ fiatSettlementTime: { min, max, unit: "days" as const } })

  it.each([
    ["sound", {}, undefined],
    ["of nothing", { source: money(0n, "USDC") }, "amount_not_positive"],
    ["for nothing", { destination: money(0n, destination.currency) }, "amount_not_positive"],
    [
      "with fees in another currency",
      { fees: { ...fees, total: money(fees.total.amount, "EUR") } },
      "fee_in_other_currency"
    ],
    ["with another total", { fees: { ...fees, total: off(fees.total, 1n) } }, "fees_do_not_add_up"],
    [
      "with a fee below zero",
      {
        fees: {
          total: fees.total,
          breakdown: [
            ...fees.breakdown,
            { type: "tax", amount: money(-1n, "USDC") } as const,
            { type: "tax", amount: money(1n, "USDC") } as const
          ]
        }
      },
      "fee_below_zero"
    ],
    [
      "with fees of everything",
      { source: fees.total.amount === 0n ? money(0n, "USDC") : fees.total },
      "fees_eat_source"
    ],
    ["at no rate", { rate: { numerator: 0n, denominator: 1n } }, "rate_not_positive"],
    ["at a rate of nothing", { rate: { numerator: 1n, denominator: 0n } }, "rate_not_positive"],
    ["at a rate below nothing twice over", { rate: { numerator: -1n, denominator: -1n } }, "rate_not_positive"],
    ["that gives too much", { destination: off(destination, 1n) }, "destination_above_rate"],
    ["that takes too much", { source: off(source, 10n ** 12n) }, "destination_below_rate"],
    ["that is over", { expiresAtMs: 1_000 }, "expiry_not_ahead"],
    ["that is over within a millisecond", { expiresAtMs: 1_000.5 }, "expiry_not_ahead"],
    ["that wants the money first", { fundsDueAtMs: 1_009 }, "funds_due_before_expiry"],
    ["that wants the money within a millisecond", { fundsDueAtMs: 1_020.5 }, "funds_due_before_expiry"],
    ["that wants the money as it ends", { fundsDueAtMs: 1_010 }, undefined],
    ["that arrives at once", arriving(0, 0), undefined],
    ["that arrives after just as long", arriving(2, 2), undefined],
    ["that arrives within a part of a day at least", arriving(0.5, 1), "settlement_time_invalid"],
    ["that arrives within a part of a day at most", arriving(1, 1.5), "settlement_time_invalid"],
    ["that arrived before", arriving(-1, 1), "settlement_time_invalid"],
    ["that arrives before it left", arriving(2, 1), "settlement_time_invalid"]
  ])("%s", (_, change, fault) => {
    expect(quoteFault({ ...sound, ...change }, 1_000)).toBe(fault)
  })
})
