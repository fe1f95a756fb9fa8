/**
 * An intent is what a merchant wants to be paid on a blockchain: an amount by a time (transient), or whatever comes to one
 * address for as long as it is open (continuous). Anybody can pay it any amount at any moment, so what has been paid is a
 * second dimension beside its state, and money that comes late is money all the same: credited, and told.
 */
import type { Currency, Money } from "../money/index.ts"

export type IntentStatus =
  | "none"
  /** Accepted; nobody can pay it yet, because it has no address. */
  | "created"
  /** Waits for its amount. */
  | "pending"
  /** Continuous: takes deposits until it is refunded. */
  | "active"
  | "complete"
  /** Nobody is expected to pay any more. Deposits are still looked for during the monitoring window. */
  | "expired"
  | "failed"
  /** Something of it has been given back, or is on its way. */
  | "refunded"

export type IntentKind = "transient" | "continuous"

/** What was paid against what was asked, exactly; `none` where nothing was paid, or nothing certain asked. */
export type PaymentContext = "none" | "underpaid" | "paid" | "overpaid"

export type IntentReason = "requested_by_merchant" | "fee_collection_failed"

/** Where a payer sends to. A tag tells payers apart on chains where they share an address. */
export type PayAddress = { readonly chain: string; readonly address: string; readonly addressTag: string | null }

/** One chain on which it can be paid. */
export type IntentMethod = {
  readonly chain: string
  /** `null` until it is assigned. */
  readonly address: PayAddress | null
  /** Up to here every deposit at the address is final and known: looks begin after it. */
  readonly watchedTo: string | null
}

export type TimelineEntry = {
  readonly status: Exclude<IntentStatus, "none">
  readonly context: PaymentContext
  readonly reason: IntentReason | null
  readonly atMs: number
}

/** Deposits that were seen and may still be taken back. */
export type Confirming = {
  readonly count: number
  readonly total: Money
  /** Those of them that were sent in time, for which an end of the time waits. */
  readonly inTime: number
}

export type Intent = {
  readonly status: IntentStatus
  readonly kind: IntentKind
  readonly id: string
  readonly merchantId: string
  readonly walletId: string | null
  /** The asset that is sent. Every amount of the intent is of it. */
  readonly currency: Currency
  /** `null`: any amount, of a continuous one. */
  readonly amount: Money | null
  readonly settlementCurrency: Currency
  readonly methods: ReadonlyArray<IntentMethod>
  /** By how much of the amount, in hundredths of a percent, a payment may fall short and still complete it. */
  readonly toleranceBps: number
  /** `null`: a continuous one does not expire. */
  readonly expiresAtMs: number | null
  /** How long deposits are looked for after the end. */
  readonly monitoringMs: number
  /** Until when; `null` while it takes deposits without an end. */
  readonly monitoredUntilMs: number | null
  /** Whether deposits are looked for at all. */
  readonly watching: boolean
  readonly context: PaymentContext
  /** Final deposits, whole. */
  readonly paid: Money
  readonly confirming: Confirming
  /** Reserved by refunds under way. */
  readonly refunding: Money
  readonly refunded: Money
  /** `lease`: for the address. `payments`: for the deposits. */
  readonly fees: { readonly lease: Money; readonly payments: Money }
  /** Of a transient one; the newest ones, oldest first. */
  readonly depositIds: ReadonlyArray<string>
  readonly refundIds: ReadonlyArray<string>
  /** Newest first. An entry for each change of the status or of the context. */
  readonly timeline: ReadonlyArray<TimelineEntry>
  readonly lastCreditedAtMs: number | null
  /** When it stopped taking payments: expired or refunded. */
  readonly endedAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Fields of a command or event that name a deposit and its amount. */
type OfDeposit = { readonly depositId: string; readonly amount: Money }
type OfRefund = { readonly refundId: string; readonly amount: Money }
/** `noted`: the amount under which it was noted before, if it was. */
type OfCredit = OfDeposit & { readonly fee: Money; readonly late: boolean; readonly noted: Money | null }

export type CreateIntent = Omit<IntentCreated, "_tag" | "atMs"> & {
  readonly _tag: "CreateIntent"
  readonly nowMs: number
}

export type IntentCommand =
  | CreateIntent
  /** One address for each method, and what leasing them costs. */
  | {
      readonly _tag: "AssignAddresses"
      readonly addresses: ReadonlyArray<PayAddress>
      readonly leaseFee: Money
      readonly nowMs: number
    }
  /** The fee for an address cannot be taken from the merchant. */
  | { readonly _tag: "FailIntent"; readonly reason: "fee_collection_failed"; readonly nowMs: number }
  /** Seen, and not final. */
  | (OfDeposit & { readonly _tag: "NoteDeposit"; readonly late: boolean; readonly nowMs: number })
  /** What was noted is gone from the chain. */
  | (OfDeposit & { readonly _tag: "TakeBackDeposit"; readonly late: boolean; readonly nowMs: number })
  /** Final. */
  | (OfCredit & { readonly _tag: "CreditDeposit"; readonly nowMs: number })
  | { readonly _tag: "ExpireIntent"; readonly because: "time" | "merchant"; readonly nowMs: number }
  | { readonly _tag: "EndMonitoring"; readonly nowMs: number }
  | { readonly _tag: "AdvanceWatch"; readonly chain: string; readonly watchedTo: string; readonly nowMs: number }
  | (OfRefund & { readonly _tag: "StartRefund"; readonly nowMs: number })
  | (OfRefund & { readonly _tag: "RecordRefund"; readonly outcome: "paid" | "failed"; readonly nowMs: number })

export type IntentCreated = {
  readonly _tag: "IntentCreated"
  readonly kind: IntentKind
  readonly id: string
  readonly merchantId: string
  readonly walletId: string | null
  readonly currency: Currency
  readonly amount: Money | null
  readonly settlementCurrency: Currency
  readonly chains: ReadonlyArray<string>
  readonly toleranceBps: number
  readonly expiresAtMs: number | null
  readonly monitoringMs: number
  readonly atMs: number
}

type Addressed = { readonly addresses: ReadonlyArray<PayAddress>; readonly leaseFee: Money; readonly atMs: number }

export type IntentEvent =
  | IntentCreated
  /** A transient one can be paid. */
  | (Addressed & { readonly _tag: "IntentOpened" })
  /** A continuous one can be paid. */
  | (Addressed & { readonly _tag: "IntentActivated" })
  | { readonly _tag: "IntentFailed"; readonly reason: "fee_collection_failed"; readonly atMs: number }
  | (OfDeposit & { readonly _tag: "IntentDepositNoted"; readonly late: boolean; readonly atMs: number })
  | (OfDeposit & { readonly _tag: "IntentDepositTakenBack"; readonly late: boolean; readonly atMs: number })
  | (OfCredit & { readonly _tag: "IntentDepositCredited"; readonly atMs: number })
  /** This deposit is credited, and with it enough was paid. */
  | (OfCredit & { readonly _tag: "IntentCompleted"; readonly atMs: number })
  | { readonly _tag: "IntentExpired"; readonly reason: "requested_by_merchant" | null; readonly atMs: number }
  | { readonly _tag: "IntentMonitoringEnded"; readonly atMs: number }
  | {
      readonly _tag: "IntentWatchAdvanced"
      readonly chain: string
      readonly watchedTo: string
      readonly atMs: number
    }
  | (OfRefund & { readonly _tag: "IntentRefundStarted"; readonly atMs: number })
  | (OfRefund & { readonly _tag: "IntentRefundPaid"; readonly atMs: number })
  | (OfRefund & { readonly _tag: "IntentRefundFailed"; readonly atMs: number })

/** Facts that forbid a command. */
export type IntentRejection =
  | { readonly _tag: "IntentAlreadyExists" }
  | { readonly _tag: "IntentNotFound" }
  | { readonly _tag: "IntentAmountNotPositive" }
  /** A transient one needs an amount of its currency and a time to expire at; a continuous one has neither. */
  | { readonly _tag: "IntentTermsInvalid"; readonly reason: string }
  /** It has to expire later than now, and within `maxMs` of it. */
  | { readonly _tag: "IntentExpiryNotAllowed"; readonly maxMs: number }
  /** Between one and `maximum` chains, each once. */
  | { readonly _tag: "IntentChainsInvalid"; readonly maximum: number }
  /** The addresses are not one for each of its chains. */
  | { readonly _tag: "AddressesIncomplete" }
  | { readonly _tag: "IntentNotExpirable"; readonly status: IntentStatus }
  | { readonly _tag: "IntentNotDue"; readonly dueAtMs: number }
  /** A deposit that was sent in time, or that is to be refunded, is not final yet. */
  | { readonly _tag: "DepositConfirming" }
  /** It has no address, so nothing can have been paid. */
  | { readonly _tag: "IntentHasNoAddress" }
  | { readonly _tag: "DepositCurrencyMismatch"; readonly expected: Currency }
  | { readonly _tag: "DepositAmountNotPositive" }
  /** What was never noted can be neither taken back nor moved from there. */
  | { readonly _tag: "DepositNotNoted" }
  | { readonly _tag: "IntentNotRefundable"; readonly status: IntentStatus }
  | { readonly _tag: "RefundAmountNotPositive" }
  | { readonly _tag: "RefundCurrencyMismatch"; readonly expected: Currency }
  | { readonly _tag: "RefundExceedsPaid"; readonly refundable: Money }
  /** More than all refunds under way together. */
  | { readonly _tag: "RefundNotUnderWay" }
  | { readonly _tag: "RefundWindowOver"; readonly endedAtMs: number }
