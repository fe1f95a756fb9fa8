/** The words of the kernel in those of a shopkeeper. */
import type {
  CheckoutStatus,
  DeliveryStatus,
  EndpointStatus,
  PaymentErrorCode,
  PaymentStatus,
  Reversal,
  ReversalReason
} from "@paykernel/core"

export type Tone = "good" | "bad" | "busy" | "quiet"
export type Word = { readonly text: string; readonly tone: Tone }

const word = (text: string, tone: Tone): Word => ({ text, tone })

export const paymentStatuses: Readonly<Record<PaymentStatus, Word>> = {
  none: word("Unknown", "quiet"),
  pending: word("Pending", "busy"),
  action_required: word("Waiting for payer", "busy"),
  authorized: word("Authorized", "busy"),
  confirmed: word("Captured", "good"),
  paid: word("Settled", "good"),
  failed: word("Failed", "bad"),
  voided: word("Voided", "quiet"),
  cancelled: word("Cancelled", "quiet"),
  expired: word("Expired", "quiet")
}

/** A cancel that came in time gives nothing back: nothing was taken. */
export const reversalWord = ({ status, type, asRefund }: Reversal): Word => {
  if (status === "pending") return word("Pending", "busy")
  if (status === "failed") return word("Failed", "bad")
  return type === "refund" || asRefund ? word("Refunded", "good") : word("Done", "quiet")
}

export const checkoutStatuses: Readonly<Record<CheckoutStatus, Word>> = {
  none: word("Unknown", "quiet"),
  open: word("Open", "busy"),
  paying: word("Being paid", "busy"),
  completed: word("Completed", "good"),
  cancelled: word("Cancelled", "quiet"),
  expired: word("Expired", "quiet"),
  failed: word("Failed", "bad")
}

export const endpointStatuses: Readonly<Record<EndpointStatus, Word>> = {
  none: word("Not set up", "quiet"),
  unconfirmed: word("Unconfirmed", "busy"),
  enabled: word("Enabled", "good"),
  disabled: word("Disabled", "bad"),
  removed: word("Removed", "quiet")
}

export const deliveryStatuses: Readonly<Record<DeliveryStatus, Word>> = {
  none: word("Unknown", "quiet"),
  waiting: word("Waiting", "busy"),
  delivered: word("Delivered", "good"),
  dead: word("Given up", "bad"),
  withheld: word("Withheld", "quiet")
}

/** Those that a person gives; the others are a bank's. */
export const reasonsToChoose = [
  "requested_by_customer",
  "duplicate",
  "fraudulent"
] as const satisfies ReadonlyArray<ReversalReason>

/** A code as words: `card_cvv_invalid` is "Card cvv invalid". */
export const spoken = (code: PaymentErrorCode | ReversalReason | string): string => {
  const text = code
    .replaceAll("_", " ")
    .replaceAll(/\bcvv\b/gu, "CVV")
    .replace("three d secure", "3-D Secure")
  return text.charAt(0).toUpperCase() + text.slice(1)
}
