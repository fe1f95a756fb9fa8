/**
 * The store on PostgreSQL: any number of nodes on one database, none of them with a state of its own. Writes go through
 * the group commit, one statement for a batch; nothing is answered before it is durable, and every read goes to the same
 * server, so a caller always reads what any node was answered.
 */
import { type CommitError, InvariantViolated, Store, StoreUnavailable } from "@paykernel/core/effect"
import { commitViolation } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type pg from "pg"
import { type GroupCommit, type GroupCommitLimits, groupCommit } from "../group-commit.ts"
import { prepareCommit } from "./postgres-commit.ts"
import { openPool, type PoolOptions, type PostgresPool, tolerateBrokenConnections } from "./postgres-database.ts"
import { reasonOf, unavailable } from "./postgres-errors.ts"
import { postgresForgetting } from "./postgres-forgetting.ts"
import { postgresLedger } from "./postgres-ledger.ts"
import { postgresListing } from "./postgres-listing.ts"
import { migrate } from "./postgres-migrations.ts"
import { type Nudges, postgresNudges } from "./postgres-nudges.ts"
import { askingOnce, reading } from "./postgres-reading.ts"
import { postgresRecords } from "./postgres-records.ts"
import { postgresTasks } from "./postgres-tasks.ts"
import { type Answer, postgresWriter, type WriteJob, type WriterLimits } from "./postgres-writer.ts"

/** A database by its URL, or a pool of the host's own, which stays the host's to end. */
export type PostgresStoreOptions = (PoolOptions | { readonly pool: pg.Pool }) & {
  readonly limits?: Partial<GroupCommitLimits & WriterLimits>
}

export type PostgresStore = {
  readonly store: Store["Service"]
  readonly pool: pg.Pool
  /** Refuses new commits, finishes those under way, and ends the pool unless the host brought it. */
  readonly close: () => Promise<void>
}

const defaultPatienceMs = 10_000
const defaultWritersMax = 2

/**
 * Opens a store and brings the tables up to date. Rejects when the server cannot be reached or the database was written
 * by a newer version.
 *
 * @example
 * const { store, close } = await postgresStore({ url: databaseUrl })
 * await Effect.runPromise(store.nextDueAtMs("money")) // => null
 * await close()
 */
export const postgresStore = async (options: PostgresStoreOptions): Promise<PostgresStore> => {
  const isOurs = "url" in options
  const pool = isOurs ? openPool(options) : options.pool
  tolerateBrokenConnections(pool)
  const patienceMs = options.limits?.patienceMs ?? defaultPatienceMs
  const end = async (): Promise<void> => {
    if (isOurs) await pool.end()
  }
  try {
    await migrate(pool)
  } catch (error) {
    await end()
    throw error
  }
  const nudges = postgresNudges(pool)
  const writes = groupCommit<WriteJob>({
    write: postgresWriter(pool, { patienceMs }),
    refuse: (job, reason) => job.answer(Effect.fail(unavailable(reason, reason === "failed"))),
    writersMax: options.limits?.writersMax ?? defaultWritersMax,
    limits: options.limits ?? {}
  })
  const close = async (): Promise<void> => {
    await writes.close()
    await nudges.close()
    await end()
  }
  return { store: storeOn(pool, writes, nudges, patienceMs), pool, close }
}

/** The store as a layer, closed with its scope. */
export const postgresStoreLayer = (options: PostgresStoreOptions): Layer.Layer<Store, StoreUnavailable> =>
  Layer.effect(
    Store,
    Effect.map(
      Effect.acquireRelease(
        Effect.tryPromise({
          try: () => postgresStore(options),
          catch: (error) => new StoreUnavailable({ reason: reasonOf(error), outcomeUnknown: false })
        }),
        ({ close }) => Effect.promise(close)
      ),
      ({ store }) => store
    )
  )

const storeOn = (
  pool: PostgresPool,
  writes: GroupCommit<WriteJob>,
  nudges: Nudges,
  patienceMs: number
): Store["Service"] => {
  const records = postgresRecords(pool)
  const sweepOver = postgresForgetting(pool)
  const listing = postgresListing(pool)
  const ledger = postgresLedger(pool)
  const tasks = postgresTasks(pool)
  const read = reading(patienceMs)
  const once = askingOnce(patienceMs)
  const commit = committing(writes)
  return {
    commit: (value) =>
      Effect.suspend((): Answer => {
        const invariant = commitViolation(value)
        if (invariant !== undefined) return Effect.fail(new InvariantViolated({ invariant }))
        const prepared = prepareCommit(value)
        return Effect.tap(commit({ prepared }), () =>
          Effect.sync(() => {
            ledger.posted(value.ledger)
            if (prepared.hasWorkForOthers) nudges.send()
          })
        )
      }),
    load: (ref) => read(() => records.load(ref)),
    events: (ref, afterVersion) => read(() => records.events(ref, afterVersion)),
    find: (merchantId, collection, id) => read(() => listing.find(merchantId, collection, id)),
    list: (query) => read(() => listing.page(query)),
    count: (query, atMost) => read(() => listing.count(query, atMost)),
    idempotencyRecord: (key) => read(() => records.idempotencyRecord(key)),
    sealedRecord: (place) => read(() => records.sealedRecord(place)),
    sealedRecords: (after, limit) => read(() => records.sealedRecords(after, limit)),
    balances: (merchantId) => read(() => ledger.balances(merchantId)),
    ledgerOf: (merchantId, reference) => read(() => ledger.of(merchantId, reference)),
    // Claimed twice, tasks of the first answer would only wait for the end of their lease.
    claim: (request) => once(() => tasks.claim(request)),
    nextDueAtMs: (lane) => read(() => tasks.nextDueAtMs(lane)),
    nudges: nudges.heard,
    parked: () => read(tasks.parked),
    sweep: ({ nowMs, finishedTasksBeforeMs, limit }) =>
      once(async () => {
        const finished = await tasks.sweepFinished(finishedTasksBeforeMs, limit)
        const expired = await records.sweepExpired(nowMs, limit - finished)
        const over = await sweepOver(nowMs, limit - finished - expired)
        await records.sweepBatches(limit)
        return finished + expired + over
      }),
    merchants: (afterId, limit) => read(() => records.merchants(afterId, limit)),
    scan: (merchantId, type, afterId, limit) => read(() => records.scan(merchantId, type, afterId, limit))
  }
}

/** A caller that is interrupted takes its commit back, unless it is being written already. */
const committing =
  (writes: GroupCommit<WriteJob>) =>
  (job: Pick<WriteJob, "prepared">): Effect.Effect<void, CommitError> =>
    Effect.callback<void, CommitError>((resume) => {
      const submitted: WriteJob = { ...job, answer: resume }
      writes.submit(submitted)
      return Effect.sync(() => void writes.withdraw(submitted))
    })
