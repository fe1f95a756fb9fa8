/** A fee schedule as stored with a contract: the same tree, with every bigint as digits. */
import * as Schema from "effect/Schema"
import type { Currency } from "../money/currency.ts"
import { CurrencyCode, MoneyCodec, RationalCodec } from "../money/money.schema.ts"
import { type RoundingMode, roundingModes } from "../money/rounding.ts"
import type { CardTerms, Fee, FeeCondition, FeeSchedule, FeeTerms, FeeTier } from "./fee-schedule.ts"

/** A shape as JSON carries it: bigints are texts all the way down, and currencies are not known to be ones yet. */
type Stored<Shape> = Shape extends bigint | Currency
  ? string
  : Shape extends object
    ? { readonly [Field in keyof Shape]: Stored<Shape[Field]> }
    : Shape

export type FeeJson = Stored<Fee>
export type FeeScheduleJson = Stored<FeeSchedule>

const RoundingModeCodec: Schema.Codec<RoundingMode> = Schema.Literals(roundingModes)

const terms = { rate: RationalCodec, fixed: Schema.optionalKey(MoneyCodec) }

const FeeTermsCodec: Schema.Codec<FeeTerms, Stored<FeeTerms>> = Schema.Struct(terms)

const FeeTierCodec: Schema.Codec<FeeTier, Stored<FeeTier>> = Schema.Struct({
  ...terms,
  upTo: Schema.optionalKey(MoneyCodec)
})

const CardTermsCodec: Schema.Codec<CardTerms, Stored<CardTerms>> = Schema.Struct({
  ...terms,
  network: Schema.optionalKey(Schema.String),
  fundingType: Schema.optionalKey(Schema.String)
})

const FeeConditionCodec: Schema.Codec<FeeCondition, Stored<FeeCondition>> = Schema.Struct({
  method: Schema.optionalKey(Schema.String),
  currency: Schema.optionalKey(CurrencyCode),
  merchantId: Schema.optionalKey(Schema.String),
  network: Schema.optionalKey(Schema.String),
  fundingType: Schema.optionalKey(Schema.String)
})

/** Fees nest, so a fee is read through itself. */
const Nested: Schema.Codec<Fee, FeeJson> = Schema.suspend(() => FeeCodec)

export const FeeCodec: Schema.Codec<Fee, FeeJson> = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("fixed"), name: Schema.String, amount: MoneyCodec }),
  Schema.Struct({
    kind: Schema.Literal("percentage"),
    name: Schema.String,
    rate: RationalCodec,
    rounding: RoundingModeCodec
  }),
  Schema.Struct({
    kind: Schema.Literal("tiered"),
    name: Schema.String,
    mode: Schema.Literals(["volume", "graduated"]),
    basis: Schema.Literals(["payment", "volumeToDate"]),
    tiers: Schema.Array(FeeTierCodec),
    rounding: RoundingModeCodec
  }),
  Schema.Struct({
    kind: Schema.Literal("interchangePlusPlus"),
    name: Schema.String,
    interchange: Schema.Array(CardTermsCodec),
    scheme: Schema.Array(CardTermsCodec),
    markup: FeeTermsCodec,
    rounding: RoundingModeCodec
  }),
  Schema.Struct({
    kind: Schema.Literal("capped"),
    name: Schema.String,
    min: Schema.optionalKey(MoneyCodec),
    max: Schema.optionalKey(MoneyCodec),
    fee: Nested
  }),
  Schema.Struct({ kind: Schema.Literal("sum"), fees: Schema.Array(Nested) }),
  Schema.Struct({
    kind: Schema.Literal("select"),
    rules: Schema.Array(Schema.Struct({ when: FeeConditionCodec, fee: Nested })),
    otherwise: Nested
  })
])

export const FeeScheduleCodec: Schema.Codec<FeeSchedule, FeeScheduleJson> = Schema.Struct({
  fee: FeeCodec,
  onExcess: Schema.Literals(["limit", "allowNegativeNet"])
})
