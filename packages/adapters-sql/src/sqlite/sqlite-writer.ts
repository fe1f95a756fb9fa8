/**
 * Many jobs in one transaction, each with its own answer, and no answer before COMMIT has returned. A transaction
 * begins with BEGIN IMMEDIATE: one that began by reading could not become a writer while another process writes.
 */
import { type CommitError, InvariantViolated, KeyTaken, LeaseLost, VersionConflict } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import type { WriteResult } from "../group-commit.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { isBusy, unavailable, violationOf } from "./sqlite-errors.ts"

export type Answer<A = unknown> = Effect.Effect<A, CommitError>

export type WriteJob = {
  /** Why the job cannot be done, found by reading alone. May run more than once, as `write` may. */
  readonly refusal: () => CommitError | undefined
  /** Writes and returns what it answers. Throws a `CommitError` when it finds itself refused on the way. */
  readonly write: () => unknown
  readonly answer: (answer: Answer) => void
}

/** A job failed after it may have written something, and without savepoints only the whole batch can be undone. */
const spoilt = Symbol("spoilt")

export const sqliteWriter = (database: SqliteDatabase): ((batch: ReadonlyArray<WriteJob>) => WriteResult) => {
  const { begin, commit, rollback, savepoint, undo, release } = transactionStatements(database)

  /** The usual way: a savepoint would cost each commit a sixth of its time, and few are refused after a write. */
  const together = (job: WriteJob): Answer => {
    try {
      const refusal = job.refusal()
      return refusal === undefined ? Effect.succeed(job.write()) : Effect.fail(refusal)
    } catch (error) {
      // The key is what a job writes first, so one that finds it taken has written nothing.
      if (error instanceof KeyTaken) return Effect.fail(error)
      throw isFatal(database, error) ? error : spoilt
    }
  }

  /** The way when a batch was spoilt: who fails is undone alone. */
  const apart = (job: WriteJob): Answer => {
    savepoint()
    let answer: Answer
    try {
      const refusal = job.refusal()
      answer = refusal === undefined ? Effect.succeed(job.write()) : Effect.fail(refusal)
    } catch (error) {
      if (isFatal(database, error)) throw error
      undo()
      answer = refusedBy(error)
    }
    release()
    return answer
  }

  const transact = (
    batch: ReadonlyArray<WriteJob>,
    perform: (job: WriteJob) => Answer
  ): ReadonlyArray<Answer> | "busy" | "spoilt" => {
    let committing = false
    try {
      begin()
      const answers = batch.map(perform)
      committing = true
      commit()
      return answers
    } catch (error) {
      abandon(database, rollback)
      if (error === spoilt) return "spoilt"
      if (isBusy(error)) return "busy"
      const failure = unavailable(error, database.open, committing)
      const answer: Answer = failure === undefined ? Effect.die(error) : Effect.fail(failure)
      return batch.map(() => answer)
    }
  }

  return (batch) => {
    // The host may have a transaction of its own open on this connection. Ours must not become part of it.
    if (database.open && database.inTransaction) return "busy"
    const first = transact(batch, together)
    const answers = first === "spoilt" ? transact(batch, apart) : first
    if (answers === "busy" || answers === "spoilt") return "busy"
    for (const [place, job] of batch.entries()) job.answer(answers[place] ?? Effect.die(new Error("no answer")))
    return "settled"
  }
}

const transactionStatements = (database: SqliteDatabase) => {
  const prepared = (text: string) => {
    const statement = database.prepare(text)
    return (): void => {
      statement.run([])
    }
  }
  return {
    begin: prepared("begin immediate"),
    commit: prepared("commit"),
    rollback: prepared("rollback"),
    savepoint: prepared("savepoint job"),
    undo: prepared("rollback to job"),
    release: prepared("release job")
  }
}

/** An error of the database and not of the job. */
const isFatal = (database: SqliteDatabase, error: unknown): boolean =>
  violationOf(error) === undefined && unavailable(error, database.open) !== undefined

const refusedBy = (error: unknown): Answer => {
  const violation = violationOf(error)
  if (violation !== undefined) return Effect.fail(violation)
  if (error instanceof InvariantViolated || error instanceof VersionConflict) return Effect.fail(error)
  return error instanceof KeyTaken || error instanceof LeaseLost ? Effect.fail(error) : Effect.die(error)
}

/** Some errors have ended the transaction already. One that cannot be ended shows at the next write, as busy. */
const abandon = (database: SqliteDatabase, rollback: () => void): void => {
  try {
    if (database.open && database.inTransaction) rollback()
  } catch {
    return
  }
}
