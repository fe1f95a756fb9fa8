/** The fields that requests of `/api` are made of, each with its limits and the words in which it is refused. */
import * as Schema from "effect/Schema"
import { countries } from "../fields/countries.ts"
import { rule } from "../fields/field-rule.ts"
import { matching, oneOf, text, whole } from "../fields/field-shapes.ts"
import { addressLengthMax } from "../fields/web-address.ts"
import { metadataFault } from "./metadata.ts"

/** Fifteen digits are more than any card carries, and every parser of JSON reads them as they stand. */
export const Amount = whole(1, 999_999_999_999_999).annotate({
  description: "In minor units of the currency, such as cents: 1000 is $10.00.",
  examples: [1000]
})

export const Currency = Schema.String.check(matching(/^[A-Z]{3}$/u)).annotate({
  description: "ISO 4217, in capitals.",
  examples: ["USD"]
})

export const PaymentMethod = oneOf(["card", "bank_transfer", "apple_pay", "google_pay"]).annotate({
  description:
    "`card` needs the card's fields, a wallet its `token`; a bank transfer is pending until the bank has the money."
})

export const CardNumber = text(1, 64).annotate({ description: "12 to 19 digits.", examples: ["4242424242424242"] })
export const CardCvv = text(1, 16).annotate({ description: "Three or four digits.", examples: ["123"] })

/** The API's own examples send texts; numbers are what others send. */
const digitsOrWhole = (pattern: RegExp, min: number, max: number, says: string) =>
  Schema.Union([Schema.String.check(matching(pattern)), whole(min, max)]).annotate(
    rule({ error: "invalid_value", says })
  )

export const ExpiryMonth = digitsOrWhole(/^(?:0?[1-9]|1[0-2])$/u, 1, 12, "must be a month from 1 to 12").annotate({
  description: "1 to 12, as a text or a number."
})
export const ExpiryYear = digitsOrWhole(/^[0-9]{4}$/u, 1000, 9999, "must be a year of four digits").annotate({
  description: "Four digits, as a text or a number."
})

export const WalletToken = text(1, 8192).annotate({ description: "The wallet's payment token, as one text." })

const Country = Schema.String.check(
  Schema.makeFilter<string>((code) => countries.has(code), {
    ...rule({ error: "invalid_value", says: "must be an ISO 3166-1 alpha-2 code" }),
    toJsonSchema: () => ({})
  })
).annotate({ description: "ISO 3166-1 alpha-2.", examples: ["US"] })

const Email = text(3, 254)
  .check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/u, rule({ error: "invalid_value", says: "must be an email address" })))
  .annotate({ description: "An email address.", examples: ["john@example.com"] })

export const CustomerInfo = Schema.Struct({
  name: Schema.optionalKey(text(0, 200)),
  email: Schema.optionalKey(Email),
  phone: Schema.optionalKey(text(0, 32)),
  address: Schema.optionalKey(
    Schema.Struct({
      line1: Schema.optionalKey(text(0, 200)),
      city: Schema.optionalKey(text(0, 100)),
      state: Schema.optionalKey(text(0, 100)),
      postal_code: Schema.optionalKey(text(0, 20)),
      country: Schema.optionalKey(Country)
    }).annotate({ identifier: "CustomerAddress" })
  )
}).annotate({ identifier: "CustomerInfo" })

export const Metadata = Schema.Record(Schema.String, Schema.Json)
  .check(
    Schema.makeFilter((metadata) => metadataFault(metadata) === undefined, {
      ...rule({
        error: "invalid_value",
        says: "must have at most 50 keys, 8 levels and 8 KiB of JSON, and no number that a parser would change"
      }),
      toJsonSchema: () => ({})
    })
  )
  .annotate({
    identifier: "Metadata",
    description: "The merchant's own data, given back as it came, less what is `null`. At most 50 keys and 8 KiB."
  })

export const WebhookUrl = text(1, addressLengthMax).annotate({
  description: "https, port 443 or 8443, on the public internet. Told of what becomes of the payment."
})
export const ReturnUrl = text(1, addressLengthMax).annotate({
  description: "https, of an origin that the merchant has registered. Payers go there afterwards."
})

export type CustomerInfo = typeof CustomerInfo.Type
