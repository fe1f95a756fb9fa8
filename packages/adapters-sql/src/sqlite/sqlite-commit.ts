/**
 * One commit as statements. What it needs is looked at first, so that the usual refusals cost a read; then it is
 * written, and each write guards itself again: by the version, by the bounds, and by the constraints of the tables.
 */
import {
  type AggregateRef,
  type AggregateWrite,
  type Bounds,
  type Commit,
  type CommitError,
  type IdempotencyRecord,
  InvariantViolated,
  KeyTaken,
  LeaseLost,
  VersionConflict
} from "@paykernel/core/effect"
import { amountDigitsMax, boundsViolation } from "@paykernel/core/memory"
import { columnOf, noFields, retentionColumns } from "../schema.ts"
import { type CommitStatements, commitStatements } from "./sqlite-commit-statements.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type EntryValues, sqliteEntries } from "./sqlite-entries.ts"
import { sqliteLedger } from "./sqlite-ledger.ts"
import type { sqliteSealed } from "./sqlite-sealed.ts"
import { sqliteTasks } from "./sqlite-tasks.ts"

/** The two halves of a commit. Both may run again in another transaction. */
export type PreparedCommit = {
  /** Why the commit cannot be, found by reading alone. */
  readonly refusal: () => CommitError | undefined
  /** Writes, and throws when something was refused on the way. */
  readonly write: () => void
}

export const sqliteCommits = (database: SqliteDatabase, sealed: ReturnType<typeof sqliteSealed>) => {
  const statements = commitStatements(database)
  const putEntry = sqliteEntries(database)
  const ledger = sqliteLedger(database)
  const tasks = sqliteTasks(database)

  const refusalOf = (commit: Commit): CommitError | undefined => {
    const { idempotency, lease } = commit
    // One thing made anew is guarded well enough by its insert: its id is fresh, and the key is bound before it.
    if (lease === null && commit.aggregates.length === 1 && commit.aggregates[0]?.expectedVersion === 0)
      return undefined
    if (idempotency !== null && isTaken(statements, idempotency)) return keyTaken(idempotency)
    if (lease !== null && !tasks.isHeldBy(lease)) return new LeaseLost({ taskId: lease.id })
    for (const { ref, expectedVersion } of commit.aggregates) {
      if (versionOf(statements, ref) !== expectedVersion) return new VersionConflict({ ref })
    }
    return undefined
  }

  /** States and events become text at once: what a caller changes while the commit waits changes nothing here. */
  return (commit: Commit): PreparedCommit => {
    const { idempotency, lease } = commit
    const writes = commit.aggregates.map((write) => aggregateWriter(statements, putEntry, write))
    return {
      refusal: () => refusalOf(commit),
      write: () => {
        if (idempotency !== null) bindKey(statements, idempotency)
        if (lease !== null) tasks.update(lease)
        for (const write of writes) write()
        for (const transaction of commit.ledger) ledger.post(transaction)
        for (const task of commit.tasks) tasks.file(task)
        for (const record of commit.sealed) sealed.seal(record)
        for (const place of commit.erased) sealed.erase(place)
      }
    }
  }
}

const aggregateWriter = (
  statements: CommitStatements,
  putEntry: (entry: EntryValues) => void,
  write: AggregateWrite
): (() => void) => {
  const { ref, expectedVersion, schemaVersion, bounds } = write
  const version = expectedVersion + write.events.length
  const { is_open: isOpen, forget_at_ms: forgetAtMs } = retentionColumns(write.retention)
  const state = JSON.stringify(write.state)
  const row = { ...ref, expectedVersion, version, schemaVersion, state, ...padded(bounds), isOpen, forgetAtMs }
  const events = write.events.map(({ tag, schemaVersion: ofEvent, data, atMs }, place) => {
    const event = {
      version: expectedVersion + place + 1,
      tag,
      schemaVersion: ofEvent,
      data: JSON.stringify(data),
      atMs
    }
    return { ...ref, ...event }
  })
  const entries = write.index.map(({ collection, id, createdAtMs, fields }) => {
    const columns = { ...noFields }
    for (const [field, value] of Object.entries(fields)) columns[columnOf(collection, field)] = value
    const { merchantId, type } = ref
    return { merchantId, collection, id, created_at_ms: createdAtMs, type, aggregate_id: ref.id, ...columns }
  })
  const put = expectedVersion === 0 ? statements.createAggregate : statements.updateAggregate
  return () => {
    if (put.run(row) !== 1) throw whyNotPut(statements, write)
    for (const event of events) statements.insertEvent.run(event)
    for (const entry of entries) putEntry(entry)
  }
}

/** A guarded write that wrote nothing was stopped by one of its two guards. */
const whyNotPut = (statements: CommitStatements, { ref, expectedVersion, bounds }: AggregateWrite): CommitError => {
  const invariant = bounds === null ? undefined : boundsViolation(bounds)
  if (versionOf(statements, ref) !== expectedVersion || invariant === undefined) return new VersionConflict({ ref })
  return new InvariantViolated({ invariant })
}

const versionOf = (statements: CommitStatements, ref: AggregateRef): number => statements.version.get(ref)?.version ?? 0

const isTaken = (statements: CommitStatements, record: IdempotencyRecord): boolean => {
  const bound = statements.boundKey.get(keyColumns(record))
  return bound !== undefined && (bound.expires_at_ms > record.createdAtMs || bound.held === 1)
}

const bindKey = (statements: CommitStatements, record: IdempotencyRecord): void => {
  const { fingerprint, status, body, aggregate, subject, createdAtMs, expiresAtMs } = record
  const about = { aggregateMerchantId: aggregate.merchantId, type: aggregate.type, aggregateId: aggregate.id, subject }
  const answer = { fingerprint, status, body, createdAtMs, expiresAtMs }
  if (statements.bindKey.run({ ...keyColumns(record), ...about, ...answer }) !== 1) throw keyTaken(record)
}

const keyColumns = ({ merchantId, scope, key }: IdempotencyRecord) => ({ merchantId, scope, key })

const keyTaken = (record: IdempotencyRecord): KeyTaken => new KeyTaken({ key: keyColumns(record) })

const padded = (bounds: Bounds | null) => {
  if (bounds === null) return { authorized: null, captured: null, refunded: null }
  const { authorized, captured, refunded } = bounds
  return { authorized: pad(authorized), captured: pad(captured), refunded: pad(refunded) }
}

const pad = (amount: bigint): string => amount.toString().padStart(amountDigitsMax, "0")
