/** The fields that requests about cross-border payments are made of, each with its limits. */
import * as Schema from "effect/Schema"
import { rule } from "../fields/field-rule.ts"
import { matching, oneOf, text, whole } from "../fields/field-shapes.ts"

export const blockchains = ["SOL", "MATIC", "ETH", "SOL-DEVNET", "MATIC-AMOY", "ETH-SEPOLIA"] as const
export const fiatCurrencies = ["BRL", "CNY", "COP", "EUR", "GBP", "HKD", "INR", "MXN", "NGN", "USD"] as const

const paymentMethodTypes = [
  "AANI",
  "ACH-BANK-TRANSFER",
  "BANK-TRANSFER",
  "CHATS",
  "CIPS",
  "FAST",
  "FEDWIRE",
  "FPS",
  "FTS",
  "IMPS",
  "INSTA-PAY",
  "NEFT",
  "NEQUI",
  "PESONET",
  "PIX",
  "RTGS",
  "SEPA",
  "SPEI",
  "WIRE"
] as const

export const Blockchain = oneOf(blockchains).annotate({ identifier: "CrossBorderBlockchain" })
export const PaymentMethodType = oneOf(paymentMethodTypes).annotate({
  identifier: "PaymentMethodType",
  description: "Any that leads there if absent."
})
export const FiatCurrency = oneOf(fiatCurrencies).annotate({ identifier: "FiatCurrency" })
export const SourceCurrency = oneOf(["USDC"])
export const TransactionVersion = oneOf(["VERSION_1", "VERSION_2"])
export const PartyType = oneOf(["BUSINESS", "INDIVIDUAL"])
export const UseCase = oneOf(["B2B", "B2C", "C2C", "C2B"])

export const CountryCode = Schema.String.check(matching(/^[A-Z]{2}$/u)).annotate({
  description: "ISO 3166-1 alpha-2.",
  examples: ["MX"]
})

export const ReasonForPayment = Schema.String.check(matching(/^PMT[0-9]{3}$/u)).annotate({
  description: "`PMT001` to `PMT030`.",
  examples: ["PMT001"]
})

/** Thirteen digits, and the six decimals of USDC; a currency with fewer is held to its own. */
const decimalPattern = /^-?(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,6})?$/u

export const DecimalAmount = Schema.String.check(
  Schema.isPattern(
    decimalPattern,
    rule({
      error: "number_format",
      says: "numeric value out of bounds (<13 digits>.<6 digits> expected)",
      constraints: { "max-integral-digits": 13, "max-fractional-digits": 6 }
    })
  )
).annotate({ description: "In units of the currency, with `.` before the decimals.", examples: ["100.00"] })

/** As long as the longest address of a chain, and half as long again. */
export const WalletAddress = text(1, 96).annotate({
  description: "On the chain of the payment.",
  examples: ["0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c"]
})

export const ReferenceId = text(1, 255)

/** Two of them fit a body. */
export const jweLengthMax = 24_576

/** Held against the shape and the algorithms of the API by itself, since those have error codes of their own. */
export const Jwe = text(1, jweLengthMax).annotate({
  description: "JWE in compact form (RFC 7516) for the certificate that was shown: `ECDH-ES+A128KW`, `A128GCM`."
})

export const RequirementsVersion = whole(1, 1_000_000).annotate({
  description: "Of the requirements that the data was written by."
})

export const EncryptionCertificate = Schema.Struct({
  id: Schema.String.annotate({ format: "uuid" }),
  certPem: Schema.String.annotate({ description: "Base64 of the certificate in PEM." }),
  domain: Schema.String.annotate({ description: "The common name in the certificate." }),
  jwk: Schema.Struct({
    kty: Schema.Literals(["EC"]),
    crv: Schema.Literals(["P-256"]),
    kid: Schema.String,
    x: Schema.String,
    y: Schema.String
  })
}).annotate({
  identifier: "EncryptionCertificate",
  description: "What data about the parties is encrypted for."
})

export const SettlementTime = Schema.Struct({
  min: Schema.String,
  max: Schema.String,
  unit: Schema.Literals(["MINUTES", "HOURS", "DAYS", "WEEKS"])
}).annotate({ identifier: "FiatSettlementTime" })

export const Amount = Schema.Struct({ amount: Schema.String, currency: Schema.String }).annotate({
  identifier: "CrossBorderAmount",
  description: "With all the decimals of the currency: six of USDC."
})

export const Fees = Schema.Struct({
  totalAmount: Amount,
  breakdown: Schema.Array(
    Schema.Struct({
      type: Schema.Literals(["TAX_FEE", "BFI_TRANSACTION_FEE", "CIRCLE_SERVICE_FEE", "BLOCKCHAIN_GAS_FEE"]),
      amount: Amount
    })
  )
}).annotate({ identifier: "CrossBorderFees" })

export type AmountBody = typeof Amount.Type
export type FeesBody = typeof Fees.Type
export type CertificateBody = typeof EncryptionCertificate.Type
export type SettlementTimeBody = typeof SettlementTime.Type
