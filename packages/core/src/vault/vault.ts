/**
 * The vault in process: envelope encryption under a key ring the host holds. Card numbers are sealed before they
 * are stored and opened only on their way to the card network.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import { type Place, SealBroken, Vault, type VaultError } from "../ports/vault.ts"
import { framed } from "./byte-text.ts"
import { type OpenFailure, open, rewrap, seal } from "./envelope.ts"
import type { KeyRing } from "./key-ring.ts"

/** A vault over a key ring. Fingerprints derive from the ring's anchor and stay the same through rotations. */
export const envelopeVault = (ring: KeyRing): Vault["Service"] => {
  const fingerprintKey = ring.derivedKey("pan-fingerprint")
  return Vault.of({
    seal: (secret, place) =>
      Effect.promise(() => seal(ring, typeof secret === "string" ? secret : secret.reveal(), place)),
    open: (sealed, place) =>
      Effect.flatMap(
        settled(() => open(ring, sealed, place)),
        (bytes) => redacted(bytes, place)
      ),
    rewrap: (sealed, place) => settled(() => rewrap(ring, sealed, place)),
    fingerprint: (pan, merchantId) =>
      Effect.promise(async () => keyedUuid(await fingerprintKey, [merchantId, pan.reveal()]))
  })
}

/** `envelopeVault` as a layer. */
export const envelopeVaultLayer = (ring: KeyRing): Layer.Layer<Vault> => Layer.succeed(Vault, envelopeVault(ring))

const settled = <A>(run: () => Promise<Result.Result<A, OpenFailure>>): Effect.Effect<A, VaultError> =>
  Effect.flatMap(Effect.promise(run), Effect.fromResult)

const redacted = (
  bytes: Uint8Array<ArrayBuffer>,
  place: Place
): Effect.Effect<Redacted.Redacted<string>, SealBroken> => {
  try {
    return Effect.succeed(Redacted.make(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)))
  } catch {
    return Effect.fail(new SealBroken({ place }))
  } finally {
    bytes.fill(0)
  }
}

/** The first 122 bits of an HMAC in the custom form of RFC 9562 §5.8 (UUIDv8). */
const keyedUuid = async (key: CryptoKey, fields: ReadonlyArray<string>): Promise<string> => {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, framed(fields))).subarray(0, 16)
  const hex = Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("")
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0b0011) | 0b1000).toString(16)
  const shaped = `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17)}`
  return shaped.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
}
