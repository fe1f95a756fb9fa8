/** A quote and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import type { Money, Rational } from "../money/index.ts"
import { MoneyCodec, type MoneyJson, RationalCodec, type RationalJson } from "../money/money.schema.ts"
import type {
  EncryptionCertificate,
  FiatSettlementTime,
  PartyType,
  Quote,
  QuoteEvent,
  QuoteFees,
  QuoteStatus,
  QuoteTerms
} from "./quote.ts"

/** The same shape with every amount and rate as texts. */
export type AsStored<Shape> = Shape extends Money
  ? MoneyJson
  : Shape extends Rational
    ? RationalJson
    : Shape extends ReadonlyArray<infer Item>
      ? ReadonlyArray<AsStored<Item>>
      : Shape extends object
        ? { readonly [Field in keyof Shape]: AsStored<Shape[Field]> }
        : Shape

export type QuoteJson = AsStored<Quote>
export type QuoteEventJson = AsStored<QuoteEvent>

const QuoteStatusCodec: Schema.Codec<QuoteStatus> = Schema.Literals(["none", "open", "used"])

export const PartyTypeCodec: Schema.Codec<PartyType> = Schema.Literals(["business", "individual"])

export const QuoteFeesCodec: Schema.Codec<QuoteFees, AsStored<QuoteFees>> = Schema.Struct({
  breakdown: Schema.Array(
    Schema.Struct({
      type: Schema.Literals(["tax", "payout_institution", "network_service", "blockchain_gas"]),
      amount: MoneyCodec
    })
  ),
  total: MoneyCodec
})

export const FiatSettlementTimeCodec: Schema.Codec<FiatSettlementTime> = Schema.Struct({
  min: Schema.Int,
  max: Schema.Int,
  unit: Schema.Literals(["minutes", "hours", "days", "weeks"])
})

export const EncryptionCertificateCodec: Schema.Codec<EncryptionCertificate> = Schema.Struct({
  id: Schema.String,
  domain: Schema.String,
  certificatePem: Schema.String,
  jwk: Schema.Struct({
    kty: Schema.Literal("EC"),
    crv: Schema.Literal("P-256"),
    kid: Schema.String,
    x: Schema.String,
    y: Schema.String
  })
})

const terms = {
  fixedSide: Schema.Literals(["source", "destination"]),
  source: MoneyCodec,
  destination: MoneyCodec,
  rate: RationalCodec,
  fees: QuoteFeesCodec,
  paymentMethod: Schema.String,
  blockchain: Schema.String,
  senderCountry: Schema.String,
  destinationCountry: Schema.String,
  senderType: PartyTypeCodec,
  recipientType: PartyTypeCodec,
  firstParty: Schema.Boolean,
  transactionVersion: Schema.Literals([1, 2]),
  fiatSettlementTime: FiatSettlementTimeCodec,
  certificate: EncryptionCertificateCodec,
  expiresAtMs: Schema.Int,
  fundsDueAtMs: Schema.Int
}

export const QuoteTermsCodec: Schema.Codec<QuoteTerms, AsStored<QuoteTerms>> = Schema.Struct(terms)

export const QuoteCodec: Schema.Codec<Quote, QuoteJson> = Schema.Struct({
  ...terms,
  status: QuoteStatusCodec,
  id: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.NullOr(Schema.String),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const QuoteEventCodec: Schema.Codec<QuoteEvent, QuoteEventJson> = Schema.TaggedUnion({
  QuoteIssued: { id: Schema.String, merchantId: Schema.String, terms: QuoteTermsCodec, atMs: Schema.Int },
  QuoteUsed: { paymentId: Schema.String, atMs: Schema.Int },
  QuoteReleased: { paymentId: Schema.String, atMs: Schema.Int }
})

/** Reads a stored quote. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeQuote: (json: unknown) => Quote = Schema.decodeUnknownSync(QuoteCodec)

/** Reads a stored event of a quote. Throws where the JSON is not one. */
export const decodeQuoteEvent: (json: unknown) => QuoteEvent = Schema.decodeUnknownSync(QuoteEventCodec)

export const encodeQuote: (quote: Quote) => QuoteJson = Schema.encodeSync(QuoteCodec)

export const encodeQuoteEvent: (event: QuoteEvent) => QuoteEventJson = Schema.encodeSync(QuoteEventCodec)
