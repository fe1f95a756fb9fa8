/**
 * API keys as text. A generated key carries its mode, a public part that may be shown and searched for, 256 bits of
 * secret, and a checksum by which a mistyped key, or a stray one in a repository, is told apart without a look-up.
 *
 * `pk_live_` + 12 public characters + `_` + 43 of secret + 6 of checksum, all base62: 70 characters.
 */

export type ApiKeyMode = "live" | "test"

/** Makes a key from 256 random bits. It is shown to its owner once; only an `ApiKeyRecord` is kept. */
export const generateApiKey = (mode: ApiKeyMode): string => {
  const publicPart = randomBase62(12)
  const secret = base62(crypto.getRandomValues(new Uint8Array(32)), 43)
  const body = `pk_${mode}_${publicPart}_${secret}`
  return `${body}${checksum(body)}`
}

/**
 * Whether a text can be an API key at all: 8 to 256 visible ASCII characters and, where it has the shape of a
 * generated key, the right checksum. Hosts may give keys of their own making.
 */
export const isApiKeyShaped = (text: string): boolean => {
  if (!anyKeyShape.test(text)) return false
  return !generatedShape.test(text) || checksum(text.slice(0, -6)) === text.slice(-6)
}

/** What may be shown of a generated key when it is gone: its mode, and four characters of the checksum at its end. */
export type ShownOfApiKey = { readonly mode: ApiKeyMode; readonly lastFour: string }

/** `undefined` for a key of a host's own making, which may be so short that its end gives it away. */
export const shownOfApiKey = (apiKey: string): ShownOfApiKey | undefined => {
  if (!generatedShape.test(apiKey)) return undefined
  return { mode: apiKey.startsWith("pk_live_") ? "live" : "test", lastFour: apiKey.slice(-4) }
}

const anyKeyShape = /^[\x21-\x7e]{8,256}$/u
const generatedShape = /^pk_(?:live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/u

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const base62 = (bytes: Uint8Array, length: number): string => {
  let value = bytes.reduce((total, byte) => (total << 8n) | BigInt(byte), 0n)
  let text = ""
  for (let i = 0; i < length; i++) {
    text = alphabet.charAt(Number(value % 62n)) + text
    value /= 62n
  }
  return text
}

/** 62^12 is near 2^71.5: the bias of taking 128 bits modulo that is below 2^-56. */
const randomBase62 = (length: number): string => base62(crypto.getRandomValues(new Uint8Array(16)), length)

/** CRC-32 (ISO 3309), against mistakes and not against people. */
const checksum = (text: string): string => {
  let crc = 0xffffffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  const value = ~crc >>> 0
  return base62(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 6)
}
