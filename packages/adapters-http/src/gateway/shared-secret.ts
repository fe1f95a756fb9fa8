/**
 * The secret that two processes share, as a bearer token (RFC 6750 §2.1). It is compared as a digest and to the last
 * byte, so that the time of a refusal tells nothing about it.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import * as Redacted from "effect/Redacted"

export type SharedSecret = Redacted.Redacted<string>

/** One secret, or several that are all accepted while one of them is being replaced. */
export type AcceptedSecrets = SharedSecret | ReadonlyArray<SharedSecret>

/** The header that proves the secret. Throws a `RangeError` on one that could be guessed or cannot travel. */
export const authorizationOf = (secret: SharedSecret): string => `Bearer ${checked(secret)}`

/** Whether an `Authorization` header brings one of the secrets. Throws a `RangeError` as above. */
export const secretVerifier = (accepted: AcceptedSecrets): ((authorization: string | null) => boolean) => {
  const secrets: ReadonlyArray<SharedSecret> = Redacted.isRedacted(accepted) ? [accepted] : accepted
  if (secrets.length === 0) throw new RangeError("at least one shared secret is needed")
  const expected = secrets.map((secret) => digestOf(checked(secret)))
  return (authorization) => {
    const given = digestOf(bearer.exec(authorization ?? "")?.[1] ?? "")
    // Every one is compared, so that time does not tell which of them it was.
    return expected.map((digest) => sameBytes(digest, given)).includes(true)
  }
}

/** 32 characters of base64 or more hold 192 bits if they are random, which is up to the host. */
const secretShape = /^[\x21-\x7e]{32,256}$/u
const bearer = /^bearer +([\x21-\x7e]{32,256}) *$/iu

const checked = (secret: SharedSecret): string => {
  const text = Redacted.value(secret)
  if (!secretShape.test(text)) throw new RangeError("a shared secret is 32 to 256 visible ASCII characters")
  return text
}

const digestOf = (text: string): Uint8Array => sha256(new TextEncoder().encode(text))

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0)
  return difference === 0
}
