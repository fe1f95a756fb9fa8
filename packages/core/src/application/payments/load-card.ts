/**
 * Cards are read by every payment and change seldom. Each read asks the store; what is saved is decoding the same
 * version again, which would cost as much as the rest of accepting a payment.
 */
import * as Effect from "effect/Effect"
import type { Card } from "../../card/card.ts"
import { Store, type StoreUnavailable } from "../../ports/store.ts"
import { cardDefinition } from "../storage/aggregates.ts"
import { type Loaded, revive } from "../storage/repository.ts"

/** A store's card at one version never changes, so it may be kept for as long as its store is. */
const decoded = new WeakMap<Store["Service"], Map<string, Loaded<Card>>>()
const entriesMax = 4096

/** The card as it is now; one that does not exist has the status `none`. */
export const loadCard = (merchantId: string, id: string): Effect.Effect<Card, StoreUnavailable, Store> =>
  Effect.flatMap(Store, (store) =>
    Effect.map(store.load({ merchantId, type: cardDefinition.type, id }), (stored) => {
      if (stored === undefined) return cardDefinition.initial
      const known = decodedBy(store)
      const key = `${merchantId} ${id}`
      const before = known.get(key)
      if (before?.version === stored.version) return before.state
      const loaded = revive(cardDefinition, stored)
      if (known.size >= entriesMax) known.clear()
      known.set(key, loaded)
      return loaded.state
    })
  )

const decodedBy = (store: Store["Service"]): Map<string, Loaded<Card>> => {
  const known = decoded.get(store) ?? new Map<string, Loaded<Card>>()
  decoded.set(store, known)
  return known
}
