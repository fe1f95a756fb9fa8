/**
 * Exchange rates for a system that runs on one machine. Each currency has a price that wanders a little from one quarter
 * of an hour to the next, the same for everybody who asks in it; what is pegged to another never moves against it.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Currency, Rational } from "../../money/index.ts"
import { rational } from "../../money/index.ts"
import {
  type ExchangeRateError,
  type ExchangeRates,
  ExchangeRatesUnavailable,
  PairNotTraded,
  type RateQuote,
  type TradingPair
} from "../../ports/exchange-rate.ts"
import { uuidOf } from "./quote-id.ts"

export type SimulatedExchangeRatesOptions = {
  readonly clock: { readonly nowMs: () => number }
  /** How long a quote binds. Default 5 minutes. */
  readonly ttlMs?: number
  /** How far buying and selling are from the middle, in hundredths of a percent. Default 25. */
  readonly spreadBps?: number
}

export type SimulatedExchangeRates = {
  readonly exchangeRates: ExchangeRates["Service"]
  /** While `false`, nobody answers. */
  readonly setAvailable: (isAvailable: boolean) => void
}

type Price = {
  /** In US cents, for one major unit. */
  readonly cents: bigint
  /** What it is worth exactly one of; `null` where its price wanders. */
  readonly peg: Currency | null
}

const prices = {
  USD: { cents: 100n, peg: "USD" },
  USDC: { cents: 100n, peg: "USD" },
  EUR: { cents: 108n, peg: null },
  EURC: { cents: 108n, peg: "EUR" },
  BTC: { cents: 6_500_000n, peg: null },
  ETH: { cents: 350_000n, peg: null },
  FLOW: { cents: 70n, peg: null }
} as const satisfies { readonly [code in Currency]?: Price }

type Traded = keyof typeof prices

const codes = Object.keys(prices) as ReadonlyArray<Traded>
const pairs: ReadonlyArray<TradingPair> = codes.flatMap((base) =>
  codes.filter((counter) => counter !== base).map((counter) => ({ base, counter }))
)

const priceMs = 15 * 60_000
/** How far a price is ever from where it began. */
const wandersBps = 100n

/**
 * Rates of every pair of the sandbox's currencies.
 *
 * @example
 * simulatedExchangeRates({ clock }).exchangeRates.pairs.length // => 42
 */
export const simulatedExchangeRates = (options: SimulatedExchangeRatesOptions): SimulatedExchangeRates => {
  let isAvailable = true
  return {
    exchangeRates: {
      pairs,
      quote: (pair) =>
        Effect.suspend((): Effect.Effect<RateQuote, ExchangeRateError> => {
          if (!isAvailable) return Effect.fail(new ExchangeRatesUnavailable({ reason: "nobody answers" }))
          const { base, counter } = pair
          if (!isTraded(base) || !isTraded(counter) || base === counter) return Effect.fail(new PairNotTraded({ pair }))
          return Effect.succeed(quoteOf(base, counter, options))
        })
    },
    setAvailable: (value) => {
      isAvailable = value
    }
  }
}

const isTraded = (code: string): code is Traded => Object.hasOwn(prices, code)

const quoteOf = (base: Traded, counter: Traded, options: SimulatedExchangeRatesOptions): RateQuote => {
  const nowMs = options.clock.nowMs()
  const period = Math.floor(nowMs / priceMs)
  const isPegged = anchorOf(base) === anchorOf(counter)
  const spread = isPegged ? 0n : BigInt(options.spreadBps ?? 25)
  const over = priceOf(base, period)
  const under = priceOf(counter, period)
  return {
    quoteId: uuidOf(`rate ${base} ${counter} ${nowMs}`),
    pair: { base, counter },
    rate: ratio(over, under),
    buy: ratio(over * (10_000n + spread), under * 10_000n),
    sell: ratio(over * (10_000n - spread), under * 10_000n),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + (options.ttlMs ?? 5 * 60_000)
  }
}

const anchorOf = (code: Traded): Currency => prices[code].peg ?? code

/** In hundredths of a cent, so that a percent of a cheap one can be told. */
const priceOf = (code: Traded, period: number): bigint => {
  const anchor = anchorOf(code)
  const cents = prices[code].cents * 10_000n
  if (anchor === "USD") return cents
  const [drawn = 0] = sha256(new TextEncoder().encode(`${anchor} ${period}`))
  const awayBps = (BigInt(drawn) * 2n * wandersBps) / 255n - wandersBps
  return cents + (cents * awayBps) / 10_000n
}

const ratio = (over: bigint, under: bigint): Rational => Result.getOrThrow(rational(over, under))
