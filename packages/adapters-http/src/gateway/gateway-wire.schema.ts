/**
 * Codecs of the messages of `gateway-wire.ts`. They are strict: a member that they do not know is refused, because what
 * it would have said of the money is not known either. A failure may quote what it failed on, so none is ever shown.
 */
import type { Attempt, Card, Payment } from "@paykernel/core/domain"
import { Payment as PaymentDomain } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type AuthenticationAnswer,
  type BankMessageWire,
  type CallWire,
  type CardWire,
  type GatewayAnswer,
  type GatewayDescription,
  type GatewayRequest,
  type LookupAnswer,
  type LookupWire,
  type MoneyWire,
  type ReplyWire,
  type ReversalAnswer,
  type SendAnswer,
  type VerdictWire,
  type VerificationAnswer,
  wireVersion
} from "./gateway-wire.ts"

const Version = Schema.Literal(wireVersion)
const OptionalText = Schema.NullOr(Schema.String)
const Milliseconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** Ids and keys as they may be looked for in a store: bounded, and of characters that can be printed. */
const Name = Schema.String.check(Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,255}$/u))

const EciCode: Schema.Codec<Payment.Eci> = Schema.Literals(["00", "01", "02", "05", "06", "07"])
const CvvCheck: Schema.Codec<Attempt.CvvResult> = Schema.Literals([
  "not_requested",
  "pass",
  "fail",
  "unavailable",
  "pending"
])

const Capabilities: Schema.Codec<Attempt.GatewayCapabilities> = Schema.Struct({
  idempotentByKey: Schema.Boolean,
  keyTtlMs: Milliseconds,
  lookupByKey: Schema.Boolean,
  lookupLagMs: Milliseconds,
  maxInFlightMs: Milliseconds,
  reverseByKey: Schema.Boolean,
  bankTransfers: Schema.optionalKey(Schema.Boolean)
})

const Amount: Schema.Codec<MoneyWire> = Schema.Struct({ amount: Schema.String, currency: Schema.String })

const Billing: Schema.Codec<Card.BillingDetails> = Schema.Struct({
  name: Schema.String,
  city: Schema.String,
  country: Schema.String,
  line1: Schema.String,
  line2: OptionalText,
  district: OptionalText,
  postalCode: Schema.String
})

const PresentedCard: Schema.Codec<CardWire> = Schema.Struct({
  number: Schema.String,
  cvv: OptionalText,
  expMonth: Schema.Int,
  expYear: Schema.Int,
  billingDetails: Billing
})

const Call: Schema.Codec<CallWire> = Schema.TaggedUnion({
  Send: {
    key: Name,
    kind: Schema.Literals(["authorize", "capture", "void", "refund"]),
    amount: Amount,
    merchantId: Name,
    paymentId: Name,
    authorizationKey: OptionalText,
    authorization: Schema.NullOr(
      Schema.Struct({
        card: PresentedCard,
        capture: Schema.Boolean,
        verificationMethod: Schema.Literals(["none", "cvv", "three_d_secure"]),
        eci: Schema.NullOr(EciCode)
      })
    ),
    transfer: Schema.optionalKey(Schema.Struct({ reference: Name }))
  },
  LookUp: { key: Name },
  Reverse: { key: Name },
  VerifyCard: { key: Name, merchantId: Name, card: PresentedCard },
  Authenticate: {
    key: Name,
    merchantId: Name,
    paymentId: Name,
    amount: Amount,
    card: PresentedCard,
    returnUrl: Schema.String
  }
})

const Request: Schema.Codec<GatewayRequest> = Schema.Struct({
  version: Version,
  sentAtMs: Milliseconds,
  timeoutMs: Milliseconds,
  assumes: Capabilities,
  call: Call
})

const Description: Schema.Codec<GatewayDescription> = Schema.Struct({
  version: Version,
  name: Name,
  capabilities: Capabilities
})

const checks = { avs: Schema.String, cvv: CvvCheck }
const why = { why: Schema.String }
const approved = { reference: Schema.NonEmptyString, amount: Amount, ...checks }
const declined = { reference: OptionalText, code: Schema.String, ...checks }

const Verdict: Schema.Codec<VerdictWire> = Schema.TaggedUnion({ Approved: approved, Declined: declined })
const Reply: Schema.Codec<ReplyWire> = Schema.TaggedUnion({
  Approved: approved,
  Declined: declined,
  Unknown: why,
  NotSent: why
})
const Lookup: Schema.Codec<LookupWire> = Schema.TaggedUnion({
  Found: { verdict: Verdict },
  AbsentFinal: {},
  AbsentYet: {},
  Pending: {},
  Unavailable: why
})
const Reversal: Schema.Codec<Attempt.GatewayReversal> = Schema.TaggedUnion({
  Reversed: {},
  NothingToReverse: {},
  ReversalUnknown: why
})

const CardVerification: Schema.Codec<Card.CardVerification> = Schema.Struct({
  error: Schema.NullOr(
    Schema.Literals([
      "verification_failed",
      "verification_fraud_detected",
      "verification_denied",
      "verification_not_supported_by_issuer",
      "verification_stopped_by_issuer",
      "card_failed",
      "card_invalid",
      "card_address_mismatch",
      "card_zip_mismatch",
      "card_cvv_invalid",
      "card_expired",
      "card_limit_violated",
      "card_not_honored",
      "card_cvv_required",
      "credit_card_not_allowed",
      "card_account_ineligible",
      "card_network_unsupported"
    ])
  ),
  ...checks,
  issuerCountry: OptionalText,
  fundingType: Schema.Literals(["credit", "debit", "prepaid", "unknown"])
})

const AuthenticationOutcome: Schema.Codec<Payment.AuthenticationOutcome> = Schema.TaggedUnion({
  AuthenticationPassed: { eci: EciCode },
  AuthenticationFailed: { code: Schema.Literals(PaymentDomain.paymentErrorCodes) },
  ChallengeIssued: { url: Schema.String },
  ChallengeOpen: {}
})

const echo = { version: Version, key: Schema.String }

const AnswerToSend: Schema.Codec<SendAnswer> = Schema.Struct({ ...echo, call: Schema.Literal("Send"), answer: Reply })
const AnswerToLookup: Schema.Codec<LookupAnswer> = Schema.Struct({
  ...echo,
  call: Schema.Literal("LookUp"),
  answer: Lookup
})
const AnswerToReverse: Schema.Codec<ReversalAnswer> = Schema.Struct({
  ...echo,
  call: Schema.Literal("Reverse"),
  answer: Reversal
})
const AnswerToVerifyCard: Schema.Codec<VerificationAnswer> = Schema.Struct({
  ...echo,
  call: Schema.Literal("VerifyCard"),
  answer: Schema.NullOr(CardVerification)
})
const AnswerToAuthenticate: Schema.Codec<AuthenticationAnswer> = Schema.Struct({
  ...echo,
  call: Schema.Literal("Authenticate"),
  answer: Schema.NullOr(AuthenticationOutcome)
})

const BankMessage: Schema.Codec<BankMessageWire> = Schema.Struct({
  version: Version,
  gatewayKey: Name,
  merchantId: Name,
  paymentId: Name,
  verdict: Verdict
})

/** The message that a text is, or nothing: why it is none would quote it. */
export type Decode<A> = (text: string) => A | undefined

const strictly = <A>(codec: Schema.Codec<A>): Decode<A> => {
  const decode = Schema.decodeUnknownResult(Schema.fromJsonString(codec), { onExcessProperty: "error" })
  return (text) => {
    const decoded = decode(text)
    return Result.isSuccess(decoded) ? decoded.success : undefined
  }
}

export const decodeRequest: Decode<GatewayRequest> = strictly(Request)
export const decodeDescription: Decode<GatewayDescription> = strictly(Description)
export const decodeSendAnswer: Decode<SendAnswer> = strictly(AnswerToSend)
export const decodeLookupAnswer: Decode<LookupAnswer> = strictly(AnswerToLookup)
export const decodeReversalAnswer: Decode<ReversalAnswer> = strictly(AnswerToReverse)
export const decodeVerificationAnswer: Decode<VerificationAnswer> = strictly(AnswerToVerifyCard)
export const decodeAuthenticationAnswer: Decode<AuthenticationAnswer> = strictly(AnswerToAuthenticate)
export const decodeBankMessage: Decode<BankMessageWire> = strictly(BankMessage)

/** Messages are plain data, and their types say all that a codec would. */
export const encodeMessage = (message: GatewayRequest | GatewayDescription | GatewayAnswer | BankMessageWire): string =>
  JSON.stringify(message)
