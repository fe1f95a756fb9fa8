/** Opens a support ticket. What was written in it, and by whom, is sealed; only that there is one is kept in the open. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Clock } from "../../ports/clock.ts"
import { Ids } from "../../ports/ids.ts"
import type { Place } from "../../ports/vault.ts"
import type { OriginalTicket, Ticket } from "../../ticket/ticket.ts"
import { decide } from "../../ticket/ticket-decide.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { ticketDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import type { CreateTicketFailure, CreateTicketInput, TicketView } from "./cross-border-contract.ts"
import { findCrossBorder } from "./read-cross-border.ts"
import { openText, sealText } from "./sealed-answers.ts"

export const openTicket = Effect.fn("paykernel.openTicket")(function* (
  directory: MerchantDirectory,
  merchantId: string,
  input: CreateTicketInput,
  request: IdempotentRequest<TicketView> | undefined
) {
  return yield* idempotently<TicketView, CreateTicketFailure, OpenError, OpenPorts>({
    merchantId,
    request,
    perform: (bind) => perform(directory, merchantId, input, bind),
    current: (record) => Effect.map(viewTicket(merchantId, record.subject), Result.succeed)
  })
})

type OpenError = Effect.Error<ReturnType<typeof perform>> | Effect.Error<ReturnType<typeof viewTicket>>
type OpenPorts = Effect.Services<ReturnType<typeof perform>> | Effect.Services<ReturnType<typeof viewTicket>>

const refuse = (reason: CreateTicketFailure): Result.Result<TicketView, CreateTicketFailure> => Result.fail(reason)

const perform = Effect.fnUntraced(function* (
  directory: MerchantDirectory,
  merchantId: string,
  input: CreateTicketInput,
  bind: Bind<TicketView> | null
) {
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refuse({ _tag: "MerchantNotFound" })
  const { paymentId, issueType, email, ccEmails, description, originalTicketId } = input
  const payment = yield* findCrossBorder(merchantId, paymentId)
  if (Result.isFailure(payment)) return refuse(payment.failure)
  const original = originalTicketId === null ? null : yield* originalOf(merchantId, originalTicketId)
  const nowMs = (yield* Clock).nowMs()
  const ids = yield* Ids
  const id = ids.next(nowMs)
  const said = { email, ccEmails, description }
  const sealed = yield* sealText(placeOf(merchantId, id), JSON.stringify(said))
  const named = { id, merchantId, paymentId, issueType, recordId: id, caseRefId: ids.next(nowMs), original }
  const opened = yield* transact({
    definition: ticketDefinition,
    merchantId,
    id,
    fresh: true,
    decide: (ticket) => decide(ticket, { _tag: "OpenTicket", ...named, nowMs }),
    sealed: [sealed],
    ...(bind === null
      ? {}
      : {
          idempotency: (ticket: Ticket) =>
            bind({ ticket, ...said }, { aggregate: { merchantId, type: ticketDefinition.type, id }, subject: id })
        })
  })
  return Result.mapBoth(opened, {
    onFailure: (rejection): CreateTicketFailure => rejection,
    onSuccess: ({ state: ticket }): TicketView => ({ ticket, ...said })
  })
})

const placeOf = (merchantId: string, recordId: string): Place => ({ merchantId, recordId, field: "ticket" })

const originalOf = Effect.fnUntraced(function* (merchantId: string, id: string) {
  const { state } = yield* load(ticketDefinition, merchantId, id)
  const original: OriginalTicket | "not_found" = state.status === "none" ? "not_found" : state
  return original
})

const viewTicket = Effect.fnUntraced(function* (merchantId: string, id: string) {
  const ticket = (yield* load(ticketDefinition, merchantId, id)).state
  const said: unknown = JSON.parse(yield* openText(placeOf(merchantId, ticket.recordId)))
  if (!isSaid(said)) return yield* Effect.die(new Error("a sealed ticket is not one"))
  const { email, ccEmails, description } = said
  return { ticket, email, ccEmails, description } satisfies TicketView
})

type Said = Omit<TicketView, "ticket">

const isSaid = (value: unknown): value is Said =>
  typeof value === "object" &&
  value !== null &&
  "email" in value &&
  typeof value.email === "string" &&
  "description" in value &&
  typeof value.description === "string" &&
  "ccEmails" in value &&
  Array.isArray(value.ccEmails)
