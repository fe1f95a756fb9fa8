/**
 * The keys that wrap data keys. A ring holds the current key, which seals, and older ones, which still open; so a
 * key can be rotated without touching the ciphertexts it protects, and retired once they are re-wrapped.
 */
import * as Data from "effect/Data"
import { fromBase64Url } from "../base64-url.ts"
import { framed } from "./byte-text.ts"

/** A key as it is stored: `key` is 32 random bytes as unpadded base64url. */
export type KeyRingEntry = { readonly id: string; readonly key: string }

export type KeyRingOptions = {
  /** The key that seals. Default: the last entry, where a rotation adds its new key. */
  readonly current?: string
  /** The key from which look-up keys derive. It must outlive rotations: fingerprints change with it. Default: first. */
  readonly anchor?: string
}

/** Why the values make no key ring. Never carries key material; `keyId` only if it is a well-formed id. */
export class KeyRingInvalid extends Data.TaggedError("KeyRingInvalid")<{
  readonly reason: "empty" | "key id malformed" | "key id repeated" | "key is not 32 bytes of base64url" | "no such key"
  readonly keyId?: string
}> {}

/** Keys as non-extractable `CryptoKey`s: no code that holds the ring can read their bytes back. */
export type KeyRing = {
  readonly current: string
  /** The wrapping key of an id, AES-256-GCM. */
  readonly wrappingKey: (keyId: string) => CryptoKey | undefined
  /** An HMAC-SHA-256 key for one purpose, derived from the anchor by HKDF (RFC 5869). Stable through rotations. */
  readonly derivedKey: (purpose: string) => Promise<CryptoKey>
}

/**
 * A key ring from stored values. Rejects with `KeyRingInvalid`.
 *
 * @example
 * (await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])).current // => "k1"
 */
export const keyRingFromValues = async (
  entries: ReadonlyArray<KeyRingEntry>,
  options: KeyRingOptions = {}
): Promise<KeyRing> => {
  const material = readEntries(entries)
  const ids = [...material.keys()]
  const current = options.current ?? ids.at(-1) ?? ""
  const anchor = options.anchor ?? ids.at(0) ?? ""
  const anchorBytes = material.get(anchor)
  if (anchorBytes === undefined || !material.has(current)) throw new KeyRingInvalid({ reason: "no such key" })

  const anchorKey = await importForDerivation(anchorBytes)
  const wrapping = new Map<string, CryptoKey>()
  for (const [id, bytes] of material) {
    wrapping.set(id, await deriveWrappingKey(await importForDerivation(bytes)))
    bytes.fill(0)
  }
  return {
    current,
    wrappingKey: (keyId) => wrapping.get(keyId),
    derivedKey: (purpose) => deriveMacKey(anchorKey, purpose)
  }
}

/** What may stand as a key id: it is part of every sealed text, so it needs no escaping there. */
export const keyIdShape = /^[A-Za-z0-9_-]{1,64}$/u

const readEntries = (entries: ReadonlyArray<KeyRingEntry>): Map<string, Uint8Array<ArrayBuffer>> => {
  if (entries.length === 0) throw new KeyRingInvalid({ reason: "empty" })
  const material = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const { id, key } of entries) {
    if (!keyIdShape.test(id)) throw new KeyRingInvalid({ reason: "key id malformed" })
    if (material.has(id)) throw new KeyRingInvalid({ reason: "key id repeated", keyId: id })
    const bytes = fromBase64Url(key)
    if (bytes?.length !== 32) throw new KeyRingInvalid({ reason: "key is not 32 bytes of base64url", keyId: id })
    material.set(id, bytes)
  }
  return material
}

// A stored key only ever derives others: one that both wrapped and derived would serve two algorithms at once.
const importForDerivation = (bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"])

const hkdf = (use: string, purpose: string): HkdfParams => ({
  name: "HKDF",
  hash: "SHA-256",
  salt: new Uint8Array(32),
  info: framed(["paykernel key ring", use, purpose])
})

const deriveWrappingKey = (from: CryptoKey): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(hkdf("AES-256-GCM", "data keys"), from, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt"
  ])

const deriveMacKey = (from: CryptoKey, purpose: string): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(hkdf("HMAC-SHA-256", purpose), from, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
    "sign",
    "verify"
  ])
