/** A card number out of the vault, as the type that cannot be shown by accident. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Pan } from "../../card/pan.ts"
import { type Place, SealBroken, type Sealed, type Vault, type VaultError } from "../../ports/vault.ts"

/** Opens a card number. Sealed text that is authentic but no card number was not sealed for this place. */
export const openPan = (vault: Vault["Service"], sealed: Sealed, place: Place): Effect.Effect<Pan, VaultError> =>
  Effect.flatMap(vault.open(sealed, place), (text) => {
    const pan = Pan.parse(Redacted.value(text))
    return Result.isSuccess(pan) ? Effect.succeed(pan.success) : Effect.fail(new SealBroken({ place }))
  })
