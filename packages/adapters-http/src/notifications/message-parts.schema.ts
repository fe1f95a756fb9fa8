/** Parts that messages in the kernel's own words have in common. */
import * as Schema from "effect/Schema"

const describe = (description: string) => ({ description })

export const Id = Schema.String.annotate(describe("The id by which the API knows it."))
export const Moment = Schema.String.annotate({
  format: "date-time",
  description: "ISO 8601 in UTC with milliseconds."
})

export const Amount = Schema.Struct({
  amount: Schema.String.annotate(describe("In units of the currency, with `.` before the decimals.")),
  currency: Schema.String.annotate(describe("ISO 4217, or the code of a stablecoin such as USDC."))
}).annotate({ identifier: "Amount" })

export const Failure = Schema.NullOr(Schema.String).annotate(describe("Why it failed; null where it did not."))
