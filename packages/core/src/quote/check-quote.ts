/** Whether an offer adds up. It comes from somebody else's computer, and what is accepted here is booked. */
import { convert, isNegative, isPositive, money } from "../money/index.ts"
import type { QuoteFault, QuoteTerms } from "./quote.ts"

/**
 * What is wrong with the terms, or `undefined`. The destination may be less than the net amount is worth by what a minor
 * unit of either side rounds away, and never more.
 *
 * @example
 * quoteFault(noQuote, 0) // => "amount_not_positive"
 */
export const quoteFault = (terms: QuoteTerms, nowMs: number): QuoteFault | undefined =>
  amountFault(terms) ?? rateFault(terms) ?? timeFault(terms, nowMs)

const amountFault = ({ source, destination, fees }: QuoteTerms): QuoteFault | undefined => {
  if (!isPositive(source) || !isPositive(destination)) return "amount_not_positive"
  const amounts = [...fees.breakdown.map(({ amount }) => amount), fees.total]
  if (amounts.some(({ currency }) => currency !== source.currency)) return "fee_in_other_currency"
  if (amounts.some(isNegative)) return "fee_below_zero"
  if (fees.breakdown.reduce((total, { amount }) => total + amount.amount, 0n) !== fees.total.amount) {
    return "fees_do_not_add_up"
  }
  return fees.total.amount >= source.amount ? "fees_eat_source" : undefined
}

const rateFault = ({ source, destination, fees, rate }: QuoteTerms): QuoteFault | undefined => {
  if (rate.numerator <= 0n || rate.denominator <= 0n) return "rate_not_positive"
  const worth = (net: bigint) => convert(money(net, source.currency), destination.currency, rate, "down").amount
  const net = source.amount - fees.total.amount
  if (destination.amount > worth(net)) return "destination_above_rate"
  // Where even a minor unit less would have bought more, the sender pays for nothing.
  return worth(net - 1n) > destination.amount ? "destination_below_rate" : undefined
}

const timeFault = ({ expiresAtMs, fundsDueAtMs, fiatSettlementTime }: QuoteTerms, nowMs: number) => {
  if (!Number.isSafeInteger(expiresAtMs) || expiresAtMs <= nowMs) return "expiry_not_ahead"
  if (!Number.isSafeInteger(fundsDueAtMs) || fundsDueAtMs < expiresAtMs) return "funds_due_before_expiry"
  const { min, max } = fiatSettlementTime
  const isTime = Number.isSafeInteger(min) && Number.isSafeInteger(max) && min >= 0 && min <= max
  return isTime ? undefined : "settlement_time_invalid"
}
