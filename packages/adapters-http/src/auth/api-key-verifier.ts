/**
 * Who is calling, from the key in the header. bcrypt costs tens of milliseconds of computation, so it runs once per
 * key and stored hash, never per request, and never for a key that is not on record: a flood of made-up keys costs
 * a keyed digest and a look-up each.
 */
import { compare } from "bcryptjs"
import { busy, turnstile } from "../turnstile.ts"
import { isApiKeyShaped } from "./api-key.ts"
import { type ApiKeyRecord, type ApiKeyStore, digestsOf, type Pepper } from "./api-key-record.ts"

/** `Malformed` and `Unknown` get the same answer on the wire; `Busy` is worth repeating a moment later. */
export type Authentication =
  | { readonly _tag: "Authenticated"; readonly merchantId: string }
  | { readonly _tag: "Malformed" | "Unknown" | "Busy" }

export type ApiKeyVerifierOptions = {
  readonly store: ApiKeyStore
  readonly pepper: Pepper
  readonly nowMs: () => number
  /** How long an answer stands without asking the store: the delay of a revocation elsewhere. At most 60 000. */
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
  const answerTtlMs = Math.min(options.answerTtlMs ?? 60_000, 60_000)
  const proven = provenKeys(Math.min(options.maxKeys ?? 10_000, 10_000))
  const admit = turnstile({ running: 2, waiting: 32 })
  const underway = new Map<string, Promise<Authentication>>()
  let forgotten = 0

  /** A clock that was set back makes an answer neither fresh nor old; the store is asked. */
  const stands = (known: Proven): boolean => {
    const ageMs = nowMs() - known.askedAtMs
    return ageMs >= 0 && ageMs < answerTtlMs
  }

  const prove = async (record: ApiKeyRecord, proof: string): Promise<boolean | typeof busy> => {
    const known = proven.get(record.lookup)
    // The hash was proven before and is still the one on record: bcrypt could only say the same again.
    if (known?.bcryptHash === record.bcryptHash && sameText(known.proof, proof)) return true
    return admit(() => compare(proof, record.bcryptHash))
  }

  const ask = async (lookup: string, proof: string): Promise<Authentication> => {
    const askedAtMs = nowMs()
    const askedAfter = forgotten
    const record = await store.find(lookup)
    if (record === undefined || record.revokedAtMs !== undefined) {
      proven.drop(lookup)
      return { _tag: "Unknown" }
    }
    const holds = await prove(record, proof)
    if (holds === busy) return { _tag: "Busy" }
    if (!holds) return { _tag: "Unknown" }
    const { merchantId, bcryptHash } = record
    // The record may have been read before a revocation that `forget` has since told of.
    if (askedAfter === forgotten) proven.keep(lookup, { proof, bcryptHash, merchantId, askedAtMs })
    return { _tag: "Authenticated", merchantId }
  }

  const verify = async (apiKey: string): Promise<Authentication> => {
    if (!isApiKeyShaped(apiKey)) return { _tag: "Malformed" }
    const { lookup, proof } = await digestsOf(pepper, apiKey)
    const known = proven.get(lookup)
    if (known !== undefined && stands(known) && sameText(known.proof, proof)) {
      return { _tag: "Authenticated", merchantId: known.merchantId }
    }
    // Requests that arrive together with a key's first one wait for the same bcrypt.
    const shared = underway.get(lookup) ?? ask(lookup, proof)
    underway.set(lookup, shared)
    return shared.finally(() => underway.get(lookup) === shared && underway.delete(lookup))
  }

  return {
    verify,
    authenticate: async (header) => {
      const apiKey = bearer.exec(header ?? "")?.[1]
      return apiKey === undefined ? { _tag: "Malformed" } : verify(apiKey)
    },
    forget: (lookup) => {
      forgotten++
      proven.drop(lookup)
      underway.delete(lookup)
    }
  }
}

type Proven = {
  readonly proof: string
  readonly bcryptHash: string
  readonly merchantId: string
  readonly askedAtMs: number
}

/** What was proven, in memory only and bounded: the key that was proven longest ago makes room. */
const provenKeys = (maxKeys: number) => {
  const entries = new Map<string, Proven>()
  return {
    get: (lookup: string): Proven | undefined => entries.get(lookup),
    drop: (lookup: string): void => void entries.delete(lookup),
    keep: (lookup: string, entry: Proven): void => {
      entries.delete(lookup)
      entries.set(lookup, entry)
      const [oldest] = entries.keys()
      if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest)
    }
  }
}

const bearer = /^bearer +([\x21-\x7e]{1,256}) *$/iu

/** Compares digests in a time that depends on their length only. */
const sameText = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
