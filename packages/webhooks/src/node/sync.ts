/**
 * Standard Webhooks and the plain signature without waiting, for Node. Web Crypto hands every call to another thread
 * and back, which for a message of a kilobyte takes ten times as long as the work.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWithKey,
  verify as verifyWithKey
} from "node:crypto"
import * as Result from "effect/Result"
import { fromBase64 } from "../base64.ts"
import { sameText } from "../bytes.ts"
import { type Claim, type ClaimOptions, type ClaimRejection, readClaim } from "../claim.ts"
import { type HexHeaders, hexSecretBytes, type OpenHexRejection, readHexClaim } from "../hex.ts"
import { keyBytes, pkcs8OfSeed, WebhookKeyInvalid } from "../keys.ts"
import type { Opened } from "../open.ts"
import type { Received } from "../received.ts"
import { type Outgoing, type SignedHeaders, signedContent, timestampOf } from "../sign.ts"
import { HmacSecret } from "./hmac-secret.ts"

/** A key that signs at once. */
export type SyncSigningKey =
  | { readonly version: "v1"; readonly secret: HmacSecret }
  | { readonly version: "v1a"; readonly signing: KeyObject }

/** A key that verifies at once. For `v1` it is the shared secret. */
export type SyncVerifyingKey =
  | { readonly version: "v1"; readonly secret: HmacSecret }
  | { readonly version: "v1a"; readonly verifying: KeyObject }

/** Reads `whsec_` (24 to 64 bytes) or `whsk_` (32-byte seed, alone or followed by its public key). */
export const signingKeySync = (text: string): SyncSigningKey => {
  const { kind, bytes } = keyBytes(text, ["whsec_", "whsk_"])
  if (kind === "whsec_") return { version: "v1", secret: new HmacSecret(bytes) }
  const der = { key: Buffer.from(pkcs8OfSeed(bytes.subarray(0, 32))), format: "der", type: "pkcs8" } as const
  const signing = createPrivateKey(der)
  const { x } = createPublicKey(signing).export({ format: "jwk" })
  if (bytes.length === 64 && x !== Buffer.from(bytes.subarray(32)).toString("base64url")) {
    throw new WebhookKeyInvalid({ reason: "not a key pair" })
  }
  return { version: "v1a", signing }
}

/** Reads `whsec_` (24 to 64 bytes) or `whpk_` (32 bytes). */
export const verifyingKeySync = (text: string): SyncVerifyingKey => {
  const { kind, bytes } = keyBytes(text, ["whsec_", "whpk_"])
  if (kind === "whsec_") return { version: "v1", secret: new HmacSecret(bytes) }
  const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") }
  return { version: "v1a", verifying: createPublicKey({ key: jwk, format: "jwk" }) }
}

/**
 * As `sign`, at once.
 *
 * @example
 * const keys = [signingKeySync("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
 * const headers = signSync({ id: "msg_1", atMs: 1_700_000_000_000, payload: "{}" }, keys)
 * headers["webhook-signature"] // => "v1,x5lVgj0b/JJJaUYaa1+6I5J/EECcryrPlFN4VrkmI94="
 */
export const signSync = (message: Outgoing, keys: ReadonlyArray<SyncSigningKey>): SignedHeaders => {
  const timestamp = timestampOf(message, keys.length)
  let signatures = ""
  for (const key of keys) signatures += `${signatures === "" ? "" : " "}${signatureOf(message, timestamp, key)}`
  return { "webhook-id": message.id, "webhook-timestamp": timestamp, "webhook-signature": signatures }
}

export type OpenSyncOptions = Omit<ClaimOptions, "keys"> & { readonly keys: ReadonlyArray<SyncVerifyingKey> }

export type OpenSyncRejection = ClaimRejection | { readonly _tag: "SignatureMismatch" }

/** As `open`, at once; remembering ids is left to the caller, who knows whether a store can answer at once. */
export const openSync = <Payload extends string | Uint8Array>(
  received: Received<Payload>,
  options: OpenSyncOptions
): Result.Result<Opened<Payload>, OpenSyncRejection> => {
  const claim = readClaim(received.headers, options)
  if (Result.isFailure(claim)) return Result.fail(claim.failure)
  const { id, timestampMs } = claim.success
  const { payload } = received
  let held = false
  for (const key of options.keys) held = holds(key, claim.success, payload) || held
  return held ? Result.succeed({ id, timestampMs, payload }) : Result.fail({ _tag: "SignatureMismatch" })
}

/** A shared secret for the plain signature. */
export type SyncHexKey = { readonly hexSecret: HmacSecret }

/** As `hexKey`, at once. */
export const hexKeySync = (secret: string): SyncHexKey => ({ hexSecret: new HmacSecret(hexSecretBytes(secret)) })

/** As `signHex`, at once. */
export const signHexSync = (body: string | Uint8Array, { hexSecret }: SyncHexKey): HexHeaders => ({
  "x-webhook-signature": hexSecret.of("", body, "hex")
})

/** As `openHex`, at once. */
export const openHexSync = <Payload extends string | Uint8Array>(
  { headers, payload }: Received<Payload>,
  { keys }: { readonly keys: ReadonlyArray<SyncHexKey> }
): Result.Result<{ readonly payload: Payload }, OpenHexRejection> => {
  const claimed = readHexClaim(headers, keys.length)
  if (Result.isFailure(claimed)) return Result.fail(claimed.failure)
  let held = false
  for (const { hexSecret } of keys) held = sameText(hexSecret.of("", payload, "hex"), claimed.success) || held
  return held ? Result.succeed({ payload }) : Result.fail({ _tag: "SignatureMismatch" })
}

const signatureOf = ({ id, payload }: Outgoing, timestamp: string, key: SyncSigningKey): string =>
  key.version === "v1"
    ? `v1,${key.secret.of(`${id}.${timestamp}.`, payload, "base64")}`
    : `v1a,${signWithKey(null, signedContent(id, timestamp, payload), key.signing).toString("base64")}`

const holds = (key: SyncVerifyingKey, claim: Claim, payload: string | Uint8Array): boolean => {
  const { id, timestamp, signatures } = claim
  if (key.version === "v1") {
    // Once per key and not once per signature: a large payload must not be hashed sixteen times.
    const expected = key.secret.of(`${id}.${timestamp}.`, payload, "base64")
    return signatures.some(({ version, base64 }) => version === "v1" && sameText(base64, expected))
  }
  const content = signedContent(id, timestamp, payload)
  return signatures.some(({ version, base64 }) => {
    // Not Node's own base64, which takes several texts for the same bytes.
    const signature = version === "v1a" ? fromBase64(base64) : undefined
    return signature !== undefined && verifyWithKey(null, content, key.verifying, signature)
  })
}
