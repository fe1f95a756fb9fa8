/** The events of a payment as stored. */
import * as Schema from "effect/Schema"
import {
  AttemptEventCodec,
  AttemptPlanCodec,
  type AttemptPlanJson,
  CvvResultCodec,
  encodeAttemptPlan
} from "../attempt/attempt.schema.ts"
import { encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import {
  CardOnPaymentCodec,
  EciCodec,
  PayerCodec,
  PaymentErrorCodeCodec,
  ReversalReasonCodec,
  RiskEvaluationCodec,
  SourceCodec,
  VerificationMethodCodec
} from "./payment.schema.ts"
import type { PaymentEvent, PaymentRequested } from "./payment.ts"

type Stored<Event> = Event extends PaymentEvent
  ? {
      readonly [Field in keyof Event]: Field extends "amount" | "fees"
        ? MoneyJson
        : Field extends "plan"
          ? AttemptPlanJson | Extract<Event[Field], null>
          : Event[Field]
    }
  : never

export type PaymentEventJson = Stored<PaymentEvent>

export const PaymentEventCodec: Schema.Codec<PaymentEvent, PaymentEventJson> = Schema.TaggedUnion({
  PaymentRequested: {
    id: Schema.String,
    merchantId: Schema.String,
    amount: MoneyCodec,
    autoCapture: Schema.Boolean,
    source: SourceCodec,
    card: CardOnPaymentCodec,
    verificationMethod: VerificationMethodCodec,
    successUrl: Schema.NullOr(Schema.String),
    failureUrl: Schema.NullOr(Schema.String),
    description: Schema.NullOr(Schema.String),
    channel: Schema.NullOr(Schema.String),
    payer: PayerCodec,
    plan: Schema.NullOr(AttemptPlanCodec),
    authenticationKey: Schema.NullOr(Schema.String),
    atMs: Schema.Int
  },
  ChallengeIssued: { url: Schema.String, expiresAtMs: Schema.Int, atMs: Schema.Int },
  AuthenticationPassed: { eci: EciCodec, atMs: Schema.Int },
  AttemptPlanned: { plan: AttemptPlanCodec, atMs: Schema.Int },
  AttemptAdvanced: { attemptId: Schema.String, event: AttemptEventCodec, atMs: Schema.Int },
  PaymentAuthorized: {
    amount: MoneyCodec,
    avs: Schema.String,
    cvv: CvvResultCodec,
    expiresAtMs: Schema.Int,
    atMs: Schema.Int
  },
  CaptureRequested: { plan: AttemptPlanCodec, atMs: Schema.Int },
  PaymentCaptured: { amount: MoneyCodec, fees: MoneyCodec, atMs: Schema.Int },
  CaptureFailed: { code: PaymentErrorCodeCodec, atMs: Schema.Int },
  PaymentFailed: {
    code: PaymentErrorCodeCodec,
    risk: Schema.NullOr(RiskEvaluationCodec),
    avs: Schema.NullOr(Schema.String),
    cvv: Schema.NullOr(CvvResultCodec),
    atMs: Schema.Int
  },
  CancelRequested: {
    reversalId: Schema.String,
    reason: Schema.NullOr(ReversalReasonCodec),
    amount: MoneyCodec,
    plan: Schema.NullOr(AttemptPlanCodec),
    atMs: Schema.Int
  },
  PaymentVoided: { reversalId: Schema.String, atMs: Schema.Int },
  PaymentCancelled: { reversalId: Schema.String, atMs: Schema.Int },
  CancelFailed: { reversalId: Schema.String, code: PaymentErrorCodeCodec, atMs: Schema.Int },
  AuthorizationExpired: { atMs: Schema.Int },
  RefundRequested: {
    reversalId: Schema.String,
    type: Schema.Literals(["refund", "cancel"]),
    amount: MoneyCodec,
    reason: Schema.NullOr(ReversalReasonCodec),
    plan: AttemptPlanCodec,
    atMs: Schema.Int
  },
  RefundSucceeded: { reversalId: Schema.String, atMs: Schema.Int },
  RefundFailed: { reversalId: Schema.String, code: PaymentErrorCodeCodec, atMs: Schema.Int },
  PaymentSettled: { settlementId: Schema.String, atMs: Schema.Int },
  ReversalSettled: { reversalId: Schema.String, settlementId: Schema.String, atMs: Schema.Int }
})

/** Reads a stored event of a payment. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodePaymentEvent: (json: unknown) => PaymentEvent = Schema.decodeUnknownSync(PaymentEventCodec)

export const encodePaymentEvent = (event: PaymentEvent): PaymentEventJson => {
  switch (event._tag) {
    case "PaymentRequested":
      return encodeRequested(event)
    case "AttemptPlanned":
    case "CaptureRequested":
      return { ...event, plan: encodeAttemptPlan(event.plan) }
    case "PaymentAuthorized":
      return { ...event, amount: encodeMoney(event.amount) }
    case "PaymentCaptured":
      return { ...event, amount: encodeMoney(event.amount), fees: encodeMoney(event.fees) }
    case "CancelRequested": {
      const plan = event.plan === null ? null : encodeAttemptPlan(event.plan)
      return { ...event, amount: encodeMoney(event.amount), plan }
    }
    case "RefundRequested":
      return { ...event, amount: encodeMoney(event.amount), plan: encodeAttemptPlan(event.plan) }
    default:
      return event
  }
}

/** Lists each field, so that nothing a caller had at hand beside them is carried into the store. */
const encodeRequested = (event: PaymentRequested): Stored<PaymentRequested> => ({
  _tag: event._tag,
  id: event.id,
  merchantId: event.merchantId,
  amount: encodeMoney(event.amount),
  autoCapture: event.autoCapture,
  source: event.source,
  card: event.card,
  verificationMethod: event.verificationMethod,
  successUrl: event.successUrl,
  failureUrl: event.failureUrl,
  description: event.description,
  channel: event.channel,
  payer: event.payer,
  plan: event.plan === null ? null : encodeAttemptPlan(event.plan),
  authenticationKey: event.authenticationKey,
  atMs: event.atMs
})
