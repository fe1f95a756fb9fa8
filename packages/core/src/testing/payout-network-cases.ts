/** What every payout network promises, case by case. */
import { answerCases } from "./payout/answer-cases.ts"
import type { PayoutNetworkUnderTest } from "./payout/network-under-test.ts"
import { paymentCases } from "./payout/payment-cases.ts"
import { quoteCases } from "./payout/quote-cases.ts"
import { rfiCases } from "./payout/rfi-cases.ts"
import type { SuiteCases } from "./suite.ts"

export const payoutNetworkCases: SuiteCases<PayoutNetworkUnderTest> = {
  ...quoteCases,
  ...paymentCases,
  ...answerCases,
  ...rfiCases
}
