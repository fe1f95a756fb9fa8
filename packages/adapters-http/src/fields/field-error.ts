/**
 * One invalid field, as the published API tells of it. The published shape could also repeat the value, but a card
 * number in the wrong field is still a card number: no answer ever repeats what was sent.
 */

/** `location` is the field's dotted path, with which `message` begins. */
export type FieldError = {
  readonly error: FieldErrorName
  readonly message: string
  readonly location: string
  readonly constraints?: { readonly [name: string]: string | number | boolean }
}

export type FieldErrorName =
  | "required"
  | "not_required"
  | "min_value"
  | "max_value"
  | "length_outside_bounds"
  | "pattern_mismatch"
  | "date_not_in_future"
  | "number_format"
  | "invalid_value"
  /** The one word that the cross-border API has for all of them. */
  | "MISSING_OR_INVALID_FIELD"

/** What a field breaks. `says` follows the field's path in the message: `expMonth` + `must be …`. */
export type FieldRule = {
  readonly error: FieldErrorName
  readonly says: string
  readonly constraints?: NonNullable<FieldError["constraints"]>
}

/**
 * @example
 * fieldError("metadata.email", required).message // => "metadata.email may not be null (was null)"
 */
export const fieldError = (location: string, { error, says, constraints }: FieldRule): FieldError => ({
  error,
  message: `${location} ${says}`,
  location,
  ...(constraints === undefined ? {} : { constraints })
})

/** The one value that a message names, since it is none. */
export const required: FieldRule = { error: "required", says: "may not be null (was null)" }
export const notRequired: FieldRule = { error: "not_required", says: "must be null" }
export const invalidValue = (says: string): FieldRule => ({ error: "invalid_value", says })
