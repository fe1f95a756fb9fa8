/** What the answers of `/api` are made of. */
import * as Schema from "effect/Schema"

export const DateTime = Schema.String.annotate({ format: "date-time", description: "ISO 8601 in UTC, to the second." })

export const ErrorDetails = Schema.Struct({
  code: Schema.String.annotate({ description: "Stable; decide by it." }),
  message: Schema.String,
  type: Schema.Literals([
    "card_error",
    "invalid_request_error",
    "authentication_error",
    "rate_limit_error",
    "api_error"
  ]),
  decline_code: Schema.optionalKey(Schema.String.annotate({ description: "Why the issuer declined." }))
}).annotate({ identifier: "ErrorDetails" })

export const ErrorBody = Schema.Struct({ error: ErrorDetails }).annotate({ identifier: "Error" })

/** `message` is there where something was done, and not where something was read. */
export const done = <S extends Schema.Top>(data: S) =>
  Schema.Struct({ success: Schema.Literals([true]), message: Schema.String, data })

export const read = <S extends Schema.Top>(data: S) => Schema.Struct({ success: Schema.Literals([true]), data })

export const Health = Schema.Struct({ status: Schema.Literals(["operational"]), time: DateTime }).annotate({
  identifier: "Health"
})
