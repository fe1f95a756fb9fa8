/** Hosted payment sessions as `/api` shows them. */
import type { Checkout, CheckoutView } from "@paykernel/core"
import { renderCustomer, renderMetadata } from "./render-customer.ts"
import { timestamp } from "./timestamp.ts"

export type SessionStatus = "pending" | "completed" | "cancelled" | "expired" | "failed"

/** A session whose time is over has expired, even where nobody has come by to close it yet. */
export const sessionStatusOf = ({ status, expiresAtMs }: Checkout, nowMs: number): SessionStatus => {
  if (status === "open") return expiresAtMs !== null && nowMs >= expiresAtMs ? "expired" : "pending"
  return status === "none" || status === "paying" ? "pending" : status
}

type PageUrl = (page: string) => string

export const renderOpened = ({ checkout, page }: CheckoutView, pageUrl: PageUrl) => ({
  session_id: checkout.id,
  payment_url: pageUrl(page),
  ...orderOf(checkout),
  status: "pending",
  ...timesOf(checkout)
})

export const renderSession = ({ checkout, latest, page }: CheckoutView, pageUrl: PageUrl, nowMs: number) => {
  const status = sessionStatusOf(checkout, nowMs)
  const isCompleted = status === "completed"
  return {
    session_id: checkout.id,
    payment_url: status === "pending" ? pageUrl(page) : undefined,
    ...orderOf(checkout),
    status,
    transaction_id: isCompleted ? latest?.attempt.transactionId : undefined,
    customer_info: renderCustomer(checkout.customer),
    metadata: renderMetadata(checkout.metadata),
    ...timesOf(checkout),
    completed_at: isCompleted ? endOf(checkout) : undefined,
    cancelled_at: status === "cancelled" ? endOf(checkout) : undefined
  }
}

export const renderCancelled = ({ checkout }: CheckoutView) => ({
  session_id: checkout.id,
  status: "cancelled",
  cancelled_at: endOf(checkout)
})

const orderOf = ({ amount, description }: Checkout) => ({
  amount: amount.amount,
  currency: amount.currency,
  description: description ?? ""
})

const timesOf = ({ expiresAtMs, createdAtMs }: Checkout) => ({
  expires_at: expiresAtMs === null ? undefined : timestamp(expiresAtMs),
  created_at: timestamp(createdAtMs)
})

const endOf = ({ endedAtMs }: Checkout): string => {
  if (endedAtMs === null) throw new Error("a session that has ended has no end")
  return timestamp(endedAtMs)
}
