import { follow } from "../machine.ts"
import type { Ticket, TicketEvent } from "./ticket.ts"
import { ticketMachine } from "./ticket-machine.ts"

/** Before anything happened. */
export const noTicket: Ticket = {
  status: "none",
  id: "",
  merchantId: "",
  paymentId: "",
  issueType: "other",
  recordId: "",
  caseRefId: "",
  originalTicketId: null,
  createdAtMs: 0
}

/**
 * The ticket after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * const { status, createdAtMs, ...details } = noTicket
 * evolve(noTicket, { _tag: "TicketOpened", ...details, atMs: 5 }).status // => "open"
 */
export const evolve = (ticket: Ticket, event: TicketEvent): Ticket => {
  const status = follow(ticketMachine, ticket.status, event._tag)
  const { _tag, atMs, ...details } = event
  return { ...details, status, createdAtMs: atMs }
}
