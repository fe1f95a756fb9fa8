/** Why a payment failed, in the words of `/api`: a code of the published table, and the finer reason beside it. */
import type { PaymentErrorCode } from "@paykernel/core"
import {
  cardDeclined,
  expiredCard,
  insufficientFunds,
  invalidCard,
  invalidCvv,
  type PublishedError
} from "./published-error.ts"

/**
 * The published error for a payment that was declined.
 *
 * @example
 * declineOf("payment_not_funded").declineCode // => "insufficient_funds"
 * declineOf("card_not_honored").code // => "card_declined"
 */
export const declineOf = (failure: PaymentErrorCode): PublishedError => {
  const named = names.get(failure)
  return named === undefined ? { ...cardDeclined, declineCode: failure } : { ...named, declineCode: named.code }
}

const names: ReadonlyMap<PaymentErrorCode, PublishedError> = new Map([
  ["payment_not_funded", insufficientFunds],
  ["payment_failed_balance_check", insufficientFunds],
  ["card_expired", expiredCard],
  ["card_cvv_invalid", invalidCvv],
  ["card_cvv_required", invalidCvv],
  // The issuer knows no such card.
  ["card_failed", invalidCard],
  ["card_invalid", invalidCard],
  ["invalid_account_number", invalidCard]
])
