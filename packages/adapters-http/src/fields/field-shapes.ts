/** The shapes that fields of requests take, each with the words in which it is refused. */
import * as Schema from "effect/Schema"
import { rule } from "./field-rule.ts"

/** Text of a bounded length, counted in UTF-16 code units. */
export const text = (min: number, max: number) =>
  Schema.String.check(
    Schema.isBetweenLength(
      min,
      max,
      rule({ error: "length_outside_bounds", says: `must be between ${min} and ${max}`, constraints: { min, max } })
    )
  )

export const matching = (pattern: RegExp) =>
  Schema.isPattern(
    pattern,
    rule({
      error: "pattern_mismatch",
      says: `must match "${pattern.source}"`,
      constraints: { pattern: pattern.source }
    })
  )

export const oneOf = <const Words extends readonly [string, ...Array<string>]>(words: Words) =>
  Schema.Literals(words).annotate(rule({ error: "invalid_value", says: `must be one of [${words.join(", ")}]` }))

export const whole = (min: number, max: number) =>
  Schema.Number.check(
    Schema.isInt(rule({ error: "invalid_value", says: "must be a whole number" })).abort(),
    Schema.isGreaterThanOrEqualTo(
      min,
      rule({ error: "min_value", says: `must be greater than or equal to ${min}`, constraints: { min } })
    ),
    Schema.isLessThanOrEqualTo(
      max,
      rule({ error: "max_value", says: `must be less than or equal to ${max}`, constraints: { max } })
    )
  )
