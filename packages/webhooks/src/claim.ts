/**
 * What the headers of a Standard Webhooks message claim, before anybody has checked a signature: who it is, when it was
 * signed, and which signatures are worth checking.
 */
import * as Result from "effect/Result"
import type { SignatureVersion } from "./keys.ts"
import { type HeaderRejection, header, type Received } from "./received.ts"
import { idShape, timestampShape } from "./sign.ts"

export type Claim = {
  readonly id: string
  /** As it was signed. */
  readonly timestamp: string
  readonly timestampMs: number
  /** Of versions for which there is a key, the signature itself in base64. */
  readonly signatures: ReadonlyArray<{ readonly version: SignatureVersion; readonly base64: string }>
}

export type ClaimRejection =
  | HeaderRejection<"webhook-id" | "webhook-timestamp" | "webhook-signature">
  | { readonly _tag: "TimestampTooOld"; readonly timestampMs: number }
  | { readonly _tag: "TimestampTooNew"; readonly timestampMs: number }
  /** None of the first 16 signatures is of a version for which there is a key. */
  | { readonly _tag: "SignatureUnsupported" }

export type ClaimOptions = {
  readonly keys: ReadonlyArray<{ readonly version: SignatureVersion }>
  readonly nowMs: number
  /** How old or how early a message may be. Default five minutes. */
  readonly toleranceMs?: number
}

export const defaultToleranceMs = 5 * 60 * 1000

export const readClaim = (
  headers: Received<string>["headers"],
  { keys, nowMs, toleranceMs = defaultToleranceMs }: ClaimOptions
): Result.Result<Claim, ClaimRejection> => {
  if (keys.length === 0) throw new TypeError("a webhook is opened with at least one key")
  const id = header(headers, "webhook-id", idShape)
  if (Result.isFailure(id)) return Result.fail(id.failure)
  const timestamp = header(headers, "webhook-timestamp", timestampShape)
  if (Result.isFailure(timestamp)) return Result.fail(timestamp.failure)
  const list = header(headers, "webhook-signature", signatureListShape)
  if (Result.isFailure(list)) return Result.fail(list.failure)

  const timestampMs = Number(timestamp.success) * 1000
  // Whole seconds, like the time that was signed: half a second must not decide.
  const ageMs = Math.floor(nowMs / 1000) * 1000 - timestampMs
  if (ageMs > toleranceMs) return Result.fail({ _tag: "TimestampTooOld", timestampMs })
  if (ageMs < -toleranceMs) return Result.fail({ _tag: "TimestampTooNew", timestampMs })

  const signatures = readSignatures(list.success, keys)
  return signatures.length === 0
    ? Result.fail({ _tag: "SignatureUnsupported" })
    : Result.succeed({ id: id.success, timestamp: timestamp.success, timestampMs, signatures })
}

/** A sender in rotation has two; each signature beyond costs a verification that an attacker would choose. */
const maxSignatures = 16
/** Its parts are judged one by one, so here only whether it is worth taking apart. */
const signatureListShape = { test: (list: string): boolean => list.length > 0 && list.length <= 65_536 }

/** Base64 of 32 bytes, and of 64. */
const signatureShapes = { v1: /^[A-Za-z0-9+/]{43}=$/u, v1a: /^[A-Za-z0-9+/]{86}==$/u }

/** Signatures of other versions, or that are none, are skipped: newer senders add versions beside those known. */
const readSignatures = (list: string, keys: ClaimOptions["keys"]): Claim["signatures"] => {
  const signatures: Array<Claim["signatures"][number]> = []
  let start = 0
  for (let count = 0; count < maxSignatures && start < list.length; count++) {
    const space = list.indexOf(" ", start)
    const end = space === -1 ? list.length : space
    const text = list.slice(start, end)
    start = end + 1
    const version = text.startsWith("v1,") ? "v1" : text.startsWith("v1a,") ? "v1a" : undefined
    if (version === undefined) continue
    const base64 = text.slice(version.length + 1)
    if (signatureShapes[version].test(base64) && keys.some((key) => key.version === version)) {
      signatures.push({ version, base64 })
    }
  }
  return signatures
}
