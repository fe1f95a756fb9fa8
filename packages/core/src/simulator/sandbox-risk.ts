/**
 * The simulator's risk decisions: magic billing names and one magic amount, so that every reason can be asked for.
 * A real rule set stands behind the same port.
 */
import * as Effect from "effect/Effect"
import type { Card } from "../card/card.ts"
import { type CurrencyTable, format, currencies as standardCurrencies } from "../money/index.ts"
import type { Payment, RiskEvaluation } from "../payment/payment.ts"
import type { Risk } from "../ports/risk.ts"

/**
 * A card in the name `Risk_3NNN` is denied for that reason, and so are its payments. `Risk_3350` is accepted and asks
 * for 3-D Secure on each payment. A payment of 5.43, in any currency of two decimals, is denied for reason 3000.
 *
 * @example
 * Effect.runSync(sandboxRisk().assessCard(cardOf("Risk_3070"), 0)) // => { decision: "denied", reason: "3070" }
 */
export const sandboxRisk = (options: { readonly currencies?: CurrencyTable } = {}): Risk["Service"] => {
  const table = options.currencies ?? standardCurrencies
  return {
    assessCard: (card) => {
      const reason = magicReason(card)
      return Effect.succeed(reason === undefined || reason === needs3ds ? approved : denied(reason))
    },
    assessPayment: (payment, card) => Effect.succeed(paymentEvaluation(payment, card, table))
  }
}

const paymentEvaluation = (payment: Payment, card: Card, table: CurrencyTable): RiskEvaluation => {
  const reason = magicReason(card)
  const isAuthenticated = reason === needs3ds && payment.verificationMethod === "three_d_secure"
  if (reason !== undefined && !isAuthenticated) return denied(reason)
  return format(payment.amount, table) === "5.43" ? denied("3000") : approved
}

const needs3ds = "3350"

const magicName = /^Risk_(3[0-9]{3})$/u

const magicReason = (card: Card): string | undefined => magicName.exec(card.billingDetails.name)?.[1]

const denied = (reason: string): RiskEvaluation => ({ decision: "denied", reason })

/** Reasons are for denials; an approval has none. */
const approved: RiskEvaluation = { decision: "approved", reason: "" }
