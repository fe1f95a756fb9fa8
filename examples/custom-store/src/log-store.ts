/**
 * A store that is one file: every commit a line, written and synced before it is answered, and everything else in memory.
 * What arrives while the file is being written goes into the next write together.
 */
import type { Place, Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  apply,
  type Books,
  emptyBooks,
  entriesOf,
  type Found,
  keyName,
  ledgerOf,
  nameOf,
  placeName,
  refName
} from "./books.ts"
import { inOrder, matching, pageOf } from "./listing.ts"
import { openLogFile } from "./log-file.ts"
import { logWriter, type Write } from "./log-writer.ts"
import { asClaimed, balancesOf, claimable, isHeld, nextDueAtMs, parkedTasks, refusal, sweepable } from "./questions.ts"
import { readRecord } from "./record.ts"

type Port = Store["Service"]

/** Opens the log at this path, or begins one. The file belongs to this process until `close`. */
export const logStore = (path: string): { readonly store: Port; readonly close: () => void } => {
  const file = openLogFile(path)
  const books = emptyBooks()
  for (const line of file.lines) apply(books, readRecord(line))
  const { write, close } = logWriter(books, file)
  const read = <A>(look: () => A): Effect.Effect<A> => Effect.sync(() => structuredClone(look()))
  const listed = ({ id, createdAtMs, ref }: Found) => {
    const aggregate = books.aggregates.get(refName(ref))
    if (aggregate === undefined) throw new Error(`the entry ${id} belongs to no aggregate`)
    return { id, createdAtMs, aggregate }
  }

  const store: Port = {
    commit: (commit) =>
      write((now) => {
        const error = refusal(now, commit)
        return error === undefined ? Result.succeed([{ _tag: "Committed", commit }]) : Result.fail(error)
      }),
    load: (ref) => read(() => books.aggregates.get(refName(ref))),
    events: (ref, afterVersion) =>
      read(() => (books.events.get(refName(ref)) ?? []).slice(afterVersion, afterVersion + 1000)),
    find: (merchantId, collection, id) =>
      read(() => {
        const entry = entriesOf(books, merchantId, collection).get(id)
        return entry === undefined ? undefined : listed(entry)
      }),
    list: (query) =>
      read(() => {
        const { items, ...more } = pageOf(books, query)
        return { items: items.map(listed), ...more }
      }),
    count: (query, atMost) => read(() => Math.min(atMost, matching(books, query, null).length)),
    idempotencyRecord: (key) =>
      read(() => {
        const record = books.keys.get(keyName(key))
        return record === undefined ? undefined : { ...record, held: isHeld(books, record) }
      }),
    sealedRecord: (place) => read(() => books.sealed.get(placeName(place))),
    sealedRecords: (after, limit) =>
      read(() => pageAfter(books.sealed.values(), byPlace, (one) => after === null || byPlace(after, one) < 0, limit)),
    balances: (merchantId) => read(() => balancesOf(ledgerOf(books, merchantId).values())),
    ledgerOf: (merchantId, { type, id }) =>
      read(() =>
        [...ledgerOf(books, merchantId).values()]
          .filter(({ reference }) => reference.type === type && reference.id === id)
          .slice(0, 1000)
      ),
    claim: (request) => claim(books, write, request),
    nextDueAtMs: (lane) => read(() => nextDueAtMs(books, lane)),
    // Nobody else can write to the file.
    nudges: () => Effect.void,
    parked: () => read(() => parkedTasks(books)),
    sweep: (request) => {
      let gone = 0
      const swept = write((now) => {
        const { tasks, keys, aggregates, rows } = sweepable(now, request)
        gone = tasks.length + keys.length + rows
        return Result.succeed(gone === 0 ? [] : [{ _tag: "Swept", tasks, keys, aggregates }])
      })
      return Effect.map(swept, () => gone)
    },
    merchants: (afterId, limit) =>
      read(() => {
        const ids = new Set([...books.aggregates.values()].map(({ ref }) => ref.merchantId))
        return pageAfter(ids, inOrder, (id) => afterId === null || id > afterId, limit)
      }),
    scan: (merchantId, type, afterId, limit) =>
      read(() => {
        const own = [...books.aggregates.values()].filter(
          ({ ref }) => ref.merchantId === merchantId && ref.type === type
        )
        const isAfter = ({ ref }: { readonly ref: { readonly id: string } }) => afterId === null || ref.id > afterId
        return pageAfter(own, (a, b) => inOrder(a.ref.id, b.ref.id), isAfter, limit)
      })
  }
  return { store, close }
}

/** A claim is a write: after a crash a task must not come back with a fence that somebody has held. */
const claim = (books: Books, write: Write, request: Parameters<Port["claim"]>[0]): ReturnType<Port["claim"]> => {
  let names: ReadonlyArray<string> = []
  const taken = write((now) => {
    const tasks = claimable(now, request)
    names = tasks.map(({ aggregate, id }) => nameOf(aggregate.merchantId, id))
    const untilMs = request.nowMs + request.leaseMs
    const leases = tasks.map(({ aggregate: { merchantId }, id, fence, attempt }) => {
      return { merchantId, id, fence: fence + 1, attempt: attempt + 1, untilMs }
    })
    return Result.succeed(leases.length === 0 ? [] : [{ _tag: "Claimed", leases }])
  })
  return Effect.map(taken, () =>
    names.flatMap((name) => {
      const task = books.tasks.get(name)
      return task === undefined ? [] : [structuredClone(asClaimed(task))]
    })
  )
}

const pageAfter = <A>(
  all: Iterable<A>,
  order: (a: A, b: A) => number,
  isAfter: (one: A) => boolean,
  limit: number
): ReadonlyArray<A> => [...all].filter(isAfter).sort(order).slice(0, limit)

const byPlace = (a: Place, b: Place): number =>
  inOrder(a.merchantId, b.merchantId) || inOrder(a.recordId, b.recordId) || inOrder(a.field, b.field)
