/**
 * Arrays of values in the form that costs least on the way to the server. Texts go in its binary form, because a literal
 * would have every quote of a JSON document escaped here and read again there, which takes longer than anything else in
 * a batch; numbers go as the literal that they nearly are.
 */

/** `pg` sends a `Buffer` as binary and a string as text. */
export type BoundArray = string | Buffer

export type ArrayElement = "text" | "bigint" | "integer" | "numeric"

export const boundArray = (element: ArrayElement, values: ReadonlyArray<string | number | null>): BoundArray =>
  element === "text" ? binaryTexts(values) : `{${values.map((value) => value ?? "NULL").join()}}`

const textOid = 25
const headerBytes = 20

/** Dimensions, whether there are nulls, the type; how many and counted from what; then each with its length, or -1. */
const binaryTexts = (values: ReadonlyArray<string | number | null>): Buffer => {
  const texts = values.map((value) => (value === null ? null : String(value)))
  const bytes = texts.reduce((sum, text) => sum + 4 + (text === null ? 0 : Buffer.byteLength(text)), headerBytes)
  const array = Buffer.allocUnsafe(bytes)
  let place = 0
  const int = (value: number): void => {
    place = array.writeInt32BE(value, place)
  }
  for (const value of [1, texts.includes(null) ? 1 : 0, textOid, texts.length, 1]) int(value)
  for (const text of texts) {
    const start = place + 4
    const length = text === null ? -1 : array.write(text, start)
    int(length)
    place = start + Math.max(0, length)
  }
  return array
}
