/** What a receiver holds in its hands: headers of whatever server, and a body that nobody has parsed. */
import * as Result from "effect/Result"

/** What arrived: the headers, names in any case, and the body exactly as received, before any parsing. */
export type Received<Payload extends string | Uint8Array> = {
  readonly headers: ReceivedHeaders
  readonly payload: Payload
}

export type ReceivedHeaders =
  | { readonly get: (name: string) => string | null }
  | { readonly [name: string]: string | ReadonlyArray<string> | undefined }

export type HeaderRejection<Name extends string> =
  | { readonly _tag: "HeaderMissing"; readonly header: Name }
  | { readonly _tag: "HeaderMalformed"; readonly header: Name }

/** The value of a header that is there once and of the right shape. The name is given in lower case. */
export const header = <Name extends string>(
  headers: ReceivedHeaders,
  name: Name,
  shape: { readonly test: (value: string) => boolean }
): Result.Result<string, HeaderRejection<Name>> => {
  const value = headerValue(headers, name)
  if (value === undefined) return Result.fail({ _tag: "HeaderMissing", header: name })
  return shape.test(value) ? Result.succeed(value) : Result.fail({ _tag: "HeaderMalformed", header: name })
}

const headerValue = (headers: ReceivedHeaders, name: string): string | undefined => {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined
  const record = headers as { readonly [name: string]: unknown }
  // Node gives names in lower case, so most of the time there is nothing to search for.
  const value = Object.hasOwn(record, name) ? record[name] : valueInAnyCase(record, name)
  return typeof value === "string" ? value : undefined
}

const valueInAnyCase = (record: { readonly [name: string]: unknown }, name: string): unknown => {
  const written = Object.keys(record).find((key) => key.length === name.length && key.toLowerCase() === name)
  return written === undefined ? undefined : record[written]
}
