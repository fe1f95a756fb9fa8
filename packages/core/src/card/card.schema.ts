/**
 * A saved card and its events as stored. Writing lists each field by hand: a card number that a caller had at hand
 * beside them can never slip into the store.
 */
import * as Schema from "effect/Schema"
import { CvvResultCodec } from "../attempt/attempt.schema.ts"
import { RiskEvaluationCodec } from "../payment/payment.schema.ts"
import type {
  BillingDetails,
  Card,
  CardErrorCode,
  CardEvent,
  CardHolder,
  CardNetwork,
  CardStatus,
  FundingType
} from "./card.ts"

const CardStatusCodec: Schema.Codec<CardStatus> = Schema.Literals([
  "none",
  "pending",
  "complete",
  "failed",
  "presented"
])
const CardNetworkCodec: Schema.Codec<CardNetwork> = Schema.Literals(["VISA", "MASTERCARD", "AMEX", "UNKNOWN"])
const FundingTypeCodec: Schema.Codec<FundingType> = Schema.Literals(["credit", "debit", "prepaid", "unknown"])

const CardErrorCodeCodec: Schema.Codec<CardErrorCode> = Schema.Literals([
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

const BillingDetailsCodec: Schema.Codec<BillingDetails> = Schema.Struct({
  name: Schema.String,
  city: Schema.String,
  country: Schema.String,
  line1: Schema.String,
  line2: Schema.NullOr(Schema.String),
  district: Schema.NullOr(Schema.String),
  postalCode: Schema.String
})

const CardHolderCodec: Schema.Codec<CardHolder> = Schema.Struct({
  email: Schema.String,
  phoneNumber: Schema.NullOr(Schema.String),
  sessionId: Schema.String,
  ipAddress: Schema.String
})

export const CardCodec: Schema.Codec<Card> = Schema.Struct({
  status: CardStatusCodec,
  id: Schema.String,
  merchantId: Schema.String,
  billingDetails: BillingDetailsCodec,
  expMonth: Schema.Int,
  expYear: Schema.Int,
  network: CardNetworkCodec,
  last4: Schema.String,
  bin: Schema.String,
  issuerCountry: Schema.NullOr(Schema.String),
  fundingType: FundingTypeCodec,
  fingerprint: Schema.String,
  errorCode: Schema.NullOr(CardErrorCodeCodec),
  avs: Schema.String,
  cvv: CvvResultCodec,
  risk: Schema.NullOr(RiskEvaluationCodec),
  holder: CardHolderCodec,
  round: Schema.Int,
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const submitted = {
  id: Schema.String,
  merchantId: Schema.String,
  billingDetails: BillingDetailsCodec,
  expMonth: Schema.Int,
  expYear: Schema.Int,
  network: CardNetworkCodec,
  last4: Schema.String,
  bin: Schema.String,
  fingerprint: Schema.String,
  holder: CardHolderCodec,
  atMs: Schema.Int
}

export const CardEventCodec: Schema.Codec<CardEvent> = Schema.TaggedUnion({
  CardSubmitted: submitted,
  CardPresented: submitted,
  CardUpdated: {
    billingDetails: BillingDetailsCodec,
    email: Schema.String,
    expMonth: Schema.Int,
    expYear: Schema.Int,
    atMs: Schema.Int
  },
  CardVerified: {
    avs: Schema.String,
    cvv: CvvResultCodec,
    issuerCountry: Schema.NullOr(Schema.String),
    fundingType: FundingTypeCodec,
    atMs: Schema.Int
  },
  CardRefused: {
    code: CardErrorCodeCodec,
    avs: Schema.String,
    cvv: CvvResultCodec,
    risk: Schema.NullOr(RiskEvaluationCodec),
    atMs: Schema.Int
  }
})

/** Reads a stored card. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeCard: (json: unknown) => Card = Schema.decodeUnknownSync(CardCodec)

/** Reads a stored event of a card. Throws where the JSON is not one. */
export const decodeCardEvent: (json: unknown) => CardEvent = Schema.decodeUnknownSync(CardEventCodec)

export const encodeCard = (card: Card): Card => ({
  status: card.status,
  id: card.id,
  merchantId: card.merchantId,
  billingDetails: encodeBilling(card.billingDetails),
  expMonth: card.expMonth,
  expYear: card.expYear,
  network: card.network,
  last4: card.last4,
  bin: card.bin,
  issuerCountry: card.issuerCountry,
  fundingType: card.fundingType,
  fingerprint: card.fingerprint,
  errorCode: card.errorCode,
  avs: card.avs,
  cvv: card.cvv,
  risk: card.risk,
  holder: encodeHolder(card.holder),
  round: card.round,
  createdAtMs: card.createdAtMs,
  updatedAtMs: card.updatedAtMs
})

export const encodeCardEvent = (event: CardEvent): CardEvent => {
  switch (event._tag) {
    case "CardSubmitted":
    case "CardPresented":
      return {
        _tag: event._tag,
        id: event.id,
        merchantId: event.merchantId,
        billingDetails: encodeBilling(event.billingDetails),
        expMonth: event.expMonth,
        expYear: event.expYear,
        network: event.network,
        last4: event.last4,
        bin: event.bin,
        fingerprint: event.fingerprint,
        holder: encodeHolder(event.holder),
        atMs: event.atMs
      }
    case "CardUpdated":
      return {
        _tag: event._tag,
        billingDetails: encodeBilling(event.billingDetails),
        email: event.email,
        expMonth: event.expMonth,
        expYear: event.expYear,
        atMs: event.atMs
      }
    case "CardVerified":
    case "CardRefused":
      return event
  }
}

const encodeBilling = (details: BillingDetails): BillingDetails => ({
  name: details.name,
  city: details.city,
  country: details.country,
  line1: details.line1,
  line2: details.line2,
  district: details.district,
  postalCode: details.postalCode
})

const encodeHolder = (holder: CardHolder): CardHolder => ({
  email: holder.email,
  phoneNumber: holder.phoneNumber,
  sessionId: holder.sessionId,
  ipAddress: holder.ipAddress
})
