/** Bytes as text and back, in the runtimes that have no Buffer and not yet `Uint8Array.fromBase64`. */

/** As many as may be arguments of one call everywhere. */
const bytesAtOnce = 8192

/** RFC 4648 §5, without padding. */
export const toBase64Url = (bytes: Uint8Array): string => {
  let binary = ""
  for (let at = 0; at < bytes.length; at += bytesAtOnce) {
    binary += String.fromCharCode(...bytes.subarray(at, at + bytesAtOnce))
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/**
 * Reads unpadded base64url, and only the one spelling that `toBase64Url` would give: otherwise the spare bits of
 * the last character would give one byte string several texts.
 */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const spare = text.length % 4
  if (!base64UrlShape.test(text) || spare === 1) return undefined
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  // Only the last characters have bits to spare.
  const isSpelt = spare === 0 || toBase64Url(bytes.subarray(1 - spare)) === text.slice(-spare)
  return isSpelt ? bytes : undefined
}

const base64UrlShape = /^[A-Za-z0-9_-]*$/u
