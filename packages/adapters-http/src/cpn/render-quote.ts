/** Routes, quotes and requirements as the cross-border API shows them. */
import type { CrossBorderOverview, PaymentRequirements, PayoutRoute, Quote } from "@paykernel/core"
import { Money as MoneyRoom, Requirement } from "@paykernel/core/domain"
import { isoDate } from "../v1/iso-date.ts"
import type { QuoteBody, RequirementFieldBody, RequirementsSchemaBody, RouteBody } from "./quote.schema.ts"
import { renderAmount, renderCertificate, renderFees, renderSettlementTime } from "./render-parts.ts"

export const renderOverview = (overview: CrossBorderOverview) => ({
  sourceCurrencies: overview.sourceCurrencies,
  destinationCountries: overview.destinationCountries,
  destinationCurrencies: overview.destinationCurrencies,
  paymentMethodTypes: overview.paymentMethods,
  blockchains: overview.blockchains
})

export const renderRoute = (route: PayoutRoute): RouteBody => ({
  destinationCurrency: route.destinationCurrency,
  paymentMethodType: route.paymentMethod,
  blockchain: route.blockchain,
  fiatLimit: renderLimit(route.destinationLimit),
  cryptoLimit: renderLimit(route.sourceLimit)
})

const renderLimit = ({ min, max }: PayoutRoute["sourceLimit"]) => ({
  min: MoneyRoom.format(min),
  max: MoneyRoom.format(max),
  currency: min.currency
})

export const partyTypes = { business: "BUSINESS", individual: "INDIVIDUAL" } as const
export const transactionVersions = { 1: "VERSION_1", 2: "VERSION_2" } as const

export const renderQuote = (quote: Quote): QuoteBody => ({
  id: quote.id,
  paymentMethodType: quote.paymentMethod,
  blockchain: quote.blockchain,
  senderCountry: quote.senderCountry,
  destinationCountry: quote.destinationCountry,
  createDate: isoDate(quote.createdAtMs),
  quoteExpireDate: isoDate(quote.expiresAtMs),
  cryptoFundsSettlementExpireDate: isoDate(quote.fundsDueAtMs),
  sourceAmount: renderAmount(quote.source),
  destinationAmount: renderAmount(quote.destination),
  fiatSettlementTime: renderSettlementTime(quote.fiatSettlementTime),
  exchangeRate: {
    rate: renderRate(quote.rate),
    pair: `${quote.source.currency}/${quote.destination.currency}`
  },
  fees: renderFees(quote.fees),
  senderType: partyTypes[quote.senderType],
  recipientType: partyTypes[quote.recipientType],
  transactionVersion: transactionVersions[quote.transactionVersion],
  quoteOptions: { isFirstParty: quote.firstParty },
  certificate: renderCertificate(quote.certificate)
})

const rateDecimals = 12

/**
 * A rate as decimals: exact where twelve of them are enough, rounded down where not.
 *
 * @example
 * renderRate({ numerator: 341n, denominator: 20n }) // => "17.05"
 */
export const renderRate = ({ numerator, denominator }: Quote["rate"]): string => {
  const scaled = ((numerator * 10n ** BigInt(rateDecimals)) / denominator).toString().padStart(rateDecimals + 1, "0")
  const fraction = scaled.slice(-rateDecimals).replace(/0+$/u, "")
  return `${scaled.slice(0, -rateDecimals)}${fraction === "" ? "" : `.${fraction}`}`
}

type Fields = PaymentRequirements["travelRule"]

/** A list of fields, each under both names that are published for it. */
export const renderRequirements = ({ travelRule, beneficiaryAccount }: PaymentRequirements) => ({
  travelRule: travelRule.fields.map(renderField),
  beneficiaryAccount: beneficiaryAccount.fields.map(renderField)
})

const renderField = ({
  name,
  type,
  optional,
  description,
  values
}: Fields["fields"][number]): RequirementFieldBody => ({
  name,
  field: name,
  type: type === "address" ? "ADDRESS" : "TEXT",
  optional,
  description,
  ...(values === null ? {} : { values })
})

export const renderRequirementsV2 = ({ travelRule, beneficiaryAccount }: PaymentRequirements) => ({
  travelRule: renderSchema(travelRule),
  beneficiaryAccount: renderSchema(beneficiaryAccount)
})

export const renderSchema = (fields: Fields): RequirementsSchemaBody => ({
  version: fields.version,
  schema: Requirement.jsonSchemaOf(fields)
})
