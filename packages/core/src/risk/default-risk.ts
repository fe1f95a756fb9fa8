/** The rule set behind the risk port: it counts what the store has seen and applies the rules to the counts. */
import * as Effect from "effect/Effect"
import type { Card } from "../card/card.ts"
import type { RiskEvaluation } from "../payment/payment.ts"
import type { Risk } from "../ports/risk.ts"
import type { Store, StoreUnavailable } from "../ports/store.ts"
import {
  blockedFor,
  evaluate,
  type RiskCounts,
  type RiskRules,
  type RiskSubject,
  type VelocityLimits
} from "./rules.ts"
import { sameAddress } from "./same-address.ts"

/**
 * A risk service over one rule set. Cards are counted by account number, email and address of their submission,
 * payments by card, email and address of the payer, each within one merchant. What is assessed is stored already
 * and counts itself.
 */
export const defaultRisk = (store: Store["Service"], rules: RiskRules): Risk["Service"] => ({
  assessCard: (card, nowMs) =>
    assess(store, rules, subjectOf(card, card.holder), nowMs, {
      merchantId: card.merchantId,
      collection: "cards",
      perCard: { fingerprint: card.fingerprint }
    }),
  assessPayment: (payment, card, nowMs) =>
    assess(store, rules, subjectOf(card, payment.payer), nowMs, {
      merchantId: payment.merchantId,
      collection: "payments",
      // Refunds and cancels carry the card too, but no email: only payments count.
      perCard: { source: payment.source.id, email: null }
    })
})

type Counted = {
  readonly merchantId: string
  readonly collection: "cards" | "payments"
  readonly perCard: { readonly [field: string]: string | null }
}

const assess = (
  store: Store["Service"],
  rules: RiskRules,
  subject: RiskSubject,
  nowMs: number,
  { merchantId, collection, perCard }: Counted
): Effect.Effect<RiskEvaluation, StoreUnavailable> => {
  if (blockedFor(rules, subject) !== undefined) return Effect.succeed(evaluate(rules, subject, none))
  const wheres: { readonly [Key in keyof VelocityLimits]: Counted["perCard"] } = {
    perCard,
    perEmail: { email: sameAddress(subject.email) },
    perIp: { ipAddress: sameAddress(subject.ipAddress) }
  }
  const count = (key: keyof VelocityLimits): Effect.Effect<number, StoreUnavailable> => {
    const limit = rules.velocity[key]
    if (limit === null) return Effect.succeed(0)
    const fromMs = nowMs - limit.windowMs
    return store.count({ merchantId, collection, where: wheres[key], fromMs }, limit.max + 1)
  }
  const counts = { perCard: count("perCard"), perEmail: count("perEmail"), perIp: count("perIp") }
  return Effect.map(Effect.all(counts, { concurrency: 3 }), (counted) => evaluate(rules, subject, counted))
}

const none: RiskCounts = { perCard: 0, perEmail: 0, perIp: 0 }

const subjectOf = (card: Card, payer: { readonly email: string; readonly ipAddress: string }): RiskSubject => ({
  issuerCountry: card.issuerCountry,
  billingCountry: card.billingDetails.country,
  fingerprint: card.fingerprint,
  email: payer.email,
  ipAddress: payer.ipAddress
})
