/**
 * The reference store: everything in maps, gone with the process. It says in the fewest words what each promise of
 * the port means; other stores are compared with it. A commit is checked whole before anything of it is written,
 * and values are copied on their way in and out, so nobody shares a reference with the store.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type {
  AggregateRef,
  Commit,
  IdempotencyKey,
  IdempotencyRecord,
  Retention,
  SealedRecord
} from "../ports/commit.ts"
import {
  type CommitError,
  InvariantViolated,
  KeyTaken,
  LeaseLost,
  type ListedItem,
  Store,
  type StoredAggregate,
  type StoredEvent,
  VersionConflict
} from "../ports/store.ts"
import type { Place } from "../ports/vault.ts"
import { boundsViolation, commitViolation, ledgerIdRepeated } from "./commit-invariants.ts"
import { memoryLedger } from "./memory-ledger.ts"
import { type Entry, memoryListing } from "./memory-listing.ts"
import { memoryTasks } from "./memory-tasks.ts"
import { plainCopy } from "./plain-copy.ts"

type Shelves = {
  readonly aggregates: Map<string, StoredAggregate>
  readonly histories: Map<string, Array<StoredEvent>>
  readonly retentions: Map<string, Retention>
  readonly idempotency: Map<string, IdempotencyRecord>
  readonly sealed: Map<string, SealedRecord>
  readonly listing: ReturnType<typeof memoryListing>
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly tasks: ReturnType<typeof memoryTasks>
}

const emptyShelves = (): Shelves => ({
  aggregates: new Map(),
  histories: new Map(),
  retentions: new Map(),
  idempotency: new Map(),
  sealed: new Map(),
  listing: memoryListing(),
  ledger: memoryLedger(),
  tasks: memoryTasks()
})

/** A store of its own, empty. */
export const memoryStore = (): Store["Service"] => {
  const shelves = emptyShelves()
  const { aggregates, histories, idempotency, sealed, listing, ledger, tasks } = shelves

  const listed = (entry: Entry): ListedItem => listedFrom(aggregates, entry)

  return {
    commit: (commit) =>
      Effect.suspend(() => {
        const error = refusal(shelves, commit)
        if (error !== undefined) return Effect.fail(error)
        write(shelves, plainCopy(commit))
        return Effect.void
      }),
    load: (ref) => copied(() => aggregates.get(refText(ref))),
    events: (ref, afterVersion) =>
      copied(() => (histories.get(refText(ref)) ?? []).filter(({ version }) => version > afterVersion).slice(0, 1000)),
    find: (merchantId, collection, id) =>
      copied(() => {
        const entry = listing.find(merchantId, collection, id)
        return entry === undefined ? undefined : listed(entry)
      }),
    list: (query) =>
      copied(() => {
        const { entries, hasNext, hasPrevious } = listing.page(query)
        return { items: entries.map(listed), hasNext, hasPrevious }
      }),
    count: (query, atMost) => copied(() => Math.min(listing.matching(query, null).length, atMost)),
    idempotencyRecord: (key) =>
      copied(() => {
        const record = idempotency.get(keyText(key))
        return record === undefined ? undefined : { ...record, held: isHeld(shelves, record) }
      }),
    sealedRecord: (place) => copied(() => sealed.get(placeText(place))),
    sealedRecords: (after, limit) =>
      copied(() =>
        [...sealed.values()]
          .sort(byPlace)
          .filter((record) => after === null || byPlace(after, record) < 0)
          .slice(0, limit)
      ),
    balances: (merchantId) => copied(() => ledger.balances(merchantId)),
    ledgerOf: (merchantId, reference) => copied(() => ledger.of(merchantId, reference)),
    claim: (request) => copied(() => tasks.claim(request)),
    nextDueAtMs: (lane) => copied(() => tasks.nextDueAtMs(lane)),
    // No other process can write to it.
    nudges: () => Effect.void,
    parked: () => copied(tasks.parked),
    sweep: (request) =>
      copied(() => {
        const { nowMs, limit } = request
        const finished = tasks.sweep(request)
        const expired = sweepKeys(shelves, nowMs, limit - finished)
        return finished + expired + sweepAggregates(shelves, nowMs, limit - finished - expired)
      }),
    merchants: (afterId, limit) =>
      copied(() =>
        [...new Set([...aggregates.values()].map(({ ref }) => ref.merchantId))]
          .filter((id) => afterId === null || id > afterId)
          .sort(inOrder)
          .slice(0, limit)
      ),
    scan: (merchantId, type, afterId, limit) =>
      copied(() =>
        [...aggregates.values()]
          .filter(({ ref }) => ref.merchantId === merchantId && ref.type === type)
          .filter(({ ref }) => afterId === null || ref.id > afterId)
          .sort((a, b) => (a.ref.id < b.ref.id ? -1 : 1))
          .slice(0, limit)
      )
  }
}

/** The memory store as a layer; each build of it is a store of its own. */
export const memoryStoreLayer: Layer.Layer<Store> = Layer.sync(Store, memoryStore)

/** Why a commit is refused. The order matters: whose key is taken replays, whatever else has changed since. */
const refusal = (shelves: Shelves, commit: Commit): CommitError | undefined => {
  const { aggregates, ledger, tasks } = shelves
  const violation = commitViolation(commit)
  if (violation !== undefined) return new InvariantViolated({ invariant: violation })
  const { idempotency: record, lease } = commit
  if (record !== null && isTaken(shelves, record)) {
    return new KeyTaken({ key: { merchantId: record.merchantId, scope: record.scope, key: record.key } })
  }
  if (lease !== null && !tasks.isHeldBy(lease)) return new LeaseLost({ taskId: lease.id })
  for (const { ref, expectedVersion } of commit.aggregates) {
    if ((aggregates.get(refText(ref))?.version ?? 0) !== expectedVersion) return new VersionConflict({ ref })
  }
  for (const { bounds } of commit.aggregates) {
    const broken = bounds === null ? undefined : boundsViolation(bounds)
    if (broken !== undefined) return new InvariantViolated({ invariant: broken })
  }
  return commit.ledger.some(ledger.has) ? new InvariantViolated({ invariant: ledgerIdRepeated }) : undefined
}

const isTaken = (shelves: Shelves, record: IdempotencyRecord): boolean => {
  const bound = shelves.idempotency.get(keyText(record))
  return bound !== undefined && (bound.expiresAtMs > record.createdAtMs || isHeld(shelves, bound))
}

const isHeld = ({ retentions }: Shelves, { aggregate }: IdempotencyRecord): boolean =>
  retentions.get(refText(aggregate))?._tag === "Open"

const write = ({ aggregates, histories, retentions, idempotency, ...shelves }: Shelves, commit: Commit): void => {
  if (commit.idempotency !== null) idempotency.set(keyText(commit.idempotency), commit.idempotency)
  if (commit.lease !== null) shelves.tasks.update(commit.lease)
  for (const { ref, expectedVersion, schemaVersion, state, events, index, retention } of commit.aggregates) {
    const version = expectedVersion + events.length
    const name = refText(ref)
    aggregates.set(name, { ref, version, schemaVersion, state })
    retentions.set(name, retention)
    const history = histories.get(name) ?? []
    for (const event of events) history.push({ ...event, version: history.length + 1 })
    histories.set(name, history)
    for (const entry of index) shelves.listing.put(ref, entry)
  }
  for (const transaction of commit.ledger) shelves.ledger.post(transaction)
  for (const task of commit.tasks) shelves.tasks.file(task)
  for (const record of commit.sealed) shelves.sealed.set(placeText(record), record)
  for (const place of commit.erased) shelves.sealed.delete(placeText(place))
}

const listedFrom = (aggregates: Shelves["aggregates"], { id, createdAtMs, ref }: Entry): ListedItem => {
  const aggregate = aggregates.get(refText(ref))
  if (aggregate === undefined) throw new Error(`the entry ${id} belongs to no aggregate`)
  return { id, createdAtMs, aggregate }
}

const sweepKeys = (shelves: Shelves, nowMs: number, limit: number): number => {
  const gone = [...shelves.idempotency]
    .filter(([, record]) => record.expiresAtMs <= nowMs && !isHeld(shelves, record))
    .sort(([, a], [, b]) => a.expiresAtMs - b.expiresAtMs)
    .slice(0, limit)
  for (const [key] of gone) shelves.idempotency.delete(key)
  return gone.length
}

const sweepAggregates = ({ aggregates, histories, retentions, listing }: Shelves, nowMs: number, limit: number) => {
  const over = [...aggregates].flatMap(([name, { ref, version }]) => {
    const retention = retentions.get(name)
    return retention?._tag === "Until" && retention.atMs <= nowMs ? [{ name, ref, version, atMs: retention.atMs }] : []
  })
  let gone = 0
  for (const { name, ref, version } of over.sort((a, b) => a.atMs - b.atMs || inOrder(a.name, b.name))) {
    if (gone >= limit) break
    gone += 1 + version
    listing.removeOf(ref)
    for (const shelf of [aggregates, histories, retentions]) shelf.delete(name)
  }
  return gone
}

const copied = <A>(read: () => A): Effect.Effect<A> => Effect.sync(() => plainCopy(read()))

const refText = ({ merchantId, type, id }: AggregateRef): string => JSON.stringify([merchantId, type, id])

const keyText = ({ merchantId, scope, key }: IdempotencyKey): string => JSON.stringify([merchantId, scope, key])

const placeText = ({ merchantId, recordId, field }: Place): string => JSON.stringify([merchantId, recordId, field])

const byPlace = (a: Place, b: Place): number =>
  inOrder(a.merchantId, b.merchantId) || inOrder(a.recordId, b.recordId) || inOrder(a.field, b.field)

const inOrder = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
