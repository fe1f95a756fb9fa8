/**
 * The plain signature: HMAC-SHA-256 of the raw body in lower-case hex, checked with one line in any language. It covers
 * no id and no time, so it does not stop a replay; where that matters, check the Standard Webhooks headers beside it.
 */
import * as Result from "effect/Result"
import type { Bytes } from "./base64.ts"
import { bytesOf, sameText, toHex } from "./bytes.ts"
import { WebhookKeyInvalid } from "./keys.ts"
import { type HeaderRejection, header, type Received, type ReceivedHeaders } from "./received.ts"

/** A shared secret. Non-extractable: it renders as nothing and gives its bytes to nobody. */
export type HexKey = { readonly hex: CryptoKey }

export type HexHeaders = { readonly "x-webhook-signature": string }

/** The bytes of a secret are those of its whole text as it is shown, `whsec_` included, as `hash_hmac` takes it. */
export const hexKey = async (secret: string): Promise<HexKey> => ({
  hex: await crypto.subtle.importKey("raw", hexSecretBytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
})

/**
 * The header for a body, which must be sent byte for byte as it was signed.
 *
 * @example
 * (await signHex("{}", await hexKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))["x-webhook-signature"].length // => 64
 */
export const signHex = async (body: string | Uint8Array, key: HexKey): Promise<HexHeaders> => ({
  "x-webhook-signature": await macOf(body, key)
})

export type OpenHexRejection = HeaderRejection<"x-webhook-signature"> | { readonly _tag: "SignatureMismatch" }

/**
 * The payload, if its signature holds under one of the keys (current one, and the one before), or why it is refused.
 */
export const openHex = async <Payload extends string | Uint8Array>(
  received: Received<Payload>,
  { keys }: { readonly keys: ReadonlyArray<HexKey> }
): Promise<Result.Result<{ readonly payload: Payload }, OpenHexRejection>> => {
  const signature = readHexClaim(received.headers, keys.length)
  if (Result.isFailure(signature)) return Result.fail(signature.failure)
  const expected = await Promise.all(keys.map((key) => macOf(received.payload, key)))
  const held = expected.map((mac) => sameText(mac, signature.success))
  return held.includes(true)
    ? Result.succeed({ payload: received.payload })
    : Result.fail({ _tag: "SignatureMismatch" })
}

/** The signature that the headers claim. */
export const readHexClaim = (headers: ReceivedHeaders, keysCount: number) => {
  if (keysCount === 0) throw new TypeError("a webhook is opened with at least one key")
  return header(headers, "x-webhook-signature", hexShape)
}

/** The bytes of a secret, if they are enough to be one. */
export const hexSecretBytes = (secret: string): Bytes => {
  const bytes = bytesOf(secret)
  if (bytes.length < 24 || bytes.length > 256) throw new WebhookKeyInvalid({ reason: "wrong length" })
  return bytes
}

const hexShape = /^[0-9a-f]{64}$/u

const macOf = async (body: string | Uint8Array, { hex }: HexKey): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.sign("HMAC", hex, bytesOf(body))))
