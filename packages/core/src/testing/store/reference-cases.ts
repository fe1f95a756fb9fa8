/** Any history of commits, claims and sweeps leaves a store as it leaves the reference store in memory. */
import * as fc from "fast-check"
import { expect } from "vitest"
import type { TaskKind, TaskLane } from "../../decision.ts"
import { memoryStore } from "../../memory/memory-store.ts"
import type { Commit, Retention, TaskUpdate } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  eventOf,
  keyOf,
  leaseOf,
  merchantId,
  noonMs,
  outcome,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  taskOf,
  writeOf
} from "./store-case.ts"

type Step =
  | { readonly _tag: "Commit"; readonly commit: Commit }
  | { readonly _tag: "Claim"; readonly lane: TaskLane; readonly nowMs: number; readonly limit: number }
  /** Without a limit that matters: which rows go first is the store's own affair. */
  | { readonly _tag: "Sweep"; readonly nowMs: number }

const ids = ["a", "b", "c"]
const id = fc.constantFrom(...ids)
const momentMs = fc.integer({ min: noonMs, max: noonMs + 20 })
const sometimes = <A>(part: fc.Arbitrary<A>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: part })
/** Mostly the first value, which is the one that is accepted. */
const mostly = <A>(usual: A, ...others: ReadonlyArray<A>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const few = <A>(part: fc.Arbitrary<A>) => fc.array(part, { maxLength: 2 })

const status = fc.constantFrom("pending", "paid", null)
const entry = fc
  .tuple(id, momentMs, status, fc.constantFrom("card-1", "card-2"))
  .map(([entryId, createdAtMs, value, source]) => entryOf(entryId, createdAtMs, { status: value, source }))
const bounds = mostly(
  { authorized: 10n, captured: 8n, refunded: 3n },
  null,
  { authorized: 10n, captured: 11n, refunded: 0n },
  { authorized: 10n, captured: 8n, refunded: 9n }
)
const retention: fc.Arbitrary<Retention> = fc.oneof(
  fc.constantFrom<Retention>({ _tag: "Kept" }, { _tag: "Open" }),
  momentMs.map((atMs) => ({ _tag: "Until" as const, atMs }))
)
/** Its version is still relative to the one that the aggregate will have: see `aimed`. */
const write = fc
  .record({ id, lag: mostly(0, -1, 1), index: few(entry), count: mostly(1, 0, 2), bounds, retention })
  .map(({ lag, count, ...parts }) =>
    writeOf(parts.id, {
      expectedVersion: lag,
      state: { id: parts.id, count },
      events: Array.from({ length: count }, () => eventOf("Event")),
      index: parts.index,
      bounds: parts.bounds,
      retention: parts.retention
    })
  )
const fate: fc.Arbitrary<TaskUpdate["then"]> = fc.oneof(
  fc.constant({ _tag: "Done" as const }),
  momentMs.map((dueAtMs) => ({ _tag: "Again" as const, dueAtMs })),
  momentMs.map((untilMs) => ({ _tag: "Hold" as const, untilMs })),
  fc.constant({ _tag: "Park" as const, why: "why" })
)
const commit = fc
  .record({
    idempotency: sometimes(
      fc
        .tuple(id, id, momentMs)
        .map(([key, about, createdAtMs]) =>
          keyOf(key, { createdAtMs, expiresAtMs: createdAtMs + 5, aggregate: refOf(about) })
        )
    ),
    aggregates: few(write),
    ledger: few(
      fc
        .tuple(fc.integer({ min: 0, max: 100 }), fc.bigInt(-(10n ** 30n), 10n ** 30n))
        .map(([n, sum]) => captureOf(`t${n}`, sum))
    ),
    tasks: few(
      fc
        .tuple(id, mostly<TaskKind>("attempt", "notify", "deliver"), momentMs, sometimes(momentMs))
        .map(([taskId, kind, dueAtMs, untilMs]) =>
          taskOf(taskId, dueAtMs, { kind, bornLeased: untilMs === null ? null : { owner: "me", untilMs } })
        )
    ),
    lease: sometimes(fc.tuple(id, mostly(1, 0, 2, 3), fate).map((parts) => leaseOf(...parts))),
    sealed: few(id.map((recordId) => ({ merchantId, recordId, field: "pan", sealed: recordId }))),
    erased: mostly([], [{ merchantId, recordId: "a", field: "pan" }], [{ merchantId, recordId: "b", field: "pan" }])
  })
  .map(commitOf)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: commit.map((value) => ({ _tag: "Commit" as const, commit: value })) },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("Claim" as const),
      lane: mostly<TaskLane>("money", "news"),
      nowMs: momentMs,
      limit: fc.integer({ min: 1, max: 3 })
    })
  },
  { weight: 1, arbitrary: momentMs.map((nowMs) => ({ _tag: "Sweep" as const, nowMs })) }
)

/**
 * Each history is about a merchant of its own, so that it begins with nothing whatever went before it. Workers see all
 * merchants' tasks, so these have ids of their own as well.
 */
const movedTo = (merchant: string, commit: Commit): Commit => {
  const { tasks, lease, ...rest } = relabelled(merchant, commit)
  const named = <A extends { readonly id: string }>(task: A): A => ({ ...task, id: `${merchant} ${task.id}` })
  return { ...rest, tasks: tasks.map(named), lease: lease === null ? null : named(lease) }
}

const relabelled = <A>(merchant: string, value: A): A => {
  const changed = (part: unknown): unknown => {
    if (part === merchantId) return merchant
    if (Array.isArray(part)) return part.map(changed)
    if (typeof part !== "object" || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, changed(inner)]))
  }
  return changed(value) as A
}

const aimed = async (store: StorePort, commit: Commit): Promise<Commit> => {
  const aggregates = commit.aggregates.map(async (write) => {
    const version = (await run(store.load(write.ref)))?.version ?? 0
    return { ...write, expectedVersion: Math.max(0, version + write.expectedVersion) }
  })
  return { ...commit, aggregates: await Promise.all(aggregates) }
}

const perform = (store: StorePort, step: Step): Promise<unknown> => {
  if (step._tag === "Commit") return outcome(store, step.commit)
  const { nowMs } = step
  if (step._tag === "Claim")
    return run(store.claim({ lane: step.lane, owner: "w", leaseMs: 3, nowMs, limit: step.limit }))
  return run(store.sweep({ finishedTasksBeforeMs: nowMs, nowMs, limit: 10_000 }))
}

const everything = async (store: StorePort, merchant: string): Promise<unknown> => {
  const whereAll = [{}, { status: "paid" }, { status: ["paid", "pending"] }, { source: "card-1", status: null }]
  const pages = whereAll.flatMap((where) => [
    queryOf({ merchantId: merchant, where }),
    queryOf({ merchantId: merchant, where, limit: 1, page: { _tag: "After", id: "b" } }),
    queryOf({
      merchantId: merchant,
      where,
      limit: 1,
      page: { _tag: "Before", id: "b" },
      fromMs: noonMs + 3,
      toMs: noonMs + 17
    })
  ])
  return {
    aggregates: await run(store.scan(merchant, "payment", null, 100)),
    events: await Promise.all(ids.map((name) => run(store.events(refOf(name, merchant), 0)))),
    keys: await Promise.all(ids.map((name) => run(store.idempotencyRecord(keyOf(name, { merchantId: merchant }))))),
    pages: await Promise.all(pages.map((query) => run(store.list(query)))),
    balances: await run(store.balances(merchant)),
    ledger: await run(store.ledgerOf(merchant, { type: "payment", id: "p" })),
    sealed: await run(store.sealedRecords(null, 100)),
    parked: await run(store.parked()),
    nextDueAtMs: [await run(store.nextDueAtMs("money")), await run(store.nextDueAtMs("news"))]
  }
}

export const referenceCases: StoreCases = {
  "any history gives the same answers as the reference store": async (store) => {
    const reference = memoryStore()
    let histories = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 15 }), async (steps) => {
        const merchant = `merchant-${histories++}`
        for (const one of steps) {
          const isCommit = one._tag === "Commit"
          const step = isCommit ? { ...one, commit: await aimed(reference, movedTo(merchant, one.commit)) } : one
          expect(await perform(store, step)).toEqual(await perform(reference, step))
        }
        expect(await everything(store, merchant)).toEqual(await everything(reference, merchant))
      }),
      { numRuns: 300 }
    )
  }
}
