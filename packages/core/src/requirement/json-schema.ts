/** Requirements as a JSON Schema, draft 2020-12, for whoever checks an answer with an ordinary validator. */
import type { FieldRequirement, FieldRequirements, FieldType } from "./requirement.ts"

/** Plain JSON. */
export type JsonSchema = { readonly [keyword: string]: JsonSchema | ReadonlyArray<string> | string | boolean }

/**
 * The schema of an answer: a JSON object keyed by the names of fields. Only shapes that its fields use are defined in it.
 *
 * @example
 * const fields = [needed("NAME", "Full name")]
 * jsonSchemaOf({ version: 1, title: "Payer", description: "Who pays", fields })["required"] // => ["NAME"]
 */
export const jsonSchemaOf = ({ title, description, fields }: FieldRequirements): JsonSchema => {
  const used = definitionsUsed(fields)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    description,
    type: "object",
    required: fields.filter((field) => !field.optional).map(({ name }) => name),
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    ...(used.length === 0 ? {} : { $defs: Object.fromEntries(used.map((name) => [name, definitions[name]])) })
  }
}

type DefinitionName = "address" | "individual" | "beneficiaryOwner" | "intermediaryBeneficiaryOwner"

const references: { readonly [type in FieldType]?: DefinitionName } = {
  address: "address",
  individual: "individual",
  beneficiary_owner: "beneficiaryOwner",
  intermediary_owner: "intermediaryBeneficiaryOwner"
}

/** All records hold an address, so its shape is needed beside theirs. */
const definitionsUsed = (fields: ReadonlyArray<FieldRequirement>): ReadonlyArray<DefinitionName> => {
  const direct = fields.flatMap(({ type }) => references[type] ?? [])
  return [...new Set<DefinitionName>(direct.length === 0 ? [] : ["address", ...direct])]
}

const propertyOf = ({ type, description, values }: FieldRequirement): JsonSchema => {
  const reference = references[type]
  if (reference !== undefined) return referenceTo(reference)
  switch (type) {
    case "boolean":
      return { type: "boolean", description }
    case "date":
      return date(description)
    case "country":
      return country(description)
    default:
      return values === null ? text(description) : { ...text(description), enum: values }
  }
}

const referenceTo = (name: DefinitionName): JsonSchema => ({ $ref: `#/$defs/${name}` })
const text = (description: string): JsonSchema => ({ type: "string", description })
const date = (description: string): JsonSchema => ({ type: "string", format: "date", description })
const country = (description: string): JsonSchema => ({ type: "string", pattern: "^[A-Z]{2}$", description })

const record = (description: string, required: ReadonlyArray<string>, properties: JsonSchema): JsonSchema => ({
  type: "object",
  description,
  required,
  properties
})

const person: JsonSchema = {
  name: text("Individual's full name"),
  address: referenceTo("address"),
  dateOfBirth: date("Individual's date of birth (YYYY-MM-DD)")
}

const percentage: JsonSchema = { type: "number", description: "Company ownership percentage" }

const definitions: { readonly [name in DefinitionName]: JsonSchema } = {
  address: record("Full address", ["street", "city", "country"], {
    street: text("Street address"),
    city: text("City name"),
    country: country("Country code (e.g., US, GB)"),
    postalCode: text("Postal or ZIP code"),
    stateProvince: text("State or province")
  }),
  individual: record("Individual's RFI data", ["name", "address", "dateOfBirth"], person),
  beneficiaryOwner: record("Beneficiary owner's RFI data", ["name", "address", "dateOfBirth", "percentage"], {
    ...person,
    percentage
  }),
  intermediaryBeneficiaryOwner: record(
    "Intermediary beneficiary owner's RFI data",
    ["name", "address", "dateOfFormation", "countryOfFormation", "percentage"],
    {
      name: text("Business legal name"),
      address: referenceTo("address"),
      dateOfFormation: date("Company formation date (YYYY-MM-DD)"),
      countryOfFormation: country("Entity formation country"),
      percentage
    }
  )
}
