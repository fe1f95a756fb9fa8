/** What capturing costs the merchant, under the contract as it stands at that moment. */
import * as Result from "effect/Result"
import { assessFees } from "../fees/index.ts"
import type { Money } from "../money/index.ts"
import type { Payment, PaymentRejection, PaymentTerms } from "./payment.ts"

/** The fees of capturing `amount`. A schedule that does not cover the payment is a fact to be answered, not a zero. */
export const captureFees = (
  payment: Payment,
  amount: Money,
  terms: PaymentTerms
): Result.Result<Money, PaymentRejection> => {
  const assessed = assessFees(terms.feeSchedule, amount, {
    method: payment.source.type,
    merchantId: payment.merchantId,
    network: payment.card.network,
    fundingType: payment.card.fundingType
  })
  return Result.isSuccess(assessed)
    ? Result.succeed(assessed.success.total)
    : Result.fail({ _tag: "FeesNotAssessable", reason: assessed.failure._tag })
}
