/** How lists are asked for: a stretch of time, a place to start from, a size, and filters. */
import * as Schema from "effect/Schema"
import { rule } from "../fields/field-rule.ts"
import { SourceTypeFilter, StatusFilter, Uuid } from "./field.schema.ts"

const wholeNumber = Schema.String.check(
  Schema.isPattern(/^[0-9]{1,15}$/u, rule({ error: "invalid_value", says: "must be a whole number" })).abort(),
  Schema.isPattern(
    /[1-9]/u,
    rule({ error: "min_value", says: "must be greater than or equal to 1", constraints: { min: 1 } })
  )
)

/** RFC 3339, with or without a fraction of a second. */
export const moment = Schema.String.check(
  Schema.makeFilter<string>((given) => readMoment(given) !== undefined, {
    ...rule({ error: "invalid_value", says: "must be a date and time such as 2020-04-10T02:13:30.000Z" }),
    toJsonSchema: () => ({ format: "date-time" })
  })
)

export const paging = {
  pageBefore: Schema.optionalKey(Uuid.annotate({ description: "Id that ends the page, exclusive." })),
  pageAfter: Schema.optionalKey(Uuid.annotate({ description: "Id that begins the page, exclusive." })),
  pageSize: Schema.optionalKey(
    wholeNumber.annotate({ description: "At least 1. Default 50; more than 200 reads as 200." })
  )
}

export const span = {
  from: Schema.optionalKey(moment.annotate({ description: "Created at this time or later." })),
  to: Schema.optionalKey(moment.annotate({ description: "Created at this time or before. Default: now." }))
}

export const paymentFilters = {
  source: Schema.optionalKey(Uuid.annotate({ description: "Id of the card." })),
  settlementId: Schema.optionalKey(Uuid),
  paymentIntentId: Schema.optionalKey(Uuid),
  type: Schema.optionalKey(SourceTypeFilter.annotate({ description: "Kinds of source. May be repeated." })),
  status: Schema.optionalKey(StatusFilter)
}

const momentShape =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/u

/** Milliseconds since 1970, or `undefined` where the text names no moment, such as on the 30th of February. */
export function readMoment(given: string): number | undefined {
  const parts = momentShape.exec(given)
  const ms = parts === null ? Number.NaN : Date.parse(given)
  if (parts === null || Number.isNaN(ms)) return undefined
  const [, year, month, day] = parts
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return Number(day) <= daysInMonth ? ms : undefined
}
