/** Ids for quotes that nobody has to remember: the same for the same text, and a UUID of version 8 (RFC 9562 §5.8). */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"

/**
 * The UUID of a text.
 *
 * @example
 * uuidOf("a") === uuidOf("a") // => true
 */
export const uuidOf = (text: string): string => {
  const bytes = sha256(new TextEncoder().encode(text)).slice(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const digits = bytesToHex(bytes)
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)]
  return parts.join("-")
}
