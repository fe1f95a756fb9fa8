/**
 * The official SDK's own description of the API as a judge of our answers: every response must satisfy the schema that
 * its method, path and status have there, and hold nothing that is not in it. Where the description contradicts itself
 * or the API it describes, the correction is named below, and nowhere else.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"

/** One answered request, however it was made. `path` is without the query; an empty body is `""`. */
export type Exchange = {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: unknown
}

export type SdkContract = {
  /** Throws with a list of what is wrong. */
  readonly check: (exchange: Exchange) => void
  /** `GET /v1/cards/{id} 200` and so on: everything that was checked, once each. */
  readonly covered: () => ReadonlyArray<string>
}

type Json = { readonly [key: string]: unknown }

export const sdkContract = (): SdkContract => {
  const description = readDescription()
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: "sdk", components: adapted(corrected(description["components"])) })
  const templates = Object.keys(objectAt(description, "paths"))
  const validators = new Map<string, ValidateFunction | null>()

  const validatorFor = (method: string, template: string, status: number): ValidateFunction | null => {
    const key = `${method} ${template} ${status}`
    const known = validators.get(key)
    if (known !== undefined) return known
    const schema = schemaOf(description, method, template, status)
    const validator = schema === null ? null : ajv.compile(schema)
    validators.set(key, validator)
    return validator
  }

  return {
    check: ({ method, path, status, body }) => {
      const template = templateOf(templates, path)
      if (template === undefined) throw new Error(`${path} is no path of the SDK's description`)
      const validator = validatorFor(method, template, status)
      const where = `${method} ${path} ${status}`
      if (validator === null) {
        if (body !== "") throw new Error(`${where}: a body where none is described: ${JSON.stringify(body)}`)
      } else if (!validator(body)) {
        const problems = (validator.errors ?? []).map(({ instancePath, message, params }) => {
          return `  ${instancePath} ${message} ${JSON.stringify(params)}`
        })
        throw new Error([`${where} is not as described:`, ...problems, JSON.stringify(body, null, 1)].join("\n"))
      }
    },
    covered: () => [...validators.keys()].sort()
  }
}

const readDescription = (): Json => {
  const main = createRequire(import.meta.url).resolve("@circle-fin/circle-sdk")
  const description: unknown = JSON.parse(readFileSync(join(dirname(dirname(main)), "sdk.json"), "utf8"))
  if (!isObject(description)) throw new Error("the SDK's description is no object")
  return description
}

/** A fixed segment is a better match than a placeholder: `/v1/payments/presign` is no payment's id. */
const templateOf = (templates: ReadonlyArray<string>, path: string): string | undefined => {
  const given = path.split("/")
  const fits = (template: string) => {
    const parts = template.split("/")
    return parts.length === given.length && parts.every((part, at) => part.startsWith("{") || part === given[at])
  }
  return templates.includes(path) ? path : templates.find(fits)
}

/** Errors all have one shape; not every endpoint lists all of them. `null`: an answer without a body. */
const schemaOf = (description: Json, method: string, template: string, status: number): Json | null => {
  if (status >= 400) return adapted(schemaIn(objectAt(description, "components", "responses", "BadRequest")))
  const response = objectAt(description, "paths", template, method.toLowerCase(), "responses", String(status))
  if (response["content"] === undefined) return null
  const schema = schemaIn(response)
  // The envelope is described without saying that it is an object, or that `data` must be in it.
  return adapted("$ref" in schema ? schema : { ...schema, type: "object", required: ["data"] })
}

const schemaIn = (response: Json): Json => objectAt(response, "content", "application/json", "schema")

/** What the description gets wrong. */
const corrected = (components: unknown): Json => {
  if (!isObject(components)) throw new Error("the SDK's description has no components")
  const schemas = objectAt(components, "schemas")
  const { format: _uuid, ...keyId } = objectAt(schemas, "IdKey")
  const errorCodes = objectAt(schemas, "PaymentErrorCode")
  const timeline = objectAt(schemas, "Timeline")
  const statuses = objectAt(timeline, "properties", "status")
  return {
    ...components,
    schemas: {
      ...schemas,
      // Said to be a UUID, with `key1` as the example and as the only value that the original sandbox ever used.
      IdKey: keyId,
      // The text lists `credit_card_not_allowed`, the enumeration `card_restricted,` with a comma in it; both leave out
      // the 3-D Secure codes of the published guide.
      PaymentErrorCode: { ...errorCodes, enum: [...listAt(errorCodes, "enum"), ...missingErrorCodes] },
      // A regular expression literal, slashes and all, where the pattern alone belongs.
      PhoneNumber: { ...objectAt(schemas, "PhoneNumber"), pattern: "^\\+?[1-9]\\d{1,14}$" },
      // The published guide has a continuous intent `active` while it takes payments.
      Timeline: {
        ...timeline,
        properties: {
          ...objectAt(timeline, "properties"),
          status: { ...statuses, enum: [...listAt(statuses, "enum"), "active"] }
        }
      },
      // Looser than their own words and examples.
      UtcTimestamp: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" },
      FiatMoneyUsd: withAmountPattern(objectAt(schemas, "FiatMoneyUsd")),
      Money: withAmountPattern(objectAt(schemas, "Money"))
    }
  }
}

const missingErrorCodes = [
  "credit_card_not_allowed",
  "three_d_secure_not_supported",
  "three_d_secure_required",
  "three_d_secure_failure",
  "three_d_secure_action_expired"
]

const withAmountPattern = (money: Json): Json => ({
  ...money,
  properties: {
    ...objectAt(money, "properties"),
    // Two decimals; a balance of stablecoins has up to six where they are not nothing.
    amount: { type: "string", pattern: "^-?(0|[1-9]\\d*)\\.\\d{2}(\\d{0,3}[1-9])?$" }
  }
})

/** Members that real objects of the API have and the description does not. */
const undescribed = {
  // On cancels and refunds.
  reason: { type: "string" },
  // Described on the answer that creates a payment or cancel, and left out on the one that is asked for by its id.
  refund: { type: "boolean" },
  captured: { type: "boolean" },
  captureAmount: { $ref: "sdk#/components/schemas/FiatMoneyUsd" },
  captureDate: { $ref: "sdk#/components/schemas/UtcTimestamp" },
  // On every error of an entity.
  errors: { type: "array", items: { type: "object", required: ["error", "message", "location"] } }
}

/** OpenAPI 3.0 as JSON Schema: `nullable`, references, and no members beyond the described ones. */
const adapted = (schema: unknown): Json => {
  const result = adaptedValue(schema)
  if (!isObject(result)) throw new Error("a schema is no object")
  return result
}

const adaptedValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(adaptedValue)
  if (!isObject(value)) return value
  const { nullable, $ref, ...rest } = value
  if (typeof $ref === "string") return { $ref: `sdk${$ref}` }
  const plain = Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, adaptedValue(member)]))
  const closed = isObject(plain["properties"]) && plain["type"] === "object" ? closedObject(plain) : plain
  return nullable === true ? { anyOf: [{ type: "null" }, closed] } : closed
}

const closedObject = (schema: Json): Json => ({
  ...schema,
  properties: { ...undescribed, ...objectAt(schema, "properties") },
  additionalProperties: false
})

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const objectAt = (value: unknown, ...path: ReadonlyArray<string>): Json => {
  let found = value
  for (const key of path) found = isObject(found) ? found[key] : undefined
  if (!isObject(found)) throw new Error(`the SDK's description has no ${path.join(".")}`)
  return found
}

const listAt = (value: Json, key: string): ReadonlyArray<unknown> => {
  const list = value[key]
  if (!Array.isArray(list)) throw new Error(`the SDK's description has no list ${key}`)
  return list
}
