import type { Machine } from "../machine.ts"
import type { PaymentEvent, PaymentStatus } from "./payment.ts"

/**
 * Every legal move of a payment. The diagram in the documentation, the exhaustive walk in the tests and the
 * assertion at commit read this table. States whose row leads nowhere else are terminal: an attempt's own
 * bookkeeping may still move there (a late success being undone), the payment no longer.
 */
export const paymentMachine: Machine<PaymentStatus, PaymentEvent["_tag"]> = {
  none: { PaymentRequested: "pending" },
  pending: {
    AttemptPlanned: "pending",
    AttemptAdvanced: "pending",
    ChallengeIssued: "action_required",
    AuthenticationPassed: "pending",
    PaymentAuthorized: "authorized",
    PaymentFailed: "failed"
  },
  action_required: {
    AuthenticationPassed: "pending",
    PaymentFailed: "failed",
    CancelRequested: "action_required",
    PaymentVoided: "voided"
  },
  authorized: {
    AttemptAdvanced: "authorized",
    CaptureRequested: "authorized",
    PaymentCaptured: "confirmed",
    CaptureFailed: "authorized",
    CancelRequested: "authorized",
    PaymentVoided: "voided",
    CancelFailed: "authorized",
    AuthorizationExpired: "expired"
  },
  confirmed: {
    AttemptAdvanced: "confirmed",
    CancelRequested: "confirmed",
    PaymentCancelled: "cancelled",
    CancelFailed: "confirmed",
    RefundRequested: "confirmed",
    RefundSucceeded: "confirmed",
    RefundFailed: "confirmed",
    PaymentSettled: "paid"
  },
  paid: {
    AttemptAdvanced: "paid",
    RefundRequested: "paid",
    RefundSucceeded: "paid",
    RefundFailed: "paid",
    ReversalSettled: "paid"
  },
  failed: { AttemptAdvanced: "failed" },
  voided: { AttemptAdvanced: "voided" },
  cancelled: { AttemptAdvanced: "cancelled" },
  expired: { AttemptAdvanced: "expired" }
}
