import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import { decide, evolve, noSettlement, type SettlementCommand, type SettlementLine } from "./index.ts"

const { given, history, fold } = decider({ initial: noSettlement, decide, evolve })

const usd = (amount: bigint) => money(amount, "USD")

const payment = (paymentId: string, captured: bigint, fees: bigint): SettlementLine => ({
  _tag: "PaymentLine",
  paymentId,
  captured: usd(captured),
  fees: usd(fees)
})

const reversal = (paymentId: string, reversalId: string, amount: bigint): SettlementLine => ({
  _tag: "ReversalLine",
  paymentId,
  reversalId,
  amount: usd(amount)
})

const complete = (...lines: ReadonlyArray<SettlementLine>): SettlementCommand => ({
  _tag: "CompleteSettlement",
  id: "s-1",
  merchantId: "m-1",
  walletId: "1000066041",
  lines,
  settlementCurrency: "USDC",
  rate: { numerator: 1n, denominator: 1n },
  nowMs: 77
})

describe("a settlement", () => {
  it("pays what was captured, less returns and fees, in the settlement currency", () => {
    const decision = given()
      .when(complete(payment("p-1", 10_000n, 320n), payment("p-2", 5_000n, 175n), reversal("p-1", "r-1", 2_500n)))
      .then({
        _tag: "SettlementCompleted",
        id: "s-1",
        merchantId: "m-1",
        walletId: "1000066041",
        totalCredits: usd(15_000n),
        totalDebits: usd(2_500n),
        paymentFees: usd(495n),
        payout: money(120_050_000n, "USDC"),
        atMs: 77
      })
    expect(decision.ledger).toEqual([
      {
        id: "s-1:settlement",
        merchantId: "m-1",
        kind: "settlement",
        reference: { type: "settlement", id: "s-1" },
        atMs: 77,
        postings: [
          { account: "cash", layer: "posted", amount: usd(12_500n) },
          { account: "card_receivable", layer: "posted", amount: usd(-12_500n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(495n) },
          { account: "fee_revenue", layer: "posted", amount: usd(-495n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(12_005n) },
          { account: "conversion", layer: "posted", amount: usd(-12_005n) },
          { account: "conversion", layer: "posted", amount: money(120_050_000n, "USDC") },
          { account: "merchant_available", layer: "posted", amount: money(-120_050_000n, "USDC") }
        ]
      }
    ])
    expect(decision.tasks).toEqual([])
    expect(fold(decision.events)).toMatchObject({ status: "complete", createdAtMs: 77 })
  })

  it("takes from the merchant where more was returned than captured", () => {
    const [settled] = history(complete(payment("p-1", 1_000n, 30n), reversal("p-0", "r-1", 5_000n)))
    expect(settled?.payout).toEqual(money(-40_300_000n, "USDC"))
  })

  it("rounds the payout to the nearest minor unit, exact halves to the even one", () => {
    const yen = (amount: bigint, numerator: bigint): SettlementCommand => ({
      ...complete(payment("p-1", amount, 0n)),
      settlementCurrency: "JPY",
      rate: { numerator, denominator: 1n }
    })
    expect(history(yen(50n, 1n))[0]?.payout.amount).toBe(0n)
    expect(history(yen(150n, 1n))[0]?.payout.amount).toBe(2n)
    expect(history(yen(151n, 1n))[0]?.payout.amount).toBe(2n)
    expect(history(yen(149n, 1n))[0]?.payout.amount).toBe(1n)
  })

  it("posts nothing where nothing moves", () => {
    const decision = Result.getOrThrow(decide(noSettlement, complete(payment("p-1", 0n, 0n))))
    expect(decision).toMatchObject({ events: [{ payout: money(0n, "USDC") }], ledger: [] })
  })

  it("leaves out lines of nothing", () => {
    const nothingLeft = complete(payment("p-1", 1_000n, 0n), reversal("p-1", "r-1", 1_000n), payment("p-2", 500n, 500n))
    const { ledger } = Result.getOrThrow(decide(noSettlement, nothingLeft))
    expect(ledger[0]?.postings.map(({ account }) => account)).toEqual([
      "cash",
      "card_receivable",
      "merchant_unsettled",
      "fee_revenue"
    ])
  })

  it("happens once", () => {
    given(...history(complete(payment("p-1", 1n, 0n))))
      .when(complete(payment("p-2", 1n, 0n)))
      .thenRejected({ _tag: "SettlementAlreadyExists" })
  })

  it("needs something to settle", () => {
    given().when(complete()).thenRejected({ _tag: "NothingToSettle" })
  })

  it("holds one currency, in fees and returns too", () => {
    const mixed: ReadonlyArray<SettlementLine> = [
      { _tag: "PaymentLine", paymentId: "p-2", captured: usd(1n), fees: money(1n, "EUR") },
      { _tag: "PaymentLine", paymentId: "p-2", captured: money(1n, "EUR"), fees: money(0n, "EUR") },
      { _tag: "ReversalLine", paymentId: "p-2", reversalId: "r-1", amount: money(1n, "EUR") }
    ]
    for (const line of mixed) {
      given()
        .when(complete(payment("p-1", 1n, 0n), line))
        .thenRejected({ _tag: "MixedCurrencies" })
    }
  })

  it("covers each payment and each return once", () => {
    given()
      .when(complete(payment("p-1", 1n, 0n), payment("p-1", 1n, 0n)))
      .thenRejected({ _tag: "LineRepeated" })
    given()
      .when(complete(reversal("p-1", "r-1", 1n), reversal("p-1", "r-1", 1n)))
      .thenRejected({ _tag: "LineRepeated" })
  })

  it("refuses amounts below zero", () => {
    given()
      .when(complete(payment("p-1", 1n, -1n)))
      .thenRejected({ _tag: "AmountNegative" })
  })

  it("covers at most a hundred payments, however many lines they have", () => {
    const payments = Array.from({ length: 100 }, (_, place) => payment(`p-${place}`, 1n, 0n))
    const returns = Array.from({ length: 50 }, (_, place) => reversal("p-1", `r-${place}`, 0n))
    expect(history(complete(...payments, ...returns))).toHaveLength(1)
    given()
      .when(complete(...payments, payment("p-100", 1n, 0n)))
      .thenRejected({ _tag: "TooManyLines", limit: 100 })
  })
})
