/**
 * A cross-border payment: a sender hands a stablecoin to a payout network on chain, and the network pays a beneficiary
 * abroad in the money of the place. It is cleared before any money moves, funded once, and paid out or failed; what
 * arrived and was not paid out is refunded. Requests for information come before, during and after.
 *
 * Who the parties are is told to the network alone: the payment knows only where the sealed records of it are kept.
 */
import type { Money } from "../money/index.ts"
import type { OnchainStatus } from "../onchain/onchain.ts"
import type { RefundStatus } from "../payout-refund/payout-refund.ts"
import type { QuoteRejection, QuoteTerms } from "../quote/quote.ts"
import type { RfiStatus } from "../rfi/rfi.ts"
import type { FailureCode } from "./failure-code.ts"

export type CrossBorderStatus =
  | "none"
  /** Made of a quote, and not cleared: a request for information or a decision of the institution is outstanding. */
  | "created"
  /** Cleared, and waits for the source amount on chain. */
  | "crypto_funds_pending"
  /** The source amount is there, and the bank leg has begun. */
  | "fiat_payment_initiated"
  /** The destination amount was sent; whether it has been received is the bank's to tell. */
  | "completed"
  | "failed"
  /** The network never took it, and whoever wanted it was told so: to everybody else there is no such payment. */
  | "withdrawn"

/** Who pays whom: a business or a consumer. */
export type UseCase = "b2b" | "b2c" | "c2b" | "c2c"

/** What was agreed on with the quote, as far as the payment lives by it. */
export type CrossBorderTerms = Pick<
  QuoteTerms,
  | "source"
  | "destination"
  | "rate"
  | "fees"
  | "paymentMethod"
  | "blockchain"
  | "transactionVersion"
  | "fiatSettlementTime"
>

/** What the originating institution says of it. None of it tells who the parties are. */
export type CrossBorderDetails = {
  readonly senderAddress: string
  /** Where refunds go, on the same chain. */
  readonly refundAddress: string
  readonly useCase: UseCase
  /** `PMT001` to `PMT030`. */
  readonly reasonForPayment: string
  readonly customerRefId: string
  readonly beneficiaryRefId: string | null
  readonly refCode: string | null
  /** Where the encrypted travel-rule data is kept. */
  readonly travelRuleRecordId: string
  /** Where the encrypted account of the beneficiary is kept. */
  readonly beneficiaryRecordId: string
}

export type RfiReference = { readonly id: string; readonly status: Exclude<RfiStatus, "none"> }

export type OnchainReference = { readonly id: string; readonly status: Exclude<OnchainStatus, "none"> }

export type RefundReference = {
  readonly id: string
  readonly status: Exclude<RefundStatus, "none">
  readonly amount: Money
  readonly transactionHash: string | null
}

/** What one transaction brought to the network. */
export type ReceivedFunds = { readonly transactionId: string; readonly amount: Money }

export type CrossBorderPayment = CrossBorderTerms &
  CrossBorderDetails & {
    readonly status: CrossBorderStatus
    readonly id: string
    readonly merchantId: string
    readonly quoteId: string
    /** Somebody at the institution looks at it before it is cleared. */
    readonly manualReview: boolean
    /** The bank leg takes longer than it should. */
    readonly delayed: boolean
    /** At most one of them is open. */
    readonly rfis: ReadonlyArray<RfiReference>
    readonly transactions: ReadonlyArray<OnchainReference>
    readonly received: ReadonlyArray<ReceivedFunds>
    readonly refunds: ReadonlyArray<RefundReference>
    /** The bank's own reference of the payout. */
    readonly fiatNetworkRef: string | null
    readonly failureCode: FailureCode | null
    /** What the network said after it had ended otherwise. A person's case. */
    readonly contradiction: "completed" | "failed" | null
    /** Until when the source amount has to be there, exclusive. */
    readonly expiresAtMs: number
    readonly createdAtMs: number
    readonly updatedAtMs: number
  }

/** What the network reports of a payment, by its answers, by notification or when asked. Any of it may come again. */
export type NetworkReport =
  | { readonly _tag: "UnderReview" }
  | { readonly _tag: "Cleared" }
  | { readonly _tag: "PayoutInitiated" }
  | { readonly _tag: "PayoutDelayed" }
  | { readonly _tag: "PayoutCompleted"; readonly fiatNetworkRef: string | null }
  | { readonly _tag: "Failed"; readonly code: FailureCode }

export type CreatePayment = {
  readonly _tag: "CreatePayment"
  readonly id: string
  readonly merchantId: string
  readonly quoteId: string
  /** As the quote has them. They are checked once more. */
  readonly terms: QuoteTerms
  readonly details: CrossBorderDetails
  readonly nowMs: number
}

export type CrossBorderCommand =
  | CreatePayment
  | { readonly _tag: "RecordReport"; readonly report: NetworkReport; readonly nowMs: number }
  /** Beside the request's own event, in one commit. `code` is why it was rejected. */
  | {
      readonly _tag: "RecordRfi"
      readonly rfi: RfiReference
      readonly code: FailureCode | null
      readonly nowMs: number
    }
  /** The payment's leave to create a transaction, or one that overtakes the newest. */
  | {
      readonly _tag: "StartTransaction"
      readonly transactionId: string
      readonly accelerates: boolean
      readonly nowMs: number
    }
  /** Beside the transaction's own event, in one commit. `received` is what has arrived for good. */
  | {
      readonly _tag: "RecordTransaction"
      readonly transaction: OnchainReference
      readonly received: Money | null
      readonly nowMs: number
    }
  /** Beside the refund's own event, in one commit. */
  | { readonly _tag: "RecordRefund"; readonly refund: RefundReference; readonly nowMs: number }
  | { readonly _tag: "ExpirePayment"; readonly nowMs: number }
  /** The network does not take it as it was written, and whoever wanted it hears so now. */
  | { readonly _tag: "WithdrawPayment"; readonly nowMs: number }

export type CrossBorderEvent =
  | {
      readonly _tag: "PaymentCreated"
      readonly id: string
      readonly merchantId: string
      readonly quoteId: string
      readonly terms: CrossBorderTerms
      readonly details: CrossBorderDetails
      readonly expiresAtMs: number
      readonly atMs: number
    }
  | { readonly _tag: "ManualReviewStarted"; readonly atMs: number }
  | { readonly _tag: "PaymentCleared"; readonly atMs: number }
  | { readonly _tag: "RfiRecorded"; readonly rfi: RfiReference; readonly atMs: number }
  | {
      readonly _tag: "TransactionStarted"
      readonly transactionId: string
      /** The one that it is to overtake. */
      readonly replaces: string | null
      readonly atMs: number
    }
  | { readonly _tag: "TransactionRecorded"; readonly transaction: OnchainReference; readonly atMs: number }
  /** Whatever has become of the payment meanwhile: money that arrives is owed to somebody. */
  | {
      readonly _tag: "FundsReceived"
      readonly transactionId: string
      readonly amount: Money
      readonly atMs: number
    }
  | { readonly _tag: "PayoutInitiated"; readonly atMs: number }
  | { readonly _tag: "PayoutDelayed"; readonly atMs: number }
  | { readonly _tag: "PaymentCompleted"; readonly fiatNetworkRef: string | null; readonly atMs: number }
  | { readonly _tag: "PaymentFailed"; readonly code: FailureCode; readonly atMs: number }
  | { readonly _tag: "RefundRecorded"; readonly refund: RefundReference; readonly atMs: number }
  | { readonly _tag: "OutcomeContradicted"; readonly said: "completed" | "failed"; readonly atMs: number }
  | { readonly _tag: "PaymentWithdrawn"; readonly atMs: number }

/** What the worker does for it. All but the timer go to the network, under the payment's id as their key. */
export type CrossBorderTaskKind =
  /** Ask the network to take the payment. */
  | "submit_cross_border"
  /** Ask how it stands, until it has ended. */
  | "follow_cross_border"
  /** Tell the network of money that a transaction brought, so that it pays out, or gives back what is not for a payout. */
  | "pay_out"
  | "expire_cross_border"

/** Facts that forbid a command. */
export type CrossBorderRejection =
  | { readonly _tag: "PaymentAlreadyExists" }
  | { readonly _tag: "PaymentNotFound" }
  | Extract<QuoteRejection, { readonly _tag: "QuoteHasExpired" | "QuoteIncoherent" }>
  /** The use case names other kinds of parties than the quote. */
  | { readonly _tag: "UseCaseDiffers"; readonly quoted: UseCase }
  | { readonly _tag: "ReasonForPaymentUnknown" }
  | { readonly _tag: "PaymentHasExpired"; readonly expiredAtMs: number }
  | { readonly _tag: "PaymentNotDue"; readonly dueAtMs: number }
  /** A request for information is open, and nothing is cleared or sent while it is. */
  | { readonly _tag: "RfiPending"; readonly rfiId: string }
  | { readonly _tag: "AnotherRfiActive"; readonly rfiId: string }
  | { readonly _tag: "TooManyRfis"; readonly limit: number }
  /** Transactions are for payments that are cleared and not funded. */
  | { readonly _tag: "PaymentNotAwaitingFunds"; readonly status: CrossBorderStatus }
  | { readonly _tag: "AnotherTransactionActive"; readonly transactionId: string }
  | { readonly _tag: "FundsAlreadyReceived"; readonly transactionId: string }
  /** No transaction waits on the chain. */
  | { readonly _tag: "NothingToAccelerate" }
  /** One that overtakes is there already, and not yet on the chain. */
  | { readonly _tag: "TransactionInPreparation"; readonly transactionId: string }
  | { readonly _tag: "TooManyTransactions"; readonly limit: number }
  | { readonly _tag: "TransactionNotPartOfPayment" }
  /** It is under way or has ended: the network knows it. */
  | { readonly _tag: "PaymentNotWithdrawable"; readonly status: CrossBorderStatus }
  /** A report of what cannot be yet: it comes again. */
  | { readonly _tag: "FundsNotReceived" }
  | { readonly _tag: "PayoutNotInitiated" }
  | { readonly _tag: "PaymentNotRefundable"; readonly status: CrossBorderStatus }
  /** More than what arrived and was neither paid out nor refunded. */
  | { readonly _tag: "RefundExceedsFunds"; readonly refundable: Money }
