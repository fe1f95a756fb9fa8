/** Asked before a card is accepted and before a payment is authorized. A denial carries its reason. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Card } from "../card/card.ts"
import type { Payment, RiskEvaluation } from "../payment/payment.ts"
import type { StoreUnavailable } from "./store.ts"

export class Risk extends Context.Service<
  Risk,
  {
    readonly assessCard: (card: Card, nowMs: number) => Effect.Effect<RiskEvaluation, StoreUnavailable>
    readonly assessPayment: (
      payment: Payment,
      card: Card,
      nowMs: number
    ) => Effect.Effect<RiskEvaluation, StoreUnavailable>
  }
>()("@paykernel/core/Risk") {}
