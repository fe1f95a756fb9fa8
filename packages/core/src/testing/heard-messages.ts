/** All that can be heard from outside about a payment, honest or not, for tests that must leave nothing out. */
import type { Attempt, GatewayLookup, GatewayReply, GatewayReversal } from "../attempt/index.ts"
import { money } from "../money/index.ts"
import type { AuthenticationOutcome, RiskEvaluation } from "../payment/payment.ts"
import * as examples from "./payment-examples.ts"

/** Every kind of answer to a message, for this attempt: the right one, the wrong ones and none. */
export const repliesFor = (attempt: Attempt | undefined): readonly [GatewayReply, ...ReadonlyArray<GatewayReply>] => {
  const amount = attempt?.amount ?? examples.usd(1n)
  const reference = `reference-${attempt?.id ?? "none"}`
  return [
    examples.approved(amount, { reference, cvv: "pass" }),
    examples.declined(),
    { _tag: "Unknown", why: "timeout" },
    { _tag: "NotSent", why: "connection refused" },
    examples.approved(amount, { reference: `${reference}-again`, cvv: "fail" }),
    examples.approved(money(amount.amount + 1n, amount.currency), { reference, cvv: "pass" })
  ]
}

/** Every kind of answer to a question about this attempt. */
export const lookupsFor = (attempt: Attempt | undefined): readonly [GatewayLookup, ...ReadonlyArray<GatewayLookup>] => {
  const amount = attempt?.amount ?? examples.usd(1n)
  const reference = `reference-${attempt?.id ?? "none"}`
  const wrong = money(amount.amount + 1n, amount.currency)
  return [
    { _tag: "Found", verdict: examples.approved(amount, { reference, cvv: "pass" }) },
    { _tag: "Found", verdict: examples.declined("card_expired") },
    { _tag: "AbsentYet" },
    { _tag: "AbsentFinal" },
    { _tag: "Pending" },
    { _tag: "Unavailable", why: "down" },
    { _tag: "Found", verdict: examples.approved(wrong, { reference, cvv: "pass" }) }
  ]
}

/** Every kind of answer to a reversal. */
export const reversals: readonly [GatewayReversal, ...ReadonlyArray<GatewayReversal>] = [
  { _tag: "Reversed" },
  { _tag: "NothingToReverse" },
  { _tag: "ReversalUnknown", why: "timeout" }
]

/** Every kind of answer of an authentication service. */
export const outcomes: readonly [AuthenticationOutcome, ...ReadonlyArray<AuthenticationOutcome>] = [
  { _tag: "AuthenticationPassed", eci: "05" },
  { _tag: "ChallengeIssued", url: "https://acs.example.com/challenge" },
  { _tag: "ChallengeOpen" },
  { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }
]

/** Every kind of risk evaluation. */
export const evaluations: readonly [RiskEvaluation, ...ReadonlyArray<RiskEvaluation>] = [
  { decision: "approved", reason: "" },
  { decision: "denied", reason: "3000" },
  { decision: "denied", reason: "3350" },
  { decision: "review", reason: "3001" }
]

/** The choice at an index, counted round. */
export const pickOf = <A>(choices: readonly [A, ...ReadonlyArray<A>], index: number): A =>
  choices[index % choices.length] ?? choices[0]
