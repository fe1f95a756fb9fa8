/**
 * What a payout network wants to know about a payment, as data: fields and files, each needed or not. The same data is
 * published as a plain list and as a JSON Schema, and answers are held against it by whoever may read them.
 */

/** What may stand in a field. The last four are records of their own, with a published shape. */
export type FieldType =
  | "text"
  /** `YYYY-MM-DD`. */
  | "date"
  /** ISO 3166-1 alpha-2. */
  | "country"
  | "boolean"
  | "address"
  | "individual"
  | "beneficiary_owner"
  | "intermediary_owner"

export type FieldRequirement = {
  readonly name: string
  readonly type: FieldType
  readonly description: string
  readonly optional: boolean
  /** The only texts that are taken; `null`: whatever is written. */
  readonly values: ReadonlyArray<string> | null
}

/** The fields of one answer. `version` is named by the answer, so that it is read by the rules it was written by. */
export type FieldRequirements = {
  readonly version: number
  readonly title: string
  readonly description: string
  readonly fields: ReadonlyArray<FieldRequirement>
}

/** A file, by the key under which it is sent. */
export type FileRequirement = { readonly key: string; readonly optional: boolean }

/** A field that is needed. Any text, unless the rest says otherwise. */
export const needed = (
  name: string,
  description: string,
  type: FieldType = "text",
  values: ReadonlyArray<string> | null = null
): FieldRequirement => ({ name, type, description, optional: false, values })

/**
 * The same field, which may be left out.
 *
 * @example
 * optional(needed("EMAIL", "Email address")).optional // => true
 */
export const optional = (field: FieldRequirement): FieldRequirement => ({ ...field, optional: true })
