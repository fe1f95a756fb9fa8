import * as fc from "fast-check"
import type { Attempt, AttemptEvent, AttemptPlan, AttemptStatus } from "../../attempt/attempt.ts"
import type {
  Authentication,
  Payment,
  PaymentEvent,
  PaymentStatus,
  Reversal,
  ReversalReason
} from "../../payment/payment.ts"
import { paymentErrorCodes } from "../../payment/payment-error-code.ts"
import { everyAttemptKind, everyEci, everyVerificationMethod } from "../every-word.ts"
import { anyAvs, anyCvvResult, anyFundingType, anyNetwork, anyPayer, anyRiskEvaluation } from "./card-arbitraries.ts"
import { anyMoney } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, anyUrl, orNull } from "./text-arbitraries.ts"

const anyErrorCode = fc.constantFrom(...paymentErrorCodes)
const anyEci = fc.constantFrom(...everyEci)

const anyReason = anyOf<ReversalReason>({
  duplicate: true,
  fraudulent: true,
  requested_by_customer: true,
  bank_transaction_error: true,
  invalid_account_number: true,
  insufficient_funds: true,
  payment_stopped_by_issuer: true,
  payment_returned: true,
  bank_account_ineligible: true,
  invalid_ach_rtn: true,
  unauthorized_transaction: true,
  payment_failed: true
})

const plan = {
  id: anyId,
  kind: fc.constantFrom(...everyAttemptKind),
  gatewayKey: anyText,
  amount: anyMoney,
  needsCvv: fc.boolean(),
  plannedAtMs: anyTimeMs,
  startedAtMs: orNull(anyTimeMs)
}

export const anyAttemptPlan: fc.Arbitrary<AttemptPlan> = fc.record(plan)

/** An attempt of any shape, whether or not a history leads to it. */
export const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  ...plan,
  status: anyOf<AttemptStatus>({
    planned: true,
    sending: true,
    unknown: true,
    reversing: true,
    confirmed: true,
    declined: true,
    abandoned: true,
    not_charged: true,
    manual: true,
    orphaned: true
  }),
  sends: fc.nat({ max: 9 }),
  firstStartedAtMs: orNull(anyTimeMs),
  unknownSinceMs: orNull(anyTimeMs),
  reference: orNull(anyText),
  undos: fc.nat({ max: 9 })
})

const because = { why: anyText, atMs: anyTimeMs }
const referred = { reference: anyText, atMs: anyTimeMs }

export const anyAttemptEvent: fc.Arbitrary<AttemptEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("AttemptStarted" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("AttemptNotSent" as const), ...because }),
  fc.record({ _tag: fc.constant("AttemptBecameUnknown" as const), ...because }),
  fc.record({ _tag: fc.constant("AttemptConfirmed" as const), ...referred }),
  fc.record({
    _tag: fc.constant("AttemptDeclined" as const),
    code: anyText,
    reference: orNull(anyText),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("AttemptReversalStarted" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("AttemptReversed" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("AttemptAbandoned" as const), ...because }),
  fc.record({ _tag: fc.constant("AttemptEscalated" as const), ...because }),
  fc.record({ _tag: fc.constant("LateSuccessFound" as const), ...referred })
)

const anyReversal: fc.Arbitrary<Reversal> = fc.record({
  id: anyId,
  type: anyOf<Reversal["type"]>({ cancel: true, refund: true }),
  asRefund: fc.boolean(),
  attemptId: orNull(anyId),
  amount: anyMoney,
  reason: orNull(anyReason),
  status: anyOf<Reversal["status"]>({ pending: true, paid: true, failed: true }),
  failure: orNull(anyErrorCode),
  settlementId: orNull(anyId),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const anyAuthentication: fc.Arbitrary<Authentication> = fc.record({
  key: anyText,
  status: anyOf<Authentication["status"]>({ planned: true, challenged: true, passed: true, failed: true }),
  challengeUrl: orNull(anyUrl),
  expiresAtMs: anyTimeMs,
  eci: orNull(anyEci)
})

const request = {
  id: anyId,
  merchantId: anyId,
  amount: anyMoney,
  autoCapture: fc.boolean(),
  source: fc.record({ type: fc.constant("card" as const), id: anyId }),
  card: fc.record({ network: anyNetwork, last4: fc.stringMatching(/^[0-9]{4}$/u), fundingType: anyFundingType }),
  verificationMethod: fc.constantFrom(...everyVerificationMethod),
  successUrl: orNull(anyUrl),
  failureUrl: orNull(anyUrl),
  description: orNull(anyText),
  channel: orNull(anyId),
  payer: anyPayer
}

/** A payment of any shape, whether or not a history leads to it: for codecs, and for code that must not choke. */
export const anyPayment: fc.Arbitrary<Payment> = fc.record({
  ...request,
  status: anyOf<PaymentStatus>({
    none: true,
    pending: true,
    action_required: true,
    authorized: true,
    confirmed: true,
    paid: true,
    failed: true,
    voided: true,
    cancelled: true,
    expired: true
  }),
  authentication: orNull(anyAuthentication),
  verification: orNull(fc.record({ avs: anyAvs, cvv: anyCvvResult })),
  risk: orNull(anyRiskEvaluation),
  authorized: anyMoney,
  captured: anyMoney,
  capturedAtMs: orNull(anyTimeMs),
  refunded: anyMoney,
  refunding: anyMoney,
  fees: anyMoney,
  authorizationExpiresAtMs: orNull(anyTimeMs),
  failure: orNull(anyErrorCode),
  attempts: fc.array(anyAttempt, { maxLength: 3 }),
  reversals: fc.array(anyReversal, { maxLength: 3 }),
  settlementId: orNull(anyId),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const fact = <Tag extends PaymentEvent["_tag"]>(tag: Tag) => ({ _tag: fc.constant(tag), atMs: anyTimeMs })

const ofReversal = { reversalId: anyId }

/** One generator for each event, so that none is forgotten when the glossary grows. */
const paymentEvents: {
  readonly [Tag in PaymentEvent["_tag"]]: fc.Arbitrary<Extract<PaymentEvent, { readonly _tag: Tag }>>
} = {
  PaymentRequested: fc.record({
    ...fact("PaymentRequested"),
    ...request,
    plan: orNull(anyAttemptPlan),
    authenticationKey: orNull(anyText)
  }),
  ChallengeIssued: fc.record({ ...fact("ChallengeIssued"), url: anyUrl, expiresAtMs: anyTimeMs }),
  AuthenticationPassed: fc.record({ ...fact("AuthenticationPassed"), eci: anyEci }),
  AttemptPlanned: fc.record({ ...fact("AttemptPlanned"), plan: anyAttemptPlan }),
  AttemptAdvanced: fc.record({ ...fact("AttemptAdvanced"), attemptId: anyId, event: anyAttemptEvent }),
  PaymentAuthorized: fc.record({
    ...fact("PaymentAuthorized"),
    amount: anyMoney,
    avs: anyAvs,
    cvv: anyCvvResult,
    expiresAtMs: anyTimeMs
  }),
  CaptureRequested: fc.record({ ...fact("CaptureRequested"), plan: anyAttemptPlan }),
  PaymentCaptured: fc.record({ ...fact("PaymentCaptured"), amount: anyMoney, fees: anyMoney }),
  CaptureFailed: fc.record({ ...fact("CaptureFailed"), code: anyErrorCode }),
  PaymentFailed: fc.record({
    ...fact("PaymentFailed"),
    code: anyErrorCode,
    risk: orNull(anyRiskEvaluation),
    avs: orNull(anyAvs),
    cvv: orNull(anyCvvResult)
  }),
  CancelRequested: fc.record({
    ...fact("CancelRequested"),
    ...ofReversal,
    reason: orNull(anyReason),
    amount: anyMoney,
    plan: orNull(anyAttemptPlan)
  }),
  PaymentVoided: fc.record({ ...fact("PaymentVoided"), ...ofReversal }),
  PaymentCancelled: fc.record({ ...fact("PaymentCancelled"), ...ofReversal }),
  CancelFailed: fc.record({ ...fact("CancelFailed"), ...ofReversal, code: anyErrorCode }),
  AuthorizationExpired: fc.record(fact("AuthorizationExpired")),
  RefundRequested: fc.record({
    ...fact("RefundRequested"),
    ...ofReversal,
    type: fc.constantFrom("refund" as const, "cancel" as const),
    amount: anyMoney,
    reason: orNull(anyReason),
    plan: anyAttemptPlan
  }),
  RefundSucceeded: fc.record({ ...fact("RefundSucceeded"), ...ofReversal }),
  RefundFailed: fc.record({ ...fact("RefundFailed"), ...ofReversal, code: anyErrorCode }),
  PaymentSettled: fc.record({ ...fact("PaymentSettled"), settlementId: anyId }),
  ReversalSettled: fc.record({ ...fact("ReversalSettled"), ...ofReversal, settlementId: anyId })
}

export const anyPaymentEvent: fc.Arbitrary<PaymentEvent> = fc.oneof(...Object.values(paymentEvents))
