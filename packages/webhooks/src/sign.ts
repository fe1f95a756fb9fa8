/** Signs a webhook by the Standard Webhooks specification, so that receivers in any language can check it. */
import { type Bytes, toBase64 } from "./base64.ts"
import { bytesOf, joined } from "./bytes.ts"
import type { SigningKey } from "./keys.ts"

/** The headers that go with the payload, whose bytes must be sent exactly as they were signed. */
export type SignedHeaders = {
  readonly "webhook-id": string
  readonly "webhook-timestamp": string
  readonly "webhook-signature": string
}

export type Outgoing = {
  /** Names the message and stays the same through retries: receivers forget repetitions by it. No full stops. */
  readonly id: string
  /** The time of this attempt. */
  readonly atMs: number
  readonly payload: string | Uint8Array
}

/**
 * Signs under every given key; during a rotation give the new one and the old one. Throws a `TypeError` for an id
 * or time that no receiver could check, and for no keys at all.
 *
 * @example
 * const keys = [await signingKey(generateSecret())]
 * (await sign({ id: "msg_1", atMs: 1_700_000_000_000, payload: "{}" }, keys))["webhook-timestamp"] // => "1700000000"
 */
export const sign = async (message: Outgoing, keys: ReadonlyArray<SigningKey>): Promise<SignedHeaders> => {
  const timestamp = timestampOf(message, keys.length)
  const content = signedContent(message.id, timestamp, message.payload)
  const signatures = await Promise.all(
    keys.map(async ({ version, signing }) => {
      const algorithm = version === "v1" ? "HMAC" : "Ed25519"
      return `${version},${toBase64(new Uint8Array(await crypto.subtle.sign(algorithm, signing, content)))}`
    })
  )
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" ")
  }
}

/** The time as it is signed; throws where the message could not be checked by anybody. */
export const timestampOf = ({ id, atMs }: Outgoing, keysCount: number): string => {
  const timestamp = String(Math.floor(atMs / 1000))
  if (!idShape.test(id)) throw new TypeError("a webhook id is 1 to 256 visible characters without full stops")
  if (!timestampShape.test(timestamp)) throw new TypeError("a webhook is signed at a time after 1970")
  if (keysCount === 0) throw new TypeError("a webhook is signed with at least one key")
  return timestamp
}

/** Without full stops: they separate the signed parts, and could move the border between them. */
export const idShape = /^[\x21-\x2d\x2f-\x7e]{1,256}$/u

export const timestampShape = /^\d{1,12}$/u

/** `id.timestamp.payload`, as bytes. */
export const signedContent = (id: string, timestamp: string, payload: string | Uint8Array): Bytes =>
  typeof payload === "string"
    ? bytesOf(`${id}.${timestamp}.${payload}`)
    : joined(bytesOf(`${id}.${timestamp}.`), payload)
