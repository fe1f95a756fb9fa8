import * as fc from "fast-check"
import type {
  CrossBorderCommand,
  CrossBorderDetails,
  CrossBorderEvent,
  CrossBorderPayment,
  CrossBorderStatus,
  CrossBorderTerms,
  NetworkReport,
  OnchainReference,
  RefundReference,
  RfiReference,
  UseCase
} from "../../cross-border/cross-border.ts"
import { createExample, exampleSource, heardAt } from "./cross-border-examples.ts"
import { anyMoney, anyRate } from "./money-arbitraries.ts"
import { anyFiatSettlementTime, anyQuoteFees } from "./quote-arbitraries.ts"
import { anyFailureCode } from "./rfi-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const terms = {
  source: anyMoney,
  destination: anyMoney,
  rate: anyRate,
  fees: anyQuoteFees,
  paymentMethod: anyText,
  blockchain: anyText,
  transactionVersion: fc.constantFrom(1 as const, 2 as const),
  fiatSettlementTime: anyFiatSettlementTime
}

const anyTerms: fc.Arbitrary<CrossBorderTerms> = fc.record(terms)

const details = {
  senderAddress: anyText,
  refundAddress: anyText,
  useCase: anyOf<UseCase>({ b2b: true, b2c: true, c2b: true, c2c: true }),
  reasonForPayment: anyText,
  customerRefId: anyText,
  beneficiaryRefId: orNull(anyText),
  refCode: orNull(anyText),
  travelRuleRecordId: anyId,
  beneficiaryRecordId: anyId
}

const anyDetails: fc.Arbitrary<CrossBorderDetails> = fc.record(details)

const rfiStatus = anyOf<RfiReference["status"]>({
  information_required: true,
  in_review: true,
  approved: true,
  rejected: true,
  expired: true
})

const onchainStatus = anyOf<OnchainReference["status"]>({
  created: true,
  pending: true,
  broadcasted: true,
  completed: true,
  failed: true
})

const refundStatus = anyOf<RefundReference["status"]>({ created: true, completed: true, failed: true })

const anyRfiReference = fc.record({ id: anyId, status: rfiStatus })
const anyOnchainReference = fc.record({ id: anyId, status: onchainStatus })
const anyRefundReference = fc.record({
  id: anyId,
  status: refundStatus,
  amount: anyMoney,
  transactionHash: orNull(anyText)
})

const anyEnd = fc.constantFrom("completed" as const, "failed" as const)

/** A payment in any state, whether or not a history leads to it. */
export const anyCrossBorderPayment: fc.Arbitrary<CrossBorderPayment> = fc.record({
  ...terms,
  ...details,
  status: anyOf<CrossBorderStatus>({
    none: true,
    created: true,
    crypto_funds_pending: true,
    fiat_payment_initiated: true,
    completed: true,
    failed: true,
    withdrawn: true
  }),
  id: anyId,
  merchantId: anyId,
  quoteId: anyId,
  manualReview: fc.boolean(),
  delayed: fc.boolean(),
  rfis: fc.array(anyRfiReference, { maxLength: 2 }),
  transactions: fc.array(anyOnchainReference, { maxLength: 2 }),
  received: fc.array(fc.record({ transactionId: anyId, amount: anyMoney }), { maxLength: 2 }),
  refunds: fc.array(anyRefundReference, { maxLength: 2 }),
  fiatNetworkRef: orNull(anyText),
  failureCode: orNull(anyFailureCode),
  contradiction: orNull(anyEnd),
  expiresAtMs: anyTimeMs,
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const atMs = anyTimeMs

export const anyCrossBorderEvent: fc.Arbitrary<CrossBorderEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("PaymentCreated" as const),
    ...{ id: anyId, merchantId: anyId, quoteId: anyId },
    ...{ terms: anyTerms, details: anyDetails, expiresAtMs: anyTimeMs, atMs }
  }),
  fc.record({
    _tag: fc.constantFrom(
      ...(["ManualReviewStarted", "PaymentCleared", "PayoutInitiated", "PayoutDelayed", "PaymentWithdrawn"] as const)
    ),
    atMs
  }),
  fc.record({ _tag: fc.constant("RfiRecorded" as const), rfi: anyRfiReference, atMs }),
  fc.record({
    _tag: fc.constant("TransactionStarted" as const),
    ...{ transactionId: anyId, replaces: orNull(anyId), atMs }
  }),
  fc.record({ _tag: fc.constant("TransactionRecorded" as const), transaction: anyOnchainReference, atMs }),
  fc.record({ _tag: fc.constant("FundsReceived" as const), transactionId: anyId, amount: anyMoney, atMs }),
  fc.record({ _tag: fc.constant("PaymentCompleted" as const), fiatNetworkRef: orNull(anyText), atMs }),
  fc.record({ _tag: fc.constant("PaymentFailed" as const), code: anyFailureCode, atMs }),
  fc.record({ _tag: fc.constant("RefundRecorded" as const), refund: anyRefundReference, atMs }),
  fc.record({ _tag: fc.constant("OutcomeContradicted" as const), said: anyEnd, atMs })
)

/** Around the time that the money of these payments has to be there by. */
const nowMs = fc.constantFrom(heardAt, heardAt, heardAt, createExample.terms.fundsDueAtMs)

/** What a network may report, in any mood. */
export const anyNetworkReport: fc.Arbitrary<CrossBorderCommand> = fc
  .tuple(
    fc.constantFrom<NetworkReport>(
      { _tag: "UnderReview" },
      { _tag: "Cleared" },
      { _tag: "Cleared" },
      { _tag: "PayoutInitiated" },
      { _tag: "PayoutDelayed" },
      { _tag: "PayoutCompleted", fiatNetworkRef: "ref-1" },
      { _tag: "Failed", code: "PM06001" }
    ),
    nowMs
  )
  .map(([report, at]) => ({ _tag: "RecordReport", report, nowMs: at }))

const transactionId = fc.constantFrom("transaction-1", "transaction-2")

const received = fc.constantFrom(
  exampleSource,
  { ...exampleSource, amount: exampleSource.amount - 1n },
  { ...exampleSource, currency: "EURC" as const }
)

const anyTransactionNews: fc.Arbitrary<CrossBorderCommand> = fc
  .record({ id: transactionId, status: onchainStatus, received, isLate: fc.boolean(), nowMs })
  .map(({ id, status, received, isLate, nowMs }) => ({
    _tag: "RecordTransaction",
    transaction: { id, status },
    received: status === "completed" || (status === "failed" && isLate) ? received : null,
    nowMs
  }))

const anyRefundNews: fc.Arbitrary<CrossBorderCommand> = fc
  .record({ id: fc.constantFrom("refund-1", "refund-2"), status: refundStatus, amount: received, nowMs })
  .map(({ id, status, amount, nowMs }) => ({
    _tag: "RecordRefund",
    refund: { id, status, amount, transactionHash: status === "completed" ? `0x${id}` : null },
    nowMs
  }))

const anyRfiNews: fc.Arbitrary<CrossBorderCommand> = fc
  .record({ id: fc.constantFrom("rfi-1", "rfi-2"), status: rfiStatus, nowMs })
  .map(({ id, status, nowMs }) => ({
    _tag: "RecordRfi",
    rfi: { id, status },
    code: status === "rejected" ? "PM03001" : null,
    nowMs
  }))

/** What may be heard of a payment, from the network, the chain and the requests for information. */
export const anyCrossBorderNews: fc.Arbitrary<CrossBorderCommand> = fc.oneof(
  { weight: 4, arbitrary: anyNetworkReport },
  { weight: 3, arbitrary: anyTransactionNews },
  { weight: 2, arbitrary: anyRefundNews },
  { weight: 1, arbitrary: anyRfiNews }
)

export const anyCrossBorderCommand: fc.Arbitrary<CrossBorderCommand> = fc.oneof(
  { weight: 1, arbitrary: nowMs.map((at) => ({ ...createExample, nowMs: at })) },
  { weight: 9, arbitrary: anyCrossBorderNews },
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("StartTransaction" as const),
      transactionId,
      accelerates: fc.boolean(),
      nowMs
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constantFrom("ExpirePayment" as const, "WithdrawPayment" as const), nowMs })
  }
)
