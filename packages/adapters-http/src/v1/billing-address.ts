/** What the published API asks of an address beyond the shape of its fields. */

import { type FieldError, fieldError, required } from "../fields/field-error.ts"
import type { JsonObject } from "../front/strict-json.ts"
import { part } from "../json-part.ts"
import { isCountry } from "./field.schema.ts"
import { invalidField, type PublishedError } from "./published-error.ts"

/** A district is needed where the country has states or provinces that banks compare. Told with all other fields. */
export const districtRule = (body: JsonObject): ReadonlyArray<FieldError> => {
  const { country, district } = part(body["billingDetails"])
  return hasDistricts(country) && district === undefined ? [fieldError("billingDetails.district", required)] : []
}

/** What is wrong with a whole address: one that is given, or the one that an update leads to. */
export const addressError = (country: string, district: string | null): PublishedError | undefined => {
  if (!isCountry(country)) return { status: 400, code: 1101, message: "The country is not valid." }
  if (!hasDistricts(country)) return undefined
  if (district === null) return invalidField("billingDetails.district", required)
  return twoLetters.test(district)
    ? undefined
    : { status: 400, code: 1106, message: "The district must be 2 characters." }
}

const hasDistricts = (country: unknown): boolean => country === "US" || country === "CA"
const twoLetters = /^[A-Za-z]{2}$/u
