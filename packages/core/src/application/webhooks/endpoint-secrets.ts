/** The secrets of endpoints: made, checked, and kept by the vault. Their text is nowhere else, and in nothing that is stored. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { isSigning } from "../../endpoint/index.ts"
import type { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import { type Place, Vault, type VaultError } from "../../ports/vault.ts"
import { digestBytes } from "../commit/keyed-digest.ts"
import { shortMemory } from "../short-memory.ts"

type EndpointSecret = Redacted.Redacted<string>

/** Where a secret is sealed. What is sealed there never changes: another secret has another id. */
export const secretPlace = (merchantId: string, endpointId: string, secretId: string): Place => ({
  merchantId,
  recordId: endpointId,
  field: `webhook-secret:${secretId}`
})

/** Places of all secrets of an endpoint. */
export const secretPlaces = ({ merchantId, id, secrets }: Endpoint): ReadonlyArray<Place> =>
  secrets.map((secret) => secretPlace(merchantId, id, secret.id))

const secretBytesMin = 24
const secretBytesMax = 64
const prefix = "whsec_"

/**
 * Whether a text can be a secret: `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it.
 *
 * @example
 * isSecret(`whsec_${"A".repeat(32)}`) // => true
 * isSecret("whsec_secret") // => false
 */
export const isSecret = (text: string): boolean => {
  if (!text.startsWith(prefix)) return false
  const letters = text.slice(prefix.length)
  if (letters.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/u.test(letters)) return false
  const bytes = (letters.length / 4) * 3 - (letters.endsWith("==") ? 2 : letters.endsWith("=") ? 1 : 0)
  return bytes >= secretBytesMin && bytes <= secretBytesMax
}

/** A new secret: 32 bytes that only a holder of the digest key could have made, from an id that is used for nothing else. */
export const newSecret = Effect.fnUntraced(function* (nowMs: number) {
  const digest = yield* Digest
  const seed = (yield* Ids).next(nowMs)
  const halves = ["a", "b"].map((half) => digestBytes(digest.of("webhook-secret", `${half} ${seed}`)))
  const bytes = halves.flatMap((half) => [...half])
  return Redacted.make(prefix + btoa(String.fromCharCode(...bytes)))
})

export type SecretCabinet = {
  /** Texts of the secrets that sign at a time, the current one first. */
  readonly signing: (
    endpoint: Endpoint,
    nowMs: number
  ) => Effect.Effect<ReadonlyArray<EndpointSecret>, StoreUnavailable | VaultError, Store | Vault | Clock>
}

const rememberMs = 60_000
const entriesMax = 1000

/** Opens secrets, and remembers them for a minute: a busy endpoint needs its own for every message. */
export const secretCabinet = (): SecretCabinet => {
  const opened = shortMemory<EndpointSecret>(rememberMs, entriesMax)
  return {
    signing: ({ merchantId, id, secrets }, nowMs) =>
      Effect.forEach(
        secrets.filter((secret) => isSigning(secret, nowMs)),
        (secret) => {
          const place = secretPlace(merchantId, id, secret.id)
          return opened.recall(JSON.stringify(place), open(place), () => true)
        }
      )
  }
}

/** A secret that is not there belongs to an endpoint that somebody removes or rotates right now. */
export const open = Effect.fnUntraced(function* (place: Place) {
  const record = yield* (yield* Store).sealedRecord(place)
  if (record === undefined) return yield* new StoreUnavailable({ reason: "secret erased", outcomeUnknown: false })
  return yield* (yield* Vault).open(record.sealed, place)
})

/** The current secret of an endpoint. */
export const currentSecret = (endpoint: Endpoint) => {
  const [current] = endpoint.secrets
  if (current === undefined) return Effect.die(new Error("an endpoint has a secret until it is removed"))
  return open(secretPlace(endpoint.merchantId, endpoint.id, current.id))
}
