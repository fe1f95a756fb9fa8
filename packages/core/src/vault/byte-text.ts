/** Bytes as text and back, in the runtimes that have no Buffer and not yet `Uint8Array.fromBase64`. */

/** RFC 4648 §5, without padding. */
export const toBase64Url = (bytes: Uint8Array): string => {
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/**
 * Reads unpadded base64url, and only the one spelling that `toBase64Url` would give: otherwise the spare bits of
 * the last character would give one byte string several texts.
 */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!base64UrlShape.test(text) || text.length % 4 === 1) return undefined
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  return toBase64Url(bytes) === text ? bytes : undefined
}

/**
 * Fields as one byte string that no other list of fields gives: each is preceded by its length, so moving a
 * character from one field to its neighbour changes the bytes. Throws on an empty field and on lone surrogates,
 * which UTF-8 cannot tell apart.
 */
export const framed = (fields: ReadonlyArray<string>): Uint8Array<ArrayBuffer> => {
  const parts = fields.map((field) => {
    if (field === "" || !field.isWellFormed()) throw new TypeError("a field of the place is empty or not well-formed")
    return new TextEncoder().encode(field)
  })
  const bytes = new Uint8Array(parts.reduce((total, part) => total + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

const base64UrlShape = /^[A-Za-z0-9_-]*$/u
