/**
 * Double-entry bookkeeping of every movement of money. Each transaction balances per currency within each
 * layer, entries are only ever added, and balances are sums of entries, so the books can be recomputed by anyone.
 */
import type { Currency, Money } from "../money/index.ts"

/** `held` entries reserve money for a movement that is not final; `posted` entries are final. */
export type LedgerLayer = "posted" | "held"

/** Accounts of one merchant's books. A debit is positive, a credit negative. */
export type LedgerAccount =
  /** Reserved at card issuers by authorizations, and not charged: it is only ever held. */
  | "card_authorized"
  /** The other side of it: what the merchant may still capture. */
  | "merchant_authorized"
  /** Owed to us by card issuers, through the gateway. */
  | "card_receivable"
  /** Received from the gateway. */
  | "cash"
  /** Owed to the merchant, not yet settled. */
  | "merchant_unsettled"
  /** Owed to the merchant and free to use. */
  | "merchant_available"
  | "fee_revenue"
  /** The exchange between a payment's currency and the settlement currency. */
  | "conversion"
  /** Assets in our custody on blockchains: deposited, and neither refunded nor paid out. */
  | "crypto_holdings"
  /** Paid to blockchains for sending. */
  | "network_fees"
  /** What the merchant is to send from its own wallet for a cross-border payment, and has not: it is only ever held. */
  | "crypto_committed"
  /** The other side of it: what the payout network waits for. */
  | "crypto_awaited"
  /** The merchant's own wallets on a blockchain, which are not in our custody. */
  | "merchant_wallet"
  /** With the payout network: received for payments that it has neither paid out nor refunded. */
  | "payout_network"
  /** Paid to the payout network and to those behind it. */
  | "payout_fees"
  /** Paid out to beneficiaries. */
  | "beneficiary"

export type Posting = {
  readonly account: LedgerAccount
  readonly layer: LedgerLayer
  readonly amount: Money
}

export type LedgerTransactionKind =
  | "authorization_hold"
  | "authorization_release"
  | "capture"
  | "capture_void"
  | "refund_hold"
  | "refund_release"
  | "refund"
  | "settlement"
  | "lease_fee"
  | "crypto_deposit"
  | "crypto_refund_hold"
  | "crypto_refund_release"
  | "crypto_refund"
  | "funding_hold"
  | "funding_release"
  | "funding"
  | "payout_hold"
  | "payout_release"
  | "payout"
  | "payout_refund_hold"
  | "payout_refund_release"
  | "payout_refund"

/** `id` is derived from what it records, so that the same fact can never be posted twice. */
export type LedgerTransaction = {
  readonly id: string
  readonly merchantId: string
  readonly kind: LedgerTransactionKind
  readonly reference: { readonly type: string; readonly id: string }
  readonly atMs: number
  readonly postings: ReadonlyArray<Posting>
}

export type Balance = {
  readonly account: LedgerAccount
  readonly currency: Currency
  readonly posted: bigint
  readonly held: bigint
}
