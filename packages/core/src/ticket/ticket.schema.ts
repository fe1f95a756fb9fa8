/** A ticket and its one event as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { type Ticket, type TicketEvent, ticketIssueTypes } from "./ticket.ts"

const details = {
  id: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  issueType: Schema.Literals(ticketIssueTypes),
  recordId: Schema.String,
  caseRefId: Schema.String,
  originalTicketId: Schema.NullOr(Schema.String)
}

/** Holds no amount, so it is stored as it is; so is the event. */
export const TicketCodec: Schema.Codec<Ticket> = Schema.Struct({
  ...details,
  status: Schema.Literals(["none", "open"]),
  createdAtMs: Schema.Int
})

export const TicketEventCodec: Schema.Codec<TicketEvent> = Schema.TaggedUnion({
  TicketOpened: { ...details, atMs: Schema.Int }
})

/** Reads a stored ticket. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeTicket: (json: unknown) => Ticket = Schema.decodeUnknownSync(TicketCodec)

/** Reads a stored event of a ticket. Throws where the JSON is not one. */
export const decodeTicketEvent: (json: unknown) => TicketEvent = Schema.decodeUnknownSync(TicketEventCodec)

/** Leaves out whatever is no part of the shape, so that nothing is stored by accident. */
export const encodeTicket: (ticket: Ticket) => Ticket = Schema.encodeSync(TicketCodec)

export const encodeTicketEvent: (event: TicketEvent) => TicketEvent = Schema.encodeSync(TicketEventCodec)
