/**
 * One text for one meaning. Two requests mean the same when their texts are equal, whatever order their fields came
 * in; a keyed digest of the text is the fingerprint that an idempotency key is bound to.
 */
import * as Result from "effect/Result"

/** Why a value has no canonical text. None of these carries the value. */
export type CanonicalRejection =
  | { readonly _tag: "MeaningTooDeep"; readonly depthMax: number }
  | { readonly _tag: "MeaningTooLarge"; readonly charactersMax: number }
  /** Something other than null, booleans, finite numbers, bigints, strings, arrays and plain objects. */
  | { readonly _tag: "MeaningNotPlain"; readonly found: string }

export const canonicalDepthMax = 16
export const canonicalCharactersMax = 65_536

/**
 * JSON text with the keys of every object in code unit order. A bigint is written as digits and `n`, so that it
 * differs from the number and from the string of the same digits. A field whose value is `undefined` is absent.
 *
 * @example
 * canonical({ b: 1n, a: "x" }) // => Result.succeed('{"a":"x","b":1n}')
 * canonical({ a: "x", b: 1n }) // => Result.succeed('{"a":"x","b":1n}')
 * canonical(Number.NaN) // => Result.fail({ _tag: "MeaningNotPlain", found: "number" })
 */
export const canonical = (value: unknown): Result.Result<string, CanonicalRejection> => {
  const text: Text = { parts: [], characters: 0 }
  const rejection = write(text, value, 0)
  return rejection === undefined ? Result.succeed(text.parts.join("")) : Result.fail(rejection)
}

type Text = { readonly parts: Array<string>; characters: number }

const write = (text: Text, value: unknown, depth: number): CanonicalRejection | undefined => {
  switch (typeof value) {
    case "string":
      // A string is measured before it is copied, so a huge one costs nothing.
      return value.length > canonicalCharactersMax ? tooLarge : put(text, JSON.stringify(value))
    case "boolean":
      return put(text, String(value))
    case "number":
      return Number.isFinite(value) ? put(text, JSON.stringify(value)) : notPlain("number")
    case "bigint":
      return writeBigInt(text, value)
    case "object":
      if (value === null) return put(text, "null")
      if (depth >= canonicalDepthMax) return { _tag: "MeaningTooDeep", depthMax: canonicalDepthMax }
      if (Array.isArray(value)) return writeArray(text, value, depth + 1)
      return isPlain(value) ? writeObject(text, value, depth + 1) : notPlain("object")
    default:
      return notPlain(typeof value)
  }
}

/** Writing out digits takes time that grows faster than their number, so their number is bounded by comparison. */
const writeBigInt = (text: Text, value: bigint): CanonicalRejection | undefined =>
  value > bigintMax || value < -bigintMax ? tooLarge : put(text, `${value}n`)

const bigintMax = 10n ** 64n

const writeArray = (text: Text, items: ReadonlyArray<unknown>, depth: number): CanonicalRejection | undefined => {
  let rejection = put(text, "[")
  for (let place = 0; place < items.length && rejection === undefined; place++) {
    rejection = (place > 0 ? put(text, ",") : undefined) ?? write(text, items[place], depth)
  }
  return rejection ?? put(text, "]")
}

const writeObject = (
  text: Text,
  fields: { readonly [key: string]: unknown },
  depth: number
): CanonicalRejection | undefined => {
  const keys = Object.keys(fields).filter((key) => fields[key] !== undefined)
  let separator = "{"
  for (const key of keys.sort()) {
    if (key.length > canonicalCharactersMax) return tooLarge
    const rejection = put(text, `${separator}${JSON.stringify(key)}:`) ?? write(text, fields[key], depth)
    if (rejection !== undefined) return rejection
    separator = ","
  }
  return put(text, keys.length === 0 ? "{}" : "}")
}

const put = (text: Text, part: string): CanonicalRejection | undefined => {
  text.parts.push(part)
  text.characters += part.length
  return text.characters > canonicalCharactersMax ? tooLarge : undefined
}

const isPlain = (value: object): value is { readonly [key: string]: unknown } => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const tooLarge: CanonicalRejection = { _tag: "MeaningTooLarge", charactersMax: canonicalCharactersMax }

const notPlain = (found: string): CanonicalRejection => ({ _tag: "MeaningNotPlain", found })
