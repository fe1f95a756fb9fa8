import type { Machine } from "../machine.ts"
import type { CardEvent, CardStatus } from "./card.ts"

/** Every legal move of a card. New details are verified again, so an update leads back to `pending`. */
export const cardMachine: Machine<CardStatus, CardEvent["_tag"]> = {
  none: { CardSubmitted: "pending", CardPresented: "presented" },
  pending: { CardVerified: "complete", CardRefused: "failed", CardUpdated: "pending" },
  complete: { CardUpdated: "pending" },
  failed: { CardUpdated: "pending" },
  presented: {}
}
