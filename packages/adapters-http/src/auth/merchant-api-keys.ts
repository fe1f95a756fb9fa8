/**
 * What a merchant does with API keys: makes one, sees which there are, revokes one. A key is shown to its maker once;
 * afterwards nobody can say more of it than its mode, its end, and when it was used. Another merchant's key does not
 * exist.
 */
import type { Outcome } from "@paykernel/core"
import * as Redacted from "effect/Redacted"
import { busy, turnstile } from "../turnstile.ts"
import { type ApiKeyMode, generateApiKey } from "./api-key.ts"
import { type ApiKeyRecord, type ApiKeyRegister, apiKeyRecord, type Pepper } from "./api-key-record.ts"
import type { ApiKeyVerifier } from "./api-key-verifier.ts"

export type MerchantApiKeysOptions = {
  readonly register: ApiKeyRegister
  readonly pepper: Pepper
  /** This process's own, which is told of every revocation at once. */
  readonly verifier: Pick<ApiKeyVerifier, "forget">
  readonly nowMs: () => number
  /** How many keys of one merchant may work at a time. Default 100, at most 900. */
  readonly activeKeysMax?: number
  /** bcrypt's. Default 10. */
  readonly cost?: number
}

/** What may be seen of a key. What is not known of it is `null`: keys of a host's own making have no mode and no end. */
export type ListedApiKey = {
  /** Names the key towards `revoke`: the look-up of its record. */
  readonly id: string
  readonly name: string | null
  readonly mode: ApiKeyMode | null
  readonly lastFour: string | null
  readonly createdAtMs: number
  /** To the minute. */
  readonly lastUsedAtMs: number | null
  readonly revokedAtMs: number | null
}

/** The one time that a key is shown. */
export type CreatedApiKey = ListedApiKey & { readonly apiKey: Redacted.Redacted<string> }

export type CreateApiKeyRejection =
  /** A name is 1 to 80 characters without line breaks and other controls, not counting spaces around it. */
  | { readonly _tag: "NameInvalid" }
  | { readonly _tag: "TooManyKeys"; readonly activeKeysMax: number }
  /** Too many are being made at this moment. */
  | { readonly _tag: "Busy" }

/** Each call rejects as the register does; what it answers has been kept. */
export type MerchantApiKeys = {
  readonly create: (
    merchantId: string,
    key: { readonly mode: ApiKeyMode; readonly name: string }
  ) => Promise<Outcome<CreatedApiKey, CreateApiKeyRejection>>
  /** Those that work first, then the newest. At least the first 1000. */
  readonly list: (merchantId: string) => Promise<ReadonlyArray<ListedApiKey>>
  /**
   * Revokes a key for good. Once it is answered, this process refuses the key, and every other one does within its
   * verifier's `answerTtlMs`, a second. Revoking again changes nothing.
   */
  readonly revoke: (
    merchantId: string,
    id: string
  ) => Promise<Outcome<ListedApiKey, { readonly _tag: "ApiKeyNotFound" }>>
}

/**
 * The keys of merchants, in a register.
 *
 * @example
 * const hmac = { name: "HMAC", hash: "SHA-256" }
 * const pepper = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), hmac, false, ["sign"])
 * const register = memoryApiKeyStore()
 * const nowMs = () => 1_795_000_000_000
 * const verifier = apiKeyVerifier({ store: register, pepper, nowMs })
 * const keys = merchantApiKeys({ register, pepper, verifier, nowMs })
 * const made = await keys.create("shop 1", { mode: "test", name: "Till 3" })
 * String(made.value.apiKey) // => "<redacted:API key>"
 * await keys.revoke("shop 2", made.value.id) // => { ok: false, error: { _tag: "ApiKeyNotFound" } }
 */
export const merchantApiKeys = (options: MerchantApiKeysOptions): MerchantApiKeys => {
  const { register, pepper, verifier, nowMs, cost = 10 } = options
  const activeKeysMax = Math.min(options.activeKeysMax ?? 100, 900)
  const admit = turnstile({ running: 1, waiting: 8 })

  const keep = async (merchantId: string, mode: ApiKeyMode, name: string): Promise<CreatedApiKey> => {
    const apiKey = generateApiKey(mode)
    const record = await apiKeyRecord(pepper, { apiKey, merchantId, name, nowMs: nowMs(), cost })
    await register.add(record)
    return { ...listed(record), apiKey: Redacted.make(apiKey, { label: "API key" }) }
  }

  return {
    create: async (merchantId, { mode, name: given }) => {
      const name = given.trim()
      if (!nameShape.test(name) || !name.isWellFormed()) return { ok: false, error: { _tag: "NameInvalid" } }
      // One after the other, so that nobody counts before another has added.
      const made = await admit(async () => {
        const active = (await register.list(merchantId)).filter(({ revokedAtMs }) => revokedAtMs === undefined)
        return active.length < activeKeysMax ? keep(merchantId, mode, name) : null
      })
      if (made === busy) return { ok: false, error: { _tag: "Busy" } }
      return made === null ? { ok: false, error: { _tag: "TooManyKeys", activeKeysMax } } : { ok: true, value: made }
    },
    list: async (merchantId) => (await register.list(merchantId)).map(listed),
    revoke: async (merchantId, id) => {
      const record = lookupShape.test(id) ? await register.find(id) : undefined
      if (record?.merchantId !== merchantId) return { ok: false, error: { _tag: "ApiKeyNotFound" } }
      const revokedAtMs = record.revokedAtMs ?? nowMs()
      await register.revoke(id, revokedAtMs)
      verifier.forget(id)
      return { ok: true, value: listed({ ...record, revokedAtMs }) }
    }
  }
}

const listed = (record: ApiKeyRecord): ListedApiKey => ({
  id: record.lookup,
  name: record.name ?? null,
  mode: record.mode ?? null,
  lastFour: record.lastFour ?? null,
  createdAtMs: record.createdAtMs,
  lastUsedAtMs: record.lastUsedAtMs ?? null,
  revokedAtMs: record.revokedAtMs ?? null
})

const nameShape = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,80}$/u

/** What no record has is not asked for: a database may refuse texts that are no look-up. */
const lookupShape = /^[A-Za-z0-9+/]{22}$/u
