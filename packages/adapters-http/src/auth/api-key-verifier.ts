/**
 * Who is calling, from the key in the header. bcrypt costs tens of milliseconds of computation, so it runs once per
 * key and stored hash, never per request, and never for a key that is not on record: a flood of made-up keys costs
 * a keyed digest and a look-up each. A key that was proven lately costs one plain digest.
 */
import { compare } from "bcryptjs"
import { saltedFingerprints } from "../salted-fingerprints.ts"
import { busy, turnstile } from "../turnstile.ts"
import { isApiKeyShaped } from "./api-key.ts"
import { type ApiKeyRecord, type ApiKeyStore, isUseToTell, lookupOf, type Pepper, proofOf } from "./api-key-record.ts"

/**
 * `keyId` is the look-up of the key's record. `Malformed` and `Unknown` get the same answer on the wire; `Busy` is worth
 * repeating a moment later.
 */
export type Authentication =
  | { readonly _tag: "Authenticated"; readonly merchantId: string; readonly keyId: string }
  | { readonly _tag: "Malformed" | "Unknown" | "Busy" }

export type ApiKeyVerifierOptions = {
  readonly store: ApiKeyStore
  readonly pepper: Pepper
  readonly nowMs: () => number
  /**
   * How long an answer stands without asking the store, and hence how long a revocation by another process takes. Default
   * 1000, at most 60 000; 0 asks for every request. While the store cannot be asked, an answer stands for a minute.
   */
  readonly answerTtlMs?: number
  /** Keys held in memory. At most 10 000. */
  readonly maxKeys?: number
}

export type ApiKeyVerifier = {
  /** Reads an `Authorization` header (RFC 6750 §2.1), `null` where there is none. Rejects as the store does. */
  readonly authenticate: (header: string | null) => Promise<Authentication>
  /** The same for a key that came by another way. */
  readonly verify: (apiKey: string) => Promise<Authentication>
  /** Call it when a key is revoked or replaced: the next request asks the store. */
  readonly forget: (lookup: string) => void
}

export const apiKeyVerifier = (options: ApiKeyVerifierOptions): ApiKeyVerifier => {
  const { store, pepper, nowMs } = options
  const answerTtlMs = Math.min(options.answerTtlMs ?? 1000, answerTtlMsMax)
  const proven = provenKeys(Math.min(options.maxKeys ?? 10_000, 10_000))
  const fingerprintOf = saltedFingerprints()
  const noteUse = useNotes(store)
  const admit = turnstile({ running: 2, waiting: 32 })
  const underway = new Map<string, Promise<Authentication>>()
  let forgotten = 0

  /** A clock that was set back makes an answer neither fresh nor old; the store is asked. */
  const isWithin = (known: Proven | undefined, ttlMs: number): known is Proven => {
    if (known === undefined) return false
    const ageMs = nowMs() - known.askedAtMs
    return ageMs >= 0 && ageMs < ttlMs
  }

  const prove = async (record: ApiKeyRecord, apiKey: string, known: Proven | undefined) => {
    // The hash was proven before and is still the one on record: bcrypt could only say the same again.
    if (known?.bcryptHash === record.bcryptHash) return true
    const proof = await proofOf(pepper, apiKey)
    return admit(() => compare(proof, record.bcryptHash))
  }

  const ask = async (apiKey: string, fingerprint: string): Promise<Authentication> => {
    const askedAtMs = nowMs()
    const askedAfter = forgotten
    const lookup = await lookupOf(pepper, apiKey)
    let record: ApiKeyRecord | undefined
    try {
      record = await store.find(lookup)
    } catch (error) {
      const known = proven.get(fingerprint)
      if (isWithin(known, answerTtlMsMax)) return authenticated(known)
      throw error
    }
    if (record === undefined || record.revokedAtMs !== undefined) {
      proven.drop(fingerprint)
      return { _tag: "Unknown" }
    }
    const holds = await prove(record, apiKey, proven.get(fingerprint))
    if (holds === busy) return { _tag: "Busy" }
    if (!holds) return { _tag: "Unknown" }
    const { merchantId, bcryptHash } = record
    const now = { lookup, bcryptHash, merchantId, askedAtMs }
    // The record may have been read before a revocation that `forget` has since told of.
    if (askedAfter === forgotten) proven.keep(fingerprint, now)
    noteUse(record, askedAtMs)
    return authenticated(now)
  }

  const verify = async (apiKey: string): Promise<Authentication> => {
    if (!isApiKeyShaped(apiKey)) return { _tag: "Malformed" }
    const fingerprint = fingerprintOf(apiKey)
    const known = proven.get(fingerprint)
    if (isWithin(known, answerTtlMs)) return authenticated(known)
    // Requests that arrive together with a key's first one wait for the same bcrypt.
    const shared = underway.get(fingerprint) ?? ask(apiKey, fingerprint)
    underway.set(fingerprint, shared)
    return shared.finally(() => underway.get(fingerprint) === shared && underway.delete(fingerprint))
  }

  return {
    verify,
    authenticate: async (header) => {
      const apiKey = bearer.exec(header ?? "")?.[1]
      return apiKey === undefined ? { _tag: "Malformed" } : verify(apiKey)
    },
    forget: (lookup) => {
      forgotten++
      proven.dropByLookup(lookup)
      // Whose they are is not known; each may have read its record already.
      underway.clear()
    }
  }
}

/** As long as a key that was proven may be believed at all. */
const answerTtlMsMax = 60_000

const authenticated = ({ merchantId, lookup }: Proven): Authentication => ({
  _tag: "Authenticated",
  merchantId,
  keyId: lookup
})

/** Writes uses down beside the requests: once a minute for a key, and a few at a time. One that is lost is no loss. */
const useNotes = (store: ApiKeyStore): ((record: ApiKeyRecord, nowMs: number) => void) => {
  const underway = new Set<string>()
  return (record, nowMs) => {
    const { lookup } = record
    if (store.recordUse === undefined || !isUseToTell(record, nowMs)) return
    if (underway.has(lookup) || underway.size >= notesMax) return
    underway.add(lookup)
    store
      .recordUse(lookup, nowMs)
      .catch(() => undefined)
      .finally(() => underway.delete(lookup))
  }
}

const notesMax = 32

type Proven = {
  readonly lookup: string
  readonly bcryptHash: string
  readonly merchantId: string
  readonly askedAtMs: number
}

/** What was proven, in memory only and bounded: the key that was proven longest ago makes room. */
const provenKeys = (maxKeys: number) => {
  const entries = new Map<string, Proven>()
  return {
    get: (fingerprint: string): Proven | undefined => entries.get(fingerprint),
    drop: (fingerprint: string): void => void entries.delete(fingerprint),
    dropByLookup: (lookup: string): void => {
      for (const [fingerprint, entry] of entries) if (entry.lookup === lookup) entries.delete(fingerprint)
    },
    keep: (fingerprint: string, entry: Proven): void => {
      entries.delete(fingerprint)
      entries.set(fingerprint, entry)
      const [oldest] = entries.keys()
      if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest)
    }
  }
}

const bearer = /^bearer +([\x21-\x7e]{1,256}) *$/iu
