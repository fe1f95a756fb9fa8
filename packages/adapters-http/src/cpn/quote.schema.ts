/** Routes, quotes and what has to be told with a payment, on the wire. */
import * as Schema from "effect/Schema"
import { UtcTimestamp } from "../v1/card.schema.ts"
import { Uuid } from "../v1/field.schema.ts"
import {
  Amount,
  Blockchain,
  CountryCode,
  DecimalAmount,
  EncryptionCertificate,
  Fees,
  FiatCurrency,
  PartyType,
  PaymentMethodType,
  SettlementTime,
  SourceCurrency,
  TransactionVersion
} from "./field.schema.ts"

const Texts = Schema.Array(Schema.String)

export const ConfigurationOverview = Schema.Struct({
  sourceCurrencies: Texts,
  destinationCountries: Texts,
  destinationCurrencies: Texts,
  paymentMethodTypes: Texts,
  blockchains: Texts
}).annotate({ identifier: "ConfigurationOverview" })

export const routesQuery = {
  sourceCurrency: SourceCurrency,
  destinationCountry: CountryCode,
  destinationCurrency: Schema.optionalKey(FiatCurrency),
  paymentMethodType: Schema.optionalKey(PaymentMethodType),
  blockchain: Schema.optionalKey(Blockchain),
  transactionVersion: Schema.optionalKey(TransactionVersion)
}

const Limit = Schema.Struct({ min: Schema.String, max: Schema.String, currency: Schema.String }).annotate({
  identifier: "RouteLimit",
  description: "Of one payment, both ends included."
})

export const Route = Schema.Struct({
  destinationCurrency: Schema.String,
  paymentMethodType: Schema.String,
  blockchain: Schema.String,
  fiatLimit: Limit,
  cryptoLimit: Limit
}).annotate({ identifier: "CrossBorderRoute" })

const QuoteOptions = Schema.Struct({
  isFirstParty: Schema.Boolean.annotate({ description: "The sender pays an account of its own." })
}).annotate({ identifier: "QuoteOptions" })

export const QuoteRequest = Schema.Struct({
  paymentMethodType: Schema.optionalKey(PaymentMethodType),
  senderCountry: CountryCode,
  sourceAmount: Schema.Struct({ amount: Schema.optionalKey(DecimalAmount), currency: SourceCurrency }),
  destinationCountry: CountryCode,
  destinationAmount: Schema.Struct({ amount: Schema.optionalKey(DecimalAmount), currency: FiatCurrency }).annotate({
    description: "One of both amounts has a number, and is fixed by that; the other one follows."
  }),
  blockchain: Blockchain,
  senderType: PartyType,
  recipientType: PartyType,
  quoteOptions: Schema.optionalKey(QuoteOptions),
  transactionVersion: Schema.optionalKey(TransactionVersion.annotate({ description: "`VERSION_1` if absent." }))
}).annotate({ identifier: "QuoteRequest" })

export const Quote = Schema.Struct({
  id: Schema.String.annotate({ format: "uuid" }),
  paymentMethodType: Schema.String,
  blockchain: Schema.String,
  senderCountry: Schema.String,
  destinationCountry: Schema.String,
  createDate: UtcTimestamp,
  quoteExpireDate: UtcTimestamp,
  cryptoFundsSettlementExpireDate: UtcTimestamp,
  sourceAmount: Amount,
  destinationAmount: Amount,
  fiatSettlementTime: SettlementTime,
  exchangeRate: Schema.Struct({
    rate: Schema.String.annotate({ description: "Of what is left of the source after fees." }),
    pair: Schema.String.annotate({ examples: ["USDC/MXN"] })
  }),
  fees: Fees,
  senderType: PartyType,
  recipientType: PartyType,
  transactionVersion: TransactionVersion,
  quoteOptions: QuoteOptions,
  certificate: EncryptionCertificate
}).annotate({ identifier: "CrossBorderQuote" })

export const requirementsQuery = { quoteId: Uuid }

const RequirementField = Schema.Struct({
  name: Schema.String,
  field: Schema.String.annotate({ description: "The same as `name`." }),
  type: Schema.Literals(["TEXT", "ADDRESS"]),
  optional: Schema.Boolean,
  description: Schema.String,
  values: Schema.optionalKey(Texts.annotate({ description: "The only ones that are taken." }))
}).annotate({ identifier: "RequirementField" })

export const Requirements = Schema.Struct({
  travelRule: Schema.Array(RequirementField),
  beneficiaryAccount: Schema.Array(RequirementField)
}).annotate({ identifier: "PaymentRequirements" })

/** Plain JSON, whatever its keywords. */
export const RequirementsSchema = Schema.Struct({
  version: Schema.Int,
  schema: Schema.Json.annotate({ description: "JSON Schema, draft 2020-12, of the data keyed by the names of fields." })
}).annotate({ identifier: "RequirementsSchema" })

export const RequirementsV2 = Schema.Struct({
  travelRule: RequirementsSchema,
  beneficiaryAccount: RequirementsSchema
}).annotate({ identifier: "PaymentRequirementsV2" })

export type QuoteRequest = typeof QuoteRequest.Type
export type QuoteBody = typeof Quote.Type
export type RouteBody = typeof Route.Type
export type RequirementFieldBody = typeof RequirementField.Type
export type RequirementsSchemaBody = typeof RequirementsSchema.Type
