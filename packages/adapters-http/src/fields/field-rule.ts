/**
 * From schema to published error. A check in a schema carries, as an annotation, how a client is told that it failed;
 * what a schema reports then becomes the table of the published API: `required`, `length_outside_bounds` and so on.
 */
import type * as SchemaIssue from "effect/SchemaIssue"
import { type FieldError, type FieldRule, fieldError, invalidValue, required } from "./field-error.ts"

export const rule = (fieldRule: FieldRule) => ({ fieldRule })

/** What is wrong with the decoded value, field by field, in the order of the schema. */
export const fieldErrors = (issue: SchemaIssue.Issue): ReadonlyArray<FieldError> =>
  findings(issue, []).map(({ path, fieldRule }) => fieldError(path.map(String).join("."), fieldRule))

type Finding = { readonly path: ReadonlyArray<PropertyKey>; readonly fieldRule: FieldRule }

const findings = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): ReadonlyArray<Finding> => {
  switch (issue._tag) {
    case "Composite":
      return issue.issues.flatMap((inner) => findings(inner, path))
    case "Pointer":
      return findings(issue.issue, [...path, ...issue.path])
    case "Encoding":
      return findings(issue.issue, path)
    case "Filter":
      return [{ path, fieldRule: ruleIn(issue.filter.annotations) ?? unnamed }]
    case "MissingKey":
      return [{ path, fieldRule: required }]
    case "InvalidType":
    case "AnyOf":
      return [{ path, fieldRule: ruleIn(issue.ast.annotations) ?? wrongType(issue.ast._tag) }]
    default:
      return [{ path, fieldRule: unnamed }]
  }
}

const unnamed = invalidValue("is not valid")

const wrongType = (astTag: string): FieldRule => invalidValue(typeNames[astTag] ?? unnamed.says)

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
