/** Writes what is decided, and answers when it is on disk. What arrives in one turn of the process shares one sync. */
import { type CommitError, StoreUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { apply, type Books } from "./books.ts"
import type { LogFile } from "./log-file.ts"
import { type LogRecord, readRecord, writeRecord } from "./record.ts"

/** What to write, from the books as they stand by then; or why nothing is. */
export type Decide<E> = (books: Books) => Result.Result<ReadonlyArray<LogRecord>, E>

export type Write = <E extends CommitError>(decide: Decide<E>) => Effect.Effect<void, E | StoreUnavailable>

/** Takes its turn, and then tells how it ended; `fault` where the file could not be written. */
type Waiting = { readonly turn: () => ReadonlyArray<string>; readonly end: (fault: StoreUnavailable | null) => void }

export const logWriter = (books: Books, file: LogFile): { readonly write: Write; readonly close: () => void } => {
  let waiting: Array<Waiting> = []
  let broken: StoreUnavailable | null = null
  let closed = false

  /** Nothing of a write is seen before it is on disk: between its turn and the sync no other code runs. */
  const flush = (): void => {
    const batch = waiting
    waiting = []
    if (broken === null) {
      const lines = batch.flatMap(({ turn }) => turn())
      try {
        if (lines.length > 0) file.append(lines)
      } catch (cause) {
        // The books are ahead of the disk now, and nobody knows by how much: only a new start can tell.
        broken = new StoreUnavailable({ reason: `the log cannot be written: ${String(cause)}`, outcomeUnknown: true })
      }
    }
    for (const { end } of batch) end(broken)
  }

  const write: Write = <E extends CommitError>(decide: Decide<E>) =>
    Effect.callback<void, E | StoreUnavailable>((resume) => {
      if (closed) return resume(Effect.fail(new StoreUnavailable({ reason: "closed", outcomeUnknown: false })))
      let ended: Effect.Effect<void, E> = Effect.void
      const turn = (): ReadonlyArray<string> => {
        const decided = decide(books)
        if (Result.isFailure(decided)) {
          ended = Effect.fail(decided.failure)
          return []
        }
        const lines = decided.success.map(writeRecord)
        for (const line of lines) apply(books, readRecord(line))
        return lines
      }
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ turn, end: (fault) => resume(fault === null ? ended : Effect.fail(fault)) })
    })

  const close = (): void => {
    if (closed) return
    closed = true
    flush()
    file.close()
  }
  return { write, close }
}
