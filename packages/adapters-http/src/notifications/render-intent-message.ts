/** Payments on blockchains in the kernel's own words. */
import type { Deposit, Intent, IntentRefund } from "@paykernel/core"
import type { DepositData, IntentData, IntentRefundData } from "./intent-message.schema.ts"
import { amount, existing, moment, momentOrNull } from "./render-parts.ts"

export const intentData = (intent: Intent): typeof IntentData.Type => ({
  id: intent.id,
  kind: intent.kind,
  status: existing(intent.status),
  context: intent.context,
  amount: intent.amount && amount(intent.amount),
  currency: intent.currency,
  settlementCurrency: intent.settlementCurrency,
  methods: intent.methods.map(({ chain, address }) => ({ chain, address })),
  paid: amount(intent.paid),
  confirming: amount(intent.confirming.total),
  refunding: amount(intent.refunding),
  refunded: amount(intent.refunded),
  timeline: intent.timeline.map(({ status, context, reason, atMs }) => ({ status, context, reason, at: moment(atMs) })),
  expiresAt: momentOrNull(intent.expiresAtMs),
  createdAt: moment(intent.createdAtMs),
  updatedAt: moment(intent.updatedAtMs)
})

export const depositData = (deposit: Deposit): typeof DepositData.Type => ({
  id: deposit.id,
  intentId: deposit.intentId,
  status: existing(deposit.status),
  amount: amount(deposit.amount),
  to: { chain: deposit.chain, address: deposit.address, addressTag: deposit.addressTag },
  fromAddresses: deposit.fromAddresses,
  transactionHash: deposit.transactionHash,
  outputIndex: deposit.outputIndex,
  late: deposit.late,
  replacedBy: deposit.replacedBy,
  credit: deposit.credit && {
    fee: amount(deposit.credit.fee),
    net: amount(deposit.credit.net),
    settled: amount(deposit.credit.settled)
  },
  createdAt: moment(deposit.createdAtMs),
  updatedAt: moment(deposit.updatedAtMs)
})

export const intentRefundData = (refund: IntentRefund): typeof IntentRefundData.Type => ({
  id: refund.id,
  intentId: refund.intentId,
  status: existing(refund.status),
  amount: amount(refund.amount),
  source: amount(refund.source),
  networkFee: refund.networkFee && amount(refund.networkFee),
  destination: refund.destination,
  transactionHash: refund.transactionHash,
  failure: refund.failure,
  createdAt: moment(refund.createdAtMs),
  updatedAt: moment(refund.updatedAtMs)
})
