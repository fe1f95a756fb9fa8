/** What the published API asks of an address beyond the shape of its fields. */
import type { JsonObject, JsonValue } from "../front/strict-json.ts"
import { isCountry } from "./field.schema.ts"
import { fieldError, required } from "./field-rule.ts"
import type { FieldError, PublishedError } from "./published-error.ts"

/** A district is needed where the country has states or provinces that banks compare. */
export const districtRule = (body: JsonObject): ReadonlyArray<FieldError> => {
  const details = membersOf(body["billingDetails"])
  return hasDistricts(details?.["country"]) && details?.["district"] === undefined
    ? [fieldError("billingDetails.district", required)]
    : []
}

/** The errors with codes of their own. */
export const addressError = (address: {
  readonly country?: string
  readonly district?: string
}): PublishedError | undefined => {
  if (address.country === undefined) return undefined
  if (!isCountry(address.country)) return { status: 400, code: 1101, message: "The country is not valid." }
  return hasDistricts(address.country) && address.district !== undefined && !twoLetters.test(address.district)
    ? { status: 400, code: 1106, message: "The district must be 2 characters." }
    : undefined
}

const hasDistricts = (country: JsonValue | undefined): boolean => country === "US" || country === "CA"
const twoLetters = /^[A-Z]{2}$/u

const membersOf = (value: JsonValue | undefined): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
