/** How a final deposit is shared out: the fee first, and the rest to the merchant in the currency that it settles in. */
import * as Result from "effect/Result"
import { assessFees } from "../fees/index.ts"
import { type Currency, convert, type Money, type RoundingMode } from "../money/index.ts"
import type { Credit, CreditTerms, DepositRejection } from "./deposit.ts"

/** Never further than half a minor unit from the exact value, and favouring neither side over many deposits. */
export const creditRounding: RoundingMode = "halfEven"

/** How schedules may know that a payment came on a blockchain. */
export const blockchainMethod = "blockchain"

/**
 * The credit of an amount. The fee is of the asset that came, and assessed on all of it.
 *
 * @example
 * const terms = { feeSchedule: { fee: noFee, onExcess: "limit" }, rate: null }
 * Result.getOrThrow(creditOf(usdc(5n), "USDC", "merchant-1", terms)).settled // => { amount: 5n, currency: "USDC" }
 */
export const creditOf = (
  amount: Money,
  settlementCurrency: Currency,
  merchantId: string,
  { feeSchedule, rate }: CreditTerms
): Result.Result<Credit, DepositRejection> => {
  const assessed = assessFees(feeSchedule, amount, { method: blockchainMethod, merchantId })
  if (Result.isFailure(assessed)) {
    return Result.fail({ _tag: "DepositFeeNotAssessable", because: assessed.failure._tag })
  }
  const { total: fee, net } = assessed.success
  if (settlementCurrency === amount.currency) {
    return Result.succeed({ amount, fee, net, settled: net, rate: null })
  }
  if (rate === null) return Result.fail({ _tag: "SettlementRateMissing" })
  const settled = convert(net, settlementCurrency, rate.rate, creditRounding)
  return Result.succeed({ amount, fee, net, settled, rate })
}
