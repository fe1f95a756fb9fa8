/** A payment is made of a quote. The quote's terms are checked here once more: what is accepted now is what is booked. */
import type { TaskRequest } from "../decision.ts"
import { quoteFault } from "../quote/check-quote.ts"
import type { PartyType, QuoteTerms } from "../quote/quote.ts"
import { isExpired } from "../quote/quote-decide.ts"
import type {
  CreatePayment,
  CrossBorderPayment,
  CrossBorderRejection,
  CrossBorderTaskKind,
  CrossBorderTerms,
  UseCase
} from "./cross-border.ts"
import { type CrossBorderDecision, firstLookMs, happened, refused, task } from "./cross-border-decision.ts"

export const createPayment = (payment: CrossBorderPayment, command: CreatePayment): CrossBorderDecision => {
  const refusal = refusalOf(payment, command)
  if (refusal !== undefined) return refused(refusal)
  const { id, merchantId, quoteId, terms, details, nowMs: atMs } = command
  const named = { id, merchantId, quoteId, terms: kept(terms), details, expiresAtMs: terms.fundsDueAtMs }
  return happened(payment, [{ _tag: "PaymentCreated", ...named, atMs }], tasksOf(id, terms, atMs))
}

const refusalOf = (payment: CrossBorderPayment, command: CreatePayment): CrossBorderRejection | undefined => {
  const { terms, details, nowMs } = command
  if (payment.status !== "none") return { _tag: "PaymentAlreadyExists" }
  if (isExpired(terms, nowMs)) return { _tag: "QuoteHasExpired", expiredAtMs: terms.expiresAtMs }
  const why = quoteFault(terms, nowMs)
  if (why !== undefined) return { _tag: "QuoteIncoherent", why }
  const quoted = useCaseOf(terms.senderType, terms.recipientType)
  if (details.useCase !== quoted) return { _tag: "UseCaseDiffers", quoted }
  return reasons.test(details.reasonForPayment) ? undefined : { _tag: "ReasonForPaymentUnknown" }
}

/**
 * Who pays whom, in one word.
 *
 * @example
 * useCaseOf("business", "individual") // => "b2c"
 */
export const useCaseOf = (senderType: PartyType, recipientType: PartyType): UseCase =>
  senderType === "business"
    ? recipientType === "business"
      ? "b2b"
      : "b2c"
    : recipientType === "business"
      ? "c2b"
      : "c2c"

/** `PMT001` to `PMT030`. */
const reasons = /^PMT0(?:0[1-9]|[12][0-9]|30)$/u

const kept = (terms: QuoteTerms): CrossBorderTerms => ({
  source: terms.source,
  destination: terms.destination,
  rate: terms.rate,
  fees: terms.fees,
  paymentMethod: terms.paymentMethod,
  blockchain: terms.blockchain,
  transactionVersion: terms.transactionVersion,
  fiatSettlementTime: terms.fiatSettlementTime
})

const tasksOf = (
  id: string,
  { fundsDueAtMs }: QuoteTerms,
  nowMs: number
): ReadonlyArray<TaskRequest<CrossBorderTaskKind>> => [
  task("submit_cross_border", id, nowMs),
  task("follow_cross_border", id, nowMs + firstLookMs),
  task("expire_cross_border", id, fundsDueAtMs)
]
