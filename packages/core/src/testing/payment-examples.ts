/**
 * Commands of an ordinary card payment, to tell stories with: each is complete, and a test names only what matters
 * to it.
 */
import type {
  AttemptPlan,
  AttemptPolicy,
  GatewayLookup,
  GatewayReply,
  GatewayReversal,
  GatewayVerdict
} from "../attempt/index.ts"
import { defaultFeeSchedule } from "../fees/index.ts"
import { type Money, money } from "../money/index.ts"
import type {
  AuthenticationOutcome,
  CancelPayment,
  CapturePayment,
  PaymentCommand,
  PaymentEvent,
  PaymentTerms,
  RecordAuthentication,
  RefundPayment,
  RequestPayment,
  RiskEvaluation
} from "../payment/payment.ts"

export const usd = (amount: bigint): Money<"USD"> => money(amount, "USD")

/** The moment at which examples begin. */
export const startMs = 1_700_000_000_000

/** USD 0.01 to USD 10 000, partial captures allowed, list-price fees. */
export const exampleTerms: PaymentTerms = {
  feeSchedule: defaultFeeSchedule,
  minAmount: usd(1n),
  maxAmount: usd(1_000_000n),
  partialCapture: true
}

/** A capable gateway: absence is final after 70 s, keys are remembered for 12 h, a person is called after 24 h. */
export const examplePolicy: AttemptPolicy = {
  capabilities: {
    idempotentByKey: true,
    keyTtlMs: 12 * 3_600_000,
    lookupByKey: true,
    lookupLagMs: 5_000,
    maxInFlightMs: 60_000,
    reverseByKey: true
  },
  marginMs: 5_000,
  resolveLimitMs: 24 * 3_600_000
}

/** A payment of USD 10.00, captured at once, whose authorization (`authorize-1`) is sent at once. */
export const requestPayment = (change: Partial<RequestPayment> = {}): RequestPayment => ({
  _tag: "RequestPayment",
  id: "payment-1",
  merchantId: "merchant-1",
  amount: usd(1_000n),
  autoCapture: true,
  source: { type: "card", id: "card-1" },
  sourceStatus: "complete",
  card: { network: "VISA", last4: "4242", fundingType: "credit" },
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: { email: "payer@example.com", phoneNumber: null, sessionId: "session-1", ipAddress: "192.0.2.1" },
  terms: exampleTerms,
  attemptId: "authorize-1",
  gatewayKey: "key-authorize-1",
  authenticationKey: "key-authenticate-1",
  sendNow: true,
  nowMs: startMs,
  ...change
})

export const capturePayment = (change: Partial<CapturePayment> = {}): CapturePayment => ({
  _tag: "CapturePayment",
  amount: null,
  attemptId: "capture-1",
  gatewayKey: "key-capture-1",
  terms: exampleTerms,
  sendNow: true,
  nowMs: startMs,
  ...change
})

export const cancelPayment = (change: Partial<CancelPayment> = {}): CancelPayment => ({
  _tag: "CancelPayment",
  reversalId: "cancel-1",
  reason: null,
  attemptId: "void-1",
  gatewayKey: "key-void-1",
  sendNow: true,
  nowMs: startMs,
  ...change
})

/** A refund of USD 4.00. */
export const refundPayment = (change: Partial<RefundPayment> = {}): RefundPayment => ({
  _tag: "RefundPayment",
  reversalId: "refund-1",
  amount: usd(400n),
  reason: null,
  attemptId: "refund-attempt-1",
  gatewayKey: "key-refund-attempt-1",
  sendNow: true,
  nowMs: startMs,
  ...change
})

/** What the issuer's authentication service said; a pass plans `authorize-1`. */
export const recordAuthentication = (outcome: AuthenticationOutcome, nowMs = startMs): RecordAuthentication => ({
  _tag: "RecordAuthentication",
  outcome,
  attemptId: "authorize-1",
  gatewayKey: "key-authorize-1",
  nowMs
})

export const recordRisk = (
  evaluation: RiskEvaluation,
  attemptId: string | null = "authorize-1",
  nowMs = startMs
): PaymentCommand => ({ _tag: "RecordRisk", attemptId, evaluation, nowMs })

export const recordReply = (attemptId: string, reply: GatewayReply, nowMs = startMs): PaymentCommand => ({
  _tag: "RecordReply",
  attemptId,
  reply,
  terms: exampleTerms,
  nowMs
})

export const recordLookup = (attemptId: string, lookup: GatewayLookup, nowMs = startMs): PaymentCommand => ({
  _tag: "RecordLookup",
  attemptId,
  lookup,
  policy: examplePolicy,
  terms: exampleTerms,
  nowMs
})

export const recordReversal = (attemptId: string, reversal: GatewayReversal, nowMs = startMs): PaymentCommand => ({
  _tag: "RecordReversal",
  attemptId,
  reversal,
  policy: examplePolicy,
  nowMs
})

type Approved = Extract<GatewayVerdict, { readonly _tag: "Approved" }>
type Declined = Extract<GatewayVerdict, { readonly _tag: "Declined" }>

export const approved = (amount: Money = usd(1_000n), change: Partial<Approved> = {}): Approved => ({
  _tag: "Approved",
  reference: "reference-1",
  amount,
  avs: "Y",
  cvv: "not_requested",
  ...change
})

export const declined = (code = "payment_not_funded", change: Partial<Declined> = {}): Declined => ({
  _tag: "Declined",
  reference: null,
  code,
  avs: "Y",
  cvv: "not_requested",
  ...change
})

/** A capture of USD 10.00, as it is planned and sent at once. */
export const attemptPlan = (change: Partial<AttemptPlan> = {}): AttemptPlan => ({
  id: "capture-1",
  kind: "capture",
  gatewayKey: "key-capture-1",
  amount: usd(1_000n),
  needsCvv: false,
  plannedAtMs: startMs,
  startedAtMs: startMs,
  ...change
})

/** The event that an attempt's own event becomes on its payment. */
export const advanced = (
  attemptId: string,
  event: Extract<PaymentEvent, { readonly _tag: "AttemptAdvanced" }>["event"]
): PaymentEvent => ({ _tag: "AttemptAdvanced", attemptId, event, atMs: event.atMs })
