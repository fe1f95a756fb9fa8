/** Everything that the log says, in memory: what reads are answered from, and what a commit is checked against. */

import type { Ledger } from "@paykernel/core/domain"
import type {
  AggregateRef,
  ClaimedTask,
  Commit,
  IdempotencyKey,
  IdempotencyRecord,
  IndexEntry,
  Place,
  Retention,
  SealedRecord,
  StoredAggregate,
  StoredEvent,
  TaskInsert,
  TaskUpdate
} from "@paykernel/core/effect"
import type { LogRecord } from "./record.ts"

export type Task = ClaimedTask & { readonly state: "ready" | "leased" | "done" | "parked"; readonly why: string }

export type Found = IndexEntry & { readonly ref: AggregateRef }

export type Books = {
  readonly aggregates: Map<string, StoredAggregate>
  readonly retentions: Map<string, Retention>
  readonly events: Map<string, Array<StoredEvent>>
  /** By merchant and collection, then by id. */
  readonly entries: Map<string, Map<string, Found>>
  readonly keys: Map<string, IdempotencyRecord>
  readonly sealed: Map<string, SealedRecord>
  /** By merchant, then by id, in the order in which they were booked. */
  readonly ledger: Map<string, Map<string, Ledger.LedgerTransaction>>
  readonly tasks: Map<string, Task>
}

export const emptyBooks = (): Books => ({
  aggregates: new Map(),
  retentions: new Map(),
  events: new Map(),
  entries: new Map(),
  keys: new Map(),
  sealed: new Map(),
  ledger: new Map(),
  tasks: new Map()
})

/** Adds what one line says. Used for new lines and at the start alike, so both lead to the same books. */
export const apply = (books: Books, record: LogRecord): void => {
  switch (record._tag) {
    case "Committed":
      applyCommit(books, record.commit)
      return
    case "Claimed":
      for (const { merchantId, id, fence, attempt, untilMs } of record.leases) {
        change(books, merchantId, id, () => ({ state: "leased", fence, attempt, leasedUntilMs: untilMs }))
      }
      return
    case "Swept":
      for (const { merchantId, id } of record.tasks) books.tasks.delete(nameOf(merchantId, id))
      for (const key of record.keys) books.keys.delete(keyName(key))
      for (const ref of record.aggregates) forget(books, ref)
  }
}

const applyCommit = (books: Books, commit: Commit): void => {
  const { idempotency, aggregates, ledger, tasks, lease, sealed, erased } = commit
  if (idempotency !== null) books.keys.set(keyName(idempotency), idempotency)
  if (lease !== null) change(books, lease.merchantId, lease.id, (task) => endedAs(task, lease.then))
  for (const { ref, expectedVersion, schemaVersion, state, events, index, retention } of aggregates) {
    const name = refName(ref)
    books.aggregates.set(name, { ref, version: expectedVersion + events.length, schemaVersion, state })
    books.retentions.set(name, retention)
    const history = placeIn(books.events, name, (): Array<StoredEvent> => [])
    for (const event of events) history.push({ ...event, version: history.length + 1 })
    for (const entry of index) entriesOf(books, ref.merchantId, entry.collection).set(entry.id, { ...entry, ref })
  }
  for (const transaction of ledger) ledgerOf(books, transaction.merchantId).set(transaction.id, transaction)
  for (const task of tasks) file(books, task)
  for (const record of sealed) books.sealed.set(placeName(record), record)
  // The line that sealed it stays in the log: a store that cards are erased from would have to write its log anew.
  for (const place of erased) books.sealed.delete(placeName(place))
}

/** An aggregate whose time is over goes with its history and with all entries that lead to it. Its bookings stay. */
const forget = (books: Books, ref: AggregateRef): void => {
  const name = refName(ref)
  books.aggregates.delete(name)
  books.retentions.delete(name)
  books.events.delete(name)
  for (const entries of books.entries.values()) {
    for (const [id, entry] of entries) if (refName(entry.ref) === name) entries.delete(id)
  }
}

/** An id that the merchant has used is left as it is, whatever became of it. */
const file = (books: Books, { bornLeased, ...task }: TaskInsert): void => {
  const name = nameOf(task.aggregate.merchantId, task.id)
  if (books.tasks.has(name)) return
  const lease =
    bornLeased === null
      ? ({ state: "ready", attempt: 0, fence: 0, leasedUntilMs: 0 } as const)
      : ({ state: "leased", attempt: 1, fence: 1, leasedUntilMs: bornLeased.untilMs } as const)
  books.tasks.set(name, { ...task, ...lease, why: "" })
}

const endedAs = (task: Task, then: TaskUpdate["then"]): Partial<Task> => {
  switch (then._tag) {
    case "Done":
      return { state: "done" }
    case "Park":
      return { state: "parked", why: then.why }
    case "Again":
      return { state: "ready", dueAtMs: then.dueAtMs }
    case "Hold":
      return { leasedUntilMs: then.untilMs, state: task.state }
  }
}

const change = (books: Books, merchantId: string, id: string, how: (task: Task) => Partial<Task>): void => {
  const task = books.tasks.get(nameOf(merchantId, id))
  if (task !== undefined) books.tasks.set(nameOf(merchantId, id), { ...task, ...how(task) })
}

export const entriesOf = (books: Books, merchantId: string, collection: string): Map<string, Found> =>
  placeIn(books.entries, nameOf(merchantId, collection), (): Map<string, Found> => new Map())

export const ledgerOf = (books: Books, merchantId: string): Map<string, Ledger.LedgerTransaction> =>
  placeIn(books.ledger, merchantId, (): Map<string, Ledger.LedgerTransaction> => new Map())

const placeIn = <A>(places: Map<string, A>, name: string, make: () => A): A => {
  const place = places.get(name) ?? make()
  places.set(name, place)
  return place
}

/** Several texts as one, which no other texts give. */
export const nameOf = (...parts: ReadonlyArray<string>): string => JSON.stringify(parts)

export const refName = ({ merchantId, type, id }: AggregateRef): string => nameOf(merchantId, type, id)

export const placeName = ({ merchantId, recordId, field }: Place): string => nameOf(merchantId, recordId, field)

export const keyName = ({ merchantId, scope, key }: IdempotencyKey): string => nameOf(merchantId, scope, key)
