/** What the errors of PostgreSQL and of the way to it mean for a caller. Messages name constraints, never values. */
import { InvariantViolated, StoreUnavailable } from "@paykernel/core/effect"
import pg from "pg"

/**
 * - `spoilt`: a guard or a constraint refused something; nothing was written
 * - `retry`: the server gave way to another transaction; nothing was written
 * - `unknown`: the connection ended while the statement may have run
 * - `unavailable`: nothing was written, and trying at once would end the same
 */
export type Failure =
  | { readonly _tag: "Spoilt"; readonly constraint: string | null }
  | { readonly _tag: "Retry" | "Unknown" | "Unavailable"; readonly reason: string }

const guardFailed = "22012"
/** Serialization failure, deadlock, lock not available. */
const givingWay: ReadonlyArray<string> = ["40001", "40P01", "55P03"]

/** What became of a statement that was sent and failed. */
export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) {
    return { _tag: "Unknown", reason: reasonOf(error) }
  }
  const { code, severity, constraint } = error
  if (code === guardFailed) return { _tag: "Spoilt", constraint: null }
  // Constraints, and rows or numbers beyond a limit of the server.
  if (/^(?:23|54|22003)/u.test(code)) return { _tag: "Spoilt", constraint: constraint ?? code }
  if (givingWay.includes(code)) return { _tag: "Retry", reason: code }
  // A session that the server ends may have been ended while it was committing.
  if (severity !== "ERROR") return { _tag: "Unknown", reason: code }
  return { _tag: "Unavailable", reason: code }
}

/** Whether a connection could not be had because the server is starting, stopping, gone or full: it may come back. */
export const mayComeBack = (error: unknown): boolean => {
  const reason = reasonOf(error)
  if (error instanceof pg.DatabaseError) return /^(?:57P0|08|53300)/u.test(reason)
  return reason !== closedPool
}

/** Whether the server undid a statement for the sake of another transaction, so that it may be sent again. */
export const gaveWay = (error: unknown): boolean => givingWay.includes(reasonOf(error))

/** A name for logs: the code of the server or of the system. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown"
  if ("code" in error && typeof error.code === "string") return error.code
  return /after calling end/u.test(error.message) ? closedPool : "connection lost"
}

const closedPool = "closed"

export const unavailable = (reason: string, outcomeUnknown = false): StoreUnavailable =>
  new StoreUnavailable({ reason, outcomeUnknown })

export const violated = (constraint: string | null): InvariantViolated =>
  new InvariantViolated({ invariant: constraint ?? "a guarded write" })
