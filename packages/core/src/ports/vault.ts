/**
 * Where card numbers rest. The port speaks of sealing a secret for one place and opening it there again, so that
 * an envelope cipher in process, a key service or a hardware module can stand behind it.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Pan } from "../card/pan.ts"

/** Where a secret belongs. What was sealed for one place opens at no other. No part may be empty. */
export type Place = {
  readonly merchantId: string
  readonly recordId: string
  readonly field: string
}

/** Ciphertext as printable ASCII without spaces, to be stored as it is. */
export type Sealed = string

/** The text is not what this vault sealed for this place: altered, moved, cut, or never sealed at all. */
export class SealBroken extends Data.TaggedError("SealBroken")<{ readonly place: Place }> {}

/** The text names a key that this vault does not hold. */
export class KeyUnknown extends Data.TaggedError("KeyUnknown")<{ readonly keyId: string }> {}

/** The vault could not be asked. Says nothing about the secret; asking again later may succeed. */
export class VaultUnavailable extends Data.TaggedError("VaultUnavailable")<{ readonly cause: unknown }> {}

export type VaultError = SealBroken | KeyUnknown | VaultUnavailable

/**
 * Seals secrets of cardholders. Laws, tested by `describeVault`: opening at its own place gives back what was
 * sealed; opening anything else fails and never gives a wrong text; two seals of one secret differ.
 */
export class Vault extends Context.Service<
  Vault,
  {
    readonly seal: (secret: Pan | string, place: Place) => Effect.Effect<Sealed, VaultError>
    readonly open: (sealed: Sealed, place: Place) => Effect.Effect<Redacted.Redacted<string>, VaultError>
    /** The same secret under the current key. What it was sealed with before may then be retired. */
    readonly rewrap: (sealed: Sealed, place: Place) => Effect.Effect<Sealed, VaultError>
    /**
     * A UUID that is the same for the same card number and merchant, and tells nothing about either without the
     * vault's key: a keyed hash over the whole number, as PCI DSS 3.5.1.1 asks.
     */
    readonly fingerprint: (pan: Pan, merchantId: string) => Effect.Effect<string, VaultError>
  }
>()("@paykernel/core/Vault") {}
