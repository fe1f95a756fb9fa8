/** A payout network that is to be judged, and what is done with it in every case. Time is its own and is moved by hand. */
import * as Effect from "effect/Effect"
import type {
  NetworkReply,
  NetworkStanding,
  OfferedQuote,
  PayoutNetwork,
  QuoteRequest,
  SubmittedPayment
} from "../../ports/payout-network.ts"
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import { encryptList, exampleAnswer, type Fields } from "./encrypt-answer.ts"

export type PayoutNetworkUnderTest = {
  /** New: nothing was asked of it yet. */
  readonly network: PayoutNetwork["Service"]
  readonly nowMs: () => number
  /** Lets time pass on the network's clock. */
  readonly advance: (ms: number) => Promise<void> | void
  /** A request with a fixed source that is offered something. */
  readonly request: QuoteRequest
  /** What parties are called so that a payment is cleared and paid out without questions. */
  readonly travelRule?: Fields
  /** How long it may take until a payment has ended. */
  readonly settledWithinMs: number
  /** Has the network ask about a payment. Without it what follows from questions cannot be tried. */
  readonly raiseRfi?: (key: string, level: RfiLevel) => Promise<void>
}

export const timeoutMs = 5_000
let keys = 0

export const run = Effect.runPromise

export const offersOf = async ({ network, request }: PayoutNetworkUnderTest): Promise<ReadonlyArray<OfferedQuote>> => {
  const reply = await run(network.quote(request))
  if (reply._tag === "Refused") throw new Error(`nothing was offered: ${reply.why}`)
  return reply.quotes
}

/** A payment of a fresh quote, with everything that the network wants to know of it. */
export const submissionOf = async (
  subject: PayoutNetworkUnderTest,
  change: Partial<SubmittedPayment> = {},
  parties: Fields = subject.travelRule ?? {}
): Promise<{ readonly payment: SubmittedPayment; readonly quote: OfferedQuote }> => {
  const [quote] = await offersOf(subject)
  if (quote === undefined) throw new Error("an offer of nothing")
  const asked = await run(subject.network.requirements(quote.id))
  if (asked === undefined) throw new Error("the quote that was offered is not known")
  const { certificate } = quote.terms
  const payment: SubmittedPayment = {
    key: `payment-${++keys}`,
    quoteId: quote.id,
    senderAddress: "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c",
    refundAddress: "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c",
    reasonForPayment: "PMT001",
    travelRule: {
      version: asked.travelRule.version,
      jwe: await encryptList(certificate, exampleAnswer(asked.travelRule, parties))
    },
    beneficiaryAccount: {
      version: asked.beneficiaryAccount.version,
      jwe: await encryptList(certificate, exampleAnswer(asked.beneficiaryAccount))
    },
    ...change
  }
  return { payment, quote }
}

export const submit = ({ network }: PayoutNetworkUnderTest, payment: SubmittedPayment): Promise<NetworkReply> =>
  run(network.submit(payment, timeoutMs))

export const standingNow = async ({ network }: PayoutNetworkUnderTest, key: string): Promise<NetworkStanding> => {
  const found = await run(network.lookup(key, timeoutMs))
  if (found._tag !== "Found") throw new Error(`the payment is ${found._tag}`)
  return found.standing
}

export const whyOf = (reply: NetworkReply): string => (reply._tag === "Refused" ? reply.refusal.why : reply._tag)
