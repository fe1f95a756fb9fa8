import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { describeExchangeRates } from "../../testing/exchange-rates.suite.ts"
import { simulatedExchangeRates } from "./simulated-exchange-rates.ts"

const startMs = 1_800_000_000_000

describeExchangeRates("the simulated exchange rates", () => {
  const { exchangeRates, setAvailable } = simulatedExchangeRates({ clock: { nowMs: () => startMs } })
  return { exchangeRates, breakDown: () => setAvailable(false) }
})

describe("simulated exchange rates", () => {
  it("never move what is pegged, and charge nothing for it", async () => {
    const { exchangeRates } = simulatedExchangeRates({ clock: { nowMs: () => startMs + 1 } })
    for (const pair of [
      { base: "USDC", counter: "USD" },
      { base: "EUR", counter: "EURC" }
    ] as const) {
      const { rate, buy, sell } = await Effect.runPromise(exchangeRates.quote(pair))
      expect([rate, buy, sell]).toEqual(Array.from({ length: 3 }, () => ({ numerator: 1n, denominator: 1n })))
    }
  })

  it.each([
    ["BTC", "USD", 65_000n, 1n, 100],
    ["FLOW", "ETH", 1n, 5_000n, 203]
  ] as const)("move %s in %s a little, and stand still for a quarter of an hour", async (...row) => {
    const [base, counter, over, under, mostBps] = row
    const time = { nowMs: startMs }
    const { exchangeRates } = simulatedExchangeRates({ clock: { nowMs: () => time.nowMs }, spreadBps: 0 })
    const away: Array<number> = []
    for (let quarter = 0; quarter < 40; quarter++) {
      const first = await Effect.runPromise(exchangeRates.quote({ base, counter }))
      time.nowMs += 15 * 60_000 - 1
      const { rate, buy, sell } = await Effect.runPromise(exchangeRates.quote({ base, counter }))
      expect([rate, buy, sell]).toEqual([first.rate, first.rate, first.rate])
      const middle = rate.denominator * over
      away.push(Number(((rate.numerator * under - middle) * 10_000n) / middle))
      time.nowMs += 1
    }
    expect(new Set(away).size).toBeGreaterThan(10)
    expect([Math.max(...away) > 50, Math.min(...away) < -50]).toEqual([true, true])
    expect(Math.max(...away.map(Math.abs))).toBeLessThanOrEqual(mostBps)
  })

  it("buy dearer and sell cheaper than the middle, by what they are told", async () => {
    for (const [options, bps] of [
      [{}, 25n],
      [{ spreadBps: 100 }, 100n]
    ] as const) {
      const { exchangeRates } = simulatedExchangeRates({ clock: { nowMs: () => startMs }, ...options })
      const { rate, buy, sell } = await Effect.runPromise(exchangeRates.quote({ base: "BTC", counter: "EUR" }))
      const times = (of: typeof rate, share: bigint) => of.numerator * share * rate.denominator
      expect(times(buy, 10_000n)).toBe(rate.numerator * (10_000n + bps) * buy.denominator)
      expect(times(sell, 10_000n)).toBe(rate.numerator * (10_000n - bps) * sell.denominator)
    }
  })

  it("name each quote otherwise, and say what they do not quote", async () => {
    const time = { nowMs: startMs }
    const { exchangeRates, setAvailable } = simulatedExchangeRates({ clock: { nowMs: () => time.nowMs } })
    const ids = new Set<string>()
    for (const pair of exchangeRates.pairs) ids.add((await Effect.runPromise(exchangeRates.quote(pair))).quoteId)
    time.nowMs += 1
    for (const pair of exchangeRates.pairs) ids.add((await Effect.runPromise(exchangeRates.quote(pair))).quoteId)
    expect(ids.size).toBe(84)
    const pair = { base: "USD", counter: "JPY" } as const
    const refusal = () => Effect.runPromise(Effect.flip(exchangeRates.quote(pair)))
    expect(await refusal()).toMatchObject({ _tag: "PairNotTraded", pair })
    setAvailable(false)
    expect(await refusal()).toMatchObject({ _tag: "ExchangeRatesUnavailable", reason: "nobody answers" })
    setAvailable(true)
    expect(await refusal()).toMatchObject({ _tag: "PairNotTraded" })
  })
})
