/** Errors in the published shape of `/v1`: a numeric code, a message, and for invalid fields one entry each. */

import { type FieldError, type FieldRule, fieldError } from "../fields/field-error.ts"
import { type Answer, json } from "../front/answer.ts"

export type PublishedError = {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly errors?: ReadonlyArray<FieldError>
  readonly retryAfterS?: number
}

export const refuse = ({ status, code, message, errors, retryAfterS }: PublishedError): Answer =>
  json(
    status,
    { code, message, ...(errors === undefined ? {} : { errors }) },
    retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }
  )

/** Every problem of a request at once; the message repeats those of the fields, a line each. */
export const invalidEntity = (errors: ReadonlyArray<FieldError>): PublishedError => ({
  status: 400,
  code: 2,
  message: ["Invalid entity.", ...errors.map(({ message }) => message)].join("\n"),
  errors
})

export const invalidField = (location: string, fieldRule: FieldRule): PublishedError =>
  invalidEntity([fieldError(location, fieldRule)])

export const notFound: PublishedError = { status: 404, code: 404, message: "Not found." }
export const paymentNotFound: PublishedError = { status: 404, code: 1051, message: "Payment not found." }
export const forbidden: PublishedError = { status: 403, code: 3, message: "Forbidden" }
export const conflict: PublishedError = { status: 409, code: 409, message: "Conflicts with another request." }
export const unexpected: PublishedError = { status: 500, code: -1, message: "Something unexpected happened." }

export const invalidAmount: PublishedError = {
  status: 400,
  code: 1077,
  message: "The amount must be greater than zero."
}
export const unsupportedCurrency: PublishedError = {
  status: 400,
  code: 1078,
  message: "The currency is not supported."
}

/** Nothing can be said about the request yet: the same request with the same key may be sent again. */
export const unavailable = (retryAfterMs: number): PublishedError => ({
  status: 503,
  code: -1,
  message: "Temporarily unavailable. Repeat the request with the same idempotency key.",
  retryAfterS: Math.max(1, Math.ceil(retryAfterMs / 1000))
})

export const encryptionKeyNotFound: PublishedError = {
  status: 400,
  code: 1096,
  message: "The encryption key id could not be found."
}
