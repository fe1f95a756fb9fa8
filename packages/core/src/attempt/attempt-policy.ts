/**
 * The times that rule recovery: when absence is final, when a key may be used again, when to look next and when to
 * call a person. All are derived from what the gateway declares about itself, and checked once, at construction.
 */
import * as Result from "effect/Result"
import type { Attempt, AttemptPolicy } from "./attempt.ts"

/** Why a gateway cannot be trusted to automatic recovery. */
export type PolicyRejection =
  /** Each of these is needed: to ask, to ask again safely, and to undo. */
  | { readonly _tag: "GatewayCannotRecover"; readonly missing: ReadonlyArray<RecoveryCapability> }
  /** A time that is no time, or that leaves no room for the one before it. */
  | { readonly _tag: "PolicyTimeInvalid"; readonly field: string; readonly reason: string }

export type RecoveryCapability = "idempotentByKey" | "lookupByKey" | "reverseByKey"

/** Longest time for which a message may be on its way and still be invisible to a look-up. */
export const quietMs = (policy: AttemptPolicy): number =>
  policy.capabilities.maxInFlightMs + policy.capabilities.lookupLagMs + policy.marginMs

/**
 * The policy itself, where automatic recovery is possible with it. Refused at construction rather than found out
 * with a payer's money: without idempotency a message cannot be repeated, without look-up it cannot be asked about,
 * without reversal it cannot be undone.
 *
 * @example
 * checkPolicy({ ...policy, capabilities: { ...capabilities, lookupByKey: false } })
 * // => Result.fail({ _tag: "GatewayCannotRecover", missing: ["lookupByKey"] })
 */
export const checkPolicy = (policy: AttemptPolicy): Result.Result<AttemptPolicy, PolicyRejection> => {
  const missing = recoveryCapabilities.filter((capability) => !policy.capabilities[capability])
  if (missing.length > 0) return Result.fail({ _tag: "GatewayCannotRecover", missing })
  const { keyTtlMs, lookupLagMs, maxInFlightMs } = policy.capabilities
  const { marginMs, resolveLimitMs } = policy
  for (const [field, timeMs] of Object.entries({ keyTtlMs, lookupLagMs, maxInFlightMs, marginMs, resolveLimitMs })) {
    if (!Number.isSafeInteger(timeMs) || timeMs < 0) return invalid(field, "not a whole number of milliseconds from 0")
  }
  if (keyTtlMs <= marginMs) return invalid("keyTtlMs", "the gateway forgets a key within the margin")
  if (resolveLimitMs <= quietMs(policy)) return invalid("resolveLimitMs", "ends before absence can be final")
  return Result.succeed(policy)
}

/**
 * When to look at an open attempt again: exponential backoff from 250 ms to 60 s, but not past the moment at which
 * the answer will mean more (absence becomes final, the limit of doubt is reached). `tries` counts from 0.
 *
 * @example
 * nextCheckAtMs(planned, policy, 1_000, 2) // => 2_000
 */
export const nextCheckAtMs = (attempt: Attempt, policy: AttemptPolicy, nowMs: number, tries: number): number => {
  const backoffAtMs = nowMs + Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.max(0, tries))
  let atMs = backoffAtMs
  for (const momentMs of [absenceFinalAtMs(attempt, policy), doubtEndsAtMs(attempt, policy)]) {
    if (momentMs !== null && momentMs > nowMs && momentMs < atMs) atMs = momentMs
  }
  return atMs
}

/**
 * Whether an attempt that never left has waited so long that it should be abandoned: a payer who has given up must
 * not be charged by a gateway that comes back days later.
 *
 * @example
 * isOverdue({ ...planned, plannedAtMs: 0 }, policy, policy.resolveLimitMs) // => true
 */
export const isOverdue = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): boolean =>
  attempt.status === "planned" && nowMs - attempt.plannedAtMs >= policy.resolveLimitMs

/** Whether an absence reported now can no longer be a message still on its way. */
export const absenceIsFinal = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): boolean =>
  attempt.startedAtMs === null || nowMs - attempt.startedAtMs >= quietMs(policy)

/** Whether the doubt has lasted as long as it may before a person is called. */
export const doubtIsOver = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): boolean =>
  attempt.unknownSinceMs !== null && nowMs - attempt.unknownSinceMs >= policy.resolveLimitMs

/** Whether the same message under the same key may be sent again, and can have no second effect. */
export const mayResend = (attempt: Attempt, policy: AttemptPolicy, nowMs: number): boolean =>
  policy.capabilities.idempotentByKey &&
  !attempt.needsCvv &&
  attempt.firstStartedAtMs !== null &&
  nowMs - attempt.firstStartedAtMs < policy.capabilities.keyTtlMs - policy.marginMs

const backoffMinMs = 250
const backoffMaxMs = 60_000

const recoveryCapabilities: ReadonlyArray<RecoveryCapability> = ["idempotentByKey", "lookupByKey", "reverseByKey"]

const invalid = (field: string, reason: string): Result.Result<never, PolicyRejection> =>
  Result.fail({ _tag: "PolicyTimeInvalid", field, reason })

const absenceFinalAtMs = (attempt: Attempt, policy: AttemptPolicy): number | null =>
  attempt.status === "unknown" && attempt.startedAtMs !== null ? attempt.startedAtMs + quietMs(policy) : null

const doubtEndsAtMs = (attempt: Attempt, policy: AttemptPolicy): number | null =>
  (attempt.status === "unknown" || attempt.status === "reversing") && attempt.unknownSinceMs !== null
    ? attempt.unknownSinceMs + policy.resolveLimitMs
    : null
