/** Support tickets about cross-border payments. */
export * from "./ticket.ts"
export { decide, type TicketDecision } from "./ticket-decide.ts"
export { evolve, noTicket } from "./ticket-evolve.ts"
export { ticketMachine } from "./ticket-machine.ts"
