import type { Machine } from "../machine.ts"
import type { AttemptEvent, AttemptStatus } from "./attempt.ts"

/**
 * Every legal move of an attempt. There is no edge from `unknown` to `planned`: what may have been sent is never
 * treated as unsent again.
 */
export const attemptMachine: Machine<AttemptStatus, AttemptEvent["_tag"]> = {
  planned: { AttemptStarted: "sending", AttemptAbandoned: "abandoned" },
  sending: {
    AttemptNotSent: "planned",
    AttemptBecameUnknown: "unknown",
    AttemptConfirmed: "confirmed",
    AttemptDeclined: "declined"
  },
  unknown: {
    AttemptStillPending: "unknown",
    AttemptConfirmed: "confirmed",
    AttemptDeclined: "declined",
    AttemptStarted: "sending",
    AttemptReversalStarted: "reversing",
    AttemptEscalated: "manual"
  },
  reversing: { AttemptReversed: "not_charged", AttemptEscalated: "manual" },
  manual: { AttemptConfirmed: "confirmed", AttemptDeclined: "declined", AttemptReversalStarted: "reversing" },
  confirmed: {},
  declined: { LateSuccessFound: "orphaned" },
  abandoned: { LateSuccessFound: "orphaned" },
  not_charged: { LateSuccessFound: "orphaned" },
  orphaned: { AttemptReversed: "not_charged" }
}
