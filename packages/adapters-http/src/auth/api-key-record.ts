/**
 * What is kept of an API key. The key itself cannot be had from it: the look-up id is a keyed digest, so it can be
 * neither computed nor guessed without the pepper, and the proof is a bcrypt hash of another keyed digest, so that
 * bcrypt's limit of 72 bytes never cuts a key.
 */
import { hash } from "bcryptjs"
import { toBase64 } from "../base64.ts"
import { isApiKeyShaped } from "./api-key.ts"

export type ApiKeyRecord = {
  readonly merchantId: string
  /** Indexed and unique: 22 characters of base64, the first 128 bits of a keyed digest. */
  readonly lookup: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs?: number
}

/** Where records are kept. `find` takes any text and answers `undefined` for what it does not hold. */
export type ApiKeyStore = {
  readonly find: (lookup: string) => Promise<ApiKeyRecord | undefined>
}

/** A store in which keys come and go while servers run. What is answered has been kept. */
export type ApiKeyRegister = ApiKeyStore & {
  /** Keeps a record in place of an earlier one of the same key. A revocation stands, whatever is added later. */
  readonly add: (record: ApiKeyRecord) => Promise<void>
  /** Revokes a key for good. Of several times the first counts; a key that is not on record is left at that. */
  readonly revoke: (lookup: string, nowMs: number) => Promise<void>
}

/** An HMAC-SHA-256 key with usage `sign`, such as a key ring's `derivedKey("api-keys")`. Losing it voids every key. */
export type Pepper = CryptoKey

// The two keyed digests are domain-separated: the one at rest tells nothing of the one that bcrypt hashes.

export const lookupOf = async (pepper: Pepper, apiKey: string): Promise<string> =>
  toBase64((await mac(pepper, `lookup:${apiKey}`)).subarray(0, 16)).slice(0, 22)

export const proofOf = async (pepper: Pepper, apiKey: string): Promise<string> =>
  toBase64(await mac(pepper, `proof:${apiKey}`))

/** The record of a key. Throws a `TypeError` for a text that is not shaped as one; `cost` is bcrypt's, default 10. */
export const apiKeyRecord = async (
  pepper: Pepper,
  key: { readonly apiKey: string; readonly merchantId: string; readonly nowMs: number; readonly cost?: number }
): Promise<ApiKeyRecord> => {
  if (!isApiKeyShaped(key.apiKey)) throw new TypeError("an API key is 8 to 256 visible ASCII characters")
  const lookup = await lookupOf(pepper, key.apiKey)
  const bcryptHash = await hash(await proofOf(pepper, key.apiKey), key.cost ?? 10)
  return { merchantId: key.merchantId, lookup, bcryptHash, createdAtMs: key.nowMs }
}

/** Records in memory, for servers whose keys come from their configuration. */
export const memoryApiKeyStore = (records: ReadonlyArray<ApiKeyRecord> = []): ApiKeyRegister => {
  const byLookup = new Map(records.map((record) => [record.lookup, record]))
  return {
    find: async (lookup) => byLookup.get(lookup),
    add: async (record) => {
      const revokedAtMs = byLookup.get(record.lookup)?.revokedAtMs
      byLookup.set(record.lookup, revokedAtMs === undefined ? record : { ...record, revokedAtMs })
    },
    revoke: async (lookup, nowMs) => {
      const record = byLookup.get(lookup)
      if (record !== undefined) byLookup.set(lookup, { ...record, revokedAtMs: record.revokedAtMs ?? nowMs })
    }
  }
}

const mac = async (pepper: Pepper, text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign("HMAC", pepper, new TextEncoder().encode(text)))
