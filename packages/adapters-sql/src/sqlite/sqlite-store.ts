/**
 * The store on SQLite: one file, one connection, no server. Writes go through the group commit; reads are answered
 * at once, and since nothing is answered before it is durable, a caller always reads what it wrote.
 */
import { type CommitError, InvariantViolated, type ListedItem, Store, StoreUnavailable } from "@paykernel/core/effect"
import { commitViolation } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type GroupCommit, type GroupCommitLimits, groupCommit } from "../group-commit.ts"
import { sqliteCommits } from "./sqlite-commit.ts"
import { openSqlite, prepareConnection, type SqliteDatabase } from "./sqlite-database.ts"
import { isBusy, unavailable } from "./sqlite-errors.ts"
import { sqliteForgetting } from "./sqlite-forgetting.ts"
import { sqliteLedger } from "./sqlite-ledger.ts"
import { type Entry, sqliteListing } from "./sqlite-listing.ts"
import { migrate } from "./sqlite-migrations.ts"
import { sqliteRecords } from "./sqlite-records.ts"
import { sqliteSealed } from "./sqlite-sealed.ts"
import { sqliteTasks } from "./sqlite-tasks.ts"
import { type Answer, sqliteWriter, type WriteJob } from "./sqlite-writer.ts"

/** A file to open or create, or a better-sqlite3 database of the host's own, whose pragmas the store then sets. */
export type SqliteStoreOptions = ({ readonly path: string } | { readonly database: SqliteDatabase }) & {
  readonly limits?: Partial<GroupCommitLimits>
}

export type SqliteStore = {
  readonly store: Store["Service"]
  readonly database: SqliteDatabase
  /** Refuses new commits, finishes those under way, and closes the database unless the host brought it. */
  readonly close: () => Promise<void>
}

/**
 * Opens a store and brings its tables up to date. Throws when the file cannot be opened, was written by a newer
 * version, or cannot be made durable. Several processes may use one file.
 *
 * @example
 * const { store, close } = sqliteStore({ path: "payments.db" })
 * await Effect.runPromise(store.nextDueAtMs("money")) // => null
 * await close()
 */
export const sqliteStore = (options: SqliteStoreOptions): SqliteStore => {
  const isOurs = "path" in options
  const database = isOurs ? openSqlite(options.path) : options.database
  try {
    prepareConnection(database)
    migrate(database)
    const writes = groupCommit<WriteJob>({
      write: sqliteWriter(database),
      refuse: (job, reason) =>
        job.answer(Effect.fail(new StoreUnavailable({ reason, outcomeUnknown: reason === "failed" }))),
      limits: options.limits ?? {}
    })
    const close = async (): Promise<void> => {
      await writes.close()
      if (isOurs) database.close()
    }
    return { store: storeOn(database, writes), database, close }
  } catch (error) {
    if (isOurs) database.close()
    throw error
  }
}

/** The store as a layer, closed with its scope. */
export const sqliteStoreLayer = (options: SqliteStoreOptions): Layer.Layer<Store, StoreUnavailable> =>
  Layer.effect(
    Store,
    Effect.map(
      Effect.acquireRelease(
        Effect.try({
          try: () => sqliteStore(options),
          catch: (error) => new StoreUnavailable({ reason: String(error), outcomeUnknown: false })
        }),
        ({ close }) => Effect.promise(close)
      ),
      ({ store }) => store
    )
  )

const storeOn = (database: SqliteDatabase, writes: GroupCommit<WriteJob>): Store["Service"] => {
  const sealed = sqliteSealed(database)
  const prepareCommit = sqliteCommits(database, sealed)
  const records = sqliteRecords(database)
  const aggregates = sqliteForgetting(database)
  const listing = sqliteListing(database)
  const ledger = sqliteLedger(database)
  const tasks = sqliteTasks(database)

  const read = reading(database)
  const written = writing(writes)
  const unrefused = <A>(write: () => A) => written<A, StoreUnavailable>({ refusal: () => undefined, write })

  const inOneMoment = snapshot(database)
  const listed = (merchantId: string, entry: Entry): ListedItem => listedFrom(records, merchantId, entry)

  return {
    commit: (commit) =>
      Effect.suspend((): Answer<void> => {
        const invariant = commitViolation(commit)
        return invariant === undefined
          ? written<void, CommitError>(prepareCommit(commit))
          : Effect.fail(new InvariantViolated({ invariant }))
      }),
    load: (ref) => read(() => records.load(ref)),
    events: (ref, afterVersion) => read(() => records.events(ref, afterVersion)),
    find: (merchantId, collection, id) =>
      read(() =>
        inOneMoment(() => {
          const entry = listing.find(merchantId, collection, id)
          return entry === undefined ? undefined : listed(merchantId, entry)
        })
      ),
    list: (query) =>
      read(() =>
        inOneMoment(() => {
          const { entries, hasNext, hasPrevious } = listing.page(query)
          return { items: entries.map((entry) => listed(query.merchantId, entry)), hasNext, hasPrevious }
        })
      ),
    count: (query, atMost) => read(() => listing.count(query, atMost)),
    idempotencyRecord: (key) => read(() => records.idempotencyRecord(key)),
    sealedRecord: (place) => read(() => sealed.find(place)),
    sealedRecords: (after, limit) => read(() => sealed.walk(after, limit)),
    balances: (merchantId) => read(() => inOneMoment(() => ledger.balances(merchantId))),
    ledgerOf: (merchantId, reference) => read(() => ledger.of(merchantId, reference)),
    claim: (request) =>
      Effect.suspend(() => {
        // Workers ask often and mostly in vain: without work, no turn at writing is taken from the commits.
        const idle = read(() => (tasks.nextDueAtMs(request.lane) ?? Infinity) > request.nowMs)
        return Effect.flatMap(idle, (none) => (none ? Effect.succeed([]) : unrefused(() => tasks.claim(request))))
      }),
    nextDueAtMs: (lane) => read(() => tasks.nextDueAtMs(lane)),
    // A file tells nobody that it was written. Other processes see at their next look.
    nudges: () => Effect.void,
    parked: () => read(tasks.parked),
    sweep: ({ nowMs, finishedTasksBeforeMs, limit }) =>
      Effect.tap(
        unrefused(() => {
          const finished = tasks.sweepFinished(finishedTasksBeforeMs, limit)
          const expired = records.sweepExpired(nowMs, limit - finished)
          return finished + expired + aggregates.sweepOver(nowMs, limit - finished - expired)
        }),
        () => Effect.ignore(read(sealed.clearLog))
      ),
    merchants: (afterId, limit) => read(() => records.merchants(afterId, limit)),
    scan: (merchantId, type, afterId, limit) => read(() => records.scan(merchantId, type, afterId, limit))
  }
}

/** Several statements as one look at the file, which another process may be writing. */
const snapshot = (database: SqliteDatabase) => {
  const begin = database.prepare("begin deferred")
  const end = database.prepare("commit")
  return <A>(look: () => A): A => {
    // A transaction of the host's is one moment already, and not ours to end.
    if (database.inTransaction) return look()
    begin.run([])
    try {
      return look()
    } finally {
      end.run([])
    }
  }
}

const listedFrom = (
  records: ReturnType<typeof sqliteRecords>,
  merchantId: string,
  { id, type, aggregate_id, created_at_ms }: Entry
): ListedItem => {
  const aggregate = records.load({ merchantId, type, id: aggregate_id })
  if (aggregate === undefined) throw new Error(`the entry ${id} belongs to no aggregate`)
  return { id, createdAtMs: created_at_ms, aggregate }
}

type Written = <A, E extends CommitError>(
  job: Pick<WriteJob, "refusal"> & { readonly write: () => A }
) => Effect.Effect<A, E>

/** A caller that is interrupted takes its job back, unless it is being written already. */
const writing =
  (writes: GroupCommit<WriteJob>): Written =>
  <A, E extends CommitError>(job: Pick<WriteJob, "refusal"> & { readonly write: () => A }) =>
    Effect.callback<A, E>((resume) => {
      const submitted: WriteJob = { ...job, answer: (answer) => resume(answer as Effect.Effect<A, E>) }
      writes.submit(submitted)
      return Effect.sync(() => void writes.withdraw(submitted))
    })

type Read = <A>(act: () => A, triesLeft?: number) => Effect.Effect<A, StoreUnavailable>

/** Another process that mends the log after a crash is waited for. It is the only one that can be in a read's way. */
const reading = (database: SqliteDatabase): Read => {
  const read: Read = (act, triesLeft = 100) =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(act())
      } catch (error) {
        if (isBusy(error) && triesLeft > 0) return Effect.andThen(Effect.sleep(20), read(act, triesLeft - 1))
        const failure = unavailable(error, database.open)
        return failure === undefined ? Effect.die(error) : Effect.fail(failure)
      }
    })
  return read
}
