/** A payment, its cancel and its refunds as `/v1` shows them: in full, in a list, and inside one another. */
import type { Payment, PaymentItem, PaymentStatus, Reversal } from "@paykernel/core"
import { isoDate } from "./iso-date.ts"
import type {
  CancelBody,
  CancelSummaryBody,
  DetailedCancelBody,
  DetailedRefundBody,
  ListedPaymentBody,
  PaymentBody,
  PaymentSummaryBody,
  RefundBody
} from "./payment.schema.ts"
import { denial, renderMetadata } from "./render-card.ts"
import { renderMoney } from "./render-money.ts"

/** The words of the wire for the states of the domain. A release of funds is a failure of the payment there. */
export const wireStatus = {
  pending: "pending",
  action_required: "action_required",
  authorized: "confirmed",
  confirmed: "confirmed",
  paid: "paid",
  failed: "failed",
  voided: "failed",
  cancelled: "failed",
  expired: "failed"
} as const satisfies { readonly [Status in Exclude<PaymentStatus, "none">]: PaymentBody["status"] }

/** Shows whatever an id of the payments collection names. */
export const renderItem = ({ payment, reversal }: PaymentItem, walletId: string) => {
  if (reversal === null) return renderPayment(payment, walletId)
  return reversal.type === "cancel"
    ? renderDetailedCancel(payment, reversal, walletId)
    : renderDetailedRefund(payment, reversal, walletId)
}

export const renderListedItem = ({ payment, reversal }: PaymentItem, walletId: string) => {
  if (reversal === null) return renderListedPayment(payment, walletId)
  return reversal.type === "cancel"
    ? renderCancel(payment, reversal, walletId)
    : renderRefund(payment, reversal, walletId)
}

export const renderPayment = (payment: Payment, walletId: string): PaymentBody => {
  const cancel = cancelOf(payment)
  return {
    ...renderState(payment, walletId),
    ...renderVerification(payment),
    ...(cancel === undefined ? {} : { cancel: renderCancel(payment, cancel, walletId) }),
    refunds: refundsOf(payment).map((refund) => renderRefund(payment, refund, walletId)),
    ...(payment.failure === null ? releaseCode(payment) : { errorCode: payment.failure }),
    metadata: renderMetadata(payment.payer),
    ...denial(payment.risk)
  }
}

export const renderDetailedCancel = (payment: Payment, cancel: Reversal, walletId: string): DetailedCancelBody => ({
  ...renderDetailed(payment, cancel, "cancel", walletId),
  refund: cancel.asRefund
})

export const renderDetailedRefund = (payment: Payment, refund: Reversal, walletId: string): DetailedRefundBody =>
  renderDetailed(payment, refund, "refund", walletId)

const renderListedPayment = (payment: Payment, walletId: string): ListedPaymentBody => {
  const cancel = cancelOf(payment)
  return {
    ...renderState(payment, walletId),
    ...(cancel === undefined ? {} : { cancel: summarizeCancel(cancel) }),
    refunds: refundsOf(payment).map((refund) => summarize(refund, "refund"))
  }
}

const renderState = (payment: Payment, walletId: string) => ({
  id: payment.id,
  type: "payment" as const,
  ...renderAccount(payment, walletId),
  amount: renderMoney(payment.amount),
  ...renderStanding(payment),
  ...renderCapture(payment),
  ...(payment.channel === null ? {} : { channel: payment.channel }),
  updateDate: isoDate(payment.updatedAtMs)
})

const renderAccount = (payment: Payment, walletId: string) => ({
  merchantId: payment.merchantId,
  merchantWalletId: walletId,
  source: { id: payment.source.id, type: payment.source.type }
})

/** The part that a payment shows everywhere, even inside its own refunds. */
const renderStanding = (payment: Payment) => ({
  description: "Payment" as const,
  status: statusOf(payment),
  ...renderAction(payment),
  ...(payment.capturedAtMs === null || released.has(payment.status) ? {} : { fees: renderMoney(payment.fees) }),
  createDate: isoDate(payment.createdAtMs)
})

const renderAction = ({ status, authentication }: Payment) =>
  status === "action_required" && typeof authentication?.challengeUrl === "string"
    ? { requiredAction: { type: "three_d_secure_required" as const, redirectUrl: authentication.challengeUrl } }
    : {}

const renderCapture = (payment: Payment) => {
  if (payment.autoCapture) return {}
  if (payment.capturedAtMs === null) return { captured: false }
  const captureDate = isoDate(payment.capturedAtMs)
  return { captured: true, captureAmount: renderMoney(payment.captured), captureDate }
}

/** Shown once decided: by the issuer, or already by the authentication that failed before the issuer was asked. */
const renderVerification = ({ verification, verificationMethod, authentication }: Payment) => {
  const threeDSecure = verificationMethod === "three_d_secure" ? renderThreeDSecure(authentication) : {}
  if (verification !== null) return { verification: { ...verification, ...threeDSecure } }
  return authentication?.status === "failed"
    ? { verification: { avs: "not_requested", cvv: "not_requested" as const, ...threeDSecure } }
    : {}
}

const renderThreeDSecure = (authentication: Payment["authentication"]) => ({
  ...(authentication?.status === "passed" ? { threeDSecure: "pass" as const } : {}),
  ...(authentication?.status === "failed" ? { threeDSecure: "fail" as const } : {}),
  ...(authentication === null || authentication.eci === null ? {} : { eci: authentication.eci })
})

const renderCancel = (payment: Payment, cancel: Reversal, walletId: string): CancelBody =>
  renderReversal(payment, cancel, "cancel", walletId)

const renderRefund = (payment: Payment, refund: Reversal, walletId: string): RefundBody =>
  renderReversal(payment, refund, "refund", walletId)

const renderReversal = <T extends Reversal["type"]>(
  payment: Payment,
  reversal: Reversal,
  type: T,
  walletId: string
) => ({
  ...summarize(reversal, type),
  ...renderAccount(payment, walletId),
  originalPayment: summarizePayment(payment),
  ...(payment.channel === null ? {} : { channel: payment.channel }),
  updateDate: isoDate(reversal.updatedAtMs)
})

const renderDetailed = <T extends Reversal["type"]>(
  payment: Payment,
  reversal: Reversal,
  type: T,
  walletId: string
) => ({
  ...summarize(reversal, type),
  ...renderAccount(payment, walletId),
  originalPayment: renderListedPayment(payment, walletId),
  ...(reversal.reason === null ? {} : { reason: reversal.reason }),
  ...(reversal.failure === null ? {} : { errorCode: reversal.failure }),
  metadata: renderMetadata(payment.payer),
  updateDate: isoDate(reversal.updatedAtMs)
})

/** Nothing is charged for giving money back. */
const summarize = <T extends Reversal["type"]>(reversal: Reversal, type: T) => ({
  id: reversal.id,
  type,
  amount: renderMoney(reversal.amount),
  description: "Payment" as const,
  status: reversal.status,
  fees: renderMoney({ amount: 0n, currency: reversal.amount.currency }),
  createDate: isoDate(reversal.createdAtMs)
})

const summarizeCancel = ({ id, status, createdAtMs }: Reversal): CancelSummaryBody => ({
  id,
  type: "cancel",
  description: "Payment",
  status,
  createDate: isoDate(createdAtMs)
})

const summarizePayment = (payment: Payment): PaymentSummaryBody => ({
  id: payment.id,
  type: "payment",
  amount: renderMoney(payment.amount),
  ...renderStanding(payment)
})

const statusOf = ({ status }: Payment): PaymentBody["status"] => {
  if (status === "none") throw new Error("a payment that does not exist cannot be shown")
  return wireStatus[status]
}

const releaseCode = ({ status }: Payment) => (released.has(status) ? { errorCode: "payment_canceled" } : {})

/** The funds went back to the payer before they were settled: the payment failed, and costs nothing. */
const released: ReadonlySet<PaymentStatus> = new Set(["voided", "cancelled", "expired"])

/** A cancel that failed leaves the payment as it was; the one that counts is the latest. */
const cancelOf = ({ reversals }: Payment): Reversal | undefined => reversals.findLast(({ type }) => type === "cancel")

const refundsOf = ({ reversals }: Payment): ReadonlyArray<Reversal> => reversals.filter(({ type }) => type === "refund")
