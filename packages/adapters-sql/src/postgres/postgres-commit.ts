/**
 * One commit as rows. They are made at once: what a caller changes while the commit waits changes nothing here. What
 * two commits of one batch must not share is named as well, since one statement writes a row once.
 */
import {
  type AggregateWrite,
  type Commit,
  type IndexEntry,
  laneOf,
  type TaskInsert,
  type TaskUpdate
} from "@paykernel/core/effect"
import { columnOf, noFields, retentionColumns } from "../schema.ts"
import type { PartName } from "./postgres-commit-parts.ts"
import type { BatchRows, Row } from "./postgres-commit-statements.ts"
import { ledgerStripe } from "./postgres-ledger-lock.ts"

export type PreparedCommit = {
  readonly commit: Commit
  readonly rows: BatchRows
  /** Names of the rows that it writes and another commit might. */
  readonly touches: () => ReadonlyArray<string>
  readonly ledgerStripes: ReadonlyArray<number>
  /** Whether it files a task that somebody should take up now, other than this process. */
  readonly hasWorkForOthers: boolean
}

/** How far ahead a task is filed that workers find soon enough by their own look at the queue. */
const soonMs = 1000

export const prepareCommit = (commit: Commit): PreparedCommit => {
  const { idempotency, aggregates, lease, ledger, tasks, sealed, erased } = commit
  const created = aggregates.filter(({ expectedVersion }) => expectedVersion === 0)
  const updated = aggregates.filter(({ expectedVersion }) => expectedVersion > 0)
  const entries = lastOfEach("entries", aggregates.flatMap(entryRows))
  const seals = lastOfEach(
    "sealed",
    sealed.map(({ merchantId, recordId, field, sealed: text }) => ({
      merchant_id: merchantId,
      record_id: recordId,
      field,
      sealed: text
    }))
  )
  const rows: BatchRows = {
    keys: idempotency === null ? [] : [keyRow(idempotency)],
    created: created.map(aggregateRow),
    updated: updated.map((write) => ({ ...aggregateRow(write), expected_version: write.expectedVersion })),
    events: aggregates.flatMap(eventRows),
    entries,
    leases: lease === null ? [] : [leaseRow(lease)],
    tasks: tasks.map(taskRow),
    transactions: ledger.map(({ merchantId, id, kind, reference, atMs }) => ({
      merchant_id: merchantId,
      id,
      kind,
      reference_type: reference.type,
      reference_id: reference.id,
      at_ms: atMs
    })),
    postings: ledger.flatMap(({ merchantId, id, postings }) =>
      postings.map(({ account, layer, amount }, line) => ({
        merchant_id: merchantId,
        id,
        line,
        account,
        currency: amount.currency,
        layer,
        amount: amount.amount.toString()
      }))
    ),
    sealed: seals,
    erased: lastOfEach(
      "erased",
      erased.map(({ merchantId, recordId, field }) => ({ merchant_id: merchantId, record_id: recordId, field }))
    )
  }
  return {
    commit,
    rows,
    touches: () => touchesOf(rows),
    ledgerStripes: ledger.map(({ merchantId }) => ledgerStripe(merchantId)),
    hasWorkForOthers: hasWorkForOthers(commit)
  }
}

/** The rows of several commits, put together part by part. */
export const joinRows = (commits: ReadonlyArray<PreparedCommit>): BatchRows => {
  const of = (part: PartName): ReadonlyArray<Row> => commits.flatMap(({ rows }) => rows[part])
  const ordered = (part: KnownPart): ReadonlyArray<Row> => inLockOrder(part, of(part))
  return {
    keys: ordered("keys"),
    created: ordered("created"),
    updated: ordered("updated"),
    events: of("events"),
    entries: ordered("entries"),
    leases: ordered("leases"),
    tasks: ordered("tasks"),
    transactions: of("transactions"),
    postings: of("postings"),
    sealed: ordered("sealed"),
    erased: ordered("erased")
  }
}

const keyRow = (record: NonNullable<Commit["idempotency"]>): Row => ({
  merchant_id: record.merchantId,
  scope: record.scope,
  key: record.key,
  fingerprint: record.fingerprint,
  status: record.status,
  // As JSON, because a text of PostgreSQL cannot hold every character that an answer may.
  body: JSON.stringify(record.body),
  aggregate_merchant_id: record.aggregate.merchantId,
  type: record.aggregate.type,
  aggregate_id: record.aggregate.id,
  subject: record.subject,
  created_at_ms: record.createdAtMs,
  expires_at_ms: record.expiresAtMs
})

const aggregateRow = ({
  ref,
  expectedVersion,
  events,
  schemaVersion,
  state,
  bounds,
  retention
}: AggregateWrite): Row => ({
  merchant_id: ref.merchantId,
  type: ref.type,
  id: ref.id,
  version: expectedVersion + events.length,
  schema_version: schemaVersion,
  state: JSON.stringify(state),
  authorized: bounds === null ? null : bounds.authorized.toString(),
  captured: bounds === null ? null : bounds.captured.toString(),
  refunded: bounds === null ? null : bounds.refunded.toString(),
  ...retentionColumns(retention)
})

const eventRows = ({ ref, expectedVersion, events }: AggregateWrite): ReadonlyArray<Row> =>
  events.map(({ tag, schemaVersion, data, atMs }, place) => ({
    merchant_id: ref.merchantId,
    type: ref.type,
    id: ref.id,
    version: expectedVersion + place + 1,
    tag,
    schema_version: schemaVersion,
    data: JSON.stringify(data),
    at_ms: atMs
  }))

const entryRows = ({ ref, index }: AggregateWrite): ReadonlyArray<Row> => index.map((entry) => entryRow(ref, entry))

const entryRow = (ref: AggregateWrite["ref"], { collection, id, createdAtMs, fields }: IndexEntry): Row => {
  const columns: { [column: string]: string | null } = { ...noFields }
  for (const [field, value] of Object.entries(fields)) columns[columnOf(collection, field)] = value
  return {
    merchant_id: ref.merchantId,
    collection,
    id,
    created_at_ms: createdAtMs,
    type: ref.type,
    aggregate_id: ref.id,
    ...columns
  }
}

const leaseRow = ({ merchantId, id, fence, then }: TaskUpdate): Row => ({
  merchant_id: merchantId,
  id,
  fence,
  state: stateAfter[then._tag],
  due_at_ms: then._tag === "Again" ? then.dueAtMs : null,
  leased_until_ms: then._tag === "Hold" ? then.untilMs : null,
  // A text of PostgreSQL cannot hold a NUL, and what a person has to look at must not fail for what it is called.
  why: then._tag === "Park" ? then.why.replaceAll("\0", "\ufffd") : null
})

const stateAfter: { readonly [tag in TaskUpdate["then"]["_tag"]]: string } = {
  Done: "done",
  Again: "ready",
  Hold: "leased",
  Park: "parked"
}

const taskRow = ({ id, kind, aggregate, subject, dueAtMs, bornLeased }: TaskInsert): Row => ({
  merchant_id: aggregate.merchantId,
  id,
  kind,
  lane: laneOf(kind),
  type: aggregate.type,
  aggregate_id: aggregate.id,
  subject,
  state: bornLeased === null ? "ready" : "leased",
  due_at_ms: dueAtMs,
  leased_until_ms: bornLeased?.untilMs ?? 0,
  lease_owner: bornLeased?.owner ?? null,
  fence: bornLeased === null ? 0 : 1,
  attempt: bornLeased === null ? 0 : 1
})

/** By what a row of a part is known. Parts of one kind write to one table. */
const identities = {
  keys: { kind: "key", columns: ["merchant_id", "scope", "key"] },
  created: { kind: "aggregate", columns: ["merchant_id", "type", "id"] },
  updated: { kind: "aggregate", columns: ["merchant_id", "type", "id"] },
  entries: { kind: "entry", columns: ["merchant_id", "collection", "id"] },
  leases: { kind: "task", columns: ["merchant_id", "id"] },
  tasks: { kind: "task", columns: ["merchant_id", "id"] },
  transactions: { kind: "transaction", columns: ["merchant_id", "id"] },
  sealed: { kind: "sealed", columns: ["merchant_id", "record_id", "field"] },
  erased: { kind: "sealed", columns: ["merchant_id", "record_id", "field"] }
} as const

type KnownPart = keyof typeof identities

/** No name of a commit has a NUL in it. */
const nameOf = (part: KnownPart, row: Row): string => {
  const { kind, columns } = identities[part]
  let name: string = kind
  for (const column of columns) name += `\0${row[column]}`
  return name
}

const touchesOf = (rows: BatchRows): ReadonlyArray<string> =>
  knownParts.flatMap((part) => rows[part].map((row) => nameOf(part, row)))

const knownParts = Object.keys(identities) as ReadonlyArray<KnownPart>

/**
 * Everybody locks rows in one order, so batches that want the same rows wait for each other but never in a circle.
 * Ledger transactions keep theirs, since they are numbered in it.
 */
const inLockOrder = (part: KnownPart, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const { columns } = identities[part]
  const compare = (a: Row, b: Row): number => {
    for (const column of columns) {
      const [left, right] = [a[column] ?? "", b[column] ?? ""]
      if (left !== right) return left < right ? -1 : 1
    }
    return 0
  }
  return rows.length < 2 ? rows : rows.toSorted(compare)
}

/** What a commit says twice of one row, it means as it says it last. */
const lastOfEach = (part: KnownPart, rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.length < 2 ? rows : [...new Map(rows.map((row) => [nameOf(part, row), row])).values()]

const hasWorkForOthers = ({ aggregates, tasks }: Commit): boolean => {
  const waiting = tasks.filter(({ bornLeased }) => bornLeased === null)
  if (waiting.length === 0) return false
  const nowMs = Math.max(...aggregates.flatMap(({ events }) => events.map(({ atMs }) => atMs)))
  return waiting.some(({ dueAtMs }) => dueAtMs <= nowMs + soonMs)
}
