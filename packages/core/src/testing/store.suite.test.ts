/** The suite can tell: each store here has one defect that a real one could have, and a group of cases notices it. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../memory/memory-store.ts"
import type { Commit, Retention } from "../ports/commit.ts"
import { InvariantViolated, type ListedItem, type ListQuery, StoreUnavailable } from "../ports/store.ts"
import { commitOf, type StorePort } from "./store/store-case.ts"
import { storeCases } from "./store.suite.ts"

type Defect = (own: StorePort) => Partial<StorePort>

const soon = Effect.sleep(1)

/** The commit without something, so that nobody looks at it. */
const unchecked = (own: StorePort, without: (commit: Commit) => Partial<Commit>): StorePort["commit"] => {
  return (commit) => own.commit({ ...commit, ...without(commit) })
}

/** Writes its parts one after the other, so that others can look in between. */
const byParts = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    Effect.gen(function* () {
      const [firstOfLedger, ...restOfLedger] = commit.ledger
      if (firstOfLedger === undefined) return yield* own.commit(commit)
      yield* own.commit({ ...commit, ledger: [firstOfLedger] })
      yield* soon
      yield* own.commit(commitOf({ ledger: restOfLedger }))
    })
}

/** Looks first and writes later, without looking again. */
const lookThenWrite = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    Effect.gen(function* () {
      const write = commit.aggregates[0]
      if (write === undefined || write.expectedVersion === 0) return yield* own.commit(commit)
      const seen = yield* own.load(write.ref)
      yield* soon
      if (seen?.version !== write.expectedVersion) return yield* own.commit(commit)
      const now = (yield* own.load(write.ref))?.version ?? 0
      yield* own.commit({ ...commit, aggregates: commit.aggregates.map((one) => ({ ...one, expectedVersion: now })) })
    })
}

/** Looks for the key first and binds it later, whoever has bound it meanwhile. */
const keyLookedUpFirst = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    Effect.gen(function* () {
      const { idempotency } = commit
      if (idempotency === null) return yield* own.commit(commit)
      const seen = yield* own.idempotencyRecord(idempotency)
      yield* soon
      // A record made after the end of time finds every other one expired.
      const late = { ...idempotency, createdAtMs: Number.MAX_SAFE_INTEGER }
      yield* own.commit(seen === undefined ? { ...commit, idempotency: late } : commit)
    })
}

/** Remembers how far a walk has come by a number of items and not by an item. */
const byOffset = (own: StorePort): StorePort["list"] => {
  const places = new Map<string, number>()
  return (query) =>
    Effect.gen(function* () {
      if (query.page._tag === "Before") return yield* own.list(query)
      const skipped = query.page._tag === "First" ? 0 : (places.get(query.page.id) ?? 0)
      const all = yield* own.list({ ...query, page: { _tag: "First" }, limit: 1000 })
      const items = all.items.slice(skipped, skipped + query.limit)
      for (const [place, { id }] of items.entries()) places.set(id, skipped + place + 1)
      return { items, hasNext: all.items.length > skipped + query.limit, hasPrevious: skipped > 0 }
    })
}

/** A page goes on at the next millisecond, whatever else happened in the last one. */
const byTimeAlone = (own: StorePort): StorePort["list"] => {
  return (query) =>
    Effect.gen(function* () {
      const answer = yield* own.list(query)
      if (query.page._tag !== "After") return answer
      const cursor = yield* own.find(query.merchantId, query.collection, query.page.id)
      return { ...answer, items: answer.items.filter((item) => item.createdAtMs !== cursor?.createdAtMs) }
    })
}

/** Lists from a copy that is brought up to date a moment after each commit was answered. */
const lateLists = (own: StorePort): Partial<StorePort> => {
  const recent = new Set<string>()
  const known = ({ aggregate }: ListedItem): boolean => !recent.has(`${aggregate.ref.id} ${aggregate.version}`)
  return {
    commit: (commit) =>
      Effect.tap(own.commit(commit), () =>
        Effect.sync(() => {
          const names = commit.aggregates.map(
            (write) => `${write.ref.id} ${write.expectedVersion + write.events.length}`
          )
          for (const name of names) recent.add(name)
          setTimeout(() => names.forEach((name) => void recent.delete(name)), 5)
        })
      ),
    list: (query: ListQuery) => Effect.map(own.list(query), (page) => ({ ...page, items: page.items.filter(known) }))
  }
}

/** Gives one task out and forgets that it has. */
const forgettingClaims = (own: StorePort): StorePort["claim"] => {
  return (request) => Effect.andThen(own.claim({ ...request, limit: 1, leaseMs: 0 }), own.claim(request))
}

const anyLane = (own: StorePort): StorePort["claim"] => {
  return (request) =>
    Effect.gen(function* () {
      const first = yield* own.claim(request)
      const other = request.lane === "money" ? "news" : "money"
      return [...first, ...(yield* own.claim({ ...request, lane: other, limit: request.limit - first.length }))]
    })
}

/** Takes one of the retentions for the usual one. */
const retaining = (own: StorePort, ignored: Retention["_tag"]): StorePort["commit"] => {
  return (commit) => {
    const aggregates = commit.aggregates.map((write) =>
      write.retention._tag === ignored ? { ...write, retention: { _tag: "Kept" as const } } : write
    )
    return own.commit({ ...commit, aggregates })
  }
}

const oneValueOnly = (own: StorePort): StorePort["list"] => {
  return (query) => {
    const where = Object.entries(query.where).map(([field, wish]) => [field, Array.isArray(wish) ? wish[0] : wish])
    return own.list({ ...query, where: Object.fromEntries(where) })
  }
}

/** Passes on what its constraints are called, and not what every store calls it. */
const inOwnWords = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    Effect.mapError(own.commit(commit), (error) =>
      error._tag === "InvariantViolated" ? new InvariantViolated({ invariant: `violates ${error.invariant}` }) : error
    )
}

/** Looks at all writes before it looks at the key. */
const versionsFirst = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    Effect.gen(function* () {
      for (const { ref, expectedVersion } of commit.aggregates) {
        const version = (yield* own.load(ref))?.version ?? 0
        if (version !== expectedVersion) return yield* own.commit({ ...commit, idempotency: null, lease: null })
      }
      return yield* own.commit(commit)
    })
}

/** Cannot write a text with a NUL in it. */
const withoutNul = (own: StorePort): StorePort["commit"] => {
  return (commit) =>
    commit.lease?.then._tag === "Park" && commit.lease.then.why.includes("\0")
      ? Effect.fail(new StoreUnavailable({ reason: "22021", outcomeUnknown: false }))
      : own.commit(commit)
}

/** Rings whoever has ever listened. */
const ringingForEver = (own: StorePort): Partial<StorePort> => {
  const rings: Array<() => void> = []
  return {
    nudges: (ring) => Effect.sync(() => void rings.push(ring)),
    commit: (commit) => Effect.tap(own.commit(commit), () => Effect.sync(() => rings.forEach((ring) => void ring())))
  }
}

const isHold = ({ lease }: Commit): boolean => lease?.then._tag === "Hold"

const defects: ReadonlyArray<readonly [title: string, group: string, defect: Defect]> = [
  [
    "lets an overtaken holder prolong its lease",
    "leases and fences",
    (own) => ({ commit: unchecked(own, (commit) => (isHold(commit) ? { lease: null } : {})) })
  ],
  [
    "writes what an overtaken holder wanted, and then refuses it",
    "leases and fences",
    (own) => ({
      commit: (commit) => Effect.andThen(Effect.exit(own.commit({ ...commit, lease: null })), own.commit(commit))
    })
  ],
  ["looks at a version and writes later", "races", (own) => ({ commit: lookThenWrite(own) })],
  ["looks for a key and binds it later", "races", (own) => ({ commit: keyLookedUpFirst(own) })],
  ["gives a task out and forgets it", "races", (own) => ({ claim: forgettingClaims(own) })],
  ["shows half a commit", "books", (own) => ({ commit: byParts(own) })],
  ["names a broken invariant in words of its own", "refusals", (own) => ({ commit: inOwnWords(own) })],
  ["names a broken bound in words of its own", "ledger", (own) => ({ commit: inOwnWords(own) })],
  ["tells a stale version before a taken key", "refusals", (own) => ({ commit: versionsFirst(own) })],
  ["cannot set a task aside for what it is called", "tasks", (own) => ({ commit: withoutNul(own) })],
  ["rings for those who no longer listen", "tasks", ringingForEver],
  ["lists what was written a moment later", "reading one's writes", lateLists],
  ["finds a written item through no second value", "reading one's writes", (own) => ({ list: oneValueOnly(own) })],
  ["pages by offset", "paging", (own) => ({ list: byOffset(own) })],
  ["pages by time alone", "paging", (own) => ({ list: byTimeAlone(own) })],
  ["gives news to whoever carries out what moves money", "lanes", (own) => ({ claim: anyLane(own) })],
  ["lets a key end while its payment is open", "retention", (own) => ({ commit: retaining(own, "Open") })],
  [
    "lets a key end while its payment is open",
    "outcomes that stay open",
    (own) => ({ commit: retaining(own, "Open") })
  ],
  ["keeps what may be forgotten", "retention", (own) => ({ commit: retaining(own, "Until") })],
  ["erases nothing", "records", (own) => ({ commit: unchecked(own, () => ({ erased: [] })) })],
  [
    "forgets merchants beyond the first page",
    "the whole database",
    (own) => ({ merchants: (_, limit) => own.merchants(null, limit) })
  ],
  [
    "loses an event",
    "the whole database",
    (own) => ({
      events: (ref, after) => Effect.map(own.events(ref, after), (all) => all.filter(({ version }) => version !== 2))
    })
  ]
]

const failuresOf = async (group: string, make: () => StorePort): Promise<ReadonlyArray<string>> => {
  const failed: Array<string> = []
  for (const [title, holds] of Object.entries(storeCases[group] ?? {})) {
    const store = make()
    await holds(store, async () => store).catch(() => failed.push(title))
  }
  return failed
}

describe("the store suite", () => {
  it.each(defects)("notices a store that %s, in %s", async (_, group, defect) => {
    const broken = (): StorePort => {
      const own = memoryStore()
      return { ...own, ...defect(own) }
    }
    expect(await failuresOf(group, broken)).not.toEqual([])
  })
})
