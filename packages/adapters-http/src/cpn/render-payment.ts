/** Cross-border payments and what was given back of them, as the API shows them. */
import type { CrossBorderPayment, CrossBorderView, PayoutRefund } from "@paykernel/core"
import { CrossBorder } from "@paykernel/core/domain"
import { isoDate } from "../v1/iso-date.ts"
import type { PaymentBody, RefundBody } from "./payment.schema.ts"
import { renderAmount, renderFees, renderSettlementTime } from "./render-parts.ts"
import { renderRfi, rfiStatuses } from "./render-rfi.ts"
import { transactionStatuses } from "./render-transaction.ts"

type Shown = PaymentBody["status"]

/** What does not exist, or was never taken, is never shown. */
const statuses: { readonly [Status in CrossBorderPayment["status"]]: Shown | null } = {
  none: null,
  withdrawn: null,
  created: "CREATED",
  crypto_funds_pending: "CRYPTO_FUNDS_PENDING",
  fiat_payment_initiated: "FIAT_PAYMENT_INITIATED",
  completed: "COMPLETED",
  failed: "FAILED"
}

const useCases = { b2b: "B2B", b2c: "B2C", c2b: "C2B", c2c: "C2C" } as const

export const refundStatuses = { created: "CREATED", completed: "COMPLETED", failed: "FAILED" } as const

type FailureCode = NonNullable<CrossBorderPayment["failureCode"]>
type Reason = ReturnType<typeof CrossBorder.failureReasonOf>

const failureReasons = {
  other: "OTHER",
  travel_rule_failed: "TRAVEL_RULE_FAILED",
  bank_verification_failed: "BANK_VERIFICATION_FAILED",
  rfi_verification_failed: "RFI_VERIFICATION_FAILED",
  existing_rfi_pending: "EXISTING_RFI_PENDING",
  onchain_settlement_failed: "ONCHAIN_SETTLEMENT_FAILED",
  fiat_settlement_failed: "FIAT_SETTLEMENT_FAILED",
  compliance_check_failed: "COMPLIANCE_CHECK_FAILED",
  cancelled: "CANCELLED",
  payment_expired: "PAYMENT_EXPIRED"
} as const satisfies { readonly [R in Reason]: NonNullable<PaymentBody["failureReason"]> }

export const renderPayment = ({ payment, activeRfi }: CrossBorderView): PaymentBody => {
  const { beneficiaryRefId, fiatNetworkRef, failureCode } = payment
  const status = statuses[payment.status]
  if (status === null) throw new Error("a payment that is none is not shown")
  return {
    id: payment.id,
    quoteId: payment.quoteId,
    paymentMethodType: payment.paymentMethod,
    blockchain: payment.blockchain,
    senderAddress: payment.senderAddress,
    refundAddress: payment.refundAddress,
    refCode: payment.refCode ?? "",
    customerRefId: payment.customerRefId,
    ...(beneficiaryRefId === null ? {} : { beneficiaryRefId }),
    ...(fiatNetworkRef === null ? {} : { fiatNetworkPaymentRef: fiatNetworkRef }),
    expireDate: isoDate(payment.expiresAtMs),
    createDate: isoDate(payment.createdAtMs),
    status,
    ...(failureCode === null ? {} : renderFailure(failureCode)),
    useCase: useCases[payment.useCase],
    reasonForPayment: payment.reasonForPayment,
    ...(activeRfi === null ? {} : { activeRfi: renderRfi(activeRfi) }),
    rfis: payment.rfis.map((rfi) => ({ id: rfi.id, status: rfiStatuses[rfi.status] })),
    onChainTransactions: payment.transactions.map((one) => ({ id: one.id, status: transactionStatuses[one.status] })),
    sourceAmount: renderAmount(payment.source),
    destinationAmount: renderAmount(payment.destination),
    fees: renderFees(payment.fees),
    fiatSettlementTime: renderSettlementTime(payment.fiatSettlementTime),
    refunds: payment.refunds.map(({ id, status: refunded, amount, transactionHash }) => ({
      id,
      status: refundStatuses[refunded],
      amount: renderAmount(amount),
      transactionHash
    }))
  }
}

const renderFailure = (failureCode: FailureCode) => ({
  failureReason: failureReasons[CrossBorder.failureReasonOf(failureCode)],
  failureCode
})

export const renderRefund = (refund: PayoutRefund): RefundBody => {
  const { id, paymentId, status, amount, transactionHash, refundAddress, blockchain, createdAtMs } = refund
  if (status === "none") throw new Error("a refund that is none is not shown")
  return {
    id,
    paymentId,
    status: refundStatuses[status],
    amount: renderAmount(amount),
    transactionHash,
    refundAddress,
    blockchain,
    createDate: isoDate(createdAtMs)
  }
}
