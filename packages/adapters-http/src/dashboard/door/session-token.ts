/**
 * The secret in the cookie, and what is made from it: the digest under which the session is kept, and the token that
 * every form carries. Neither leads back to the secret.
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { toBase64 } from "../../base64.ts"

/** 256 random bits in base64url. */
export const mintToken = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

const tokenShape = /^[A-Za-z0-9_-]{43}$/u

/** Whether a text of a stranger can be a token, and is worth looking up. */
export const isToken = (text: string): boolean => tokenShape.test(text)

export const digestOf = (text: string): string => toBase64(sha256(encoder.encode(text)))

/** What the forms of a session carry, and no other site can know. */
export const formTokenOf = (token: string): string =>
  base64url(hmac(sha256, encoder.encode(token), encoder.encode("paykernel dashboard form")))

/** Takes as long for any text of the right length. */
export const sameText = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}

const encoder = new TextEncoder()

const base64url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
