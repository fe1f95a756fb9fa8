/** Brings card data together for one call to a gateway: opened from the vault, used, and let go. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Card } from "../../card/card.ts"
import type { Cvv } from "../../card/cvv.ts"
import type { CardCredentials } from "../../ports/card-gateway.ts"
import { Store, type StoreUnavailable } from "../../ports/store.ts"
import { Vault, type VaultError } from "../../ports/vault.ts"
import { openPan } from "./open-pan.ts"

/** The vault's record of the card is gone. */
export class CredentialsLost extends Data.TaggedError("CredentialsLost")<object> {}

export const panField = "pan"

export const credentialsOf = Effect.fnUntraced(function* (
  card: Card,
  cvv: Cvv | null
): Effect.fn.Return<CardCredentials, CredentialsLost | StoreUnavailable | VaultError, Store | Vault> {
  const place = { merchantId: card.merchantId, recordId: card.id, field: panField }
  const record = yield* (yield* Store).sealedRecord(place)
  if (record === undefined) return yield* new CredentialsLost()
  return {
    pan: yield* openPan(yield* Vault, record.sealed, place),
    cvv,
    expMonth: card.expMonth,
    expYear: card.expYear,
    billingDetails: card.billingDetails
  }
})
