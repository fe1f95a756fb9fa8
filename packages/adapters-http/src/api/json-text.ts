/** JSON in which an amount stays the whole number that it is: a bigint is written in digits and never becomes a float. */

export type Written =
  | string
  | number
  | bigint
  | boolean
  | null
  | ReadonlyArray<Written>
  | { readonly [name: string]: Written | undefined }

/**
 * JSON text; fields that are `undefined` are left out.
 *
 * @example
 * jsonOf({ amount: 9007199254740993n, note: undefined }) // => '{"amount":9007199254740993}'
 */
export const jsonOf = (value: Written): string => {
  if (typeof value === "bigint") return value.toString()
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(jsonOf).join(",")}]`
  const fields = Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : [`${JSON.stringify(name)}:${jsonOf(field)}`]
  )
  return `{${fields.join(",")}}`
}

const isList = (value: Written): value is ReadonlyArray<Written> => Array.isArray(value)
