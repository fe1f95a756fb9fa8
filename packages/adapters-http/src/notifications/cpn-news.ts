/** What of cross-border payments is news to clients: each step of a payment, and of what belongs to it. */
import type { Change } from "@paykernel/core"

type EventOf<Type extends Change["type"]> = Extract<Change, { readonly type: Type }>["event"]

type CpnType = "cross_border_payment" | "rfi" | "onchain_transaction" | "payout_refund"

/** A change of something that the cross-border API shows. */
export type CpnChange = Extract<Change, { readonly type: CpnType }>

/** All names that there are for it, each after the thing that it happened to. */
export const cpnTypes = [
  "cpn.payment.cryptoFundsPending",
  "cpn.payment.fiatPaymentInitiated",
  "cpn.payment.completed",
  "cpn.payment.failed",
  "cpn.payment.delayed",
  "cpn.payment.inManualReview",
  "cpn.rfi.informationRequired",
  "cpn.rfi.inReview",
  "cpn.rfi.approved",
  "cpn.rfi.rejected",
  "cpn.transaction.broadcasted",
  "cpn.transaction.completed",
  "cpn.transaction.failed",
  "cpn.refund.created",
  "cpn.refund.completed",
  "cpn.refund.failed"
] as const

export type CpnNews = (typeof cpnTypes)[number]

export const isOfCpn = (change: Change): change is CpnChange => Object.hasOwn(news, change.type)

/** `null`: nothing that a client would want to be told. */
export const cpnNewsOf = (change: Change): CpnNews | null => {
  if (!isOfCpn(change)) return null
  const names: { readonly [tag: string]: CpnNews | null } = news[change.type]
  return names[change.event._tag] ?? null
}

const news: { readonly [Type in CpnType]: { readonly [Tag in EventOf<Type>["_tag"]]: CpnNews | null } } = {
  cross_border_payment: {
    // The answer to a request has told it.
    PaymentCreated: null,
    PaymentWithdrawn: null,
    ManualReviewStarted: "cpn.payment.inManualReview",
    PaymentCleared: "cpn.payment.cryptoFundsPending",
    PayoutInitiated: "cpn.payment.fiatPaymentInitiated",
    PayoutDelayed: "cpn.payment.delayed",
    PaymentCompleted: "cpn.payment.completed",
    PaymentFailed: "cpn.payment.failed",
    // Told of the thing itself.
    RfiRecorded: null,
    TransactionStarted: null,
    TransactionRecorded: null,
    FundsReceived: null,
    RefundRecorded: null,
    // A person's case.
    OutcomeContradicted: null
  },
  rfi: {
    RfiRaised: "cpn.rfi.informationRequired",
    RfiFileAttached: null,
    RfiSubmitted: "cpn.rfi.inReview",
    RfiAnswerRefused: "cpn.rfi.informationRequired",
    RfiApproved: "cpn.rfi.approved",
    RfiRejected: "cpn.rfi.rejected",
    RfiExpired: "cpn.rfi.rejected"
  },
  onchain_transaction: {
    TransactionCreated: null,
    TransactionSubmitted: null,
    TransactionBroadcast: "cpn.transaction.broadcasted",
    TransactionCompleted: "cpn.transaction.completed",
    TransactionFailed: "cpn.transaction.failed",
    // It stays failed to whoever looks; the refund of what came is told.
    LateConfirmationFound: null
  },
  payout_refund: {
    RefundCreated: "cpn.refund.created",
    RefundCompleted: "cpn.refund.completed",
    RefundFailed: "cpn.refund.failed",
    RefundContradicted: null
  }
}
