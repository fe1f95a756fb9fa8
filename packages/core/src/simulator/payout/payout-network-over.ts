/** The port to the simulated network: its desk, at the other end of a line that may misbehave. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Ids } from "../../ports/ids.ts"
import {
  type NetworkLookup,
  type NetworkReply,
  type NetworkStanding,
  type PayoutNetwork,
  PayoutNetworkUnavailable,
  type PayoutRoute,
  type QuoteReply,
  type QuoteRequest
} from "../../ports/payout-network.ts"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import { paymentRequirements } from "../../requirement/payment-requirements.ts"
import type { BookedPayment, NetworkBook } from "./network-book.ts"
import type { NetworkDesk } from "./network-desk.ts"
import type { NetworkRecord } from "./network-journal.ts"
import type { NetworkLine } from "./network-line.ts"
import { offersFor } from "./network-quotes.ts"
import { networkRoutes } from "./network-routes.ts"

export type PayoutNetworkParts = {
  readonly book: NetworkBook
  readonly desk: NetworkDesk
  readonly standing: (booked: BookedPayment, atMs?: number) => NetworkStanding
  readonly nowMs: () => number
  readonly write: (record: NetworkRecord) => Promise<void>
  readonly ids: Ids["Service"]
  readonly certificate: EncryptionCertificate
  readonly isOpen: (route: PayoutRoute) => boolean
  readonly quoteTtlMs: number
  readonly fundsTtlMs: number
}

export const payoutNetworkOver = (line: NetworkLine, parts: PayoutNetworkParts): PayoutNetwork["Service"] => {
  const { book, desk, standing, nowMs } = parts

  const reply = (key: string, work: () => Promise<NetworkReply>, timeoutMs: number): Effect.Effect<NetworkReply> =>
    Effect.map(line.send(key, work, timeoutMs), (sent) => (sent._tag === "Answered" ? sent.answer : sent))

  const ask = <A>(question: () => Promise<A>): Effect.Effect<A, PayoutNetworkUnavailable> =>
    Effect.mapError(line.ask(question), (reason) => new PayoutNetworkUnavailable({ reason }))

  return {
    name: "simulated",
    routes: ask(async () => networkRoutes),
    quote: (request) => ask(() => offer(parts, request)),
    requirements: (quoteId) =>
      ask(async () => {
        const quote = book.quotes.get(quoteId)
        return quote === undefined ? undefined : paymentRequirements(quote.terms)
      }),
    submit: (payment, timeoutMs) => reply(payment.key, () => desk.submit(payment), timeoutMs),
    fund: (notice, timeoutMs) => reply(notice.key, () => desk.fund(notice), timeoutMs),
    answerRfi: (answer, timeoutMs) => reply(answer.key, () => desk.answerRfi(answer), timeoutMs),
    lookup: (key) =>
      Effect.map(
        line.look(key, (lagMs): NetworkLookup | undefined => {
          const booked = book.payments.get(key)
          if (booked === undefined) return { _tag: "Absent" }
          const atMs = nowMs() - lagMs
          return booked.takenAtMs > atMs ? undefined : { _tag: "Found", standing: standing(booked, atMs) }
        }),
        (seen) => (seen._tag === "Seen" ? seen.view : seen)
      )
  }
}

const offer = async (parts: PayoutNetworkParts, request: QuoteRequest): Promise<QuoteReply> => {
  const { nowMs, quoteTtlMs, fundsTtlMs, isOpen, ids, certificate, write } = parts
  const atMs = nowMs()
  const on = { nowMs: atMs, quoteTtlMs, fundsTtlMs, isOpen }
  const offers = offersFor(request, certificate, () => ids.next(atMs), on)
  if (Result.isFailure(offers)) return { _tag: "Refused", why: offers.failure }
  for (const quote of offers.success) await write({ record: "quote_offered", quote, atMs })
  return { _tag: "Offered", quotes: offers.success }
}
