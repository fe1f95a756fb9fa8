/** An attempt in each of its states, and a way to ask all of them at once. */
import type { Attempt, AttemptEvent, AttemptStatus } from "../attempt/index.ts"
import { evolveAttempt, planAttempt } from "../attempt/index.ts"
import { attemptPlan, startMs } from "./payment-examples.ts"

const atMs = startMs

/** One event of each kind, at the moment at which examples begin. */
export const attemptEvents = {
  started: { _tag: "AttemptStarted", atMs },
  unknown: { _tag: "AttemptBecameUnknown", why: "timeout", atMs },
  confirmed: { _tag: "AttemptConfirmed", reference: "reference-1", atMs },
  declined: { _tag: "AttemptDeclined", code: "card_expired", reference: null, atMs },
  reversing: { _tag: "AttemptReversalStarted", atMs },
  reversed: { _tag: "AttemptReversed", atMs },
  escalated: { _tag: "AttemptEscalated", why: "doubt", atMs },
  abandoned: { _tag: "AttemptAbandoned", why: "given up", atMs },
  late: { _tag: "LateSuccessFound", reference: "reference-1", atMs }
} as const satisfies { readonly [name: string]: AttemptEvent }

/** A planned capture of USD 10.00 after these events. */
export const attemptAfter = (...events: ReadonlyArray<AttemptEvent>): Attempt =>
  events.reduce(evolveAttempt, planAttempt(attemptPlan({ startedAtMs: null })))

const { started, unknown, confirmed, declined, reversing, reversed, escalated, abandoned, late } = attemptEvents

/** An attempt in each state, by the shortest way there. */
export const attemptIn: { readonly [S in AttemptStatus]: Attempt } = {
  planned: attemptAfter(),
  sending: attemptAfter(started),
  unknown: attemptAfter(started, unknown),
  reversing: attemptAfter(started, unknown, reversing),
  manual: attemptAfter(started, unknown, escalated),
  confirmed: attemptAfter(started, confirmed),
  declined: attemptAfter(started, declined),
  abandoned: attemptAfter(abandoned),
  not_charged: attemptAfter(started, unknown, reversing, reversed),
  orphaned: attemptAfter(started, declined, late)
}

/** The tags of what follows in each state, without the states in which nothing does. */
export const inEachState = (
  follows: (attempt: Attempt) => ReadonlyArray<AttemptEvent>
): { readonly [S in AttemptStatus]?: ReadonlyArray<AttemptEvent["_tag"]> } =>
  Object.fromEntries(
    Object.entries(attemptIn)
      .map(([status, attempt]) => [status, follows(attempt).map(({ _tag }) => _tag)] as const)
      .filter(([, tags]) => tags.length > 0)
  )
