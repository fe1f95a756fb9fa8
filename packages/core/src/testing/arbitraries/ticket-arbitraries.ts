import * as fc from "fast-check"
import { type Ticket, type TicketCommand, type TicketEvent, ticketIssueTypes } from "../../ticket/ticket.ts"
import { anyId, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const anyIssueType = fc.constantFrom(...ticketIssueTypes)

const details = {
  id: anyId,
  merchantId: anyId,
  paymentId: anyId,
  issueType: anyIssueType,
  recordId: anyId,
  caseRefId: anyText,
  originalTicketId: orNull(anyId)
}

export const anyTicket: fc.Arbitrary<Ticket> = fc.record({
  ...details,
  status: fc.constantFrom("none" as const, "open" as const),
  createdAtMs: anyTimeMs
})

export const anyTicketEvent: fc.Arbitrary<TicketEvent> = fc.record({
  _tag: fc.constant("TicketOpened" as const),
  ...details,
  atMs: anyTimeMs
})

const party = fc.constantFrom("a", "b")

export const anyTicketCommand: fc.Arbitrary<TicketCommand> = fc.record({
  _tag: fc.constant("OpenTicket" as const),
  id: fc.constant("ticket-2"),
  merchantId: party,
  paymentId: party,
  issueType: anyIssueType,
  recordId: fc.constant("record-1"),
  caseRefId: fc.constant("case-2"),
  original: fc.oneof(
    fc.constantFrom(null, "not_found" as const),
    fc.record({ id: fc.constant("ticket-1"), merchantId: party, paymentId: party, caseRefId: fc.constant("case-1") })
  ),
  nowMs: fc.constant(1_000)
})
