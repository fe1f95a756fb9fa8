/** Several risk services as one: a host's own beside the rule set, or the simulator's magic inputs before it. */
import * as Effect from "effect/Effect"
import type { RiskEvaluation } from "../payment/payment.ts"
import type { Risk } from "../ports/risk.ts"
import type { StoreUnavailable } from "../ports/store.ts"
import { approved } from "./rules.ts"

/**
 * Asks one after the other and stops at the first denial. Where nobody denies, the first that wants a review is heard;
 * nobody asked means approved.
 */
export const firstDenial = (risks: ReadonlyArray<Risk["Service"]>): Risk["Service"] => ({
  assessCard: (card, nowMs) => strictest(risks.map((risk) => risk.assessCard(card, nowMs))),
  assessPayment: (payment, card, nowMs) => strictest(risks.map((risk) => risk.assessPayment(payment, card, nowMs)))
})

const strictest = Effect.fnUntraced(function* (
  assessments: ReadonlyArray<Effect.Effect<RiskEvaluation, StoreUnavailable>>
) {
  let heard = approved
  for (const assessment of assessments) {
    const evaluation = yield* assessment
    if (evaluation.decision === "denied") return evaluation
    if (evaluation.decision === "review" && heard.decision === "approved") heard = evaluation
  }
  return heard
})
