/**
 * What a process of the load writes down: each commit before it is sent, and each answer before the next step. A line
 * is with the operating system once it is written, so a killed process leaves all that it was told. No code of the
 * store is used here: the judge reads this too.
 */
import { openSync, readFileSync, writeSync } from "node:fs"

/** Amounts are minor units, as digits. */
export type Totals = { readonly authorized: string; readonly captured: string; readonly refunded: string }

export type PlannedWrite = Totals & {
  readonly payment: string
  /** After the commit; 1 creates. */
  readonly version: number
}

/** All that a commit has to leave behind. Its event, entry, task, ledger transaction and seal bear its id. */
export type Planned = {
  readonly id: string
  readonly merchant: string
  /** Of its idempotency record; two that are rivals for one key have the same. */
  readonly key: string
  readonly writes: ReadonlyArray<PlannedWrite>
  /** What its ledger transaction moves. */
  readonly amount: string
  readonly task: "leased" | "ready"
  /** The task that it completes. */
  readonly completes: { readonly task: string; readonly fence: number } | null
}

export type Answered = {
  readonly id: string
  readonly outcome:
    | "Committed"
    | "VersionConflict"
    | "KeyTaken"
    | "LeaseLost"
    | "InvariantViolated"
    | "StoreUnavailable"
  readonly reason: string
  readonly outcomeUnknown: boolean
  readonly ms: number
}

/** A question other than a commit, and what came of it. */
export type Asked = { readonly question: "load" | "claim" | "list"; readonly reason: string; readonly ms: number }

/** A payment that was read back right after its commit was acknowledged. */
export type Seen = { readonly payment: string; readonly atLeast: number; readonly version: number }

export type Claimed = { readonly merchant: string; readonly task: string; readonly fence: number }

export type Line =
  | { readonly planned: Planned }
  | { readonly answered: Answered }
  | { readonly asked: Asked }
  | { readonly seen: Seen }
  | { readonly claimed: Claimed }

/** Gives the function that writes a line to the end of a file. */
export const openJournal = (path: string): ((line: Line) => void) => {
  const file = openSync(path, "a")
  return (line) => void writeSync(file, `${JSON.stringify(line)}\n`)
}

/** A line that its process was killed over is left out. */
export const readJournal = (path: string): ReadonlyArray<Line> =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
