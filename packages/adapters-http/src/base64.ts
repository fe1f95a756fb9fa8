/** Bytes as base64 and back, in the runtimes that have no Buffer and not yet `Uint8Array.fromBase64`. */

/** RFC 4648 §4, padded. */
export const toBase64 = (bytes: Uint8Array): string => {
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Reads padded base64 and nothing looser: no white space, no other alphabet, no spare bits. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (text.length % 4 !== 0 || !base64Shape.test(text)) return undefined
  const binary = atob(text)
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  return btoa(binary) === text ? bytes : undefined
}

const base64Shape = /^[A-Za-z0-9+/]*={0,2}$/u
