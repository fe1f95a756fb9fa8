/** What the identity and the terms of a merchant must satisfy before any payment may rely on them. */
import * as Result from "effect/Result"
import { checkFeeSchedule } from "../fees/index.ts"
import { isCurrency } from "../money/index.ts"
import type { Channel, MerchantTerms } from "./merchant.ts"

export const settlementIntervalMsMin = 10
export const settlementIntervalMsMax = 30 * 24 * 60 * 60 * 1_000

/**
 * Why terms cannot be accepted, or `undefined` where they can. The reason names the field.
 *
 * @example
 * termsFault({ ...terms, settlementIntervalMs: 1 }) // => "settlementIntervalMs must be between 10 and 2592000000"
 */
export const termsFault = (terms: MerchantTerms): string | undefined => {
  const { minAmount, maxAmount, settlementRate } = terms
  if (minAmount.currency !== maxAmount.currency) return "minAmount and maxAmount must be in one currency"
  if (!isCurrency(minAmount.currency)) return "minAmount must be in a known currency"
  if (minAmount.amount < 0n) return "minAmount must not be negative"
  if (maxAmount.amount <= 0n) return "maxAmount must be positive"
  if (minAmount.amount > maxAmount.amount) return "minAmount must not exceed maxAmount"
  if (!isCurrency(terms.settlementCurrency)) return "settlementCurrency must be a known currency"
  if (settlementRate.numerator <= 0n || settlementRate.denominator <= 0n) return "settlementRate must be positive"
  if (!isInterval(terms.settlementIntervalMs)) {
    return `settlementIntervalMs must be between ${settlementIntervalMsMin} and ${settlementIntervalMsMax}`
  }
  const schedule = checkFeeSchedule(terms.feeSchedule)
  return Result.isFailure(schedule) ? `feeSchedule cannot be charged: ${schedule.failure._tag}` : undefined
}

const isInterval = (intervalMs: number): boolean =>
  Number.isInteger(intervalMs) && intervalMs >= settlementIntervalMsMin && intervalMs <= settlementIntervalMsMax

/** Numeric text, as the published account configuration has it. */
const walletIdShape = /^[0-9]{1,36}$/u

/** Why a wallet id or a list of channels cannot be accepted, or `undefined` where they can. */
export const identityFault = (walletId: string, channels: ReadonlyArray<Channel>): string | undefined => {
  if (!walletIdShape.test(walletId)) return "walletId must be 1 to 36 digits"
  if (new Set(channels.map((channel) => channel.id)).size !== channels.length) return "channels must differ in id"
  if (channels.filter((channel) => channel.default).length > 1) return "at most one channel may be the default"
  return undefined
}
