/** What the sandbox's networks take for a transfer: dear where blocks are scarce, and next to nothing elsewhere. */
import type { Money } from "../../money/index.ts"
import type { NetworkFeeQuote } from "../../ports/blockchain.ts"
import { uuidOf } from "./quote-id.ts"

const dear: { readonly [chainAndAsset: string]: string } = {
  "BTC BTC": "0.00002",
  "ETH ETH": "0.0002",
  "ETH USDC": "0.5",
  "ETH EURC": "0.5"
}

/** Of every chain that is not dear, in its asset. */
const cheap = "0.01"

/**
 * The fee of one transfer, as a decimal text in the asset that moves.
 *
 * @example
 * networkFeeOf("SOL", "USDC") // => "0.01"
 */
export const networkFeeOf = (chain: string, currency: string): string => dear[`${chain} ${currency}`] ?? cheap

const quotesMs = 10 * 60_000

/** The quote of a time: one for all who ask within the same ten minutes. */
export const feeQuoteAt = (asked: {
  readonly chain: string
  readonly currency: string
  readonly secret: string
  readonly nowMs: number
  readonly parse: (amount: string, currency: string) => Money
}): NetworkFeeQuote => {
  const { chain, currency, secret, nowMs, parse } = asked
  const period = Math.floor(nowMs / quotesMs)
  return {
    quoteId: uuidOf(`${secret} network fee ${chain} ${currency} ${period}`),
    amount: parse(networkFeeOf(chain, currency), currency),
    expiresAtMs: (period + 1) * quotesMs
  }
}
