/**
 * The payment that follows where the issuer refused one for want of 3-D Secure: the same card, amount and payer, in a
 * payment of its own that authenticates the payer first.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout } from "../../checkout/checkout.ts"
import type { TaskRequest } from "../../decision.ts"
import { decide, noPayment } from "../../payment/index.ts"
import type { Payment } from "../../payment/payment.ts"
import type { AggregateWrite } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { refusalOf } from "../checkouts/open-checkout.ts"
import { requestOf } from "../checkouts/request-of-checkout.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { written } from "../storage/repository.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

export type PlannedPayment = {
  readonly payment: Payment
  readonly write: AggregateWrite
  readonly tasks: ReadonlyArray<TaskRequest>
}

/** `null` where no such payment may be made, because the merchant was suspended or has other terms since. */
export const planAuthenticatedPayment = Effect.fnUntraced(function* (
  directory: MerchantDirectory,
  checkout: Checkout,
  refused: Payment,
  nowMs: number
) {
  const merchant = yield* directory.get(checkout.merchantId)
  if (refusalOf(merchant, checkout.amount) !== null) return null
  const ids = yield* Ids
  const id = ids.next(nowMs)
  const attemptId = ids.next(nowMs)
  const gatewayKey = (yield* Digest).of("gateway-key", attemptId)
  const requested = decide(noPayment, {
    ...requestOf(merchant, checkout, refused.payer, refused.successUrl),
    id,
    source: refused.source,
    card: refused.card,
    verificationMethod: "three_d_secure",
    attemptId,
    gatewayKey,
    authenticationKey: `${gatewayKey}-3ds`,
    sendNow: false,
    nowMs
  })
  if (Result.isFailure(requested)) return null
  const { events, tasks } = requested.success
  const owner = { merchantId: checkout.merchantId, id }
  const { state, write } = written(paymentDefinition, owner, { state: noPayment, version: 0 }, events)
  return { payment: state, write, tasks } satisfies PlannedPayment
})
