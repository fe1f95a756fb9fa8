/** What `/api` tells of a transaction: the body of its three events, made of what can be read at its own address. */
import type { Change, Payment } from "@paykernel/core"
import { declineOf } from "../api/decline.ts"
import { gatewayTransactionName } from "../api/gateway-transaction.ts"
import { jsonOf, type Written } from "../api/json-text.ts"
import { errorBody } from "../api/published-error.ts"
import { renderCustomer, renderMetadata } from "../api/render-customer.ts"
import { sessionStatusOf } from "../api/render-session.ts"
import { timestamp } from "../api/timestamp.ts"
import { firstThatFits } from "./bounded-body.ts"

export type CheckoutChange = Extract<Change, { readonly type: "checkout" }>

export type TransactionEvent = "payment.succeeded" | "payment.failed" | "payment.pending"

/** `null`: not one of the three. */
export const transactionEventOf = ({ event }: CheckoutChange): TransactionEvent | null => events[event._tag]

/** A hosted payment that was declined has failed, though its session may be paid by another. */
const events: { readonly [Tag in CheckoutChange["event"]["_tag"]]: TransactionEvent | null } = {
  CheckoutOpened: null,
  // Nearly every payment has its outcome at once: only that the payer is asked for more is worth a message.
  CheckoutPaymentStarted: null,
  CheckoutSteppedUp: "payment.pending",
  CheckoutPaymentDeclined: "payment.failed",
  CheckoutFailed: "payment.failed",
  CheckoutCompleted: "payment.succeeded",
  CheckoutCancelled: null,
  CheckoutExpired: null
}

type ReadPayment = (id: string) => Promise<Payment | undefined>

/** Metadata and the customer's details are left out where they would make it too long, in this order. */
export const renderTransactionMessage = async (
  event: TransactionEvent,
  change: CheckoutChange,
  read: ReadPayment
): Promise<string> => {
  const data = await transactionOf(event, change, read)
  const { metadata, ...short } = data
  const { customer_info: _, ...shortest } = short
  const bodyOf = (shown: Written) => jsonOf({ event, data: shown, timestamp: timestamp(change.atMs) })
  return firstThatFits([data, short, shortest].map(bodyOf))
}

type Transaction = { readonly [name: string]: Written | undefined; readonly metadata: Written | undefined }

const transactionOf = async (
  event: TransactionEvent,
  { event: happened, after: checkout, atMs }: CheckoutChange,
  read: ReadPayment
): Promise<Transaction> => {
  const payment = checkout.payments.find(({ id }) => "paymentId" in happened && id === happened.paymentId)
  if (payment === undefined) throw new Error("an event of a payment that the checkout does not have")
  const { id, kind, amount, description, customer, metadata } = checkout
  return {
    transaction_id: payment.transactionId,
    ...(kind === "hosted" ? { session_id: id, session_status: sessionStatusOf(checkout, atMs) } : {}),
    amount: amount.amount,
    currency: amount.currency,
    description: description ?? undefined,
    status: statuses[event],
    gateway_transaction_id: await gatewayTransactionName(checkout, payment.attempt, read),
    created_at: timestamp(kind === "direct" ? checkout.createdAtMs : await createdAtMs(payment.id, read)),
    processed_at: event === "payment.pending" ? undefined : timestamp(atMs),
    error: event === "payment.failed" ? errorBody(declineOf(payment.failure ?? "payment_failed")) : undefined,
    customer_info: renderCustomer(customer),
    metadata: renderMetadata(metadata)
  }
}

/** A page may have been open for long when somebody pays on it. */
const createdAtMs = async (paymentId: string, read: ReadPayment): Promise<number> => {
  const payment = await read(paymentId)
  if (payment === undefined) throw new Error("a checkout names a payment that does not exist")
  return payment.createdAtMs
}

const statuses = {
  "payment.succeeded": "completed",
  "payment.failed": "failed",
  "payment.pending": "pending"
} satisfies { readonly [event in TransactionEvent]: string }
