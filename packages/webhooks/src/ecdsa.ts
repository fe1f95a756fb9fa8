/**
 * Keys and signatures of ECDSA on P-256 with SHA-256. Web Crypto writes a signature as two numbers of 32 bytes (IEEE
 * P1363), the world as DER (RFC 3279 §2.2.3).
 */
import { type Bytes, fromBase64, toBase64 } from "./base64.ts"
import { der, derContent, derInteger, derTags, readDer } from "./der.ts"
import { WebhookKeyInvalid } from "./keys.ts"

/** A private key that signs, non-extractable. */
export type EcdsaSigningKey = { readonly ecdsaSigning: CryptoKey }

/** A public key. */
export type EcdsaVerifyingKey = { readonly ecdsaVerifying: CryptoKey }

/** A fresh pair as base64 of DER: PKCS #8 to keep (RFC 5958), SPKI to publish (RFC 5280 §4.1). */
export const generateEcdsaKeyPair = async (): Promise<{ readonly signing: string; readonly verifying: string }> => {
  const pair = await crypto.subtle.generateKey(curve, true, ["sign", "verify"])
  const [signing, verifying] = await Promise.all([
    crypto.subtle.exportKey("pkcs8", pair.privateKey),
    crypto.subtle.exportKey("spki", pair.publicKey)
  ])
  return { signing: toBase64(new Uint8Array(signing)), verifying: toBase64(new Uint8Array(verifying)) }
}

/** Reads base64 of a PKCS #8 private key. */
export const ecdsaSigningKey = async (text: string): Promise<EcdsaSigningKey> => ({
  ecdsaSigning: await imported(text, "pkcs8", false, "sign")
})

/** Reads base64 of an SPKI public key. */
export const ecdsaVerifyingKey = async (text: string): Promise<EcdsaVerifyingKey> => ({
  ecdsaVerifying: await imported(text, "spki", true, "verify")
})

/** The public key as base64 of SPKI, to be published. */
export const exportEcdsaKey = async ({ ecdsaVerifying }: EcdsaVerifyingKey): Promise<string> =>
  toBase64(new Uint8Array(await crypto.subtle.exportKey("spki", ecdsaVerifying)))

/** The signature of these bytes, as base64 of DER. */
export const signEcdsa = async (body: Bytes, { ecdsaSigning }: EcdsaSigningKey): Promise<string> =>
  toBase64(derOfP1363(new Uint8Array(await crypto.subtle.sign(algorithm, ecdsaSigning, body))))

/** Whether a signature, its two numbers one after another, is of these bytes. */
export const verifyEcdsa = (body: Bytes, signature: Bytes, { ecdsaVerifying }: EcdsaVerifyingKey): Promise<boolean> =>
  crypto.subtle.verify(algorithm, ecdsaVerifying, signature, body)

/**
 * The two numbers of a signature that came as DER, each in 32 bytes, or nothing where it is no signature in its one
 * encoding: both numbers are at least 1 and below the order of the curve (FIPS 186-5 §6.4.2).
 */
export const p1363OfDer = (bytes: Bytes): Bytes | undefined => {
  const numbers = readDer(derContent(bytes, derTags.sequence) ?? new Uint8Array())
  const [r, s] = numbers ?? []
  if (numbers?.length !== 2 || r?.tag !== derTags.integer || s?.tag !== derTags.integer) return undefined
  const signature = new Uint8Array(64)
  for (const [place, { content }] of [r, s].entries()) {
    const magnitude = magnitudeOf(content)
    if (magnitude === undefined) return undefined
    signature.set(magnitude, place * 32 + 32 - magnitude.length)
  }
  return signature
}

const curve = { name: "ECDSA", namedCurve: "P-256" }
const algorithm = { name: "ECDSA", hash: "SHA-256" }

const imported = async (text: string, format: "pkcs8" | "spki", extractable: boolean, use: "sign" | "verify") => {
  const bytes = fromBase64(text)
  if (bytes === undefined) throw new WebhookKeyInvalid({ reason: "not base64" })
  try {
    return await crypto.subtle.importKey(format, bytes, curve, extractable, [use])
  } catch {
    // What the runtime says might repeat the key.
    throw new WebhookKeyInvalid({ reason: "not a key of this kind" })
  }
}

const derOfP1363 = (signature: Bytes): Bytes =>
  der(derTags.sequence, derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32)))

/** Order of P-256 (SP 800-186 §3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The bytes of a number in its shortest form that is at least 1 and below the order. */
const magnitudeOf = (content: Bytes): Bytes | undefined => {
  const [first = 0, second = 0] = content
  const isPadded = first === 0 && content.length > 1
  if (content.length === 0 || content.length > 33 || first >= 0x80 || (isPadded && second < 0x80)) return undefined
  const magnitude = isPadded ? content.subarray(1) : content
  if (magnitude.length > 32) return undefined
  const number = magnitude.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return number > 0n && number < order ? magnitude : undefined
}
