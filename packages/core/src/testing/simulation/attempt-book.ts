/** What has become of each attempt, by its machine alone, and what may become of it next. */
import type { AttemptJson, AttemptPlanJson } from "../../attempt/attempt.schema.ts"
import type { AttemptEvent, AttemptStatus } from "../../attempt/attempt.ts"
import { type CoverageCount, edgeName, machines } from "./coverage.ts"
import type { Report } from "./problems.ts"

export type AttemptEntry = {
  readonly id: string
  readonly key: string
  /** Of the payment or refund. */
  readonly paymentId: string
  status: AttemptStatus
  readonly needsCvv: boolean
  /** How often it was said that a message leaves, and when for the last time. */
  starts: number
  startedAtMs: number
  /** Messages that left, but for those that certainly did not. */
  sends: number
  /** What was heard of the key since the attempt is in doubt: that it is not there yet, or never will be. */
  absent: "yet" | "final" | null
  /** What was heard of the key: approvals of another amount and nothing better, or the truth, once and for all. */
  heard: "misleading" | "truth" | null
  /** Why a person was called, and since when it had been in doubt. */
  escalation: { readonly why: string; readonly atMs: number; readonly unknownSinceMs: number | null } | null
}

/** A payment, or a refund of an intent. */
export type AttemptOwner = {
  readonly id: string
  readonly attempts: Map<string, AttemptEntry>
  state: { readonly attempts: ReadonlyArray<Pick<AttemptJson, "id" | "unknownSinceMs">> }
}

/** `quietMs`: how long a message may be on its way and still be invisible to a look-up. */
export const openAttemptBook = (coverage: CoverageCount, report: Report, quietMs: number) => {
  const byKey = new Map<string, AttemptEntry>()

  const plan = (owner: AttemptOwner, { id, gatewayKey, startedAtMs, needsCvv }: AttemptPlanJson): void => {
    if (byKey.has(gatewayKey)) report("I1", `the gateway key ${gatewayKey} has two attempts`)
    const started = startedAtMs !== null
    const entry: AttemptEntry = {
      ...{ id, key: gatewayKey, paymentId: owner.id, status: started ? "sending" : "planned" },
      ...{ needsCvv, starts: started ? 1 : 0, startedAtMs: startedAtMs ?? 0, sends: 0 },
      ...{ absent: null, heard: null, escalation: null }
    }
    owner.attempts.set(id, entry)
    byKey.set(gatewayKey, entry)
  }
  const move = (owner: AttemptOwner, attemptId: string, event: AttemptEvent): void => {
    const attempt = owner.attempts.get(attemptId)
    const from = attempt?.status ?? "planned"
    const to = machines.attempt[from][event._tag]
    if (attempt === undefined || to === undefined) {
      report("I5", `${owner.id}: attempt ${attemptId} makes no move ${from} --${event._tag}-->`)
      return
    }
    coverage.moved(edgeName("attempt", from, event._tag))
    attempt.status = to
    checkMove(attempt, from, event, quietMs, report)
    if (event._tag === "AttemptStarted") {
      attempt.starts++
      attempt.startedAtMs = event.atMs
    }
    if (event._tag === "AttemptBecameUnknown") attempt.absent = null
    if (event._tag !== "AttemptEscalated") return
    const unknownSinceMs = owner.state.attempts.find(({ id }) => id === attemptId)?.unknownSinceMs ?? null
    attempt.escalation = { why: event.why, atMs: event.atMs, unknownSinceMs }
  }
  return { byKey, plan, move }
}

/** What a move takes beside an edge: having asked, having waited, and having been told the truth. */
const checkMove = (
  attempt: AttemptEntry,
  from: AttemptStatus,
  event: AttemptEvent,
  quietMs: number,
  report: Report
): void => {
  const { key, absent, needsCvv, heard, startedAtMs } = attempt
  const resent = event._tag === "AttemptStarted" && from === "unknown"
  if (resent && needsCvv) report("RESEND", `${key} goes out again, and its code is gone`)
  if (resent || (event._tag === "AttemptReversalStarted" && from === "unknown")) {
    if (absent === null) report("RESEND", `${key} is recovered, and nobody has asked what became of it`)
    const waitedMs = event.atMs - startedAtMs
    if (absent === "yet" && waitedMs < quietMs) report("RESEND", `${key} is recovered after ${waitedMs} ms of silence`)
  }
  if (event._tag === "AttemptConfirmed" && heard === "misleading")
    report("TRUTH", `${key} is confirmed by an approval of another amount`)
}

export const isOpen = (status: AttemptJson["status"]): boolean =>
  status === "planned" || status === "sending" || status === "unknown" || status === "reversing"
