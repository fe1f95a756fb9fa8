/** Support tickets as the cross-border API shows them. */
import type { Ticket, TicketIssueType, TicketView } from "@paykernel/core"
import { isoDate } from "../v1/iso-date.ts"
import type { IssueType, TicketBody } from "./ticket.schema.ts"

const issueTypeNames = {
  payment_settlement_delay: "PAYMENT_SETTLEMENT_DELAY",
  payment_sent_to_wrong_recipient: "PAYMENT_SENT_TO_WRONG_RECIPIENT",
  payment_amount_incorrect: "PAYMENT_AMOUNT_INCORRECT",
  rfi_originating_institution: "REQUEST_FOR_INFORMATION_OFI",
  rfi_sender: "REQUEST_FOR_INFORMATION_SENDER",
  rfi_receiver: "REQUEST_FOR_INFORMATION_RECEIVER",
  funding_amount_discrepancy: "FUNDING_AMOUNT_DISCREPANCY",
  reverse_funds: "REVERSE_FUNDS",
  existing_ticket: "EXISTING_TICKET",
  other: "OTHER"
} as const satisfies { readonly [Type in TicketIssueType]: IssueType }

const issueTypesByName = new Map<string, TicketIssueType>(
  Object.entries(issueTypeNames).map(([type, name]) => [name, type as TicketIssueType])
)

/**
 * The kind of ticket that a published name stands for.
 *
 * @example
 * issueTypeOf("REQUEST_FOR_INFORMATION_OFI") // => "rfi_originating_institution"
 */
export const issueTypeOf = (name: string): TicketIssueType | undefined => issueTypesByName.get(name)

/** Without what was written in it, which is nothing to keep beside the key of a request. */
export const renderTicketHead = (ticket: Ticket): Omit<TicketBody, "description" | "email" | "ccEmails"> => ({
  id: ticket.id,
  paymentId: ticket.paymentId,
  issueType: issueTypeNames[ticket.issueType],
  caseRefId: ticket.caseRefId,
  ...(ticket.originalTicketId === null ? {} : { ticketRefId: ticket.originalTicketId }),
  createDate: isoDate(ticket.createdAtMs)
})

export const renderTicket = ({ ticket, description, email, ccEmails }: TicketView): TicketBody => ({
  ...renderTicketHead(ticket),
  description,
  email,
  ...(ccEmails.length === 0 ? {} : { ccEmails })
})
