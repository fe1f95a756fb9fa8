/** What SQLite's error codes mean for a caller. Messages of SQLite name columns and constraints, never values. */
import { InvariantViolated, StoreUnavailable } from "@paykernel/core/effect"

/** The extended result code of an error that SQLite raised, such as `SQLITE_CONSTRAINT_CHECK`. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined
  return error.code.startsWith("SQLITE_") ? error.code : undefined
}

/** Another connection is in the way. Nothing was changed, and trying again may succeed. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/u.test(codeOf(error) ?? "")

/** A constraint that stopped one statement, or `undefined` for any other error. */
export const violationOf = (error: unknown): InvariantViolated | undefined =>
  /^SQLITE_(CONSTRAINT|TOOBIG)/u.test(codeOf(error) ?? "") && error instanceof Error
    ? new InvariantViolated({ invariant: error.message })
    : undefined

/** The error of a store that cannot answer, or `undefined` where the error is no matter of the database: a bug. */
export const unavailable = (error: unknown, open: boolean, outcomeUnknown = false): StoreUnavailable | undefined => {
  if (!open) return new StoreUnavailable({ reason: "closed", outcomeUnknown })
  const code = codeOf(error)
  return code === undefined ? undefined : new StoreUnavailable({ reason: code, outcomeUnknown })
}
