/** The fields that requests of `/v1` are made of, each with its limits and the words in which it is refused. */
import * as Schema from "effect/Schema"
import { countries } from "../fields/countries.ts"
import { rule } from "../fields/field-rule.ts"
import { matching, oneOf, text, whole } from "../fields/field-shapes.ts"
import { uuidShape } from "../uuid.ts"

const uuid = Schema.String.check(matching(uuidShape))

export const Uuid = uuid.annotate({ format: "uuid", description: "A UUID." })

export const IdempotencyKey = uuid.annotate({
  format: "uuid",
  description:
    "A UUID that makes the request safe to repeat: the same key and the same request give the first answer again " +
    "for 30 days; the same key with another request is refused with code 1083."
})

export const KeyId = text(1, 64).annotate({ description: "Id of the public key that `encryptedData` is encrypted to." })

export const EncryptedData = Schema.String.check(
  Schema.isMinLength(1, rule({ error: "invalid_value", says: "may not be empty" }))
).annotate({ description: "Base64 of an armored OpenPGP message to the published key." })

export const VerificationMethod = oneOf(["none", "cvv", "three_d_secure"]).annotate({
  description:
    "`cvv`: the code in `encryptedData` must be the card's. `three_d_secure`: the payer confirms at the bank, where " +
    "`requiredAction` leads."
})
export const SourceType = oneOf(["card"])
export const StatusFilter = oneOf(["pending", "confirmed", "paid", "failed", "action_required"])
export const SourceTypeFilter = Schema.Array(oneOf(["card", "wire", "ach", "sepa"]))
export const ReversalReason = oneOf([
  "duplicate",
  "fraudulent",
  "requested_by_customer",
  "bank_transaction_error",
  "invalid_account_number",
  "insufficient_funds",
  "payment_stopped_by_issuer",
  "payment_returned",
  "bank_account_ineligible",
  "invalid_ach_rtn",
  "unauthorized_transaction",
  "payment_failed"
])

/** Thirteen digits of dollars are more than any card carries, and their cents still fit 64 bits. */
const decimalPattern = /^-?(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?$/u

export const Amount = Schema.Struct({
  amount: Schema.String.check(
    Schema.isPattern(
      decimalPattern,
      rule({
        error: "number_format",
        says: "numeric value out of bounds (<13 digits>.<2 digits> expected)",
        constraints: { "max-integral-digits": 13, "max-fractional-digits": 2 }
      })
    )
  ).annotate({ description: "In units of the currency, with `.` before the decimals.", examples: ["3.14"] }),
  currency: Schema.String.check(matching(/^[A-Z]{3,5}$/u)).annotate({
    description: "`USD`; any other currency is refused with code 1078.",
    examples: ["USD"]
  })
}).annotate({ identifier: "Amount" })

export const ExpMonth = whole(1, 12)
export const ExpYear = whole(1, 9999).annotate({ description: "Four digits." })

/** Two letters here; whether they name a country is a question of its own, with an error code of its own. */
export const Country = text(2, 2).annotate({ description: "ISO 3166-1 alpha-2.", examples: ["US"] })
export const isCountry = (code: string): boolean => countries.has(code)

export const Email = text(1, 1024)
  .check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/u, rule({ error: "invalid_value", says: "must be an email address" })))
  .annotate({ description: "An email address.", examples: ["customer-0001@example.com"] })

export const PhoneNumber = text(1, 16)
  .check(matching(/^\+?[1-9][0-9]{1,14}$/u))
  .annotate({ description: "E.164.", examples: ["+12025550180"] })

export const SessionId = text(1, 50).annotate({ description: "A hash of the payer's session, made by the client." })

export const IpAddress = Schema.String.check(
  Schema.makeFilter<string>(isIpAddress, {
    ...rule({ error: "invalid_value", says: "must be an IPv4 or IPv6 address" }),
    toJsonSchema: () => ({})
  })
).annotate({ description: "Of the payer: one IPv4 or IPv6 address.", examples: ["244.28.239.130"] })

export const WebUrl = text(1, 2048)
  .check(
    Schema.makeFilter<string>(isWebUrl, {
      ...rule({ error: "invalid_value", says: "must be an https URL (http: localhost only)" }),
      toJsonSchema: () => ({ format: "uri" })
    })
  )
  .annotate({
    description: "Where the payer goes on to after 3-D Secure, and needed for it. https; http only to localhost.",
    examples: ["https://shop.example/paid"]
  })

const ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/u
const ipv6 = /^[0-9a-fA-F:.]{2,45}$/u

function isIpAddress(given: string): boolean {
  return ipv4.test(given) || (ipv6.test(given) && URL.canParse(`http://[${given}]/`))
}

function isWebUrl(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol, hostname, username, password } = new URL(given)
  if (username !== "" || password !== "") return false
  return protocol === "https:" || (protocol === "http:" && localHosts.has(hostname))
}

const localHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])
