/** A merchant and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { FeeScheduleCodec, type FeeScheduleJson } from "../fees/fee-schedule.schema.ts"
import { CurrencyCode, MoneyCodec, type MoneyJson, RationalCodec, type RationalJson } from "../money/money.schema.ts"
import type { Channel, Merchant, MerchantEvent, MerchantProfile, MerchantTerms } from "./merchant.ts"

export type MerchantTermsJson = Omit<
  MerchantTerms,
  "feeSchedule" | "minAmount" | "maxAmount" | "settlementCurrency" | "settlementRate"
> & {
  readonly feeSchedule: FeeScheduleJson
  readonly minAmount: MoneyJson
  readonly maxAmount: MoneyJson
  readonly settlementCurrency: string
  readonly settlementRate: RationalJson
}

export type MerchantJson = Omit<Merchant, "terms"> & { readonly terms: MerchantTermsJson }

type Stored<Event> = Event extends { readonly terms: MerchantTerms }
  ? Omit<Event, "terms"> & { readonly terms: MerchantTermsJson }
  : Event

export type MerchantEventJson = Stored<MerchantEvent>

const MerchantTermsCodec: Schema.Codec<MerchantTerms, MerchantTermsJson> = Schema.Struct({
  feeSchedule: FeeScheduleCodec,
  minAmount: MoneyCodec,
  maxAmount: MoneyCodec,
  partialCapture: Schema.Boolean,
  settlementCurrency: CurrencyCode,
  settlementRate: RationalCodec,
  settlementIntervalMs: Schema.Int
})

const ChannelCodec: Schema.Codec<Channel> = Schema.Struct({
  id: Schema.String,
  default: Schema.Boolean,
  cardDescriptor: Schema.String,
  achDescriptor: Schema.String
})

const MerchantProfileCodec: Schema.Codec<MerchantProfile> = Schema.Struct({
  displayName: Schema.NullOr(Schema.String),
  logoUrl: Schema.NullOr(Schema.String),
  colour: Schema.NullOr(Schema.String),
  returnOrigins: Schema.Array(Schema.String)
})

const identity = {
  id: Schema.String,
  name: Schema.String,
  walletId: Schema.String,
  channels: Schema.Array(ChannelCodec),
  terms: MerchantTermsCodec
}

export const MerchantCodec: Schema.Codec<Merchant, MerchantJson> = Schema.Struct({
  status: Schema.Literals(["none", "active", "suspended"]),
  ...identity,
  profile: MerchantProfileCodec,
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const MerchantEventCodec: Schema.Codec<MerchantEvent, MerchantEventJson> = Schema.TaggedUnion({
  MerchantRegistered: { ...identity, atMs: Schema.Int },
  TermsChanged: { terms: MerchantTermsCodec, atMs: Schema.Int },
  ProfileChanged: { profile: MerchantProfileCodec, atMs: Schema.Int },
  MerchantSuspended: { atMs: Schema.Int },
  MerchantReinstated: { atMs: Schema.Int }
})

/** Reads a stored merchant. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeMerchant: (json: unknown) => Merchant = Schema.decodeUnknownSync(MerchantCodec)

/** Reads a stored event of a merchant. Throws where the JSON is not one. */
export const decodeMerchantEvent: (json: unknown) => MerchantEvent = Schema.decodeUnknownSync(MerchantEventCodec)

/** A merchant is seldom written, so this goes through the schema. */
export const encodeMerchant: (merchant: Merchant) => MerchantJson = Schema.encodeSync(MerchantCodec)

export const encodeMerchantEvent: (event: MerchantEvent) => MerchantEventJson = Schema.encodeSync(MerchantEventCodec)
