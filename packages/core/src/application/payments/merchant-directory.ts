/**
 * What nearly every request needs to know again: a merchant, and the card that pays. Each is remembered for a moment. A
 * change made by this process is seen at once, one made by another within that moment; whatever must be exact (the card's
 * data as they are sent, the state that a decision starts from) is read where it is needed.
 */
import * as Effect from "effect/Effect"
import type { Card } from "../../card/card.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import type { Clock } from "../../ports/clock.ts"
import type { Store, StoreUnavailable } from "../../ports/store.ts"
import { shortMemory } from "../short-memory.ts"
import { merchantDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { loadCard } from "./load-card.ts"

export type MerchantDirectory = {
  /** A merchant that does not exist has the status `none`. */
  readonly get: (merchantId: string) => Effect.Effect<Merchant, StoreUnavailable, Store | Clock>
  readonly forget: (merchantId: string) => void
  /** A card that does not exist has the status `none`. */
  readonly card: (merchantId: string, cardId: string) => Effect.Effect<Card, StoreUnavailable, Store | Clock>
  readonly forgetCard: (merchantId: string, cardId: string) => void
}

/** A change made by another process is seen after at most `rememberMs`. */
export const merchantDirectory = (rememberMs = 1000, entriesMax = 10_000): MerchantDirectory => {
  const merchants = shortMemory<Merchant>(rememberMs, entriesMax)
  const cards = shortMemory<Card>(rememberMs, entriesMax)
  return {
    get: (merchantId) =>
      merchants.recall(
        merchantId,
        Effect.map(load(merchantDefinition, merchantId, merchantId), ({ state }) => state),
        ({ status }) => status !== "none"
      ),
    forget: merchants.forget,
    card: (merchantId, cardId) =>
      cards.recall(
        placeOf(merchantId, cardId),
        loadCard(merchantId, cardId),
        // A card that is being verified is about to change.
        ({ status }) => status === "complete"
      ),
    forgetCard: (merchantId, cardId) => cards.forget(placeOf(merchantId, cardId))
  }
}

const placeOf = (merchantId: string, cardId: string): string => `${merchantId} ${cardId}`
