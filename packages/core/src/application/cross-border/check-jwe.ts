/**
 * Whether a text is a JWE that can be passed on (RFC 7516 §7.1): what is inside is for the network's eyes alone, so all
 * that can be told of it here is its outside.
 */

export type JweFault =
  /** No JWE in compact form. */
  | "jwe_malformed"
  /** Another way to encrypt than the published one. */
  | "encryption_unsupported"

/** Characters of an answer: far more than all fields together. */
export const jweLengthMax = 262_144

/**
 * What is wrong with the outside of a JWE, or `undefined`.
 *
 * @example
 * jweFault("nonsense") // => "jwe_malformed"
 */
export const jweFault = (jwe: string): JweFault | undefined => {
  const [header] = jwe.length > jweLengthMax ? [] : (compactShape.exec(jwe)?.slice(1) ?? [])
  const read = header === undefined ? undefined : readHeader(header)
  if (read === undefined) return "jwe_malformed"
  const { alg, enc, zip, crit, epk } = read
  // Compression is a way to encrypt of its own (§4.1.3), and so is whatever else has to be understood (§4.1.13).
  if (alg !== "ECDH-ES+A128KW" || enc !== "A128GCM" || zip !== undefined || crit !== undefined) {
    return "encryption_unsupported"
  }
  return isRecord(epk) ? undefined : "jwe_malformed"
}

/** Header, wrapped key of 24 bytes, nonce of 12, ciphertext and tag of 16, each in base64url without padding. */
const compactShape = /^([\w-]{1,4096})\.[\w-]*\.[\w-]*\.[\w-]+\.[\w-]*$/u

const utf8 = new TextDecoder("utf-8", { fatal: true })

type JsonRecord = { readonly [name: string]: unknown }

const readHeader = (encoded: string): JsonRecord | undefined => {
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"))
    const header: unknown = JSON.parse(utf8.decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))))
    return isRecord(header) ? header : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value)
