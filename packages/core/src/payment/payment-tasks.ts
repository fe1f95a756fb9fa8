/** The wishes that decisions about a payment file. Ids are derived, so the same wish is never filed twice. */
import type { Attempt } from "../attempt/index.ts"
import type { TaskKind, TaskRequest } from "../decision.ts"

/** Carry an attempt to a definite end. Lives until the attempt is terminal. */
export const attemptTask = (paymentId: string, attemptId: string, dueAtMs: number): TaskRequest =>
  task(attemptId, "attempt", paymentId, attemptId, dueAtMs)

/**
 * Undo a late success. A task of its own, because the attempt's first one may be done. What was found and when is part
 * of its name: an attempt may be found executed again after it was undone, and that has to be undone as well. The time
 * alone would not do, since another process, or a clock that was set back, may show the same one again.
 */
export const undoTask = (paymentId: string, attemptId: string, reference: string, nowMs: number): TaskRequest =>
  task(`${attemptId}:undo:${nowMs}:${asName(reference)}`, "attempt", paymentId, attemptId, nowMs)

/** Undo what was left to a person while it was being undone. That may happen again, so it has a number. */
export const undoAgainTask = (paymentId: string, { id, undos }: Attempt, nowMs: number): TaskRequest =>
  task(`${id}:undo-again:${undos}`, "attempt", paymentId, id, nowMs)

/** A gateway's text, which may hold anything, as part of a name. */
const asName = (reference: string): string => reference.replace(/[^\w-]/gu, "_").slice(0, 64)

/** Start the 3-D Secure authentication, and poll it. */
export const authenticateTask = (paymentId: string, dueAtMs: number): TaskRequest =>
  task(`${paymentId}:authenticate`, "authenticate", paymentId, paymentId, dueAtMs)

/** Fail an authentication that nobody finished. */
export const expireChallengeTask = (paymentId: string, dueAtMs: number): TaskRequest =>
  task(`${paymentId}:expire-challenge`, "expire_challenge", paymentId, paymentId, dueAtMs)

/** Release an authorization that nobody captured. */
export const expireAuthorizationTask = (paymentId: string, dueAtMs: number): TaskRequest =>
  task(`${paymentId}:expire-authorization`, "expire_authorization", paymentId, paymentId, dueAtMs)

const task = (id: string, kind: TaskKind, paymentId: string, subject: string, dueAtMs: number): TaskRequest => ({
  id,
  kind,
  aggregate: { type: "payment", id: paymentId },
  subject,
  dueAtMs
})
