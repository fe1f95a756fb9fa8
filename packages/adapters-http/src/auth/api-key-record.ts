/**
 * What is kept of an API key. The key itself cannot be had from it: the look-up id is a keyed digest, so it can be
 * neither computed nor guessed without the pepper, and the proof is a bcrypt hash of another keyed digest, so that
 * bcrypt's limit of 72 bytes never cuts a key.
 */
import { hash } from "bcryptjs"
import { toBase64 } from "../base64.ts"
import { type ApiKeyMode, isApiKeyShaped, shownOfApiKey } from "./api-key.ts"

export type ApiKeyRecord = {
  readonly merchantId: string
  /** Indexed and unique: 22 characters of base64, the first 128 bits of a keyed digest. */
  readonly lookup: string
  readonly bcryptHash: string
  readonly createdAtMs: number
  readonly revokedAtMs?: number
  /** What its owner calls it. */
  readonly name?: string
  /** Of a generated key only, as is `lastFour`. */
  readonly mode?: ApiKeyMode
  readonly lastFour?: string
  /** To the minute. */
  readonly lastUsedAtMs?: number
}

/** Where records are kept. `find` takes any text and answers `undefined` for what it does not hold. */
export type ApiKeyStore = {
  readonly find: (lookup: string) => Promise<ApiKeyRecord | undefined>
  /**
   * Notes that a key was used. What is less than a minute later than the use on record, or before it, is left at that.
   * Nobody waits for it, and one that fails is dropped.
   */
  readonly recordUse?: (lookup: string, nowMs: number) => Promise<void>
}

/** A store in which keys come and go while servers run. What is answered has been kept. */
export type ApiKeyRegister = Required<ApiKeyStore> & {
  /** A merchant's keys: those that work first, then the newest. At least the first 1000. */
  readonly list: (merchantId: string) => Promise<ReadonlyArray<ApiKeyRecord>>
  /**
   * Keeps a record in place of an earlier one of the same key. A revocation stands, whatever is added later, and so does
   * the latest use.
   */
  readonly add: (record: ApiKeyRecord) => Promise<void>
  /** Revokes a key for good. Of several times the first counts; a key that is not on record is left at that. */
  readonly revoke: (lookup: string, nowMs: number) => Promise<void>
}

/** Uses are told apart by the minute: nobody looks closer, and each is a write. */
export const useToldEveryMs = 60_000

/** An HMAC-SHA-256 key with usage `sign`, such as a key ring's `derivedKey("api-keys")`. Losing it voids every key. */
export type Pepper = CryptoKey

// The two keyed digests are domain-separated: the one at rest tells nothing of the one that bcrypt hashes.

export const lookupOf = async (pepper: Pepper, apiKey: string): Promise<string> =>
  toBase64((await mac(pepper, `lookup:${apiKey}`)).subarray(0, 16)).slice(0, 22)

export const proofOf = async (pepper: Pepper, apiKey: string): Promise<string> =>
  toBase64(await mac(pepper, `proof:${apiKey}`))

export type KeyToRecord = {
  readonly apiKey: string
  readonly merchantId: string
  readonly nowMs: number
  readonly name?: string
  /** bcrypt's. Default 10. */
  readonly cost?: number
}

/** The record of a key. Throws a `TypeError` for a text that is not shaped as one. */
export const apiKeyRecord = async (pepper: Pepper, key: KeyToRecord): Promise<ApiKeyRecord> => {
  const { apiKey, merchantId, nowMs, name, cost = 10 } = key
  if (!isApiKeyShaped(apiKey)) throw new TypeError("an API key is 8 to 256 visible ASCII characters")
  const lookup = await lookupOf(pepper, apiKey)
  const bcryptHash = await hash(await proofOf(pepper, apiKey), cost)
  const named = name === undefined ? {} : { name }
  return { merchantId, lookup, bcryptHash, createdAtMs: nowMs, ...named, ...shownOfApiKey(apiKey) }
}

/** Records in memory, for servers whose keys come from their configuration. */
export const memoryApiKeyStore = (records: ReadonlyArray<ApiKeyRecord> = []): ApiKeyRegister => {
  const byLookup = new Map(records.map((record) => [record.lookup, record]))
  return {
    find: async (lookup) => byLookup.get(lookup),
    list: async (merchantId) =>
      Array.from(byLookup.values())
        .filter((record) => record.merchantId === merchantId)
        .sort((one, other) => Number(isRevoked(one)) - Number(isRevoked(other)) || byAge(one, other)),
    add: async (record) => void byLookup.set(record.lookup, merged(byLookup.get(record.lookup), record)),
    revoke: async (lookup, nowMs) => {
      const record = byLookup.get(lookup)
      if (record !== undefined) byLookup.set(lookup, { ...record, revokedAtMs: record.revokedAtMs ?? nowMs })
    },
    recordUse: async (lookup, nowMs) => {
      const record = byLookup.get(lookup)
      if (record !== undefined && isUseToTell(record, nowMs)) byLookup.set(lookup, { ...record, lastUsedAtMs: nowMs })
    }
  }
}

/** Whether a use is late enough after the one on record. */
export const isUseToTell = ({ lastUsedAtMs = -Infinity }: ApiKeyRecord, nowMs: number): boolean =>
  nowMs - lastUsedAtMs >= useToldEveryMs

const isRevoked = ({ revokedAtMs }: ApiKeyRecord): boolean => revokedAtMs !== undefined

const byAge = (one: ApiKeyRecord, other: ApiKeyRecord): number =>
  other.createdAtMs - one.createdAtMs || (one.lookup < other.lookup ? -1 : 1)

const merged = (known: ApiKeyRecord | undefined, record: ApiKeyRecord): ApiKeyRecord => {
  const revokedAtMs = known?.revokedAtMs ?? record.revokedAtMs
  const lastUsedAtMs = Math.max(known?.lastUsedAtMs ?? -Infinity, record.lastUsedAtMs ?? -Infinity)
  return {
    ...record,
    ...(revokedAtMs === undefined ? {} : { revokedAtMs }),
    ...(lastUsedAtMs === -Infinity ? {} : { lastUsedAtMs })
  }
}

const mac = async (pepper: Pepper, text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign("HMAC", pepper, new TextEncoder().encode(text)))
