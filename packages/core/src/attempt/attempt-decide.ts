/**
 * What follows for an attempt from what was heard, or not heard, from the gateway. Replies, look-ups, webhooks and
 * settlement files all end here, in any order and any number: what is already known is answered with no events.
 *
 * The first definite answer stands. A success found after a failure was reported is not believed over it but undone,
 * because somebody has acted on the failure. A failure reported after a success changes nothing: the gateway has
 * vouched for the success, and its settlement file is where such a contradiction is resolved.
 */
import { equals } from "../money/index.ts"
import type {
  Attempt,
  AttemptEvent,
  AttemptPolicy,
  GatewayLookup,
  GatewayReply,
  GatewayReversal,
  GatewayVerdict
} from "./attempt.ts"
import { absenceIsFinal, doubtIsOver, mayResend } from "./attempt-policy.ts"

/** What the holder of an attempt's task has to do with it, as it was loaded. */
export type AttemptStep =
  /** Record the start, then send. Where the message needs a CVV that is no longer in memory: abandon. */
  | { readonly _tag: "Send" }
  /** An earlier holder may have sent it and is gone. */
  | { readonly _tag: "DeclareLost" }
  | { readonly _tag: "LookUp" }
  | { readonly _tag: "Reverse" }
  /** Nothing for a machine to do. */
  | { readonly _tag: "Rest" }

/**
 * The next step for whoever holds the task of an attempt found in this state.
 *
 * @example
 * nextStep({ ...attempt, status: "sending" }) // => { _tag: "DeclareLost" }
 */
export const nextStep = (attempt: Attempt): AttemptStep => {
  switch (attempt.status) {
    case "planned":
      return { _tag: "Send" }
    case "sending":
      return { _tag: "DeclareLost" }
    case "unknown":
      return { _tag: "LookUp" }
    case "reversing":
    case "orphaned":
      return { _tag: "Reverse" }
    case "confirmed":
    case "declined":
    case "abandoned":
    case "not_charged":
    case "manual":
      return { _tag: "Rest" }
  }
}

type Events = ReadonlyArray<AttemptEvent>

/** The holder is about to send. Nothing, unless the attempt is planned: then the caller must not send. */
export const onStart = (attempt: Attempt, nowMs: number): Events =>
  attempt.status === "planned" ? [{ _tag: "AttemptStarted", atMs: nowMs }] : none

/** The holder is gone. What it may have sent is in doubt from now on. */
export const onHolderLost = (attempt: Attempt, nowMs: number): Events =>
  attempt.status === "sending" ? becameUnknown("holder lost", nowMs) : none

/** Given up. Possible only while nothing has left this machine. */
export const onAbandon = (attempt: Attempt, why: string, nowMs: number): Events =>
  attempt.status === "planned" ? [{ _tag: "AttemptAbandoned", why, atMs: nowMs }] : none

/** What came of sending. */
export const onReply = (attempt: Attempt, reply: GatewayReply, nowMs: number): Events => {
  switch (reply._tag) {
    case "Approved":
    case "Declined":
      return onVerdict(attempt, reply, nowMs)
    case "Unknown":
      return attempt.status === "sending" ? becameUnknown(reply.why, nowMs) : none
    case "NotSent":
      if (attempt.status !== "sending") return none
      // An earlier message under the same key may still be on its way, so this one proves nothing about it.
      if (attempt.sends > 1) return becameUnknown(reply.why, nowMs)
      return [{ _tag: "AttemptNotSent", why: reply.why, atMs: nowMs }]
  }
}

/** What the gateway says about the key when asked, or by itself. */
export const onLookup = (attempt: Attempt, lookup: GatewayLookup, policy: AttemptPolicy, nowMs: number): Events => {
  if (lookup._tag === "Found") {
    return attempt.status === "unknown" && !echoes(attempt, lookup.verdict)
      ? escalated(mismatch, nowMs)
      : onVerdict(attempt, lookup.verdict, nowMs)
  }
  // The gateway can be heard again. What it says of the key may have changed by now: what a reversal says will not.
  if (mayBeUndone(attempt)) return lookup._tag === "Unavailable" ? none : undo(nowMs)
  if (attempt.status !== "unknown") return none
  if (lookup._tag === "Pending") return assured(attempt, policy, nowMs)
  const absent =
    lookup._tag === "AbsentFinal" || (lookup._tag === "AbsentYet" && absenceIsFinal(attempt, policy, nowMs))
  if (absent) return recover(attempt, policy, nowMs)
  return doubtIsOver(attempt, policy, nowMs) ? escalated("in doubt for too long", nowMs) : none
}

/** What came of undoing. An orphan is undone for as long as it takes, so it is never given up here. */
export const onReversal = (
  attempt: Attempt,
  reversal: GatewayReversal,
  policy: AttemptPolicy,
  nowMs: number
): Events => {
  if (attempt.status !== "reversing" && attempt.status !== "orphaned") return none
  if (reversal._tag !== "ReversalUnknown") return [{ _tag: "AttemptReversed", atMs: nowMs }]
  if (attempt.status === "orphaned" || !doubtIsOver(attempt, policy, nowMs)) return none
  return escalated("reversal in doubt for too long", nowMs)
}

/** A definite answer about the key, whichever way it came. */
const onVerdict = (attempt: Attempt, verdict: GatewayVerdict, nowMs: number): Events => {
  switch (attempt.status) {
    case "planned":
      // The gateway knows a key that we thought unsent: it was sent, whatever the connection told us.
      return [{ _tag: "AttemptStarted", atMs: nowMs }, ...whileSending(attempt, verdict, nowMs)]
    case "sending":
      return whileSending(attempt, verdict, nowMs)
    case "manual":
      if (verdict._tag === "Approved" && mayBeUndone(attempt)) return undo(nowMs)
      return echoes(attempt, verdict) ? settled(verdict, nowMs) : none
    case "unknown":
      return echoes(attempt, verdict) ? settled(verdict, nowMs) : none
    case "declined":
    case "abandoned":
      return verdict._tag === "Approved" ? lateSuccess(verdict.reference, nowMs) : none
    case "not_charged":
      // The very success that was undone, heard of again.
      if (verdict._tag === "Declined" || verdict.reference === attempt.reference) return none
      return lateSuccess(verdict.reference, nowMs)
    case "confirmed":
    case "orphaned":
      return none
    case "reversing":
      // Whatever the key did, the reversal under way undoes it.
      return none
  }
}

const whileSending = (attempt: Attempt, verdict: GatewayVerdict, nowMs: number): Events =>
  echoes(attempt, verdict) ? settled(verdict, nowMs) : becameUnknown(mismatch, nowMs)

/**
 * Whoever waits for a bank is not in doubt: the time of doubt begins anew. That is written down now and then, and not at
 * every look, of which a transfer of some days sees thousands.
 */
const assured = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): Events =>
  nowMs - (attempt.unknownSinceMs ?? nowMs) >= policy.resolveLimitMs / 2
    ? [{ _tag: "AttemptStillPending", atMs: nowMs }]
    : none

/** The key has had no effect: send again where that is harmless, else make sure that it never has one. */
const recover = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): Events => {
  if (mayResend(attempt, policy, nowMs) && !doubtIsOver(attempt, policy, nowMs)) {
    return [{ _tag: "AttemptStarted", atMs: nowMs }]
  }
  if (policy.capabilities.reverseByKey) return undo(nowMs)
  return escalated("absent, and can be neither resent nor reversed", nowMs)
}

/**
 * Its reversal was given up without an answer, and may have been carried out, or be on its way still. An approval proves
 * nothing then, however fresh: to know how the key stands, it is reversed to the end.
 */
const mayBeUndone = ({ status, undos }: Attempt): boolean => status === "manual" && undos > 0

/** An approval counts only for the amount that was asked. A decline moves nothing, so it has nothing to compare. */
const echoes = (attempt: Attempt, verdict: GatewayVerdict): boolean =>
  verdict._tag === "Declined" || equals(verdict.amount, attempt.amount)

const settled = (verdict: GatewayVerdict, nowMs: number): Events =>
  verdict._tag === "Approved"
    ? [{ _tag: "AttemptConfirmed", reference: verdict.reference, atMs: nowMs }]
    : [{ _tag: "AttemptDeclined", code: verdict.code, reference: verdict.reference, atMs: nowMs }]

const lateSuccess = (reference: string, nowMs: number): Events => [{ _tag: "LateSuccessFound", reference, atMs: nowMs }]

const becameUnknown = (why: string, nowMs: number): Events => [{ _tag: "AttemptBecameUnknown", why, atMs: nowMs }]

const undo = (nowMs: number): Events => [{ _tag: "AttemptReversalStarted", atMs: nowMs }]

const escalated = (why: string, nowMs: number): Events => [{ _tag: "AttemptEscalated", why, atMs: nowMs }]

const mismatch = "the gateway answered for another amount"

const none: Events = []
