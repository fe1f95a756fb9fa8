/**
 * Errors as the cross-border API publishes them: the same body as everywhere, with codes of its own, and one word for
 * whatever is wrong with a field.
 */
import type { FieldError } from "../fields/field-error.ts"
import { invalidEntity, type PublishedError } from "../v1/published-error.ts"

export const cpnNotFound: PublishedError = { status: 404, code: 2, message: "The resource could not be found." }
export const cpnForbidden: PublishedError = { status: 403, code: 3, message: "Forbidden" }
export const cpnUnauthorized: PublishedError = { status: 401, code: 4, message: "Invalid credentials." }

/** Refused under one of the codes of this API; 400 where nothing else is said. */
export const cpnError = (code: number, message: string, status = 400): PublishedError => ({ status, code, message })

/** One field, with what is wrong with it after its name. */
export const cpnInvalid = (location: string, says: string): PublishedError =>
  inCpnWords(invalidEntity([{ error: "invalid_value", location, message: `${location} ${says}` }]))

/**
 * What the steps that all APIs share fail with, in the words of this one.
 *
 * @example
 * inCpnWords({ status: 404, code: 404, message: "Not found." }).code // => 2
 */
export const inCpnWords = (error: PublishedError): PublishedError => {
  if (error.status === 404 && error.code === 404) return cpnNotFound
  return error.errors === undefined ? error : { ...error, errors: error.errors.map(renamed) }
}

const renamed = ({ location, message }: FieldError): FieldError => ({
  error: "MISSING_OR_INVALID_FIELD",
  location,
  message
})
