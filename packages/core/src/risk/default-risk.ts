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
  assessCard: (card, nowMs) => {
    const { merchantId, fingerprint } = card
    const perCard: Counted = { collection: "cards", where: { fingerprint } }
    return assess(store, rules, subjectOf(card, card.holder), nowMs, { merchantId, collection: "cards", perCard })
  },
  assessPayment: (payment, card, nowMs) => {
    const { merchantId, source } = payment
    const perCard: Counted =
      card.status === "presented"
        ? { collection: "presentedCards", where: { fingerprint: card.fingerprint } }
        : // Refunds and cancels carry the card too, but no email: only payments count.
          { collection: "payments", where: { source: source.id, email: null } }
    return assess(store, rules, subjectOf(card, payment.payer), nowMs, { merchantId, collection: "payments", perCard })
  }
})

type Counted = {
  readonly collection: "cards" | "payments" | "presentedCards"
  readonly where: { readonly [field: string]: string | null }
}

const assess = (
  store: Store["Service"],
  rules: RiskRules,
  subject: RiskSubject,
  nowMs: number,
  about: { readonly merchantId: string; readonly collection: "cards" | "payments"; readonly perCard: Counted }
): Effect.Effect<RiskEvaluation, StoreUnavailable> => {
  if (blockedFor(rules, subject) !== undefined) return Effect.succeed(evaluate(rules, subject, none))
  const { merchantId, collection, perCard } = about
  const counted: { readonly [Key in keyof VelocityLimits]: Counted } = {
    perCard,
    perEmail: { collection, where: { email: sameAddress(subject.email) } },
    perIp: { collection, where: { ipAddress: sameAddress(subject.ipAddress) } }
  }
  // Whoever left no email is not the same payer as everybody else who left none.
  const unknown = { perCard: false, perEmail: subject.email === "", perIp: subject.ipAddress === "" }
  const count = (key: keyof VelocityLimits): Effect.Effect<number, StoreUnavailable> => {
    const limit = rules.velocity[key]
    if (limit === null || unknown[key]) return Effect.succeed(0)
    return store.count({ merchantId, ...counted[key], fromMs: nowMs - limit.windowMs }, limit.max + 1)
  }
  const counts = { perCard: count("perCard"), perEmail: count("perEmail"), perIp: count("perIp") }
  return Effect.map(Effect.all(counts, { concurrency: 3 }), (found) => evaluate(rules, subject, found))
}

const none: RiskCounts = { perCard: 0, perEmail: 0, perIp: 0 }

const subjectOf = (card: Card, payer: { readonly email: string; readonly ipAddress: string }): RiskSubject => ({
  issuerCountry: card.issuerCountry,
  billingCountry: card.billingDetails.country,
  fingerprint: card.fingerprint,
  email: payer.email,
  ipAddress: payer.ipAddress
})
