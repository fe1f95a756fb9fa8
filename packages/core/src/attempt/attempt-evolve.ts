/**
 * How an attempt comes to be and how it changes. Every change goes through the attempt machine, so a history that
 * treats something sent as unsent cannot be folded at all.
 */
import { follow } from "../machine.ts"
import type { Attempt, AttemptEvent, AttemptPlan } from "./attempt.ts"
import { attemptMachine } from "./attempt-machine.ts"

/**
 * The attempt that a plan describes: `sending` where the plan names a start, else `planned`.
 *
 * @example
 * planAttempt({ ...plan, startedAtMs: null }).status // => "planned"
 */
export const planAttempt = (plan: AttemptPlan): Attempt => ({
  id: plan.id,
  kind: plan.kind,
  gatewayKey: plan.gatewayKey,
  amount: plan.amount,
  needsCvv: plan.needsCvv,
  status: plan.startedAtMs === null ? "planned" : "sending",
  sends: plan.startedAtMs === null ? 0 : 1,
  plannedAtMs: plan.plannedAtMs,
  startedAtMs: plan.startedAtMs,
  firstStartedAtMs: plan.startedAtMs,
  unknownSinceMs: null,
  reference: null,
  undos: 0
})

/**
 * The attempt after an event. An event that the machine does not know from here is a defect, so it throws.
 *
 * @example
 * evolveAttempt(sending, { _tag: "AttemptBecameUnknown", why: "timeout", atMs: 5 }).status // => "unknown"
 */
export const evolveAttempt = (attempt: Attempt, event: AttemptEvent): Attempt => {
  const status = follow(attemptMachine, attempt.status, event._tag)
  switch (event._tag) {
    case "AttemptStarted":
      return {
        ...attempt,
        status,
        sends: attempt.sends + 1,
        startedAtMs: event.atMs,
        firstStartedAtMs: attempt.firstStartedAtMs ?? event.atMs
      }
    case "AttemptNotSent":
      return notSent(attempt)
    case "AttemptBecameUnknown":
      // The first doubt counts: sending again does not make the doubt any younger.
      return { ...attempt, status, unknownSinceMs: attempt.unknownSinceMs ?? event.atMs }
    case "AttemptStillPending":
      return { ...attempt, status, unknownSinceMs: event.atMs }
    case "AttemptConfirmed":
    case "AttemptDeclined":
    case "LateSuccessFound":
      return { ...attempt, ...certain, status, reference: event.reference }
    case "AttemptReversed":
      return { ...attempt, ...certain, status }
    case "AttemptReversalStarted":
      return { ...attempt, status, undos: attempt.undos + 1 }
    case "AttemptAbandoned":
    case "AttemptEscalated":
      return { ...attempt, status }
  }
}

const certain = { unknownSinceMs: null, undos: 0 } as const

/**
 * Back to never sent. Only the first message may be taken back like this: after an earlier one, `planned` would
 * claim that nothing ever left.
 */
const notSent = (attempt: Attempt): Attempt => {
  if (attempt.sends !== 1) throw new Error(`attempt taken for unsent after ${attempt.sends} messages`)
  return { ...attempt, status: "planned", sends: 0, startedAtMs: null, firstStartedAtMs: null }
}
