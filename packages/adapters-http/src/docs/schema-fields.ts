/** The fields of a JSON Schema as flat rows, so that a page can show them as a table. */
import { list, type Part, part, text } from "../json-part.ts"

export type FieldRow = {
  /** Dotted, as in the `location` of an error. */
  readonly path: string
  readonly required: boolean
  readonly type: string
  readonly description: string
}

/** Rows of a schema, down to `levels` of nesting. `root` is the document in which references point. */
export const fieldRows = (schema: Part, root: Part, levels = 3, prefix = ""): ReadonlyArray<FieldRow> => {
  const { properties, required } = withoutReference(schema, root)
  const names = new Set(list(required))
  return Object.entries(part(properties)).flatMap(([name, property]) => {
    const path = `${prefix}${name}`
    const resolved = withoutReference(part(property), root)
    const row = { path, required: names.has(name), type: typeOf(resolved, root), description: describe(resolved) }
    const inner = resolved["type"] === "array" ? part(resolved["items"]) : resolved
    return levels > 1 ? [row, ...fieldRows(inner, root, levels - 1, `${path}.`)] : [row]
  })
}

/** Follows a reference, and puts together what a schema adds to the one it refers to. */
const withoutReference = (schema: Part, root: Part): Part => {
  const reference = text(schema["$ref"])
  const parts = list(schema["allOf"]).map(part)
  if (reference !== "") {
    const found = reference
      .replace("#/", "")
      .split("/")
      .reduce<Part>((place, name) => part(place[name]), root)
    return withoutReference({ ...found, ...without(schema, "$ref") }, root)
  }
  return parts.length === 0
    ? schema
    : Object.assign({}, without(schema, "allOf"), ...parts.map((one) => withoutReference(one, root)))
}

const without = (schema: Part, name: string): Part =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name))

const typeOf = (schema: Part, root: Part): string => {
  const words = list(schema["enum"]).map((word) => JSON.stringify(word))
  if (words.length > 0) return words.join(" | ")
  const choices = [...list(schema["anyOf"]), ...list(schema["oneOf"])].map((one) => typeOf(part(one), root))
  if (choices.length > 0) return choices.join(" | ")
  const type = text(schema["type"]) || text(schema["$ref"]).replace(/^.*\//u, "")
  if (type === "array") return `list of ${typeOf(withoutReference(part(schema["items"]), root), root)}`
  return [type, text(schema["format"])].filter((word) => word !== "").join(", ")
}

const describe = (schema: Part): string => [text(schema["description"]), bounds(schema)].filter(Boolean).join(" ")

const bounds = (schema: Part): string => {
  const { minLength, maxLength, minimum, maximum } = schema
  if (typeof maxLength === "number") {
    return typeof minLength === "number" && minLength > 0
      ? `${minLength} to ${maxLength} characters.`
      : `At most ${maxLength} characters.`
  }
  return typeof minimum === "number" && typeof maximum === "number" ? `${minimum} to ${maximum}.` : ""
}
