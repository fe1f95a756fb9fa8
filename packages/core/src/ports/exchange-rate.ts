/**
 * What one currency is worth in another. A quote binds whoever gave it until it expires, so that a payer can be told an
 * amount before the money moves; rates are exact fractions, because an amount times a rounded rate is another amount.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Currency, Rational } from "../money/index.ts"

/** `BTC-USD`: what one major unit of BTC, the base, is worth in USD, the counter currency. */
export type TradingPair = { readonly base: Currency; readonly counter: Currency }

export type RateQuote = {
  readonly quoteId: string
  readonly pair: TradingPair
  /** The middle: major units of the counter currency for one of the base, as `convert` takes it. Above zero. */
  readonly rate: Rational
  /** What a unit of the base costs whoever buys it. Never below `rate`. */
  readonly buy: Rational
  /** What a unit of the base brings whoever sells it. Never above `rate`. */
  readonly sell: Rational
  readonly createdAtMs: number
  /** The first millisecond in which the quote binds nobody any more. */
  readonly expiresAtMs: number
}

/** Nobody trades this pair here. */
export class PairNotTraded extends Data.TaggedError("PairNotTraded")<{ readonly pair: TradingPair }> {}

/** Rates could not be asked for. Nothing changed; asking again later may succeed. */
export class ExchangeRatesUnavailable extends Data.TaggedError("ExchangeRatesUnavailable")<{
  readonly reason: string
}> {}

export type ExchangeRateError = PairNotTraded | ExchangeRatesUnavailable

/**
 * Laws, tested by `describeExchangeRates`: sell ≤ rate ≤ buy, all above zero; a quote is younger than its end; every
 * declared pair has a quote, and no other.
 */
export class ExchangeRates extends Context.Service<
  ExchangeRates,
  {
    readonly pairs: ReadonlyArray<TradingPair>
    readonly quote: (pair: TradingPair) => Effect.Effect<RateQuote, ExchangeRateError>
  }
>()("@paykernel/core/ExchangeRates") {}
