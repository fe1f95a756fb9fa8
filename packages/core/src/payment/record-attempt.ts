/**
 * What is heard about an attempt, brought to the payment: the attempt's own rules say what is new, and the payment
 * draws its consequences from that. Replies, look-ups, webhooks and settlement files all pass here.
 */
import { onAbandon, onHolderLost, onLookup, onReply, onReversal, onStart } from "../attempt/index.ts"
import { conclude } from "./attempt-outcome.ts"
import type { Payment, PaymentCommand } from "./payment.ts"
import { type PaymentDecision, refused } from "./payment-decision.ts"

type AttemptCommand = Extract<PaymentCommand, { readonly _tag: AttemptCommandTag }>

type AttemptCommandTag =
  | "StartAttempt"
  | "DeclareHolderLost"
  | "AbandonAttempt"
  | "RecordReply"
  | "RecordLookup"
  | "RecordReversal"

/** Records what is new about an attempt, and what it means for the payment. */
export const recordAttempt = (payment: Payment, command: AttemptCommand): PaymentDecision => {
  const attempt = payment.attempts.find(({ id }) => id === command.attemptId)
  if (attempt === undefined) return refused({ _tag: "AttemptNotFound" })
  const { nowMs } = command
  switch (command._tag) {
    case "StartAttempt": {
      // A permission to send, so it is refused rather than ignored where the attempt is not to be sent.
      const events = onStart(attempt, nowMs)
      if (events.length === 0) return refused({ _tag: "OperationInFlight", kind: attempt.kind })
      return conclude(payment, attempt, events, null, nowMs)
    }
    case "DeclareHolderLost":
      return conclude(payment, attempt, onHolderLost(attempt, nowMs), null, nowMs)
    case "AbandonAttempt":
      return conclude(payment, attempt, onAbandon(attempt, command.why, nowMs), null, nowMs)
    case "RecordReply": {
      const { reply, terms } = command
      const heard = reply._tag === "Approved" || reply._tag === "Declined" ? { verdict: reply, terms } : null
      return conclude(payment, attempt, onReply(attempt, reply, nowMs), heard, nowMs)
    }
    case "RecordLookup": {
      const { lookup, policy, terms } = command
      const heard = lookup._tag === "Found" ? { verdict: lookup.verdict, terms } : null
      return conclude(payment, attempt, onLookup(attempt, lookup, policy, nowMs), heard, nowMs)
    }
    case "RecordReversal":
      return conclude(payment, attempt, onReversal(attempt, command.reversal, command.policy, nowMs), null, nowMs)
  }
}
