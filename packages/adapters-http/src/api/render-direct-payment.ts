/** Direct payments as `/api` shows them. */
import type { Checkout, CheckoutView } from "@paykernel/core"
import { declineOf } from "./decline.ts"
import { errorBody, type PublishedError } from "./published-error.ts"
import { renderCustomer, renderMetadata } from "./render-customer.ts"
import { timestamp } from "./timestamp.ts"
import { webhookQueued } from "./webhook-queued.ts"

export type TransactionStatus = "completed" | "pending" | "failed"

export const statusOf = ({ status }: Checkout): TransactionStatus => {
  if (status === "completed") return "completed"
  return status === "open" || status === "paying" ? "pending" : "failed"
}

/** Why a payment failed; `undefined` where it has not. */
export const failureOf = ({ checkout, latest }: CheckoutView): PublishedError | undefined =>
  statusOf(checkout) === "failed" ? declineOf(latest?.attempt.failure ?? "payment_failed") : undefined

/** Where the payer answers the issuer; `null` while there is nothing to answer. */
export const challengeOf = ({ checkout, latest }: CheckoutView): string | null =>
  checkout.status === "paying" && latest?.payment.status === "action_required"
    ? (latest.payment.authentication?.challengeUrl ?? null)
    : null

export const renderDirectPayment = (view: CheckoutView, gatewayTransaction: string) => {
  const { checkout } = view
  const challengeUrl = challengeOf(view)
  return {
    transaction_id: checkout.id,
    amount: checkout.amount.amount,
    currency: checkout.amount.currency,
    status: statusOf(checkout),
    gateway_transaction_id: gatewayTransaction,
    ...(challengeUrl === null
      ? {}
      : { requires_action: true, action_type: "3ds_authentication", action_data: { "3ds_url": challengeUrl } }),
    created_at: timestamp(checkout.createdAtMs),
    processed_at: checkout.endedAtMs === null ? undefined : timestamp(checkout.endedAtMs),
    webhook_queued: webhookQueued(checkout),
    error: errorOf(view),
    customer_info: renderCustomer(checkout.customer),
    metadata: renderMetadata(checkout.metadata)
  }
}

export const renderConfirmation = (view: CheckoutView, gatewayTransaction: string) => ({
  transaction_id: view.checkout.id,
  status: statusOf(view.checkout),
  gateway_transaction_id: gatewayTransaction,
  webhook_queued: webhookQueued(view.checkout),
  error: errorOf(view)
})

const errorOf = (view: CheckoutView) => {
  const failure = failureOf(view)
  return failure === undefined ? undefined : errorBody(failure)
}
