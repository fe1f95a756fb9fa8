import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import type { Ticket, TicketCommand, TicketEvent, TicketRejection } from "./ticket.ts"

export type TicketDecision = Result.Result<Decision<TicketEvent, never>, TicketRejection>

/**
 * Opens a ticket. One that adds to another must name it, and belongs to that one's case.
 *
 * @example
 * const ticket = { id: "ticket-1", merchantId: "merchant-1", paymentId: "payment-1", recordId: "record-1" }
 * const open = { _tag: "OpenTicket", ...ticket, caseRefId: "case-1", original: null, nowMs } as const
 * decide(noTicket, { ...open, issueType: "existing_ticket" }) // => Result.fail({ _tag: "OriginalTicketRequired" })
 * decide(noTicket, { ...open, issueType: "other" }).success.events.map(({ _tag }) => _tag) // => ["TicketOpened"]
 */
export const decide = (ticket: Ticket, command: TicketCommand): TicketDecision => {
  if (ticket.status !== "none") return Result.fail({ _tag: "TicketAlreadyExists" })
  const { _tag, original, caseRefId, nowMs: atMs, ...details } = command
  if (original === null) {
    if (command.issueType === "existing_ticket") return Result.fail({ _tag: "OriginalTicketRequired" })
    return happened({ _tag: "TicketOpened", ...details, caseRefId, originalTicketId: null, atMs })
  }
  const isOurs =
    original !== "not_found" && original.merchantId === command.merchantId && original.paymentId === command.paymentId
  if (!isOurs) return Result.fail({ _tag: "OriginalTicketNotFound" })
  const { id: originalTicketId, caseRefId: itsCase } = original
  return happened({ _tag: "TicketOpened", ...details, caseRefId: itsCase, originalTicketId, atMs })
}

const happened = (event: TicketEvent): TicketDecision => Result.succeed({ events: [event], ledger: [], tasks: [] })
