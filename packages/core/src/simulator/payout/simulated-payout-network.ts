/**
 * A payout network for a system that runs on one machine. It opens what is encrypted for it, holds it against what it
 * asked, and obeys the magic names; its memory is a journal, and all else follows from that and the time.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Ids } from "../../ports/ids.ts"
import {
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
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import { inTurn } from "./in-turn.ts"
import { type BookedPayment, enter, openBook } from "./network-book.ts"
import { networkDesk } from "./network-desk.ts"
import type { NetworkJournal } from "./network-journal.ts"
import type { NetworkKey } from "./network-key.ts"
import { offersFor } from "./network-quotes.ts"
import { networkRoutes, sanctionedAddress } from "./network-routes.ts"
import { standingOf } from "./network-standing.ts"

export type SimulatedPayoutNetworkOptions = {
  /** The network's own memory. It is read once, here. */
  readonly journal: NetworkJournal
  /** What personal data is encrypted for. */
  readonly key: NetworkKey
  readonly clock: { readonly nowMs: () => number }
  readonly ids: Ids["Service"]
  /** How long anything takes that does not happen at once. Default 2000. */
  readonly delayMs?: number
  /** How long a quote is good for. Default one minute. */
  readonly quoteTtlMs?: number
  /** How long the source amount may take. Default one hour. */
  readonly fundsTtlMs?: number
  /** How long a request for information can be answered. Default half an hour, which is less than a payment lives. */
  readonly rfiTtlMs?: number
  /** Whether the institution at the end of a route takes payments at present. Default: always. */
  readonly isOpen?: (route: PayoutRoute) => boolean
  /** Whom the network does no business with. Default: one address, in whatever case. */
  readonly isSanctioned?: (address: string) => boolean
}

export type SimulatedPayoutNetwork = {
  readonly network: PayoutNetwork["Service"]
  readonly certificate: EncryptionCertificate
  /** Asks about the sender of a payment, whatever has become of it. `undefined`: there is no such payment. */
  readonly raiseRfi: (key: string, level: RfiLevel) => Effect.Effect<NetworkStanding | undefined>
}

/** Opens the network as its journal left it. */
export const simulatedPayoutNetwork = (options: SimulatedPayoutNetworkOptions): SimulatedPayoutNetwork => {
  const { journal, key, clock, ids } = options
  const { delayMs = 2_000, quoteTtlMs = 60_000, fundsTtlMs = 3_600_000, rfiTtlMs = 1_800_000 } = options
  const book = openBook(journal.read())
  const inLine = inTurn()
  const { isOpen = () => true, isSanctioned = isSanctionedByDefault } = options
  const certificate = key.certificate

  const write: Parameters<typeof networkDesk>[0]["write"] = async (record) => {
    await journal.append(record)
    enter(book, record)
  }
  const standing = (booked: BookedPayment): NetworkStanding =>
    standingOf(booked, { nowMs: clock.nowMs(), delayMs, certificate })
  const desk = networkDesk({ book, key, clock, ids, write, standing, delayMs, rfiTtlMs, isSanctioned })

  /** One at a time, so that of two that want the same thing one is first. What fails here is in doubt for the caller. */
  const reply = (work: () => Promise<NetworkReply>, timeoutMs: number): Effect.Effect<NetworkReply> =>
    Effect.tryPromise(() => inLine(work)).pipe(
      Effect.timeoutOrElse({ duration: timeoutMs, orElse: () => Effect.succeed(unknown("timed out")) }),
      Effect.catch(() => Effect.succeed(unknown(notWritten)))
    )

  const offer = async (request: QuoteRequest): Promise<QuoteReply> => {
    const nowMs = clock.nowMs()
    const on = { nowMs, quoteTtlMs, fundsTtlMs, isOpen }
    const offers = offersFor(request, certificate, () => ids.next(nowMs), on)
    if (Result.isFailure(offers)) return { _tag: "Refused", why: offers.failure }
    for (const quote of offers.success) await write({ record: "quote_offered", quote, atMs: nowMs })
    return { _tag: "Offered", quotes: offers.success }
  }

  return {
    certificate,
    raiseRfi: (paymentKey, level) =>
      Effect.promise(() =>
        inLine(async () => {
          if (!book.payments.has(paymentKey)) return undefined
          await desk.raise(paymentKey, level, clock.nowMs())
          const booked = book.payments.get(paymentKey)
          return booked === undefined ? undefined : standing(booked)
        })
      ),
    network: {
      name: "simulated",
      routes: Effect.succeed(networkRoutes),
      quote: (request) =>
        Effect.tryPromise({
          try: () => offer(request),
          catch: () => new PayoutNetworkUnavailable({ reason: notWritten })
        }),
      requirements: (quoteId) =>
        Effect.sync(() => {
          const quote = book.quotes.get(quoteId)
          return quote === undefined ? undefined : paymentRequirements(quote.terms)
        }),
      submit: (payment, timeoutMs) => reply(() => desk.submit(payment), timeoutMs),
      fund: (notice, timeoutMs) => reply(() => desk.fund(notice), timeoutMs),
      answerRfi: (answer, timeoutMs) => reply(() => desk.answerRfi(answer), timeoutMs),
      lookup: (paymentKey) =>
        Effect.sync(() => {
          const booked = book.payments.get(paymentKey)
          return booked === undefined ? { _tag: "Absent" } : { _tag: "Found", standing: standing(booked) }
        })
    }
  }
}

/** Addresses of this chain are the same in capitals, which are check digits. */
const isSanctionedByDefault = (address: string): boolean => address.toLowerCase() === sanctionedAddress.toLowerCase()

const notWritten = "the network could not write it down"

const unknown = (why: string): NetworkReply => ({ _tag: "Unknown", why })
