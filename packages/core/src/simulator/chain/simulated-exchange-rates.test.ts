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

  it("move others within a percent, and stand still for a quarter of an hour", async () => {
    const time = { nowMs: startMs }
    const { exchangeRates } = simulatedExchangeRates({ clock: { nowMs: () => time.nowMs }, spreadBps: 0 })
    const seen = new Set<string>()
    for (let quarter = 0; quarter < 40; quarter++) {
      const first = await Effect.runPromise(exchangeRates.quote({ base: "BTC", counter: "USD" }))
      time.nowMs += 15 * 60_000 - 1
      const { numerator, denominator } = first.rate
      expect(numerator >= 64_350n * denominator && numerator <= 65_650n * denominator).toBe(true)
      seen.add(`${numerator}/${denominator}`)
      time.nowMs += 1
    }
    expect(seen.size).toBeGreaterThan(10)
  })
})
