import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import { quoteFault } from "./check-quote.ts"
import type { Quote, QuoteCommand, QuoteEvent, QuoteRejection } from "./quote.ts"

export type QuoteDecision = Result.Result<Decision<QuoteEvent, never>, QuoteRejection>

type Command<Tag extends QuoteCommand["_tag"]> = Extract<QuoteCommand, { readonly _tag: Tag }>

/**
 * What follows from a command, given what has happened to the quote so far. Total and deterministic; time arrives in the
 * command. What was offered is checked when it is issued and again when it is used; to be used again for the payment
 * that it was used for is nothing new.
 *
 * @example
 * const use = { _tag: "UseQuote", paymentId: "payment-1", blockchain: "ETH", nowMs } as const
 * decide(noQuote, { ...use, senderType: "business", recipientType: "business" })
 * // => Result.fail({ _tag: "QuoteNotFound" })
 */
export const decide = (quote: Quote, command: QuoteCommand): QuoteDecision => {
  switch (command._tag) {
    case "IssueQuote":
      return issueQuote(quote, command)
    case "UseQuote":
      return useQuote(quote, command)
    case "ReleaseQuote":
      return releaseQuote(quote, command)
  }
}

const issueQuote = (quote: Quote, { id, merchantId, terms, nowMs: atMs }: Command<"IssueQuote">): QuoteDecision => {
  if (quote.status !== "none") return Result.fail({ _tag: "QuoteAlreadyExists" })
  const why = quoteFault(terms, atMs)
  if (why !== undefined) return Result.fail({ _tag: "QuoteIncoherent", why })
  return happened({ _tag: "QuoteIssued", id, merchantId, terms, atMs })
}

const useQuote = (quote: Quote, command: Command<"UseQuote">): QuoteDecision => {
  const { paymentId, nowMs: atMs } = command
  if (quote.status === "none") return Result.fail({ _tag: "QuoteNotFound" })
  if (quote.paymentId === paymentId) return Result.succeed({ events: [], ledger: [], tasks: [] })
  if (quote.paymentId !== null) return Result.fail({ _tag: "QuoteAlreadyInUse", paymentId: quote.paymentId })
  if (isExpired(quote, atMs)) return Result.fail({ _tag: "QuoteHasExpired", expiredAtMs: quote.expiresAtMs })
  if (command.blockchain !== quote.blockchain) {
    return Result.fail({ _tag: "QuoteBlockchainDiffers", quoted: quote.blockchain })
  }
  if (command.senderType !== quote.senderType || command.recipientType !== quote.recipientType) {
    return Result.fail({ _tag: "QuotePartiesDiffer" })
  }
  // Terms may have been stored by another version of this code, and this is where they begin to bind.
  const why = quoteFault(quote, atMs)
  return why === undefined
    ? happened({ _tag: "QuoteUsed", paymentId, atMs })
    : Result.fail({ _tag: "QuoteIncoherent", why })
}

/** What another payment holds is not this one's to give back. */
const releaseQuote = (quote: Quote, { paymentId, nowMs: atMs }: Command<"ReleaseQuote">): QuoteDecision => {
  if (quote.status === "none") return Result.fail({ _tag: "QuoteNotFound" })
  return quote.paymentId === paymentId
    ? happened({ _tag: "QuoteReleased", paymentId, atMs })
    : Result.succeed({ events: [], ledger: [], tasks: [] })
}

/**
 * Whether no payment can be made of it any more. The moment of expiry is too late already.
 *
 * @example
 * isExpired({ expiresAtMs: 5 }, 4) // => false
 * isExpired({ expiresAtMs: 5 }, 5) // => true
 */
export const isExpired = ({ expiresAtMs }: Pick<Quote, "expiresAtMs">, nowMs: number): boolean => nowMs >= expiresAtMs

const happened = (event: QuoteEvent): QuoteDecision => Result.succeed({ events: [event], ledger: [], tasks: [] })
