/**
 * JSON with one reading only. The grammar of RFC 8259 leaves open what two members of one name mean, and lets through
 * what later harms others: prototype keys, half characters, nesting without end. A body about money must not depend
 * on such choices, so all of them are refused before any field is looked at.
 */
import * as Result from "effect/Result"

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<JsonValue>
  | { readonly [key: string]: JsonValue }
/** Without members that were `null`: to the APIs here, null and absent are the same. */
export type JsonObject = { readonly [key: string]: JsonValue }

/** None of these carries anything of the text. */
export type JsonFault =
  | { readonly _tag: "NotUtf8" }
  | { readonly _tag: "NotJson" }
  | { readonly _tag: "NotAnObject" }
  | { readonly _tag: "TooDeep"; readonly depthMax: number }
  | { readonly _tag: "TooManyKeys"; readonly keysMax: number }
  | { readonly _tag: "KeyRepeated" }
  | { readonly _tag: "KeyForbidden" }
  /** Half of a surrogate pair, or the character NUL, which not every store can keep. */
  | { readonly _tag: "TextMalformed" }
  /** A field that must be a whole number is written otherwise, as `10.0` or `1e1`, or has too many digits. */
  | { readonly _tag: "NotWhole"; readonly field: string }

export type JsonLimits = { readonly depthMax: number; readonly keysMax: number }

/**
 * The object that the bytes of a body stand for. Numbers of the `wholeFields` at its top must be written as digits
 * alone, at most 15 of them, so that they are what they look like in every parser.
 *
 * @example
 * parseStrict(new TextEncoder().encode('{"a":1,"a":2}'), limits) // => Result.fail({ _tag: "KeyRepeated" })
 */
export const parseStrict = (
  bytes: Uint8Array,
  limits: JsonLimits,
  wholeFields: ReadonlySet<string> = noFields
): Result.Result<JsonObject, JsonFault> => {
  const text = decodeUtf8(bytes)
  if (text === undefined) return Result.fail({ _tag: "NotUtf8" })
  const fault = scan(text, limits, wholeFields)
  if (fault !== undefined) return Result.fail(fault)
  const parsed = parseJson(text)
  if (parsed === undefined) return Result.fail({ _tag: "NotJson" })
  if (!isObject(parsed)) return Result.fail({ _tag: "NotAnObject" })
  if (!isWellFormed(parsed)) return Result.fail({ _tag: "TextMalformed" })
  return Result.succeed(withoutNulls(parsed))
}

const noFields: ReadonlySet<string> = new Set()

/** A byte order mark stays in the text and so is refused by the grammar (RFC 8259 §8.1). */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const parseJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"])

/**
 * Looks at structure and keys only, before the parser does: depth and number of keys bound the parser's work, and
 * a key given twice is not seen any more afterwards. On a text that is no JSON it may find anything or nothing.
 */
const scan = (text: string, limits: JsonLimits, wholeFields: ReadonlySet<string>): JsonFault | undefined => {
  const open: Array<Set<string> | null> = []
  let keys = 0
  let keyIsNext = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === "{" || char === "[") {
      open.push(char === "{" ? new Set() : null)
      if (open.length > limits.depthMax) return { _tag: "TooDeep", depthMax: limits.depthMax }
      keyIsNext = char === "{"
    } else if (char === "}" || char === "]") {
      open.pop()
      keyIsNext = false
    } else if (char === ",") {
      keyIsNext = open.at(-1) instanceof Set
    } else if (char === '"') {
      const end = endOfString(text, at)
      if (keyIsNext) {
        const key = parseJson(text.slice(at, end + 1))
        const seen = open.at(-1)
        if (typeof key !== "string" || !(seen instanceof Set)) return { _tag: "NotJson" }
        if (forbidden.has(key)) return { _tag: "KeyForbidden" }
        if (seen.has(key)) return { _tag: "KeyRepeated" }
        if (++keys > limits.keysMax) return { _tag: "TooManyKeys", keysMax: limits.keysMax }
        if (open.length === 1 && wholeFields.has(key) && !isWholeOrOther(text, end + 1)) {
          return { _tag: "NotWhole", field: key }
        }
        seen.add(key)
        keyIsNext = false
      }
      at = end
    }
  }
  return undefined
}

/** Whether the value after a key that ended before `from` is no number, or one of digits alone. */
const isWholeOrOther = (text: string, from: number): boolean => {
  const value = /[ \t\n\r]*:[ \t\n\r]*(?:(?![-0-9 \t\n\r])|-?(?:0|[1-9][0-9]{0,14})(?![0-9.eE]))/uy
  value.lastIndex = from
  return value.test(text)
}

/** Where the string that begins at `from` ends; the end of the text if it does not. */
const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === '"') return at
  }
  return text.length
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isWellFormed = (value: JsonValue): boolean => {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\u0000")
  if (typeof value !== "object" || value === null) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  return Object.entries(value).every(([key, member]) => isWellFormed(key) && isWellFormed(member))
}

const withoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, isObject(member) ? withoutNulls(member) : member])
  )
