/** A change in the kernel's own words. */
import type { Change } from "@paykernel/core"
import { firstThatFits } from "./bounded-body.ts"
import type { KernelMessage } from "./kernel-message.schema.ts"
import {
  crossBorderPaymentData,
  onchainTransactionData,
  payoutRefundData,
  rfiData
} from "./render-cross-border-message.ts"
import { depositData, intentData, intentRefundData } from "./render-intent-message.ts"
import { amount, existing, moment, momentOrNull } from "./render-parts.ts"

type Of<Type extends Change["type"]> = Extract<Change, { readonly type: Type }>["after"]
type Data<Type extends Change["type"]> = Extract<KernelMessage, { readonly subject: { readonly type: Type } }>["data"]

/** The JSON text of the message. The merchant's metadata are left out where they would make it too long. */
export const renderKernelMessage = (type: string, change: Change): string =>
  firstThatFits(messagesOf(type, change).map((message) => JSON.stringify(message)))

const messagesOf = (type: string, change: Change): ReadonlyArray<KernelMessage> => {
  const head = {
    type,
    timestamp: moment(change.atMs),
    schema: "paykernel.v1" as const,
    sequence: change.version,
    merchantId: change.merchantId
  }
  switch (change.type) {
    case "payment":
      return [{ ...head, subject: { type: "payment", id: change.id }, data: paymentData(change) }]
    case "card":
      return [{ ...head, subject: { type: "card", id: change.id }, data: { card: cardData(change.after) } }]
    case "checkout": {
      const { metadata, ...short } = checkoutData(change.after)
      const full = metadata === undefined ? short : { ...short, metadata }
      return [full, short].map((checkout) => ({
        ...head,
        subject: { type: "checkout", id: change.id },
        data: { checkout }
      }))
    }
    case "intent":
      return [{ ...head, subject: { type: "intent", id: change.id }, data: { intent: intentData(change.after) } }]
    case "deposit":
      return [{ ...head, subject: { type: "deposit", id: change.id }, data: { deposit: depositData(change.after) } }]
    case "intent_refund": {
      const data = { refund: intentRefundData(change.after) }
      return [{ ...head, subject: { type: "intent_refund", id: change.id }, data }]
    }
    case "cross_border_payment": {
      const data = { payment: crossBorderPaymentData(change.after) }
      return [{ ...head, subject: { type: "cross_border_payment", id: change.id }, data }]
    }
    case "onchain_transaction": {
      const data = { transaction: onchainTransactionData(change.after) }
      return [{ ...head, subject: { type: "onchain_transaction", id: change.id }, data }]
    }
    case "rfi":
      return [{ ...head, subject: { type: "rfi", id: change.id }, data: { rfi: rfiData(change.after) } }]
    case "payout_refund": {
      const data = { refund: payoutRefundData(change.after) }
      return [{ ...head, subject: { type: "payout_refund", id: change.id }, data }]
    }
    case "settlement": {
      const data = { settlement: settlementData(change.after) }
      return [{ ...head, subject: { type: "settlement", id: change.id }, data }]
    }
    case "endpoint":
      return [{ ...head, subject: { type: "endpoint", id: change.id }, data: { endpoint: endpointData(change.after) } }]
  }
}

const paymentData = ({ event, after }: Extract<Change, { readonly type: "payment" }>): Data<"payment"> => {
  const reversal = "reversalId" in event ? after.reversals.find(({ id }) => id === event.reversalId) : undefined
  return { payment: renderPayment(after), ...(reversal === undefined ? {} : { reversal: renderReversal(reversal) }) }
}

const renderPayment = (payment: Of<"payment">): Data<"payment">["payment"] => ({
  id: payment.id,
  status: existing(payment.status),
  amount: amount(payment.amount),
  authorized: amount(payment.authorized),
  captured: amount(payment.captured),
  refunded: amount(payment.refunded),
  fees: amount(payment.fees),
  autoCapture: payment.autoCapture,
  source: { type: payment.source.type, id: payment.source.id },
  card: { network: payment.card.network, last4: payment.card.last4, fundingType: payment.card.fundingType },
  verification: payment.verification && { avs: payment.verification.avs, cvv: payment.verification.cvv },
  challengeUrl: payment.status === "action_required" ? (payment.authentication?.challengeUrl ?? null) : null,
  failure: payment.failure,
  authorizationExpiresAt: momentOrNull(payment.authorizationExpiresAtMs),
  settlementId: payment.settlementId,
  createdAt: moment(payment.createdAtMs),
  updatedAt: moment(payment.updatedAtMs)
})

const renderReversal = (reversal: Of<"payment">["reversals"][number]): Data<"payment">["reversal"] & object => ({
  id: reversal.id,
  type: reversal.type,
  status: reversal.status,
  amount: amount(reversal.amount),
  asRefund: reversal.asRefund,
  reason: reversal.reason,
  failure: reversal.failure,
  settlementId: reversal.settlementId
})

const cardData = (card: Of<"card">): Data<"card">["card"] => {
  const status = existing(card.status)
  if (status === "presented") throw new Error("a card that was not saved cannot be told of")
  return {
    id: card.id,
    status,
    network: card.network,
    last4: card.last4,
    fundingType: card.fundingType,
    issuerCountry: card.issuerCountry,
    expMonth: card.expMonth,
    expYear: card.expYear,
    fingerprint: card.fingerprint,
    avs: card.avs,
    cvv: card.cvv,
    failure: card.errorCode,
    createdAt: moment(card.createdAtMs),
    updatedAt: moment(card.updatedAtMs)
  }
}

const checkoutData = (checkout: Of<"checkout">): Data<"checkout">["checkout"] => ({
  id: checkout.id,
  kind: checkout.kind,
  status: existing(checkout.status),
  amount: amount(checkout.amount),
  description: checkout.description,
  payments: checkout.payments.map(({ id, transactionId, status, failure }) => ({ id, transactionId, status, failure })),
  ...(checkout.metadata === null ? {} : { metadata: JSON.parse(checkout.metadata) }),
  expiresAt: momentOrNull(checkout.expiresAtMs),
  endedAt: momentOrNull(checkout.endedAtMs),
  createdAt: moment(checkout.createdAtMs)
})

const settlementData = (settlement: Of<"settlement">): Data<"settlement">["settlement"] => ({
  id: settlement.id,
  walletId: settlement.walletId,
  totalCredits: amount(settlement.totalCredits),
  totalDebits: amount(settlement.totalDebits),
  paymentFees: amount(settlement.paymentFees),
  payout: amount(settlement.payout),
  createdAt: moment(settlement.createdAtMs)
})

const endpointData = (endpoint: Of<"endpoint">): Data<"endpoint">["endpoint"] => ({
  id: endpoint.id,
  status: existing(endpoint.status),
  dialect: endpoint.dialect,
  name: endpoint.name,
  url: endpoint.url,
  disabledBecause: endpoint.disabledBecause,
  failingSince: momentOrNull(endpoint.failingSinceMs)
})
