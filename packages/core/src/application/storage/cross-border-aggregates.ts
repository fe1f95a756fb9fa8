/** What cross-border payments are made of, as the application stores it: rooms of the domain, codecs, and how each is found. */
import {
  decodeCrossBorderEvent,
  decodeCrossBorderPayment,
  encodeCrossBorderEvent,
  encodeCrossBorderPayment
} from "../../cross-border/cross-border.schema.ts"
import type { CrossBorderEvent, CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { evolve as evolvePayment, noPayment } from "../../cross-border/cross-border-evolve.ts"
import {
  decodeTransaction,
  decodeTransactionEvent,
  encodeTransaction,
  encodeTransactionEvent
} from "../../onchain/onchain.schema.ts"
import type { OnchainEvent, OnchainTransaction } from "../../onchain/onchain.ts"
import { evolve as evolveTransaction, noTransaction } from "../../onchain/onchain-evolve.ts"
import {
  decodeRefund,
  decodeRefundEvent,
  encodeRefund,
  encodeRefundEvent
} from "../../payout-refund/payout-refund.schema.ts"
import type { PayoutRefund, RefundEvent } from "../../payout-refund/payout-refund.ts"
import { evolve as evolveRefund, noRefund } from "../../payout-refund/payout-refund-evolve.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { decodeQuote, decodeQuoteEvent, encodeQuote, encodeQuoteEvent } from "../../quote/quote.schema.ts"
import type { Quote, QuoteEvent } from "../../quote/quote.ts"
import { evolve as evolveQuote, noQuote } from "../../quote/quote-evolve.ts"
import { decodeRfi, decodeRfiEvent, encodeRfi, encodeRfiEvent } from "../../rfi/rfi.schema.ts"
import type { Rfi, RfiEvent } from "../../rfi/rfi.ts"
import { evolve as evolveRfi, noRfi } from "../../rfi/rfi-evolve.ts"
import { decodeTicket, decodeTicketEvent, encodeTicket, encodeTicketEvent } from "../../ticket/ticket.schema.ts"
import type { Ticket, TicketEvent } from "../../ticket/ticket.ts"
import { evolve as evolveTicket, noTicket } from "../../ticket/ticket-evolve.ts"
import {
  crossBorderBounds,
  crossBorderIndex,
  crossBorderRetention,
  onchainRetention,
  payoutRefundRetention,
  quoteRetention,
  rfiRetention
} from "./cross-border-index.ts"
import { kept } from "./retention.ts"
import { reader, schemaVersion } from "./upcast.ts"

/** What is bounded is the money of a payment; its parts say what became of it. */
const unbounded = (): null => null

export const quoteDefinition: AggregateDefinition<Quote, QuoteEvent> = {
  type: "quote",
  schemaVersion,
  initial: noQuote,
  evolve: evolveQuote,
  encodeState: encodeQuote,
  decodeState: reader({}, decodeQuote),
  encodeEvent: encodeQuoteEvent,
  decodeEvent: reader({}, decodeQuoteEvent),
  index: () => [],
  bounds: unbounded,
  retention: quoteRetention
}

export const crossBorderDefinition: AggregateDefinition<CrossBorderPayment, CrossBorderEvent> = {
  type: "cross_border_payment",
  schemaVersion,
  initial: noPayment,
  evolve: evolvePayment,
  encodeState: encodeCrossBorderPayment,
  decodeState: reader({}, decodeCrossBorderPayment),
  encodeEvent: encodeCrossBorderEvent,
  decodeEvent: reader({}, decodeCrossBorderEvent),
  index: crossBorderIndex,
  bounds: crossBorderBounds,
  retention: crossBorderRetention
}

export const onchainDefinition: AggregateDefinition<OnchainTransaction, OnchainEvent> = {
  type: "onchain_transaction",
  schemaVersion,
  initial: noTransaction,
  evolve: evolveTransaction,
  encodeState: encodeTransaction,
  decodeState: reader({}, decodeTransaction),
  encodeEvent: encodeTransactionEvent,
  decodeEvent: reader({}, decodeTransactionEvent),
  index: () => [],
  bounds: unbounded,
  retention: onchainRetention
}

export const rfiDefinition: AggregateDefinition<Rfi, RfiEvent> = {
  type: "rfi",
  schemaVersion,
  initial: noRfi,
  evolve: evolveRfi,
  encodeState: encodeRfi,
  decodeState: reader({}, decodeRfi),
  encodeEvent: encodeRfiEvent,
  decodeEvent: reader({}, decodeRfiEvent),
  index: () => [],
  bounds: unbounded,
  retention: rfiRetention
}

export const payoutRefundDefinition: AggregateDefinition<PayoutRefund, RefundEvent> = {
  type: "payout_refund",
  schemaVersion,
  initial: noRefund,
  evolve: evolveRefund,
  encodeState: encodeRefund,
  decodeState: reader({}, decodeRefund),
  encodeEvent: encodeRefundEvent,
  decodeEvent: reader({}, decodeRefundEvent),
  index: () => [],
  bounds: unbounded,
  retention: payoutRefundRetention
}

export const ticketDefinition: AggregateDefinition<Ticket, TicketEvent> = {
  type: "ticket",
  schemaVersion,
  initial: noTicket,
  evolve: evolveTicket,
  encodeState: encodeTicket,
  decodeState: reader({}, decodeTicket),
  encodeEvent: encodeTicketEvent,
  decodeEvent: reader({}, decodeTicketEvent),
  index: () => [],
  bounds: unbounded,
  retention: kept
}
