/** Cards on the wire of `/v1`: what may be asked, and what is shown. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import {
  Country,
  Email,
  EncryptedData,
  ExpMonth,
  ExpYear,
  IdempotencyKey,
  IpAddress,
  KeyId,
  PhoneNumber,
  SessionId
} from "./field.schema.ts"

export const District = text(1, 16).annotate({
  description: "State, county, province or region. Two letters, and required, where the country is US or CA."
})

const BillingDetails = Schema.Struct({
  name: text(1, 1024).annotate({ description: "Full name of the card holder." }),
  city: text(1, 1024),
  country: Country,
  line1: text(1, 1024),
  line2: Schema.optionalKey(text(0, 1024)),
  district: Schema.optionalKey(District),
  postalCode: text(1, 16)
}).annotate({ identifier: "BillingDetails" })

export const RequestMetadata = Schema.Struct({
  email: Email,
  phoneNumber: Schema.optionalKey(PhoneNumber),
  sessionId: SessionId,
  ipAddress: IpAddress
}).annotate({ identifier: "RequestMetadata" })

export const CreateCardRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  keyId: Schema.optionalKey(KeyId),
  encryptedData: EncryptedData.annotate({
    description: 'Base64 of an armored OpenPGP message; its plaintext is `{"number":"…","cvv":"…"}`.'
  }),
  billingDetails: BillingDetails,
  expMonth: ExpMonth,
  expYear: ExpYear,
  metadata: RequestMetadata
}).annotate({ identifier: "CreateCardRequest" })

export const UpdateCardRequest = Schema.Struct({
  keyId: KeyId,
  encryptedData: EncryptedData.annotate({
    description: 'Base64 of an armored OpenPGP message; its plaintext is `{"cvv":"…"}`.'
  }),
  expMonth: Schema.optionalKey(ExpMonth),
  expYear: Schema.optionalKey(ExpYear),
  billingDetails: Schema.optionalKey(
    Schema.Struct({
      firstName: Schema.optionalKey(text(1, 1024)),
      lastName: Schema.optionalKey(text(1, 1024)),
      line1: Schema.optionalKey(text(1, 1024)),
      line2: Schema.optionalKey(text(0, 1024)),
      city: Schema.optionalKey(text(1, 1024)),
      district: Schema.optionalKey(District),
      postalCode: Schema.optionalKey(text(1, 16)),
      country: Schema.optionalKey(Country),
      phone: Schema.optionalKey(PhoneNumber.annotate({ description: "E.164. Checked and not kept." })),
      email: Schema.optionalKey(Email)
    }).annotate({ identifier: "BillingDetailsChange" })
  )
}).annotate({ identifier: "UpdateCardRequest" })

export type CreateCardRequest = typeof CreateCardRequest.Type
export type UpdateCardRequest = typeof UpdateCardRequest.Type

const CardVerification = Schema.Struct({
  avs: Schema.String.annotate({ description: "One upper-case letter, `not_requested` or `pending`." }),
  cvv: Schema.Literals(["not_requested", "pass", "fail", "unavailable", "pending"])
}).annotate({ identifier: "CardVerification" })

export const RiskEvaluation = Schema.Struct({
  decision: Schema.Literals(["approved", "denied", "review"]),
  reason: Schema.String.annotate({ description: "A number of four digits." })
}).annotate({ identifier: "RiskEvaluation", description: "Present only where something was denied." })

export const Metadata = Schema.Struct({
  email: Schema.String,
  phoneNumber: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Metadata" })

export const Id = Schema.String.annotate({ format: "uuid" })
export const UtcTimestamp = Schema.String.annotate({
  format: "date-time",
  description: "ISO 8601 in UTC with milliseconds."
})

const shown = {
  id: Id,
  status: Schema.Literals(["pending", "complete", "failed"]),
  expMonth: Schema.Number,
  expYear: Schema.Number,
  network: Schema.Literals(["VISA", "MASTERCARD", "AMEX", "UNKNOWN"]),
  bin: Schema.String.annotate({ description: "The first six digits." }),
  issuerCountry: Schema.optionalKey(Schema.String),
  fundingType: Schema.Literals(["credit", "debit", "prepaid", "unknown"]),
  fingerprint: Schema.String.annotate({ description: "The same for the same card number." }),
  verification: CardVerification,
  riskEvaluation: Schema.optionalKey(RiskEvaluation),
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp
}

export const Card = Schema.Struct({
  ...shown,
  billingDetails: BillingDetails,
  last4: Schema.String,
  errorCode: Schema.optionalKey(Schema.String.annotate({ description: "Why verification failed." })),
  metadata: Metadata
}).annotate({ identifier: "Card" })

export const SimpleCard = Schema.Struct({
  ...shown,
  billingDetails: Schema.Struct({ country: Schema.String, district: Schema.String })
}).annotate({ identifier: "SimpleCard" })

export type CardBody = typeof Card.Type
export type SimpleCardBody = typeof SimpleCard.Type
