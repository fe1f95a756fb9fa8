/**
 * Names secrets in memory without holding them. The salt is new with every process and never leaves it, so nobody can
 * choose a name, and the time a comparison of names takes says nothing about a secret.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { toBase64 } from "./base64.ts"

export const saltedFingerprints = (): ((secret: string) => string) => {
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const salted = sha256.create().update(salt)
  const encoder = new TextEncoder()
  return (secret) => toBase64(salted.clone().update(encoder.encode(secret)).digest())
}
