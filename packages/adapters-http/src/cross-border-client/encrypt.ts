/** Personal data and documents, encrypted for the institution at the other end: the server in between reads none of it. */
import { CompactEncrypt, importJWK } from "jose"
import { toBase64 } from "../base64.ts"
import type { CertificateBody } from "../cpn/field.schema.ts"

/** Fields of an answer by their names. Texts, dates as `YYYY-MM-DD`, and records such as addresses. */
export type AnswerFields = { readonly [name: string]: unknown }

/**
 * JSON as a JWE in compact form (RFC 7516) for a certificate: `ECDH-ES+A128KW`, `A128GCM`. Each time it is another text.
 * Rejects where the certificate's key is none.
 *
 * @example
 * (await encryptJson(quote.certificate, { NAME: "Jo" })).split(".").length // => 5
 */
export const encryptJson = async ({ jwk }: CertificateBody, json: unknown): Promise<string> => {
  const key = await importJWK({ ...jwk }, algorithm)
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(json)))
    .setProtectedHeader({ alg: algorithm, enc: "A128GCM" })
    .encrypt(key)
}

const algorithm = "ECDH-ES+A128KW"

/** As travel-rule data and accounts are sent: an array of `{ name, value }`. */
export const encryptFields = (certificate: CertificateBody, fields: AnswerFields): Promise<string> =>
  encryptJson(
    certificate,
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value }))
  )

export type EncryptedDocument = {
  /** JWE of a JSON text with the key in base64. */
  readonly encryptedAesKey: string
  /** 12 bytes in base64. */
  readonly iv: string
  /** AES-128-GCM, the tag at the end. */
  readonly content: Uint8Array<ArrayBuffer>
}

/** A document under a key of its own, which is encrypted like an answer. */
export const encryptDocument = async (
  certificate: CertificateBody,
  content: Uint8Array
): Promise<EncryptedDocument> => {
  const raw = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"])
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, tagLength: 128 }, key, new Uint8Array(content))
  const encryptedAesKey = await encryptJson(certificate, toBase64(raw))
  return { encryptedAesKey, iv: toBase64(iv), content: new Uint8Array(sealed) }
}
