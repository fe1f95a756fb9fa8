/** Whether an answer is as it was asked for, before it is encrypted: afterwards only the other end could tell. */
import { type Schema, Validator } from "@cfworker/json-schema"
import type { RequirementsSchemaBody } from "../cpn/quote.schema.ts"
import { isCnpj, isCpf } from "./brazilian-tax-id.ts"
import type { AnswerFields } from "./encrypt.ts"

/**
 * Names of the fields that are missing or do not meet their schema (JSON Schema, draft 2020-12), in no order. None: it can
 * be sent. What was not asked for is not looked at.
 */
export const faultyFields = ({ schema }: RequirementsSchemaBody, fields: AnswerFields): ReadonlyArray<string> => {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const { errors } = new Validator(readable(schema), "2020-12", false).validate(given)
  const missing = requiredBy(schema).filter((name) => !Object.hasOwn(given, name))
  // "#/ADDRESS/city": what is wrong in a field is told of the field.
  const misshapen = errors.flatMap(({ instanceLocation }) => instanceLocation.split("/")[1] ?? [])
  const mistyped = Object.entries(given).flatMap(([name, value]) => (isMistyped(name, value) ? [name] : []))
  return [...new Set([...missing, ...misshapen, ...mistyped])]
}

/** The field is a CPF or a CNPJ, and its check digits say that it is not this one. */
const isMistyped = (name: string, value: unknown): boolean =>
  name === "RECIPIENT_ID_NUMBER" && typeof value === "string" && !isCpf(value) && !isCnpj(value)

type Json = RequirementsSchemaBody["schema"]

/** References are published with and without their sign. */
const readable = (schema: Json): Schema => resigned(schema) as Schema

const resigned = (json: Json): Json => {
  if (Array.isArray(json)) return json.map(resigned)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([keyword, value]) => {
      const isReference = keyword === "ref" && typeof value === "string" && value.startsWith("#/$defs/")
      return [isReference ? "$ref" : keyword, resigned(value)]
    })
  )
}

const requiredBy = (schema: Json): ReadonlyArray<string> => {
  const required = typeof schema === "object" && schema !== null && "required" in schema ? schema["required"] : []
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : []
}
