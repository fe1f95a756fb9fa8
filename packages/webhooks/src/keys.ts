/**
 * Webhook keys in the text form of Standard Webhooks: `whsec_` for a shared secret, `whsk_` and `whpk_` for a pair.
 * The prefix decides what a key may do, so a public key can never be taken for a secret, which everyone would hold.
 */
import * as Data from "effect/Data"
import { type Bytes, fromBase64, toBase64 } from "./base64.ts"

/** `v1` is HMAC-SHA-256, `v1a` is Ed25519. */
export type SignatureVersion = "v1" | "v1a"

/** A key that signs. Non-extractable: it renders as nothing and gives its bytes to nobody. */
export type SigningKey = { readonly version: SignatureVersion; readonly signing: CryptoKey }

/** A key that verifies. For `v1` it is the shared secret. */
export type VerifyingKey = { readonly version: SignatureVersion; readonly verifying: CryptoKey }

/** Why a text is no key. Never carries the text. */
export class WebhookKeyInvalid extends Data.TaggedError("WebhookKeyInvalid")<{
  readonly reason: "prefix is unknown or not for this use" | "not base64" | "wrong length" | "not a key pair"
}> {
  override get message(): string {
    return `webhook key: ${this.reason}`
  }
}

/** Reads `whsec_` (24 to 64 bytes) or `whsk_` (32-byte seed, alone or followed by its public key). */
export const signingKey = async (text: string): Promise<SigningKey> => {
  const secret = bytesAfter("whsec_", text)
  if (secret !== undefined) return { version: "v1", signing: await importSecret(secret) }
  const pair = bytesAfter("whsk_", text)
  if (pair === undefined) throw new WebhookKeyInvalid({ reason: "prefix is unknown or not for this use" })
  if (pair.length !== 32 && pair.length !== 64) throw new WebhookKeyInvalid({ reason: "wrong length" })
  const seed = pair.subarray(0, 32)
  if (pair.length === 64 && toBase64(await publicKeyOf(seed)) !== toBase64(pair.subarray(32))) {
    throw new WebhookKeyInvalid({ reason: "not a key pair" })
  }
  return { version: "v1a", signing: await importSeed(seed, false) }
}

/** Reads `whsec_` (24 to 64 bytes) or `whpk_` (32 bytes). */
export const verifyingKey = async (text: string): Promise<VerifyingKey> => {
  const secret = bytesAfter("whsec_", text)
  if (secret !== undefined) return { version: "v1", verifying: await importSecret(secret) }
  const bytes = bytesAfter("whpk_", text)
  if (bytes === undefined) throw new WebhookKeyInvalid({ reason: "prefix is unknown or not for this use" })
  if (bytes.length !== 32) throw new WebhookKeyInvalid({ reason: "wrong length" })
  return { version: "v1a", verifying: await crypto.subtle.importKey("raw", bytes, "Ed25519", true, ["verify"]) }
}

/** A fresh shared secret of 32 bytes, as `whsec_…`. */
export const generateSecret = (): string => `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`

/** A fresh Ed25519 pair, as `whsk_…` to keep and `whpk_…` to hand out. */
export const generateKeyPair = async (): Promise<{ readonly signing: string; readonly verifying: string }> => {
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const publicKey = await publicKeyOf(seed)
  return {
    signing: `whsk_${toBase64(Uint8Array.of(...seed, ...publicKey))}`,
    verifying: `whpk_${toBase64(publicKey)}`
  }
}

const bytesAfter = (prefix: string, text: string): Bytes | undefined => {
  if (!text.startsWith(prefix)) return undefined
  const bytes = fromBase64(text.slice(prefix.length))
  if (bytes === undefined) throw new WebhookKeyInvalid({ reason: "not base64" })
  return bytes
}

const importSecret = async (bytes: Bytes): Promise<CryptoKey> => {
  if (bytes.length < 24 || bytes.length > 64) throw new WebhookKeyInvalid({ reason: "wrong length" })
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
}

/** RFC 8410 §7: what stands before the 32 bytes of an Ed25519 seed in PKCS #8, the one form Web Crypto imports. */
const pkcs8Prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

const importSeed = (seed: Bytes, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", Uint8Array.of(...pkcs8Prefix, ...seed), "Ed25519", extractable, ["sign"])

const publicKeyOf = async (seed: Bytes): Promise<Bytes> => {
  const { x = "" } = await crypto.subtle.exportKey("jwk", await importSeed(seed, true))
  const bytes = fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`)
  if (bytes?.length !== 32) throw new WebhookKeyInvalid({ reason: "not a key pair" })
  return bytes
}
