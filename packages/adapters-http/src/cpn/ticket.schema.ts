/** Support tickets on the wire. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import { UtcTimestamp } from "../v1/card.schema.ts"
import { Email, IdempotencyKey, Uuid } from "../v1/field.schema.ts"

export const TicketRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  paymentId: Uuid,
  issueType: text(1, 64).annotate({
    description: "One of the published kinds; any other has an error code of its own."
  }),
  description: text(1, 4096),
  email: Email,
  ccEmails: Schema.optionalKey(Schema.Array(Email).check(Schema.isMaxLength(16))),
  ticketRefId: Schema.optionalKey(Uuid.annotate({ description: "The ticket that an `EXISTING_TICKET` adds to." }))
}).annotate({ identifier: "SupportTicketRequest" })

export const issueTypes = [
  "PAYMENT_SETTLEMENT_DELAY",
  "PAYMENT_SENT_TO_WRONG_RECIPIENT",
  "PAYMENT_AMOUNT_INCORRECT",
  "REQUEST_FOR_INFORMATION_OFI",
  "REQUEST_FOR_INFORMATION_SENDER",
  "REQUEST_FOR_INFORMATION_RECEIVER",
  "FUNDING_AMOUNT_DISCREPANCY",
  "REVERSE_FUNDS",
  "EXISTING_TICKET",
  "OTHER"
] as const

export const Ticket = Schema.Struct({
  id: Schema.String.annotate({ format: "uuid" }),
  paymentId: Schema.String,
  issueType: Schema.Literals(issueTypes),
  description: Schema.String,
  caseRefId: Schema.String.annotate({ description: "What all tickets about one matter have in common." }),
  ticketRefId: Schema.optionalKey(Schema.String),
  email: Schema.String,
  ccEmails: Schema.optionalKey(Schema.Array(Schema.String)),
  createDate: UtcTimestamp
}).annotate({ identifier: "SupportTicket" })

export type IssueType = (typeof issueTypes)[number]
export type TicketBody = typeof Ticket.Type
