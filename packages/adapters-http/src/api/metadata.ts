/** The merchant's own data about an order: bounded, kept as JSON text, and given back as it came. */
import type { JsonObject, JsonValue } from "../front/strict-json.ts"

export const metadataKeysMax = 50
export const metadataBytesMax = 8 * 1024
/** Less than a meaning may have, of which it becomes a part. */
export const metadataLevelsMax = 8

/** Why a document cannot be kept. */
export type MetadataFault = "too_many_keys" | "too_deep" | "too_large" | "number_inexact"

/**
 * @example
 * metadataFault({ order_id: "ORD-12345" }) // => undefined
 * metadataFault({ order_id: 9007199254740993 }) // => "number_inexact"
 */
export const metadataFault = (metadata: JsonObject): MetadataFault | undefined => {
  if (levelsOf(metadata) > metadataLevelsMax) return "too_deep"
  const values = [...valuesIn(metadata)]
  const keys = values.reduce((sum: number, value) => sum + (isObject(value) ? Object.keys(value).length : 0), 0)
  if (keys > metadataKeysMax) return "too_many_keys"
  if (new TextEncoder().encode(JSON.stringify(metadata)).length > metadataBytesMax) return "too_large"
  return values.some(isInexact) ? "number_inexact" : undefined
}

function* valuesIn(value: JsonValue): Generator<JsonValue> {
  yield value
  if (typeof value !== "object" || value === null) return
  for (const member of Object.values(value)) yield* valuesIn(member)
}

const levelsOf = (value: JsonValue): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levelsOf)) : 0

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Beyond 2^53 whole numbers fall together, and beyond 10^308 all of them do (RFC 8259 §6). */
const isInexact = (value: JsonValue): boolean =>
  typeof value === "number" && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
