/**
 * Attempts that only a page of ours can have handed out. Each is random and sealed for one session, so that no other
 * site can make a payer's browser pay, and nobody pays twice by choosing attempts of his own. Every node that has the
 * key knows the seal; nothing is stored.
 */
import { toBase64 } from "../base64.ts"
import type { Attempt } from "./page-wire.ts"

/** An HMAC-SHA-256 key with usage `sign`, such as a key ring's `derivedKey("hosted-pages")`, the same on every node. */
export type PageKey = CryptoKey

export const mintAttempt = async (key: PageKey, sessionId: string): Promise<Attempt> => {
  const id = randomUuid()
  return { id, seal: await sealOf(key, sessionId, id) }
}

export const isSealed = async (key: PageKey, sessionId: string, attempt: Attempt): Promise<boolean> =>
  sameText(await sealOf(key, sessionId, attempt.id), attempt.seal)

/** 128 random bits in base64url, for `nonce` (CSP Level 3 §7.1). */
export const mintNonce = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)))

/** Lengths are part of what is sealed: no session and attempt can pass for another pair. */
const sealOf = async (key: PageKey, sessionId: string, attemptId: string): Promise<string> => {
  const sealed = new TextEncoder().encode(JSON.stringify(["hosted-page", sessionId, attemptId]))
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, sealed)))
}

const base64url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

/** Takes as long for any text of the right length. */
const sameText = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}

/** Version 4 (RFC 9562 §5.4). */
const randomUuid = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
}
