/** Intents as `/v1` shows them, and what was paid to them and given back: crypto payments. */
import type { Currency, Deposit, Intent, IntentRefund, Money } from "@paykernel/core"
import type { ContinuousIntentBody, CryptoPaymentBody, chainCodes, TransientIntentBody } from "./intent.schema.ts"
import { isoDate } from "./iso-date.ts"
import type { MoneyBody } from "./payment.schema.ts"
import { renderMoney } from "./render-money.ts"

/** `walletId`: the merchant's own, which an intent without another one has. */
export const renderIntent = (intent: Intent, walletId: string): TransientIntentBody | ContinuousIntentBody => {
  const { id, amount, currency, settlementCurrency, paid, refunded, depositIds, refundIds, expiresAtMs } = intent
  const isOpened = intent.methods.every(({ address }) => address !== null)
  const shared = {
    id,
    amountPaid: renderMoney(paid),
    amountRefunded: renderMoney(refunded),
    settlementCurrency: renderCurrency(settlementCurrency),
    paymentMethods: intent.methods.map(renderMethod),
    ...(isOpened ? { fees: renderFees(intent) } : {}),
    timeline: intent.timeline.map(renderEntry),
    createDate: isoDate(intent.createdAtMs),
    updateDate: isoDate(intent.updatedAtMs),
    merchantWalletId: intent.walletId ?? walletId
  }
  if (amount === null) return { ...shared, currency: renderCurrency(currency), type: "continuous" }
  return {
    ...shared,
    amount: renderMoney(amount),
    paymentIds: depositIds,
    refundIds,
    ...(isOpened && expiresAtMs !== null ? { expiresOn: isoDate(expiresAtMs) } : {})
  }
}

const renderMethod = ({ chain, address }: Intent["methods"][number]) => ({
  type: "blockchain" as const,
  chain: publishedChain(chain),
  ...(address === null ? {} : { address: address.address, ...renderTag(address.addressTag) })
})

const renderTag = (addressTag: string | null) => (addressTag === null ? {} : { addressTag })

/** Only chains of the published list can have been asked for. */
const publishedChain = (chain: string) => chain as (typeof chainCodes)[number]

const renderFees = ({ fees, paid }: Intent): NonNullable<TransientIntentBody["fees"]> => [
  { type: "blockchainLeaseFee", ...renderMoney(fees.lease) },
  ...(paid.amount === 0n ? [] : [{ type: "totalPaymentFees" as const, ...renderMoney(fees.payments) }])
]

const renderEntry = ({ status, context, reason, atMs }: Intent["timeline"][number]) => ({
  status,
  ...(context === "none" ? {} : { context }),
  ...(reason === null ? {} : { reason }),
  time: isoDate(atMs)
})

const depositStatuses = {
  none: "pending",
  seen: "pending",
  confirming: "pending",
  final: "paid",
  dropped: "failed"
} as const satisfies { readonly [Status in Deposit["status"]]: CryptoPaymentBody["status"] }

export const renderDeposit = (deposit: Deposit, walletId: string): CryptoPaymentBody => {
  const { id, merchantId, chain, address, addressTag, credit, fromAddresses } = deposit
  return {
    id,
    type: "payment",
    merchantId,
    merchantWalletId: deposit.walletId ?? walletId,
    amount: renderMoney(deposit.amount),
    status: depositStatuses[deposit.status],
    ...(credit === null ? {} : renderCredit(credit)),
    paymentIntentId: deposit.intentId,
    fromAddresses: { chain, addresses: fromAddresses },
    depositAddress: { chain, address, ...renderTag(addressTag) },
    transactionHash: deposit.transactionHash,
    createDate: isoDate(deposit.createdAtMs),
    updateDate: isoDate(deposit.updatedAtMs)
  }
}

const refundStatuses = {
  none: "pending",
  pending: "pending",
  paid: "paid",
  failed: "failed"
} as const satisfies { readonly [Status in IntentRefund["status"]]: CryptoPaymentBody["status"] }

/** `depositAddress` of a refund is where it goes. */
export const renderIntentRefund = (refund: IntentRefund, walletId: string): CryptoPaymentBody => {
  const { id, merchantId, amount, source, networkFee, transactionHash } = refund
  const { chain, address, addressTag } = refund.destination
  return {
    id,
    type: "refund",
    merchantId,
    merchantWalletId: refund.walletId ?? walletId,
    amount: renderMoney(amount),
    status: refundStatuses[refund.status],
    ...(networkFee === null ? {} : { networkFees: renderMoney(networkFee) }),
    paymentIntentId: refund.intentId,
    ...(source.currency === amount.currency ? {} : renderSettled(source)),
    depositAddress: { chain, address, ...renderTag(addressTag) },
    ...(transactionHash === null ? {} : { transactionHash }),
    createDate: isoDate(refund.createdAtMs),
    updateDate: isoDate(refund.updatedAtMs)
  }
}

/** The published form has no other currency for fees and settlements. */
const inDollars = (money: Money): MoneyBody | undefined => {
  const shown = renderMoney(money)
  return shown.currency === "USD" ? shown : undefined
}

const renderCredit = ({ fee, settled }: NonNullable<Deposit["credit"]>) => {
  const fees = inDollars(fee)
  return { ...(fees === undefined ? {} : { fees }), ...renderSettled(settled) }
}

const renderSettled = (settled: Money) => {
  const settlementAmount = inDollars(settled)
  return settlementAmount === undefined ? {} : { settlementAmount }
}

const renderCurrency = (currency: Currency): string => renderMoney({ amount: 0n, currency }).currency
