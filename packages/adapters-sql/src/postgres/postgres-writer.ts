/**
 * Many commits in one durable write, each with its own answer, and no answer before the server has said that the write
 * is on its disk. Where the connection ends before it could say so, the row that the batch wrote of itself tells.
 */
import { randomUUID } from "node:crypto"
import { type CommitError, StoreUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import type { WriteResult } from "../group-commit.ts"
import { joinRows, type PreparedCommit } from "./postgres-commit.ts"
import { batchStatement, serverTimeMs } from "./postgres-commit-statements.ts"
import { type Borrowed, borrow, type PostgresPool } from "./postgres-database.ts"
import { type Failure, failureOf, mayComeBack, reasonOf, unavailable, violated } from "./postgres-errors.ts"
import { reading } from "./postgres-reading.ts"
import { findRefusals } from "./postgres-refusals.ts"

export type Answer = Effect.Effect<void, CommitError>

export type WriteJob = { readonly prepared: PreparedCommit; readonly answer: (answer: Answer) => void }

export type WriterLimits = {
  /** How long a write waits for a server that cannot be reached, or to hear what became of it. Default 10 s. */
  readonly patienceMs: number
  /**
   * Writes under way at once, each on a connection of its own. Default 2: while the server carries out the one, this
   * process makes the next.
   */
  readonly writersMax: number
}

/** Runs one statement on a connection that serves nobody else meanwhile, and drops it where it broke. */
type Send = (statement: {
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  readonly name?: string
}) => Promise<Sent | Failure>

type Sent = { readonly _tag: "Written"; readonly rows: ReadonlyArray<unknown> }

export const postgresWriter = (
  pool: PostgresPool,
  { patienceMs }: Pick<WriterLimits, "patienceMs">
): ((batch: ReadonlyArray<WriteJob>) => Promise<WriteResult>) => {
  const send: Send = async (statement) => {
    let borrowed: Borrowed
    try {
      borrowed = await borrow(pool)
    } catch (error) {
      return mayComeBack(error)
        ? { _tag: "Retry", reason: reasonOf(error) }
        : { _tag: "Unavailable", reason: reasonOf(error) }
    }
    try {
      const { rows } = await borrowed.client.query({ ...statement, values: [...statement.values] })
      borrowed.giveBack({ broken: false })
      return { _tag: "Written", rows }
    } catch (error) {
      const failure = failureOf(error)
      borrowed.giveBack({ broken: failure._tag === "Unknown" })
      return failure
    }
  }

  const read = reading(patienceMs)

  const settle = async (jobs: ReadonlyArray<WriteJob>, tries = 1): Promise<void> => {
    const outcome = await persist(send, jobs, patienceMs)
    if (outcome._tag === "Written") return answerAll(jobs, Effect.void)
    if (outcome._tag !== "Spoilt") {
      return answerAll(jobs, Effect.fail(unavailable(outcome.reason, outcome._tag === "Unknown")))
    }
    const prepared = jobs.map((job) => job.prepared)
    const refusals = await Effect.runPromise(read(() => findRefusals(pool, prepared)))
    for (const { prepared, answer } of jobs) {
      const error = refusals.get(prepared)
      if (error !== undefined) answer(Effect.fail(error))
    }
    const left = jobs.filter(({ prepared }) => !refusals.has(prepared))
    if (refusals.size > 0 || left.length > 1) return settleApart(left, refusals.size > 0)
    // A key that held a commit back may have been let go since: what it began has ended.
    if (outcome.constraint === null && tries < unexplainedMax) return settle(left, tries + 1)
    answerAll(left, Effect.fail(violated(outcome.constraint)))
  }

  /** With the refused gone the others go together again; where nobody could be named, each goes alone. */
  const settleApart = async (jobs: ReadonlyArray<WriteJob>, together: boolean): Promise<void> => {
    if (jobs.length === 0) return
    if (together) return settle(jobs)
    for (const job of jobs) await settle([job])
  }

  return async (batch) => {
    for (const wave of waves(batch)) {
      try {
        await settle(wave)
      } catch (error) {
        answerAll(wave, Effect.fail(error instanceof StoreUnavailable ? error : unavailable(reasonOf(error))))
      }
    }
    return "settled"
  }
}

/** How often a commit is tried that a guard has held back for no reason that is found afterwards. */
const unexplainedMax = 5

const answerAll = (jobs: ReadonlyArray<WriteJob>, answer: Answer): void => {
  for (const job of jobs) job.answer(answer)
}

/** One statement writes a row once, so commits that touch the same row follow each other. */
const waves = (batch: ReadonlyArray<WriteJob>): ReadonlyArray<ReadonlyArray<WriteJob>> => {
  if (batch.length < 2) return [batch]
  const found: Array<Array<WriteJob>> = []
  const last = new Map<string, number>()
  for (const job of batch) {
    const touches = job.prepared.touches()
    const place = Math.max(-1, ...touches.map((name) => last.get(name) ?? -1)) + 1
    for (const name of touches) last.set(name, place)
    const wave = found[place] ?? []
    wave.push(job)
    found[place] = wave
  }
  return found
}

/** Writes until it is known how it ended, or the patience is over. */
const persist = async (send: Send, jobs: ReadonlyArray<WriteJob>, patienceMs: number): Promise<Sent | Failure> => {
  const untilMs = Date.now() + patienceMs
  const prepared = jobs.map(({ prepared }) => prepared)
  const rows = joinRows(prepared)
  const stripes = [...new Set(prepared.flatMap(({ ledgerStripes }) => ledgerStripes))].sort((a, b) => a - b)
  for (let tries = 1; ; tries++) {
    const batchId = randomUUID()
    const sent = await send(batchStatement(batchId, rows, stripes))
    // It may have waited long for a lock before its answer was lost, so the question has a time of its own.
    const outcome = sent._tag === "Unknown" ? await find(send, batchId, sent, Date.now() + patienceMs) : sent
    if (outcome._tag !== "Retry" || Date.now() > untilMs) return outcome
    await pause(tries)
  }
}

/**
 * What became of a batch whose answer was lost. Abandoning it waits for a statement that is still running, and then
 * either finds the row that it wrote or takes that row's place, so that it can never be written.
 */
const find = async (send: Send, batchId: string, lost: Failure, untilMs: number): Promise<Sent | Failure> => {
  for (let tries = 1; Date.now() <= untilMs; tries++) {
    const asked = await send({ text: abandonBatch, values: [batchId] })
    if (asked._tag === "Written") {
      const [row] = asked.rows as ReadonlyArray<{ readonly abandoned: boolean }>
      return row?.abandoned === false ? asked : { _tag: "Retry", reason: "connection lost" }
    }
    await pause(tries)
  }
  return lost
}

const abandonBatch = `insert into paykernel_batch (id, at_ms, abandoned) values ($1, ${serverTimeMs}, true)
  on conflict (id) do update set abandoned = paykernel_batch.abandoned returning abandoned`

/** Grows to a quarter of a second. Uneven, so that two nodes in each other's way do not stay there. */
const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(250, 2 ** Math.min(tries, 8)) * (0.5 + Math.random() / 2)))
