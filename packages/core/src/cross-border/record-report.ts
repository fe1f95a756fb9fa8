/** What the network reports of a payment. It knows how its own leg ended; whether the money has arrived, the chain does. */
import type { CrossBorderPayment, NetworkReport } from "./cross-border.ts"
import {
  type Command,
  type CrossBorderDecision,
  happened,
  hasEnded,
  nothingNew,
  refused
} from "./cross-border-decision.ts"
import { openRfi } from "./record-rfi.ts"

export const recordReport = (
  payment: CrossBorderPayment,
  { report, nowMs }: Command<"RecordReport">
): CrossBorderDecision => {
  switch (report._tag) {
    case "UnderReview":
      return payment.status === "created" && !payment.manualReview
        ? happened(payment, [{ _tag: "ManualReviewStarted", atMs: nowMs }])
        : nothingNew
    case "Cleared":
      return payment.status === "created" ? clear(payment, nowMs) : nothingNew
    case "PayoutInitiated":
      return initiate(payment, nowMs)
    case "PayoutDelayed":
      return delay(payment, nowMs)
    case "PayoutCompleted":
      return complete(payment, report, nowMs)
    case "Failed":
      return fail(payment, report, nowMs)
  }
}

type Report<Tag extends NetworkReport["_tag"]> = Extract<NetworkReport, { readonly _tag: Tag }>

const clear = (payment: CrossBorderPayment, nowMs: number): CrossBorderDecision => {
  const rfi = openRfi(payment)
  if (rfi !== undefined) return refused({ _tag: "RfiPending", rfiId: rfi.id })
  const { expiresAtMs } = payment
  if (nowMs >= expiresAtMs) return refused({ _tag: "PaymentHasExpired", expiredAtMs: expiresAtMs })
  return happened(payment, [{ _tag: "PaymentCleared", atMs: nowMs }])
}

const initiate = (payment: CrossBorderPayment, nowMs: number): CrossBorderDecision => {
  if (payment.status !== "created" && payment.status !== "crypto_funds_pending") return nothingNew
  if (payment.received.length === 0) return refused({ _tag: "FundsNotReceived" })
  return happened(payment, [{ _tag: "PayoutInitiated", atMs: nowMs }])
}

const delay = (payment: CrossBorderPayment, nowMs: number): CrossBorderDecision => {
  if (hasEnded(payment) || payment.delayed) return nothingNew
  if (payment.status !== "fiat_payment_initiated") return refused({ _tag: "PayoutNotInitiated" })
  return happened(payment, [{ _tag: "PayoutDelayed", atMs: nowMs }])
}

const complete = (
  payment: CrossBorderPayment,
  { fiatNetworkRef }: Report<"PayoutCompleted">,
  atMs: number
): CrossBorderDecision => {
  if (hasEnded(payment)) return contradicted(payment, "completed", atMs)
  if (payment.status === "fiat_payment_initiated") {
    return happened(payment, [{ _tag: "PaymentCompleted", fiatNetworkRef, atMs }])
  }
  if (payment.received.length === 0) return refused({ _tag: "FundsNotReceived" })
  return happened(payment, [
    { _tag: "PayoutInitiated", atMs },
    { _tag: "PaymentCompleted", fiatNetworkRef, atMs }
  ])
}

const fail = (payment: CrossBorderPayment, { code }: Report<"Failed">, atMs: number): CrossBorderDecision =>
  hasEnded(payment) ? contradicted(payment, "failed", atMs) : happened(payment, [{ _tag: "PaymentFailed", code, atMs }])

/** Somebody has acted on the first end, so it stands; that the network says otherwise is written down once. */
const contradicted = (payment: CrossBorderPayment, said: "completed" | "failed", atMs: number): CrossBorderDecision =>
  payment.status === said || payment.contradiction !== null
    ? nothingNew
    : happened(payment, [{ _tag: "OutcomeContradicted", said, atMs }])
