import type { Machine } from "../machine.ts"
import type { TicketEvent, TicketStatus } from "./ticket.ts"

/** A ticket is opened and never changes: what becomes of the case is told by people. */
export const ticketMachine: Machine<TicketStatus, TicketEvent["_tag"]> = {
  none: { TicketOpened: "open" },
  open: {}
}
