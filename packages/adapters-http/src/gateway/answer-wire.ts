/** The gateway's answers as messages and back, member by member: what else an adapter left on them stays behind. */
import type { CurrencyTable } from "@paykernel/core"
import type { Attempt, Card, Payment } from "@paykernel/core/domain"
import { readMoney, writeMoney } from "./call-wire.ts"
import type { LookupWire, ReplyWire, VerdictWire } from "./gateway-wire.ts"

export const writeReply = (reply: Attempt.GatewayReply, table: CurrencyTable): ReplyWire =>
  reply._tag === "Approved" || reply._tag === "Declined"
    ? writeVerdict(reply, table)
    : { _tag: reply._tag, why: reply.why }

/** `undefined`: its amount is none. */
export const readReply = (wire: ReplyWire, table: CurrencyTable): Attempt.GatewayReply | undefined =>
  wire._tag === "Approved" || wire._tag === "Declined" ? readVerdict(wire, table) : wire

export const writeLookup = (lookup: Attempt.GatewayLookup, table: CurrencyTable): LookupWire => {
  switch (lookup._tag) {
    case "Found":
      return { _tag: "Found", verdict: writeVerdict(lookup.verdict, table) }
    case "AbsentFinal":
    case "AbsentYet":
    case "Pending":
      return { _tag: lookup._tag }
    case "Unavailable":
      return { _tag: "Unavailable", why: lookup.why }
  }
}

export const readLookup = (wire: LookupWire, table: CurrencyTable): Attempt.GatewayLookup | undefined => {
  if (wire._tag !== "Found") return wire
  const verdict = readVerdict(wire.verdict, table)
  return verdict && { _tag: "Found", verdict }
}

export const writeReversal = (reversal: Attempt.GatewayReversal): Attempt.GatewayReversal =>
  reversal._tag === "ReversalUnknown" ? { _tag: reversal._tag, why: reversal.why } : { _tag: reversal._tag }

export const writeVerification = (answer: Card.CardVerification | undefined): Card.CardVerification | null => {
  if (answer === undefined) return null
  const { error, avs, cvv, issuerCountry, fundingType } = answer
  return { error, avs, cvv, issuerCountry, fundingType }
}

export const writeAuthentication = (
  outcome: Payment.AuthenticationOutcome | undefined
): Payment.AuthenticationOutcome | null => {
  switch (outcome?._tag) {
    case undefined:
      return null
    case "AuthenticationPassed":
      return { _tag: outcome._tag, eci: outcome.eci }
    case "AuthenticationFailed":
      return { _tag: outcome._tag, code: outcome.code }
    case "ChallengeIssued":
      return { _tag: outcome._tag, url: outcome.url }
    case "ChallengeOpen":
      return { _tag: outcome._tag }
  }
}

export const writeVerdict = (verdict: Attempt.GatewayVerdict, table: CurrencyTable): VerdictWire => {
  const { avs, cvv } = verdict
  return verdict._tag === "Approved"
    ? { _tag: "Approved", reference: verdict.reference, amount: writeMoney(verdict.amount, table), avs, cvv }
    : { _tag: "Declined", reference: verdict.reference, code: verdict.code, avs, cvv }
}

export const readVerdict = (wire: VerdictWire, table: CurrencyTable): Attempt.GatewayVerdict | undefined => {
  if (wire._tag === "Declined") return wire
  const amount = readMoney(wire.amount, table)
  return amount && { ...wire, amount }
}
