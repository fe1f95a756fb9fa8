import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { Quote, QuoteEvent } from "./quote.ts"
import { quoteMachine } from "./quote-machine.ts"

/** Before anything happened. The terms mean nothing until the quote is issued. */
export const noQuote: Quote = {
  status: "none",
  id: "",
  merchantId: "",
  fixedSide: "source",
  source: zero("USDC"),
  destination: zero("USD"),
  rate: { numerator: 1n, denominator: 1n },
  fees: { breakdown: [], total: zero("USDC") },
  paymentMethod: "",
  blockchain: "",
  senderCountry: "",
  destinationCountry: "",
  senderType: "business",
  recipientType: "business",
  firstParty: false,
  transactionVersion: 1,
  fiatSettlementTime: { min: 0, max: 0, unit: "minutes" },
  certificate: { id: "", domain: "", certificatePem: "", jwk: { kty: "EC", crv: "P-256", kid: "", x: "", y: "" } },
  expiresAtMs: 0,
  fundsDueAtMs: 0,
  paymentId: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The quote after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * const issued = { _tag: "QuoteIssued", id: "quote-1", merchantId: "merchant-1", terms: noQuote, atMs: 5 } as const
 * const open = evolve(noQuote, issued)
 * evolve(open, { _tag: "QuoteUsed", paymentId: "payment-1", atMs: 6 }).status // => "used"
 */
export const evolve = (quote: Quote, event: QuoteEvent): Quote => {
  const status = follow(quoteMachine, quote.status, event._tag)
  switch (event._tag) {
    case "QuoteIssued": {
      const { id, merchantId, terms, atMs } = event
      return { ...terms, status, id, merchantId, paymentId: null, createdAtMs: atMs, updatedAtMs: atMs }
    }
    case "QuoteUsed":
      return { ...quote, status, paymentId: event.paymentId, updatedAtMs: event.atMs }
    case "QuoteReleased":
      return { ...quote, status, paymentId: null, updatedAtMs: event.atMs }
  }
}
