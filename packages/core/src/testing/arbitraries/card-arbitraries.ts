import * as fc from "fast-check"
import type {
  BillingDetails,
  Card,
  CardCommand,
  CardErrorCode,
  CardEvent,
  CardHolder,
  CardNetwork,
  CardStatus,
  FundingType
} from "../../card/card.ts"
import type { RiskEvaluation } from "../../payment/payment.ts"
import { everyCvvResult } from "../every-word.ts"
import { anyEmail, anyId, anyIpAddress, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

export const anyCvvResult = fc.constantFrom(...everyCvvResult)

export const anyAvs: fc.Arbitrary<string> = fc.constantFrom("pending", "not_requested", "Y", "N", "A", "-")
export const anyNetwork = anyOf<CardNetwork>({ VISA: true, MASTERCARD: true, AMEX: true, UNKNOWN: true })
export const anyFundingType = anyOf<FundingType>({ credit: true, debit: true, prepaid: true, unknown: true })

export const anyRiskEvaluation: fc.Arbitrary<RiskEvaluation> = fc.record({
  decision: anyOf<RiskEvaluation["decision"]>({ approved: true, denied: true, review: true }),
  reason: fc.constantFrom("3000", "3001", "3300", "3551")
})

const anyCardErrorCode = anyOf<CardErrorCode>({
  verification_failed: true,
  verification_fraud_detected: true,
  verification_denied: true,
  verification_not_supported_by_issuer: true,
  verification_stopped_by_issuer: true,
  card_failed: true,
  card_invalid: true,
  card_address_mismatch: true,
  card_zip_mismatch: true,
  card_cvv_invalid: true,
  card_expired: true,
  card_limit_violated: true,
  card_not_honored: true,
  card_cvv_required: true,
  credit_card_not_allowed: true,
  card_account_ineligible: true,
  card_network_unsupported: true
})

export const anyPayer: fc.Arbitrary<CardHolder> = fc.record({
  email: anyEmail,
  phoneNumber: orNull(fc.constant("+15551234567")),
  sessionId: anyText,
  ipAddress: anyIpAddress
})

const anyBillingDetails: fc.Arbitrary<BillingDetails> = fc.record({
  name: anyText,
  city: anyText,
  country: fc.constantFrom("US", "CA", "GB", "DE"),
  line1: anyText,
  line2: orNull(anyText),
  district: orNull(fc.constantFrom("CA", "NY")),
  postalCode: anyText
})

const identity = {
  id: anyId,
  merchantId: anyId,
  billingDetails: anyBillingDetails,
  expMonth: fc.integer({ min: 1, max: 12 }),
  expYear: fc.integer({ min: 2020, max: 2060 }),
  network: anyNetwork,
  last4: fc.stringMatching(/^[0-9]{4}$/u),
  bin: fc.stringMatching(/^[0-9]{6}$/u),
  fingerprint: anyId,
  holder: anyPayer
}

/** A card in any state, whether or not a history leads to it. */
export const anyCard: fc.Arbitrary<Card> = fc.record({
  ...identity,
  status: anyOf<CardStatus>({ none: true, pending: true, complete: true, failed: true, presented: true }),
  issuerCountry: orNull(fc.constantFrom("US", "FR")),
  fundingType: anyFundingType,
  errorCode: orNull(anyCardErrorCode),
  avs: anyAvs,
  cvv: anyCvvResult,
  risk: orNull(anyRiskEvaluation),
  round: fc.nat({ max: 5 }),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyCardEvent: fc.Arbitrary<CardEvent> = fc.oneof(
  fc.record({
    _tag: fc.constantFrom("CardSubmitted" as const, "CardPresented" as const),
    ...identity,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constant("CardUpdated" as const),
    billingDetails: anyBillingDetails,
    email: anyEmail,
    expMonth: identity.expMonth,
    expYear: identity.expYear,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constant("CardVerified" as const),
    avs: anyAvs,
    cvv: anyCvvResult,
    issuerCountry: orNull(fc.constantFrom("US", "FR")),
    fundingType: anyFundingType,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constant("CardRefused" as const),
    code: anyCardErrorCode,
    avs: anyAvs,
    cvv: anyCvvResult,
    risk: orNull(anyRiskEvaluation),
    atMs: anyTimeMs
  })
)

/** Near the year 2030, when some of the cards are over. */
const nowMs = fc.integer({ min: Date.UTC(2029, 0), max: Date.UTC(2031, 0) })

/** Low enough to be the one under way. */
const round = fc.integer({ min: 1, max: 3 })

/** What an issuer or a risk service may say of a verification. */
export const anyCardAnswer: fc.Arbitrary<Extract<CardCommand, { readonly round: number }>> = fc.oneof(
  fc.record({
    _tag: fc.constant("RecordVerification" as const),
    round,
    outcome: fc.record({
      error: fc.option(anyCardErrorCode, { nil: null, freq: 1 }),
      avs: anyAvs,
      cvv: anyCvvResult,
      issuerCountry: orNull(fc.constant("US")),
      fundingType: anyFundingType
    }),
    nowMs
  }),
  fc.record({ _tag: fc.constant("DenyCard" as const), round, risk: anyRiskEvaluation, nowMs })
)

export const anyCardCommand: fc.Arbitrary<CardCommand> = fc.oneof(
  { arbitrary: fc.record({ _tag: fc.constant("SubmitCard" as const), ...identity, nowMs }), weight: 2 },
  fc.record({ _tag: fc.constant("PresentCard" as const), ...identity, nowMs }),
  fc.record({
    _tag: fc.constant("UpdateCard" as const),
    billing: fc.record({ city: anyText, line2: orNull(anyText) }, { requiredKeys: [] }),
    email: orNull(anyEmail),
    expMonth: orNull(fc.integer({ min: 0, max: 13 })),
    expYear: orNull(identity.expYear),
    nowMs
  }),
  { arbitrary: anyCardAnswer, weight: 2 }
)
