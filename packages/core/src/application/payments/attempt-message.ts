/** The message that an attempt sends, complete but for the security code: that is laid in when it leaves. */
import * as Effect from "effect/Effect"
import type { Attempt } from "../../attempt/attempt.ts"
import type { Card } from "../../card/card.ts"
import type { Cvv } from "../../card/cvv.ts"
import type { Payment } from "../../payment/payment.ts"
import type { GatewayOperation } from "../../ports/card-gateway.ts"
import { credentialsOf } from "./card-credentials.ts"

export type Message = (cvv: Cvv | null) => GatewayOperation

/** `card` is `null` where the payment is made without one. */
export const messageOf = Effect.fnUntraced(function* (payment: Payment, attempt: Attempt, card: Card | null) {
  const shared = {
    key: attempt.gatewayKey,
    kind: attempt.kind,
    amount: attempt.amount,
    merchantId: payment.merchantId,
    paymentId: payment.id
  }
  if (attempt.kind !== "authorize") {
    const authorization = payment.attempts.find((one) => one.kind === "authorize" && one.status === "confirmed")
    const authorizationKey = authorization?.gatewayKey ?? null
    const followUp: Message = () => ({ ...shared, authorizationKey, authorization: null })
    return followUp
  }
  if (card === null) {
    const transfer: Message = () => ({
      ...shared,
      authorizationKey: null,
      authorization: null,
      transfer: { reference: payment.source.id }
    })
    return transfer
  }
  const credentials = yield* credentialsOf(card, null)
  const authorize: Message = (cvv) => ({
    ...shared,
    authorizationKey: null,
    authorization: {
      card: { ...credentials, cvv },
      capture: payment.autoCapture,
      verificationMethod: payment.verificationMethod,
      eci: payment.authentication?.eci ?? null
    }
  })
  return authorize
})
