/** Cross-border payments, and what belongs to them, in the kernel's own words. */
import type { CrossBorderPayment, OnchainTransaction, PayoutRefund, Rfi } from "@paykernel/core"
import type {
  CrossBorderPaymentData,
  OnchainTransactionData,
  PayoutRefundData,
  RfiData
} from "./cross-border-message.schema.ts"
import { amount, existing, moment } from "./render-parts.ts"

export const crossBorderPaymentData = (payment: CrossBorderPayment): typeof CrossBorderPaymentData.Type => ({
  id: payment.id,
  quoteId: payment.quoteId,
  status: existing(payment.status),
  source: amount(payment.source),
  destination: amount(payment.destination),
  fees: amount(payment.fees.total),
  paymentMethod: payment.paymentMethod,
  blockchain: payment.blockchain,
  useCase: payment.useCase,
  reasonForPayment: payment.reasonForPayment,
  customerRefId: payment.customerRefId,
  beneficiaryRefId: payment.beneficiaryRefId,
  refCode: payment.refCode,
  manualReview: payment.manualReview,
  delayed: payment.delayed,
  rfis: payment.rfis.map(({ id, status }) => ({ id, status })),
  transactions: payment.transactions.map(({ id, status }) => ({ id, status })),
  refunds: payment.refunds.map(({ id, status, amount: refunded }) => ({ id, status, amount: amount(refunded) })),
  fiatNetworkRef: payment.fiatNetworkRef,
  failure: payment.failureCode,
  expiresAt: moment(payment.expiresAtMs),
  createdAt: moment(payment.createdAtMs),
  updatedAt: moment(payment.updatedAtMs)
})

export const onchainTransactionData = (transaction: OnchainTransaction): typeof OnchainTransactionData.Type => ({
  id: transaction.id,
  paymentId: transaction.paymentId,
  version: transaction.version,
  status: existing(transaction.status),
  blockchain: transaction.blockchain,
  amount: amount(transaction.amount),
  senderAddress: transaction.senderAddress,
  destinationAddress: transaction.destinationAddress,
  replaces: transaction.replaces,
  transactionHash: transaction.transactionHash,
  received: transaction.received && amount(transaction.received),
  failure: transaction.failureReason,
  expiresAt: moment(transaction.expiresAtMs),
  createdAt: moment(transaction.createdAtMs),
  updatedAt: moment(transaction.updatedAtMs)
})

export const rfiData = (rfi: Rfi): typeof RfiData.Type => ({
  id: rfi.id,
  paymentId: rfi.paymentId,
  status: existing(rfi.status),
  party: rfi.party,
  level: rfi.level,
  fields: rfi.fieldRequirements.fields.map(({ name }) => name),
  files: rfi.fileRequirements.map(({ key }) => key),
  failure: rfi.failureCode,
  expiresAt: moment(rfi.expiresAtMs),
  createdAt: moment(rfi.createdAtMs),
  updatedAt: moment(rfi.updatedAtMs)
})

export const payoutRefundData = (refund: PayoutRefund): typeof PayoutRefundData.Type => ({
  id: refund.id,
  paymentId: refund.paymentId,
  status: existing(refund.status),
  amount: amount(refund.amount),
  blockchain: refund.blockchain,
  refundAddress: refund.refundAddress,
  transactionHash: refund.transactionHash,
  createdAt: moment(refund.createdAtMs),
  updatedAt: moment(refund.updatedAtMs)
})
