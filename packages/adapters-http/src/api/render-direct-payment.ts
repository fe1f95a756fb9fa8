/** Direct payments as `/api` shows them. */
import type { CheckoutView } from "@paykernel/core"
import { declineOf } from "./decline.ts"
import { errorBody, type PublishedError } from "./published-error.ts"
import { renderCustomer, renderMetadata } from "./render-customer.ts"
import { timestamp } from "./timestamp.ts"

export type TransactionStatus = "completed" | "pending" | "failed"

/** Of the transaction: its page may be open still, for another one. */
export const statusOf = ({ latest }: CheckoutView): TransactionStatus => {
  const status = latest?.attempt.status
  if (status === "succeeded") return "completed"
  return status === "failed" ? "failed" : "pending"
}

/** Why a payment failed; `undefined` where it has not. */
export const failureOf = (view: CheckoutView): PublishedError | undefined =>
  statusOf(view) === "failed" ? declineOf(view.latest?.attempt.failure ?? "payment_failed") : undefined

/** Where the payer answers the issuer; `null` while there is nothing to answer. */
export const challengeOf = ({ latest }: CheckoutView): string | null =>
  latest?.attempt.status === "open" && latest.payment.status === "action_required"
    ? (latest.payment.authentication?.challengeUrl ?? null)
    : null

/** What is shown of a transaction and is not in its checkout. */
export type Beside = { readonly gatewayTransaction: string; readonly isWebhookQueued: boolean }

export const renderDirectPayment = (view: CheckoutView, { gatewayTransaction, isWebhookQueued }: Beside) => {
  const { checkout } = view
  const challengeUrl = challengeOf(view)
  return {
    transaction_id: latestOf(view).attempt.transactionId,
    amount: checkout.amount.amount,
    currency: checkout.amount.currency,
    status: statusOf(view),
    gateway_transaction_id: gatewayTransaction,
    ...(challengeUrl === null
      ? {}
      : { requires_action: true, action_type: "3ds_authentication", action_data: { "3ds_url": challengeUrl } }),
    created_at: timestamp(checkout.kind === "direct" ? checkout.createdAtMs : latestOf(view).payment.createdAtMs),
    processed_at: processedAt(view),
    webhook_queued: isWebhookQueued,
    error: errorOf(view),
    customer_info: renderCustomer(checkout.customer),
    metadata: renderMetadata(checkout.metadata)
  }
}

export const renderConfirmation = (view: CheckoutView, { gatewayTransaction, isWebhookQueued }: Beside) => ({
  transaction_id: latestOf(view).attempt.transactionId,
  status: statusOf(view),
  gateway_transaction_id: gatewayTransaction,
  webhook_queued: isWebhookQueued,
  error: errorOf(view)
})

const latestOf = ({ latest }: CheckoutView) => {
  if (latest === null) throw new Error("a transaction without a payment was shown")
  return latest
}

/** A page that was paid has ended when its transaction has; one that waits for another card has not. */
const processedAt = (view: CheckoutView): string | undefined => {
  if (statusOf(view) === "pending") return undefined
  const { payments, endedAtMs } = view.checkout
  const { attempt, payment } = latestOf(view)
  const isLast = payments.at(-1)?.id === attempt.id
  return timestamp(isLast && endedAtMs !== null ? endedAtMs : payment.updatedAtMs)
}

const errorOf = (view: CheckoutView) => {
  const failure = failureOf(view)
  return failure === undefined ? undefined : errorBody(failure)
}
