/**
 * A support ticket: somebody asks the payout network's people to look at a payment. It is opened once; what comes later
 * is another ticket of the same case. What was written, and by whom, is sealed: only where it is kept is known here.
 */

export type TicketStatus = "none" | "open"

export const ticketIssueTypes = [
  "payment_settlement_delay",
  "payment_sent_to_wrong_recipient",
  "payment_amount_incorrect",
  "rfi_originating_institution",
  "rfi_sender",
  "rfi_receiver",
  "funding_amount_discrepancy",
  "reverse_funds",
  /** More about a ticket that is open. */
  "existing_ticket",
  "other"
] as const

export type TicketIssueType = (typeof ticketIssueTypes)[number]

export type Ticket = {
  readonly status: TicketStatus
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly issueType: TicketIssueType
  /** Where the description and the addresses of those who wrote it are kept. */
  readonly recordId: string
  /** What all tickets about one matter have in common. */
  readonly caseRefId: string
  /** The ticket that it adds to. */
  readonly originalTicketId: string | null
  readonly createdAtMs: number
}

/** The ticket that another one adds to, as it was loaded. */
export type OriginalTicket = Pick<Ticket, "id" | "merchantId" | "paymentId" | "caseRefId">

export type TicketCommand = {
  readonly _tag: "OpenTicket"
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly issueType: TicketIssueType
  readonly recordId: string
  /** Of a new case. A ticket that adds to another one has that one's. */
  readonly caseRefId: string
  /** `null`: none was named. `not_found`: one was, and there is no such ticket. */
  readonly original: OriginalTicket | "not_found" | null
  readonly nowMs: number
}

export type TicketEvent = {
  readonly _tag: "TicketOpened"
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly issueType: TicketIssueType
  readonly recordId: string
  readonly caseRefId: string
  readonly originalTicketId: string | null
  readonly atMs: number
}

/** Facts that forbid a command. */
export type TicketRejection =
  | { readonly _tag: "TicketAlreadyExists" }
  /** It says that it adds to a ticket, and does not say to which. */
  | { readonly _tag: "OriginalTicketRequired" }
  /** There is none, or it is about another payment. */
  | { readonly _tag: "OriginalTicketNotFound" }
