/** What every source of exchange rates promises, as tests over a factory. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { Rational } from "../money/index.ts"
import type { ExchangeRates, RateQuote, TradingPair } from "../ports/exchange-rate.ts"
import { describeCases, NotApplicable, type SuiteCases, type SuiteSkip } from "./suite.ts"

/** Rates under test. `breakDown` makes the source unreachable; without it that case is skipped. */
export type ExchangeRatesUnderTest = {
  readonly exchangeRates: ExchangeRates["Service"]
  readonly breakDown?: () => void
  readonly close?: () => Promise<void> | void
}

/** Every case by its title. */
export const exchangeRatesCases: SuiteCases<ExchangeRatesUnderTest> = {
  "names each pair once, of two currencies": ({ exchangeRates: { pairs } }) => {
    const names = pairs.map(({ base, counter }) => `${base}-${counter}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { base, counter } of pairs) expect(base).not.toBe(counter)
  },
  "quotes every pair that it names: above zero, selling for no more than the middle, buying for no less": async ({
    exchangeRates
  }) => {
    for (const pair of exchangeRates.pairs) {
      const { rate, buy, sell, ...quote } = await quoted(exchangeRates, pair)
      expect(quote.pair).toEqual(pair)
      for (const { numerator, denominator } of [rate, buy, sell]) {
        expect(numerator > 0n && denominator > 0n).toBe(true)
      }
      expect(isAtMost(sell, rate)).toBe(true)
      expect(isAtMost(rate, buy)).toBe(true)
    }
  },
  "gives each quote a name and an end that is later than its beginning": async ({ exchangeRates }) => {
    for (const pair of exchangeRates.pairs) {
      const { quoteId, createdAtMs, expiresAtMs } = await quoted(exchangeRates, pair)
      expect(quoteId).not.toBe("")
      expect(Number.isSafeInteger(createdAtMs) && Number.isSafeInteger(expiresAtMs)).toBe(true)
      expect(expiresAtMs).toBeGreaterThan(createdAtMs)
    }
  },
  "refuses a pair that it does not name": async ({ exchangeRates }) => {
    for (const pair of [
      { base: "XPF", counter: "USD" },
      { base: "USD", counter: "USD" }
    ] as const) {
      expect(await failing(exchangeRates, pair)).toBe("PairNotTraded")
    }
  },
  "says so where it cannot be asked": async ({ exchangeRates, breakDown }) => {
    if (breakDown === undefined) throw new NotApplicable("the source cannot be made unreachable")
    breakDown()
    const [pair] = exchangeRates.pairs
    if (pair !== undefined) expect(await failing(exchangeRates, pair)).toBe("ExchangeRatesUnavailable")
  }
}

/**
 * Runs the suite of the `ExchangeRates` port. `make` is called once per case.
 *
 * @example
 * describeExchangeRates("my rates", () => ({ exchangeRates: myRates() }))
 */
export const describeExchangeRates = (
  name: string,
  make: () => Promise<ExchangeRatesUnderTest> | ExchangeRatesUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a source of exchange rates`, closing(exchangeRatesCases), make, skip)

const closing = (cases: SuiteCases<ExchangeRatesUnderTest>): SuiteCases<ExchangeRatesUnderTest> =>
  Object.fromEntries(
    Object.entries(cases).map(([title, holds]) => [
      title,
      async (subject: ExchangeRatesUnderTest) => {
        try {
          await holds(subject)
        } finally {
          await subject.close?.()
        }
      }
    ])
  )

const quoted = (rates: ExchangeRates["Service"], pair: TradingPair): Promise<RateQuote> =>
  Effect.runPromise(rates.quote(pair))

const failing = (rates: ExchangeRates["Service"], pair: TradingPair): Promise<string> =>
  Effect.runPromise(rates.quote(pair).pipe(Effect.match({ onSuccess: () => "a quote", onFailure: ({ _tag }) => _tag })))

const isAtMost = (a: Rational, b: Rational): boolean => a.numerator * b.denominator <= b.numerator * a.denominator
