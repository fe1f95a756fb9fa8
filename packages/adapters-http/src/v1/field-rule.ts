/**
 * From schema to published error. A check in a schema carries, as an annotation, how a client is told that it failed;
 * what a schema reports then becomes the table of the published API: `required`, `length_outside_bounds` and so on.
 */
import type * as SchemaIssue from "effect/SchemaIssue"
import type { FieldError, FieldErrorName } from "./published-error.ts"

/** `says` follows the field's path in the message: `expMonth` + `must be …`. */
export type FieldRule = {
  readonly error: FieldErrorName
  readonly says: string
  readonly constraints?: NonNullable<FieldError["constraints"]>
}

export const rule = (fieldRule: FieldRule) => ({ fieldRule })

/** What is wrong with `input`, field by field, in the order of the schema. */
export const fieldErrors = (issue: SchemaIssue.Issue, input: unknown): ReadonlyArray<FieldError> =>
  findings(issue, []).map(({ path, fieldRule, isTypeMatch }) => {
    const location = path.map(String).join(".")
    return fieldError(location, fieldRule, isTypeMatch ? valueAt(input, path) : undefined)
  })

/** Shows the value only where neither the field nor the value can hold a secret. */
export const fieldError = (location: string, { error, says, constraints }: FieldRule, value?: unknown): FieldError => {
  const shown = harmless.has(location) && isHarmless(value) ? value : undefined
  const was = error === "required" ? " (was null)" : shown === undefined ? "" : ` (was ${shown})`
  return {
    error,
    message: `${location} ${says}${was}`,
    location,
    ...(shown === undefined ? {} : { invalidValue: shown }),
    ...(constraints === undefined ? {} : { constraints })
  }
}

export const required: FieldRule = { error: "required", says: "may not be null" }

/** Fields that are short and choose among public words or numbers. Everything else is never repeated. */
const harmless: ReadonlySet<string> = new Set([
  "amount.amount",
  "amount.currency",
  "autoCapture",
  "billingDetails.country",
  "expMonth",
  "expYear",
  "from",
  "pageSize",
  "reason",
  "source.type",
  "status",
  "to",
  "type",
  "verification"
])

/** A card number in the wrong field is still a card number: runs of digits are not repeated either. */
const isHarmless = (value: unknown): value is string | number | boolean => {
  if (typeof value === "boolean") return true
  if (typeof value !== "string" && typeof value !== "number") return false
  const text = String(value)
  return shortText.test(text) && !digitRun.test(text.replace(/[ .-]/gu, ""))
}

const shortText = /^[A-Za-z0-9 .,:+_-]{1,16}$/u
const digitRun = /[0-9]{9}/u

type Finding = {
  readonly path: ReadonlyArray<PropertyKey>
  readonly fieldRule: FieldRule
  readonly isTypeMatch: boolean
}

const findings = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): ReadonlyArray<Finding> => {
  switch (issue._tag) {
    case "Composite":
      return issue.issues.flatMap((inner) => findings(inner, path))
    case "Pointer":
      return findings(issue.issue, [...path, ...issue.path])
    case "Encoding":
      return findings(issue.issue, path)
    case "Filter":
      return [{ path, fieldRule: ruleIn(issue.filter.annotations) ?? unnamed, isTypeMatch: true }]
    case "MissingKey":
      return [{ path, fieldRule: required, isTypeMatch: false }]
    case "InvalidType":
      return [{ path, fieldRule: ruleIn(issue.ast.annotations) ?? wrongType(issue.ast._tag), isTypeMatch: false }]
    case "AnyOf":
      return [{ path, fieldRule: ruleIn(issue.ast.annotations) ?? unnamed, isTypeMatch: true }]
    default:
      return [{ path, fieldRule: unnamed, isTypeMatch: false }]
  }
}

const unnamed: FieldRule = { error: "invalid_value", says: "is not valid" }

const wrongType = (tag: string): FieldRule => ({ error: "invalid_value", says: typeNames[tag] ?? unnamed.says })

const typeNames: { readonly [astTag: string]: string } = {
  String: "must be a string",
  Number: "must be a number",
  Boolean: "must be a boolean",
  Objects: "must be an object",
  Arrays: "must be a list"
}

const ruleIn = (annotations: { readonly [name: string]: unknown } | undefined): FieldRule | undefined => {
  const found = annotations?.["fieldRule"]
  return isFieldRule(found) ? found : undefined
}

const isFieldRule = (value: unknown): value is FieldRule =>
  typeof value === "object" && value !== null && "error" in value && "says" in value

const valueAt = (input: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input
  )
