/** Asking the people of the payout network to look at a payment. */
import type { TicketView } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { json } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import { allErrors, answerKept, keptData, merchantIdOf, readRequest, type Services } from "../v1/operation.ts"
import * as codes from "./error-codes.ts"
import { askCpn, cpnKeyed } from "./operation.ts"
import { issueTypeOf, renderTicket, renderTicketHead } from "./render-ticket.ts"
import { TicketRequest } from "./ticket.schema.ts"

const decodeTicket = Schema.decodeUnknownResult(TicketRequest, allErrors)

export const createTicket = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeTicket)
  const issueType = issueTypeOf(request.issueType)
  if (issueType === undefined) return yield* Effect.fail(codes.invalidIssueType)
  const { description, email, ccEmails = [], ticketRefId } = request
  const input = {
    paymentId: request.paymentId.toLowerCase(),
    issueType,
    description,
    email,
    ccEmails,
    originalTicketId: ticketRefId?.toLowerCase() ?? null
  }
  const key = yield* cpnKeyed<TicketView>(incoming, {
    idempotencyKey: request.idempotencyKey,
    path: "/v1/cpn/supportTickets",
    fields: input,
    answer: ({ ticket }) => keptData(201, renderTicketHead(ticket))
  })
  const { tickets } = services.kernel.crossBorder
  const accepted = yield* askCpn(() => tickets.create(merchantIdOf(incoming), input, key), "ticket")
  const { headers } = answerKept(accepted)
  // A ticket never changes, so what it is now is what the key is bound to, and the words that are sealed.
  return json(201, { data: renderTicket(accepted.view) }, headers)
})
