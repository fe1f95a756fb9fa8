/** Capture, cancel and refund of a payment that exists. */
import type { PaymentItem, Reversal } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Incoming } from "../front/front.ts"
import {
  allErrors,
  answerKept,
  ask,
  keptData,
  keyed,
  merchantIdOf,
  merchantOf,
  readId,
  readRequest,
  type Services
} from "./operation.ts"
import { CancelRequest, CaptureRequest, RefundRequest } from "./payment.schema.ts"
import { paymentNotFound } from "./published-error.ts"
import { meaningOfAmount, readAmount } from "./read-amount.ts"
import { renderDetailedCancel, renderDetailedRefund } from "./render-payment.ts"

const decodeCapture = Schema.decodeUnknownResult(CaptureRequest, allErrors)
const decodeCancel = Schema.decodeUnknownResult(CancelRequest, allErrors)
const decodeRefund = Schema.decodeUnknownResult(RefundRequest, allErrors)

/** Answers without a body: a capture is submitted, its outcome is seen on the payment. */
export const capturePayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming, paymentId: string) {
  const merchantId = merchantIdOf(incoming)
  const id = yield* readId(paymentId, paymentNotFound)
  const request = yield* readRequest(incoming, decodeCapture)
  const amount = request.amount === undefined ? null : yield* readAmount(request.amount)
  const key = yield* keyed<PaymentItem>(incoming, {
    idempotencyKey: request.idempotencyKey,
    path: `/v1/payments/${id}/capture`,
    fields: { amount: amount === null ? null : meaningOfAmount(amount) },
    answer: () => ({ status: 202, body: "" })
  })
  return answerKept(yield* ask(() => services.kernel.payments.capture(merchantId, id, { amount }, key), "capture"))
})

export const cancelPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming, paymentId: string) {
  const merchantId = merchantIdOf(incoming)
  const id = yield* readId(paymentId, paymentNotFound)
  const { idempotencyKey, reason = null } = yield* readRequest(incoming, decodeCancel)
  const { walletId } = yield* merchantOf(services, incoming)
  const key = yield* keyed<PaymentItem>(incoming, {
    idempotencyKey,
    path: `/v1/payments/${id}/cancel`,
    fields: { reason },
    answer: ({ payment, reversal }) => keptData(200, renderDetailedCancel(payment, present(reversal), walletId))
  })
  return answerKept(yield* ask(() => services.kernel.payments.cancel(merchantId, id, { reason }, key), "cancel"))
})

export const refundPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming, paymentId: string) {
  const merchantId = merchantIdOf(incoming)
  const id = yield* readId(paymentId, paymentNotFound)
  const { idempotencyKey, reason = null, ...request } = yield* readRequest(incoming, decodeRefund)
  const amount = yield* readAmount(request.amount)
  const { walletId } = yield* merchantOf(services, incoming)
  const key = yield* keyed<PaymentItem>(incoming, {
    idempotencyKey,
    path: `/v1/payments/${id}/refund`,
    fields: { amount: meaningOfAmount(amount), reason },
    answer: ({ payment, reversal }) => keptData(200, renderDetailedRefund(payment, present(reversal), walletId))
  })
  const input = { amount, reason }
  return answerKept(yield* ask(() => services.kernel.payments.refund(merchantId, id, input, key), "refund"))
})

const present = (reversal: Reversal | null): Reversal => {
  if (reversal === null) throw new Error("the kernel accepted a reversal and showed none")
  return reversal
}
