/** The published names of what happens. Events without one are told to nobody outside. */
import type { Change } from "@paykernel/core"

type Tag<Type extends Change["type"]> = Extract<Change, { readonly type: Type }>["event"]["_tag"]

/**
 * How banks and chains are talked to (attempts, looks) is not published: what came of it is, under a name of its own. Nor
 * is a card that was given for one payment: it is nobody's to look up.
 */
export const kernelEventTypes: {
  readonly [Type in Change["type"]]: { readonly [T in Tag<Type>]: string | null }
} = {
  payment: {
    PaymentRequested: "payment.requested",
    ChallengeIssued: "payment.challenge_issued",
    AuthenticationPassed: "payment.authentication_passed",
    AttemptPlanned: null,
    AttemptAdvanced: null,
    PaymentAuthorized: "payment.authorized",
    CaptureRequested: "payment.capture_requested",
    PaymentCaptured: "payment.captured",
    CaptureFailed: "payment.capture_failed",
    PaymentFailed: "payment.failed",
    CancelRequested: "payment.cancel_requested",
    PaymentVoided: "payment.voided",
    PaymentCancelled: "payment.cancelled",
    CancelFailed: "payment.cancel_failed",
    AuthorizationExpired: "payment.authorization_expired",
    RefundRequested: "payment.refund_requested",
    RefundSucceeded: "payment.refunded",
    RefundFailed: "payment.refund_failed",
    PaymentSettled: "payment.settled",
    ReversalSettled: "payment.reversal_settled"
  },
  card: {
    CardSubmitted: "card.submitted",
    CardPresented: null,
    CardUpdated: "card.updated",
    CardVerified: "card.verified",
    CardRefused: "card.refused"
  },
  checkout: {
    CheckoutOpened: "checkout.opened",
    CheckoutPaymentStarted: "checkout.payment_started",
    CheckoutPaymentDeclined: "checkout.payment_declined",
    CheckoutSteppedUp: "checkout.stepped_up",
    CheckoutCompleted: "checkout.completed",
    CheckoutFailed: "checkout.failed",
    CheckoutCancelled: "checkout.cancelled",
    CheckoutExpired: "checkout.expired"
  },
  intent: {
    IntentCreated: "intent.created",
    IntentOpened: "intent.opened",
    IntentActivated: "intent.activated",
    IntentFailed: "intent.failed",
    IntentDepositNoted: "intent.deposit_seen",
    IntentDepositTakenBack: "intent.deposit_taken_back",
    IntentDepositCredited: "intent.deposit_credited",
    IntentCompleted: "intent.completed",
    IntentExpired: "intent.expired",
    IntentMonitoringEnded: "intent.monitoring_ended",
    IntentWatchAdvanced: null,
    IntentRefundStarted: "intent.refund_started",
    IntentRefundPaid: "intent.refunded",
    IntentRefundFailed: "intent.refund_failed"
  },
  deposit: {
    DepositSeen: "deposit.seen",
    DepositIncluded: "deposit.included",
    DepositReturnedToPool: "deposit.returned_to_pool",
    DepositDropped: "deposit.dropped",
    DepositSeenAgain: "deposit.seen_again",
    DepositFinalized: "deposit.final"
  },
  intent_refund: {
    IntentRefundPlanned: "intent_refund.requested",
    TransferAdvanced: null,
    TransferBroadcast: "intent_refund.broadcast",
    IntentRefundSent: "intent_refund.paid",
    IntentRefundRefused: "intent_refund.failed"
  },
  cross_border_payment: {
    PaymentCreated: "cross_border_payment.created",
    PaymentWithdrawn: "cross_border_payment.withdrawn",
    ManualReviewStarted: "cross_border_payment.in_manual_review",
    PaymentCleared: "cross_border_payment.cleared",
    RfiRecorded: "cross_border_payment.rfi_recorded",
    TransactionStarted: "cross_border_payment.transaction_started",
    TransactionRecorded: "cross_border_payment.transaction_recorded",
    FundsReceived: "cross_border_payment.funds_received",
    PayoutInitiated: "cross_border_payment.payout_initiated",
    PayoutDelayed: "cross_border_payment.payout_delayed",
    PaymentCompleted: "cross_border_payment.completed",
    PaymentFailed: "cross_border_payment.failed",
    RefundRecorded: "cross_border_payment.refund_recorded",
    OutcomeContradicted: "cross_border_payment.contradicted"
  },
  onchain_transaction: {
    TransactionCreated: "onchain_transaction.created",
    TransactionSubmitted: "onchain_transaction.submitted",
    TransactionBroadcast: "onchain_transaction.broadcast",
    TransactionCompleted: "onchain_transaction.completed",
    TransactionFailed: "onchain_transaction.failed",
    LateConfirmationFound: "onchain_transaction.confirmed_late"
  },
  rfi: {
    RfiRaised: "rfi.raised",
    RfiFileAttached: "rfi.file_attached",
    RfiSubmitted: "rfi.submitted",
    RfiAnswerRefused: "rfi.answer_refused",
    RfiApproved: "rfi.approved",
    RfiRejected: "rfi.rejected",
    RfiExpired: "rfi.expired"
  },
  payout_refund: {
    RefundCreated: "payout_refund.created",
    RefundCompleted: "payout_refund.completed",
    RefundFailed: "payout_refund.failed",
    RefundContradicted: "payout_refund.contradicted"
  },
  settlement: { SettlementCompleted: "settlement.completed" },
  endpoint: {
    EndpointCreated: "endpoint.created",
    EndpointConfirmed: "endpoint.confirmed",
    EndpointChanged: "endpoint.changed",
    EndpointEnabled: "endpoint.enabled",
    EndpointDisabled: "endpoint.disabled",
    SecretRotated: "endpoint.secret_rotated",
    EndpointTested: "endpoint.tested",
    EndpointFailing: "endpoint.failing",
    EndpointRecovered: "endpoint.recovered",
    EndpointRemoved: "endpoint.removed"
  }
}

/** `null`: told to nobody. */
export const kernelEventType = ({ type, event }: Change): string | null => {
  const types: { readonly [tag: string]: string | null } = kernelEventTypes[type]
  return types[event._tag] ?? null
}
