/** What one currency is worth in another, for whoever shows prices. */
import type { Currency } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { isoDate } from "./iso-date.ts"
import { answerData, ask, type Services } from "./operation.ts"
import { notFound } from "./published-error.ts"

/** The published pairs. */
export const tradingPairs: { readonly [name: string]: { readonly base: Currency; readonly counter: Currency } } = {
  "BTC-USD": { base: "BTC", counter: "USD" },
  "ETH-USD": { base: "ETH", counter: "USD" },
  "FLOW-USD": { base: "FLOW", counter: "USD" }
}

export const getExchangeRate = Effect.fnUntraced(function* ({ kernel }: Services, name: string) {
  const pair = Object.hasOwn(tradingPairs, name) ? tradingPairs[name] : undefined
  if (pair === undefined) return yield* Effect.fail(notFound)
  const { buy, sell, createdAtMs } = yield* ask(() => kernel.intents.quoteRate(pair), "read")
  return answerData({ buy: decimal(buy), sell: decimal(sell), createDate: isoDate(createdAtMs) })
})

const decimals = 8

/** A rate as people read it: eight decimals, rounded half up. What is traded at is the exact one. */
const decimal = ({ numerator, denominator }: { readonly numerator: bigint; readonly denominator: bigint }): string => {
  const scaled = (2n * numerator * 10n ** BigInt(decimals) + denominator) / (2n * denominator)
  const digits = String(scaled).padStart(decimals + 1, "0")
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  return text.replace(/(\.[0-9]{2}[0-9]*?)0+$/u, "$1")
}
