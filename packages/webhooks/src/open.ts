/**
 * Opens a received webhook. The payload comes out of `open` and only after a signature has held, so a receiver that
 * reads what `open` gives cannot have forgotten to check.
 */
import * as Result from "effect/Result"
import { type Bytes, fromBase64 } from "./base64.ts"
import type { SignatureVersion, VerifyingKey } from "./keys.ts"
import { idShape, signedContent, timestampShape } from "./sign.ts"

/** What arrived: the headers, names in any case, and the body exactly as received, before any parsing. */
export type Received<Payload extends string | Uint8Array> = {
  readonly headers: Headers | { readonly [name: string]: string | ReadonlyArray<string> | undefined }
  readonly payload: Payload
}

export type Opened<Payload extends string | Uint8Array> = {
  /** Remember it for as long as the tolerance and refuse repetitions: a signature alone does not stop a replay. */
  readonly id: string
  readonly timestampMs: number
  readonly payload: Payload
}

export type OpenOptions = {
  /** Keys of which any may have signed: the current one, and during a rotation the one before. */
  readonly keys: ReadonlyArray<VerifyingKey>
  readonly nowMs: number
  /** How old or how early a message may be. Default five minutes. */
  readonly toleranceMs?: number
}

type HeaderName = "webhook-id" | "webhook-timestamp" | "webhook-signature"

export type OpenRejection =
  | { readonly _tag: "HeaderMissing"; readonly header: HeaderName }
  | { readonly _tag: "HeaderMalformed"; readonly header: HeaderName }
  | { readonly _tag: "TimestampTooOld"; readonly timestampMs: number }
  | { readonly _tag: "TimestampTooNew"; readonly timestampMs: number }
  /** None of the first 16 signatures is of a version for which there is a key. */
  | { readonly _tag: "SignatureUnsupported" }
  | { readonly _tag: "SignatureMismatch" }

/** The payload, if one of the message's signatures holds under one of the keys, or why it is refused. */
export const open = async <Payload extends string | Uint8Array>(
  received: Received<Payload>,
  options: OpenOptions
): Promise<Result.Result<Opened<Payload>, OpenRejection>> => {
  if (options.keys.length === 0) throw new TypeError("a webhook is opened with at least one key")
  const header = headersOf(received.headers)
  const id = header("webhook-id", idShape)
  if (Result.isFailure(id)) return Result.fail(id.failure)
  const timestamp = header("webhook-timestamp", timestampShape)
  if (Result.isFailure(timestamp)) return Result.fail(timestamp.failure)
  const signatureList = header("webhook-signature", signatureListShape)
  if (Result.isFailure(signatureList)) return Result.fail(signatureList.failure)

  const timestampMs = Number(timestamp.success) * 1000
  const toleranceMs = options.toleranceMs ?? 5 * 60 * 1000
  // Whole seconds, like the time that was signed: half a second must not decide.
  const ageMs = Math.floor(options.nowMs / 1000) * 1000 - timestampMs
  if (ageMs > toleranceMs) return Result.fail({ _tag: "TimestampTooOld", timestampMs })
  if (ageMs < -toleranceMs) return Result.fail({ _tag: "TimestampTooNew", timestampMs })

  const versions = new Set(options.keys.map((key) => key.version))
  const signatures = readSignatures(signatureList.success).filter(({ version }) => versions.has(version))
  if (signatures.length === 0) return Result.fail({ _tag: "SignatureUnsupported" })
  const content = signedContent(id.success, timestamp.success, received.payload)
  const held = await Promise.all(options.keys.map((key) => holds(key, content, signatures)))
  return held.includes(true)
    ? Result.succeed({ id: id.success, timestampMs, payload: received.payload })
    : Result.fail({ _tag: "SignatureMismatch" })
}

/** A sender in rotation has two; each signature beyond costs a verification that an attacker would choose. */
const maxSignatures = 16
const signatureListShape = /^[\x20-\x7e]{1,65536}$/u

const headersOf = (headers: Received<string>["headers"]) => {
  const values = new Map<string, string>()
  for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers)) {
    if (typeof value === "string") values.set(name.toLowerCase(), value)
  }
  return (name: HeaderName, shape: RegExp): Result.Result<string, OpenRejection> => {
    const value = values.get(name)
    if (value === undefined) return Result.fail({ _tag: "HeaderMissing", header: name })
    return shape.test(value) ? Result.succeed(value) : Result.fail({ _tag: "HeaderMalformed", header: name })
  }
}

type Signature = { readonly version: SignatureVersion; readonly bytes: Bytes }

const signatureLengths = { v1: 32, v1a: 64 }

/** Signatures of other versions, or that are none, are skipped: newer senders add versions beside those known. */
const readSignatures = (list: string): ReadonlyArray<Signature> =>
  list.split(" ", maxSignatures).flatMap((text) => {
    const comma = text.indexOf(",")
    const version = text.slice(0, Math.max(comma, 0))
    if (version !== "v1" && version !== "v1a") return []
    const bytes = fromBase64(text.slice(comma + 1))
    return bytes?.length === signatureLengths[version] ? [{ version, bytes }] : []
  })

const holds = async (key: VerifyingKey, content: Bytes, signatures: ReadonlyArray<Signature>): Promise<boolean> => {
  const candidates = signatures.filter(({ version }) => version === key.version)
  if (key.version === "v1a") {
    const verified = candidates.map(({ bytes }) => crypto.subtle.verify("Ed25519", key.verifying, bytes, content))
    return (await Promise.all(verified)).includes(true)
  }
  // Once per key and not once per signature: a large payload must not be hashed sixteen times.
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key.verifying, content))
  return candidates.some(({ bytes }) => sameBytes(bytes, expected))
}

/** Compares in a time that depends on the length only. */
const sameBytes = (a: Bytes, b: Bytes): boolean =>
  a.length === b.length && a.reduce((difference, byte, i) => difference | (byte ^ (b[i] ?? 0)), 0) === 0
