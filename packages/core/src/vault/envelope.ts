/**
 * Envelope encryption: each secret has a data key of its own, wrapped by a key of the ring. Rotating a ring key
 * then re-wraps 32 bytes per record instead of decrypting card numbers, and no data key is used twice, which puts
 * the limits of random nonces (NIST SP 800-38D §8.3) out of reach.
 *
 * Layout, all base64url: `pkv1.<key id>.<nonce, wrapped data key, tag>.<nonce, ciphertext, tag>`.
 * The first box is bound to version, place and key id; the second to version and place, so it survives re-wrapping.
 */
import * as Result from "effect/Result"
import { fromBase64Url, toBase64Url } from "../base64-url.ts"
import { KeyUnknown, type Place, SealBroken, type Sealed } from "../ports/vault.ts"
import { type Bytes, decrypt, encrypt, nonceLength, tagLength } from "./aes-gcm.ts"
import { framed } from "./byte-text.ts"
import { type KeyRing, keyIdShape } from "./key-ring.ts"

export type OpenFailure = SealBroken | KeyUnknown

/** Seals a secret for its place, under the current key of the ring. */
export const seal = async (ring: KeyRing, secret: Uint8Array | string, place: Place): Promise<Sealed> => {
  const plaintext = typeof secret === "string" ? utf8(secret) : Uint8Array.from(secret)
  const dataKey = crypto.getRandomValues(new Uint8Array(32))
  const box = await encrypt(await importDataKey(dataKey), plaintext, dataContext(place))
  const wrapped = await wrap(ring, dataKey, place)
  dataKey.fill(0)
  plaintext.fill(0)
  return layOut({ keyId: ring.current, wrapped, box })
}

/** What was sealed for this place; anything else fails, whatever was altered. */
export const open = async (
  ring: KeyRing,
  sealed: Sealed,
  place: Place
): Promise<Result.Result<Uint8Array<ArrayBuffer>, OpenFailure>> => {
  const parts = readLayout(sealed)
  if (parts === undefined) return Result.fail(new SealBroken({ place }))
  const dataKey = await unwrap(ring, parts, place)
  if (Result.isFailure(dataKey)) return dataKey
  const key = await importDataKey(dataKey.success)
  dataKey.success.fill(0)
  const plaintext = await decrypt(key, parts.box, dataContext(place))
  return plaintext === undefined ? Result.fail(new SealBroken({ place })) : Result.succeed(plaintext)
}

/**
 * The same secret with its data key under the current key of the ring. The whole envelope is checked first, so
 * that damage is found now and not sealed in under a fresh key. A secret under the current key comes back as it is.
 */
export const rewrap = async (
  ring: KeyRing,
  sealed: Sealed,
  place: Place
): Promise<Result.Result<Sealed, OpenFailure>> => {
  const opened = await open(ring, sealed, place)
  if (Result.isFailure(opened)) return Result.fail(opened.failure)
  opened.success.fill(0)
  const parts = readLayout(sealed)
  if (parts === undefined || parts.keyId === ring.current) return Result.succeed(sealed)
  const dataKey = await unwrap(ring, parts, place)
  if (Result.isFailure(dataKey)) return Result.fail(dataKey.failure)
  const wrapped = await wrap(ring, dataKey.success, place)
  dataKey.success.fill(0)
  return Result.succeed(layOut({ keyId: ring.current, wrapped, box: parts.box }))
}

type Layout = { readonly keyId: string; readonly wrapped: Bytes; readonly box: Bytes }

const version = "pkv1"
const dataKeyLength = 32

const dataContext = (place: Place): Bytes => framed([version, "data", place.merchantId, place.recordId, place.field])

const keyContext = (place: Place, keyId: string): Bytes =>
  framed([version, "data key", place.merchantId, place.recordId, place.field, keyId])

const layOut = ({ keyId, wrapped, box }: Layout): Sealed =>
  [version, keyId, toBase64Url(wrapped), toBase64Url(box)].join(".")

/** Lengths are settled here, before any cipher runs: the tag is always the last 16 bytes, whole. */
const readLayout = (sealed: Sealed): Layout | undefined => {
  const [found, keyId, wrappedText, boxText, ...rest] = sealed.split(".", 5)
  if (found !== version || keyId === undefined || wrappedText === undefined || boxText === undefined) return undefined
  if (rest.length > 0 || !keyIdShape.test(keyId)) return undefined
  const wrapped = fromBase64Url(wrappedText)
  const box = fromBase64Url(boxText)
  if (wrapped?.length !== nonceLength + dataKeyLength + tagLength) return undefined
  if (box === undefined || box.length < nonceLength + tagLength) return undefined
  return { keyId, wrapped, box }
}

const wrap = async (ring: KeyRing, dataKey: Bytes, place: Place): Promise<Bytes> => {
  const wrappingKey = ring.wrappingKey(ring.current)
  if (wrappingKey === undefined) throw new Error("the ring does not hold its own current key")
  return encrypt(wrappingKey, dataKey, keyContext(place, ring.current))
}

const unwrap = async (ring: KeyRing, parts: Layout, place: Place): Promise<Result.Result<Bytes, OpenFailure>> => {
  const wrappingKey = ring.wrappingKey(parts.keyId)
  if (wrappingKey === undefined) return Result.fail(new KeyUnknown({ keyId: parts.keyId }))
  const dataKey = await decrypt(wrappingKey, parts.wrapped, keyContext(place, parts.keyId))
  return dataKey === undefined ? Result.fail(new SealBroken({ place })) : Result.succeed(dataKey)
}

/** UTF-8 has no place for lone surrogates, and would open them as another text than was sealed. */
const utf8 = (text: string): Bytes => {
  if (!text.isWellFormed()) throw new TypeError("a secret with lone surrogates cannot be sealed as text")
  return new TextEncoder().encode(text)
}

const importDataKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"])
