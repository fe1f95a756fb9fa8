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
  readonly reason:
    | "prefix is unknown or not for this use"
    | "not base64"
    | "wrong length"
    | "not a key pair"
    | "not a key of this kind"
}> {
  override get message(): string {
    return `webhook key: ${this.reason}`
  }
}

/** Reads `whsec_` (24 to 64 bytes) or `whsk_` (32-byte seed, alone or followed by its public key). */
export const signingKey = async (text: string): Promise<SigningKey> => {
  const { kind, bytes } = keyBytes(text, ["whsec_", "whsk_"])
  if (kind === "whsec_") return { version: "v1", signing: await importSecret(bytes) }
  const seed = bytes.subarray(0, 32)
  if (bytes.length === 64 && toBase64(await publicKeyOf(seed)) !== toBase64(bytes.subarray(32))) {
    throw new WebhookKeyInvalid({ reason: "not a key pair" })
  }
  return { version: "v1a", signing: await importSeed(seed, false) }
}

/** Reads `whsec_` (24 to 64 bytes) or `whpk_` (32 bytes). */
export const verifyingKey = async (text: string): Promise<VerifyingKey> => {
  const { kind, bytes } = keyBytes(text, ["whsec_", "whpk_"])
  if (kind === "whsec_") return { version: "v1", verifying: await importSecret(bytes) }
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

type KeyKind = "whsec_" | "whsk_" | "whpk_"

/** The bytes of a key of one of these kinds. Throws a `WebhookKeyInvalid` for every other text. */
export const keyBytes = (text: string, kinds: ReadonlyArray<KeyKind>): { kind: KeyKind; bytes: Bytes } => {
  const kind = kinds.find((prefix) => text.startsWith(prefix))
  if (kind === undefined) throw new WebhookKeyInvalid({ reason: "prefix is unknown or not for this use" })
  const bytes = fromBase64(text.slice(kind.length))
  if (bytes === undefined) throw new WebhookKeyInvalid({ reason: "not base64" })
  if (!lengths[kind](bytes.length)) throw new WebhookKeyInvalid({ reason: "wrong length" })
  return { kind, bytes }
}

const lengths: Readonly<Record<KeyKind, (length: number) => boolean>> = {
  whsec_: (length) => length >= 24 && length <= 64,
  whsk_: (length) => length === 32 || length === 64,
  whpk_: (length) => length === 32
}

const importSecret = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])

/** RFC 8410 §7: what stands before the 32 bytes of an Ed25519 seed in PKCS #8, the one form Web Crypto imports. */
const pkcs8Prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

/** An Ed25519 seed as PKCS #8. */
export const pkcs8OfSeed = (seed: Bytes): Bytes => Uint8Array.of(...pkcs8Prefix, ...seed)

const importSeed = (seed: Bytes, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", pkcs8OfSeed(seed), "Ed25519", extractable, ["sign"])

const publicKeyOf = async (seed: Bytes): Promise<Bytes> => {
  const { x = "" } = await crypto.subtle.exportKey("jwk", await importSeed(seed, true))
  const bytes = fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`)
  if (bytes?.length !== 32) throw new WebhookKeyInvalid({ reason: "not a key pair" })
  return bytes
}
