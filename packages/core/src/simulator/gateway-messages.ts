/**
 * The kernel's side of the wire: what the port's calls look like as messages, and what an arrival is worth. Only a
 * complete, well-formed reply about the very key that was asked counts as an answer; all else is unknown.
 */
import * as Result from "effect/Result"
import type { GatewayLookup, GatewayReply, GatewayReversal, GatewayVerdict } from "../attempt/attempt.ts"
import type { CardVerification } from "../card/card.ts"
import { type CurrencyTable, format, type Money, parse } from "../money/index.ts"
import type { AuthenticationOutcome } from "../payment/payment.ts"
import { paymentErrorCodeOf } from "../payment/payment-error-code.ts"
import type { AuthenticationRequest, CardCredentials, GatewayOperation } from "../ports/card-gateway.ts"
import type { BankVerdict } from "./bank.ts"
import type { Arrival } from "./bank-line.ts"
import type { PresentedCard } from "./issuer.ts"
import * as Codec from "./wire.schema.ts"
import type { BankReply, BankRequest } from "./wire.ts"

export const operateRequest = (operation: GatewayOperation, table: CurrencyTable): BankRequest => {
  const { key, kind, amount, merchantId, paymentId, authorizationKey, authorization, transfer = null } = operation
  return {
    call: "operate",
    key,
    kind,
    amount: format(amount, table),
    currency: amount.currency,
    merchantId,
    paymentId,
    authorizationKey,
    authorization: authorization && { ...authorization, card: presented(authorization.card) },
    transfer
  }
}

export const verifyRequest = (card: CardCredentials & { readonly cardId: string }): BankRequest => ({
  call: "verify",
  key: card.cardId,
  card: presented(card)
})

export const authenticateRequest = (request: AuthenticationRequest, table: CurrencyTable): BankRequest => ({
  call: "authenticate",
  key: request.key,
  merchantId: request.merchantId,
  amount: format(request.amount, table),
  currency: request.amount.currency,
  card: presented(request.card),
  returnUrl: request.returnUrl
})

/** What came of sending an operation. The echoed amount of an approval is handed on, for the kernel to compare. */
export const gatewayReply = (arrival: Arrival, key: string, sent: Money, table: CurrencyTable): GatewayReply => {
  if (arrival._tag === "Refused") return { _tag: "NotSent", why: closed }
  if (arrival._tag === "Silence") return { _tag: "Unknown", why: silence(arrival.afterMs) }
  if (arrival.reply.status === accepted) return { _tag: "Unknown", why: "the gateway waits for the transfer" }
  const verdict = readVerdict(arrival.reply, key, sent, table)
  return Result.isSuccess(verdict) ? verdict.success : { _tag: "Unknown", why: verdict.failure }
}

export const gatewayLookup = (arrival: Arrival, key: string, table: CurrencyTable): GatewayLookup => {
  const reply = readReply(arrival, key, Codec.decodeLookupReply)
  if (Result.isFailure(reply)) return { _tag: "Unavailable", why: reply.failure }
  const { found, verdict } = reply.success
  if (found === "never") return { _tag: "AbsentFinal" }
  if (found === "nothing") return { _tag: "AbsentYet" }
  if (found === "awaited") return { _tag: "Pending" }
  const known = verdict === null ? undefined : verdictOf(verdict, table)
  return known === undefined ? { _tag: "Unavailable", why: unreadable } : { _tag: "Found", verdict: known }
}

export const gatewayReversal = (arrival: Arrival, key: string): GatewayReversal => {
  const reply = readReply(arrival, key, Codec.decodeReverseReply)
  if (Result.isFailure(reply)) return { _tag: "ReversalUnknown", why: reply.failure }
  switch (reply.success.result) {
    case "reversed":
      return { _tag: "Reversed" }
    case "nothing":
      return { _tag: "NothingToReverse" }
    case "refused":
      return { _tag: "ReversalUnknown", why: "the gateway refused: a part was refunded already" }
  }
}

export const cardVerification = (arrival: Arrival, cardId: string): CardVerification | undefined => {
  const reply = readReply(arrival, cardId, Codec.decodeVerifyReply)
  if (Result.isFailure(reply)) return undefined
  const { error, avs, cvv, issuerCountry, fundingType } = reply.success
  return { error, avs, cvv, issuerCountry, fundingType }
}

export const authenticationOutcome = (arrival: Arrival, key: string): AuthenticationOutcome | undefined => {
  const reply = readReply(arrival, key, Codec.decodeAuthenticateReply)
  if (Result.isFailure(reply)) return undefined
  const { status, eci, code, challengeUrl, seen } = reply.success
  if (status === "passed" && eci !== null) return { _tag: "AuthenticationPassed", eci }
  if (status === "failed") return { _tag: "AuthenticationFailed", code: paymentErrorCodeOf(code ?? "") }
  if (status !== "challenged" || challengeUrl === null) return undefined
  // Until a browser has been there, the first answer may have been lost, and with it the address.
  return seen ? { _tag: "ChallengeOpen" } : { _tag: "ChallengeIssued", url: challengeUrl }
}

/** A verdict about an operation that was sent, or why the reply is not one. */
export const readVerdict = (
  reply: BankReply,
  key: string,
  sent: Money,
  table: CurrencyTable
): Result.Result<GatewayVerdict, string> => {
  const read = readReply({ _tag: "Arrived", reply }, key, Codec.decodeOperateReply)
  if (Result.isFailure(read)) return Result.fail(read.failure)
  const verdict = verdictOf(read.success, table)
  if (verdict === undefined) return Result.fail(unreadable)
  // A decline carries no amount further on, so one about another amount has to be caught here.
  const { amount, currency } = read.success
  const isOther = verdict._tag === "Declined" && (amount !== format(sent, table) || currency !== sent.currency)
  return isOther ? Result.fail("the gateway answered about another amount") : Result.succeed(verdict)
}

const readReply = <A extends { readonly key: string }>(
  arrival: Arrival,
  key: string,
  decode: (body: string) => Result.Result<A, unknown>
): Result.Result<A, string> => {
  if (arrival._tag === "Refused") return Result.fail(closed)
  if (arrival._tag === "Silence") return Result.fail(silence(arrival.afterMs))
  const { status, body } = arrival.reply
  if (status !== 200) return Result.fail(`the gateway answered with status ${status}`)
  const reply = decode(body)
  if (Result.isFailure(reply)) return Result.fail(unreadable)
  return reply.success.key === key
    ? Result.succeed(reply.success)
    : Result.fail("the gateway answered about another key")
}

const verdictOf = (verdict: BankVerdict, table: CurrencyTable): GatewayVerdict | undefined => {
  const { approved, reference, code, avs, cvv } = verdict
  if (!approved) return { _tag: "Declined", reference, code: code ?? "payment_failed", avs, cvv }
  const amount = parse(verdict.amount, verdict.currency, table)
  if (Result.isFailure(amount) || reference === null) return undefined
  return { _tag: "Approved", reference, amount: amount.success, avs, cvv }
}

const presented = (card: CardCredentials): PresentedCard => ({
  number: card.pan.reveal(),
  cvv: card.cvv === null ? null : card.cvv.reveal(),
  expMonth: card.expMonth,
  expYear: card.expYear,
  line1: card.billingDetails.line1
})

/** The status of a reply that is none yet (RFC 9110 §15.3.3). */
const accepted = 202
const closed = "the gateway refuses connections"
const unreadable = "the gateway's reply is unreadable"
const silence = (afterMs: number): string => `no reply within ${afterMs} ms`
