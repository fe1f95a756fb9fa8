/** Keyed digests by HMAC-SHA-256 (RFC 2104, FIPS 180-4), one derived key for each purpose. */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import type { Digest } from "../../ports/digest.ts"

/** A key shorter than this could be searched for. */
const keyBytesMin = 32

/** Crockford's alphabet in lower case: no letters that are mistaken for digits. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const digestLetters = 26

/** Digests under `key`, at least 32 random bytes that every process of the host shares and keeps. */
export const keyedDigest = (key: Uint8Array): Digest["Service"] => {
  if (key.length < keyBytesMin) throw new Error(`the digest key needs at least ${keyBytesMin} bytes`)
  const encoder = new TextEncoder()
  const bytesOf = (text: string): Uint8Array => encoder.encode(text)
  // Keyed once: a clone starts where the key has been taken in already, which is half of the work of a short digest.
  const keyed = (purpose: string) => hmac.create(sha256, hmac(sha256, key, bytesOf(purpose)))
  const macs = {
    "gateway-key": keyed("gateway-key"),
    fingerprint: keyed("fingerprint"),
    "return-state": keyed("return-state"),
    "public-id": keyed("public-id"),
    "checkout-page": keyed("checkout-page"),
    "webhook-id": keyed("webhook-id"),
    "webhook-secret": keyed("webhook-secret"),
    "webhook-confirmation": keyed("webhook-confirmation"),
    "deposit-id": keyed("deposit-id"),
    "record-id": keyed("record-id")
  }
  return { of: (purpose, text) => base32(macs[purpose].clone().update(bytesOf(text)).digest()) }
}

/** The bytes that a digest stands for, as many as it has whole ones: 16. */
export const digestBytes = (digest: string): Uint8Array => {
  const bytes: Array<number> = []
  let bits = 0
  let held = 0
  for (const letter of digest) {
    held = (held << 5) | alphabet.indexOf(letter)
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
    held &= (1 << bits) - 1
  }
  return Uint8Array.from(bytes)
}

const base32 = (bytes: Uint8Array): string => {
  let text = ""
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5 && text.length < digestLetters) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return text
}
