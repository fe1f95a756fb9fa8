import { follow } from "../machine.ts"
import type { Card, CardEvent } from "./card.ts"
import { cardMachine } from "./card-machine.ts"

/** Before anything happened. */
export const noCard: Card = {
  status: "none",
  id: "",
  merchantId: "",
  billingDetails: { name: "", city: "", country: "", line1: "", line2: null, district: null, postalCode: "" },
  expMonth: 0,
  expYear: 0,
  network: "UNKNOWN",
  last4: "",
  bin: "",
  issuerCountry: null,
  fundingType: "unknown",
  fingerprint: "",
  errorCode: null,
  avs: "not_requested",
  cvv: "not_requested",
  risk: null,
  holder: { email: "", phoneNumber: null, sessionId: "", ipAddress: "" },
  round: 0,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The card after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(pendingCard, cardVerified).status // => "complete"
 */
export const evolve = (card: Card, event: CardEvent): Card => {
  const status = follow(cardMachine, card.status, event._tag)
  switch (event._tag) {
    case "CardSubmitted": {
      const { _tag, atMs, ...details } = event
      return { ...details, ...untouched, ...awaitingIssuer, status, round: 1, createdAtMs: atMs, updatedAtMs: atMs }
    }
    case "CardPresented": {
      const { _tag, atMs, ...details } = event
      return { ...details, ...untouched, ...unasked, status, round: 0, createdAtMs: atMs, updatedAtMs: atMs }
    }
    case "CardUpdated":
      return {
        ...card,
        ...awaitingIssuer,
        status,
        billingDetails: event.billingDetails,
        holder: { ...card.holder, email: event.email },
        expMonth: event.expMonth,
        expYear: event.expYear,
        errorCode: null,
        risk: null,
        round: card.round + 1,
        updatedAtMs: event.atMs
      }
    case "CardVerified":
      return {
        ...card,
        status,
        avs: event.avs,
        cvv: event.cvv,
        issuerCountry: event.issuerCountry,
        fundingType: event.fundingType,
        updatedAtMs: event.atMs
      }
    case "CardRefused":
      return {
        ...card,
        status,
        errorCode: event.code,
        avs: event.avs,
        cvv: event.cvv,
        risk: event.risk,
        updatedAtMs: event.atMs
      }
  }
}

const untouched = { issuerCountry: null, fundingType: "unknown", errorCode: null, risk: null } as const

const unasked = { avs: "not_requested", cvv: "not_requested" } as const

/** Both checks are asked of the issuer whenever a card or its details are new. */
const awaitingIssuer = { avs: "pending", cvv: "pending" } as const
