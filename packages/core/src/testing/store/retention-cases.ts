/** How long things stay: what is under way holds its keys, and what may be forgotten goes whole, the oldest first. */
import { expect } from "vitest"
import type { AggregateWrite, IdempotencyRecord, Retention } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  eventOf,
  idsOf,
  keyOf,
  leaseOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  outcomes,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  stranger,
  taskOf,
  verdict,
  writeOf
} from "./store-case.ts"

const open: Retention = { _tag: "Open" }
const kept: Retention = { _tag: "Kept" }
const until = (atMs: number): Retention => ({ _tag: "Until", atMs })

const dayMs = 86_400_000
const expiresAtMs = noonMs + 30 * dayMs
const laterMs = noonMs + 40 * dayMs

const write = (store: StorePort, id: string, retention: Retention, parts: Partial<AggregateWrite> = {}) =>
  outcome(store, commitOf({ aggregates: [writeOf(id, { retention, ...parts })] }))

/** Makes the payment `p` and binds the key `k` to it, in one commit. */
const begin = (store: StorePort, retention: Retention) =>
  outcome(
    store,
    commitOf({
      idempotency: keyOf("k", { expiresAtMs, body: "first" }),
      aggregates: [writeOf("p", { retention })]
    })
  )

const again = (parts: Partial<IdempotencyRecord> = {}) => ({
  idempotency: keyOf("k", { createdAtMs: laterMs, expiresAtMs: laterMs + dayMs, body: "second", ...parts })
})

const record = (store: StorePort, key = "k") => run(store.idempotencyRecord(keyOf(key)))

const sweep = (store: StorePort, nowMs: number, limit = 1000) =>
  run(store.sweep({ nowMs, finishedTasksBeforeMs: 0, limit }))

const isThere = async (store: StorePort, id: string) => (await run(store.load(refOf(id)))) !== undefined

const heldKeys: StoreCases = {
  "a key is held past its time while what it began is open": async (store) => {
    await begin(store, open)
    expect(await record(store)).toMatchObject({ body: "first", held: true })
    expect(await outcome(store, commitOf({ ...again(), aggregates: [writeOf("double")] }))).toBe("KeyTaken")
    expect(await isThere(store, "double")).toBe(false)
    expect(await sweep(store, laterMs)).toBe(0)
    expect(await record(store)).toMatchObject({ body: "first", held: true })
  },
  "a key that was held may be used again once what it began has ended": async (store) => {
    await begin(store, open)
    await write(store, "p", open, { expectedVersion: 1 })
    expect(await outcome(store, commitOf(again()))).toBe("KeyTaken")
    await write(store, "p", kept, { expectedVersion: 2 })
    expect(await record(store)).toMatchObject({ body: "first", held: false })
    expect(await outcome(store, commitOf(again()))).toBe("Committed")
    expect(await record(store)).toMatchObject({ body: "second" })
  },
  "a key that was held is swept once what it began has ended": async (store) => {
    await begin(store, open)
    expect(await sweep(store, laterMs)).toBe(0)
    await write(store, "p", kept, { expectedVersion: 1 })
    expect(await sweep(store, expiresAtMs - 1)).toBe(0)
    expect(await sweep(store, laterMs)).toBe(1)
    expect(await record(store)).toBeUndefined()
  },
  "a key is held again while a later operation on the same aggregate is open": async (store) => {
    await begin(store, kept)
    expect(await record(store)).toMatchObject({ held: false })
    await write(store, "p", open, { expectedVersion: 1 })
    expect(await record(store)).toMatchObject({ held: true })
    expect(await outcome(store, commitOf(again()))).toBe("KeyTaken")
    expect(await sweep(store, laterMs)).toBe(0)
  },
  "a commit that ends the operation cannot use the key that it held": async (store) => {
    await begin(store, open)
    const ending = writeOf("p", { expectedVersion: 1, retention: kept })
    expect(await outcome(store, commitOf({ ...again(), aggregates: [ending] }))).toBe("KeyTaken")
    expect(await run(store.load(refOf("p")))).toMatchObject({ version: 1 })
  },
  "of many commits on a held key none wins": async (store) => {
    await begin(store, open)
    const racers = numbers(30).map((n) => commitOf({ ...again({ body: `${n}` }), aggregates: [writeOf(`p-${n}`)] }))
    expect(new Set(await outcomes(store, racers))).toEqual(new Set(["KeyTaken"]))
    expect(await record(store)).toMatchObject({ body: "first" })
  },
  "a held key is told before a lost lease and a stale version": async (store) => {
    await begin(store, open)
    const stale = {
      aggregates: [writeOf("p")],
      lease: { merchantId, id: "t", fence: 1, then: { _tag: "Done" as const } }
    }
    expect(await outcome(store, commitOf({ ...again(), ...stale }))).toBe("KeyTaken")
  },
  "a key is held by the very aggregate that it names, and by no other of that id": async (store) => {
    await begin(store, kept)
    await write(store, "p", open, { ref: { ...refOf("p"), type: "card" } })
    await write(store, "p", open, { ref: refOf("p", stranger) })
    await outcome(store, commitOf({ idempotency: keyOf("nothing", { expiresAtMs, aggregate: refOf("nowhere") }) }))
    expect(await record(store)).toMatchObject({ held: false })
    expect(await record(store, "nothing")).toMatchObject({ held: false })
    expect(await sweep(store, laterMs)).toBe(2)
  },
  "a sweep passes by keys that are held, and takes the oldest of the others": async (store) => {
    await begin(store, open)
    await outcomes(
      store,
      numbers(6).map((n) =>
        commitOf({ idempotency: keyOf(`k-${n}`, { expiresAtMs: expiresAtMs + 6 - n, aggregate: refOf("other") }) })
      )
    )
    expect(await sweep(store, laterMs, 4)).toBe(4)
    const left = await Promise.all(numbers(6).map((n) => record(store, `k-${n}`)))
    expect(left.map((one) => one !== undefined)).toEqual([true, true, false, false, false, false])
    expect(await record(store)).toMatchObject({ held: true })
  }
}

const forgetting: StoreCases = {
  "what may be forgotten goes at its time, with its events and entries, and its bookings stay": async (store) => {
    const entries = [
      entryOf("d", noonMs, { status: "paid" }),
      entryOf("part", noonMs, { email: "a@example.org" }),
      { ...entryOf("d", noonMs), collection: "transactions" }
    ]
    await write(store, "neighbour", kept, { index: [entryOf("neighbour", noonMs, { status: "paid" })] })
    await write(store, "d", kept, { index: entries })
    await write(store, "d", until(laterMs), { expectedVersion: 1 })
    await outcome(store, commitOf({ ledger: [captureOf("t", 5n, { reference: { type: "payment", id: "d" } })] }))
    expect(await sweep(store, laterMs - 1)).toBe(0)
    expect(await idsOf(store)).toEqual(["part", "neighbour", "d"])

    expect(await sweep(store, laterMs)).toBe(3)
    expect(await run(store.load(refOf("d")))).toBeUndefined()
    expect(await run(store.events(refOf("d"), 0))).toEqual([])
    for (const id of ["d", "part"]) expect(await run(store.find(merchantId, "payments", id))).toBeUndefined()
    expect(await run(store.find(merchantId, "transactions", "d"))).toBeUndefined()
    expect(await idsOf(store)).toEqual(["neighbour"])
    expect(await idsOf(store, { where: { email: null } })).toEqual([])
    expect(await run(store.count(queryOf(), 10))).toBe(1)
    expect((await run(store.scan(merchantId, "payment", null, 10))).map(({ ref }) => ref.id)).toEqual(["neighbour"])
    expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "d" }))).toHaveLength(1)
    expect(await sweep(store, laterMs)).toBe(0)
  },
  "what its last write keeps, or gives more time, stays": async (store) => {
    for (const id of ["kept", "open", "longer"]) await write(store, id, until(noonMs))
    await write(store, "kept", kept, { expectedVersion: 1 })
    await write(store, "open", open, { expectedVersion: 1 })
    await write(store, "longer", until(noonMs + 2), { expectedVersion: 1 })
    expect(await sweep(store, noonMs + 1)).toBe(0)
    expect(await sweep(store, noonMs + 2)).toBe(3)
    expect([await isThere(store, "kept"), await isThere(store, "open")]).toEqual([true, true])
  },
  "the oldest are forgotten first, each whole, in steps of a limit": async (store) => {
    const events = [eventOf("One"), eventOf("Two")]
    for (const n of [2, 0, 3, 1, 4]) await write(store, `d-${n}`, until(noonMs + 9 - n), { events })
    const left = async () => (await run(store.scan(merchantId, "payment", null, 10))).map(({ ref }) => ref.id)
    expect(await sweep(store, noonMs + 9, 1)).toBe(3)
    expect(await left()).toEqual(["d-0", "d-1", "d-2", "d-3"])
    expect(await sweep(store, noonMs + 9, 6)).toBe(6)
    expect(await left()).toEqual(["d-0", "d-1"])
    expect(await sweep(store, noonMs + 9, 0)).toBe(0)
    expect(await sweep(store, noonMs + 9, 100)).toBe(6)
    expect(await left()).toEqual([])
  },
  "finished tasks and keys go before what may be forgotten, and count for the same limit": async (store) => {
    await outcomes(
      store,
      numbers(3).map((n) => commitOf({ idempotency: keyOf(`k-${n}`, { expiresAtMs: noonMs }) }))
    )
    const bornLeased = { owner: "me", untilMs: noonMs - 1 }
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs - 1, { bornLeased })] }))
    await outcome(store, commitOf({ lease: leaseOf("t", 1, { _tag: "Done" }) }))
    await write(store, "d", until(noonMs))
    const sweepAll = (limit: number) => run(store.sweep({ nowMs: noonMs, finishedTasksBeforeMs: noonMs, limit }))
    expect(await sweepAll(4)).toBe(4)
    expect(await isThere(store, "d")).toBe(true)
    expect(await sweepAll(4)).toBe(2)
    expect(await isThere(store, "d")).toBe(false)
  },
  "an entry that another aggregate has taken over stays with that": async (store) => {
    const index = [entryOf("shared", noonMs, { status: "paid" })]
    await write(store, "first", until(noonMs), { index })
    await write(store, "second", kept, { index })
    expect(await sweep(store, noonMs)).toBe(2)
    expect((await run(store.find(merchantId, "payments", "shared")))?.aggregate.ref.id).toBe("second")
    expect(await idsOf(store)).toEqual(["shared"])
  },
  "another merchant's aggregate of the same id stays, and one of another type": async (store) => {
    await write(store, "d", until(noonMs), { index: [entryOf("d", noonMs)] })
    await write(store, "d", kept, { ref: refOf("d", stranger), index: [entryOf("d", noonMs)] })
    const card = { ...refOf("d"), type: "card" }
    await write(store, "d", kept, { ref: card, index: [{ ...entryOf("d", noonMs), collection: "cards" }] })
    expect(await sweep(store, noonMs)).toBe(2)
    expect(await idsOf(store, { collection: "cards" })).toEqual(["d"])
    expect(await idsOf(store, { merchantId: stranger })).toEqual(["d"])
    for (const ref of [refOf("d", stranger), card]) expect(await run(store.events(ref, 0))).toHaveLength(1)
  },
  "what was forgotten is as if it had never been": async (store) => {
    await write(store, "d", until(noonMs))
    await sweep(store, noonMs)
    expect(await write(store, "d", kept, { expectedVersion: 1 })).toBe("VersionConflict")
    expect(await write(store, "d", kept, { events: [eventOf("Anew")] })).toBe("Committed")
    expect(await run(store.events(refOf("d"), 0))).toMatchObject([{ tag: "Anew", version: 1 }])
  },
  "a key outlives what it names, until its own time": async (store) => {
    await begin(store, until(noonMs))
    expect(await sweep(store, noonMs)).toBe(2)
    expect(await record(store)).toMatchObject({ body: "first", held: false })
    expect(await sweep(store, expiresAtMs)).toBe(1)
  },
  "a retention that is no time is refused": async (store) => {
    for (const atMs of [Number.NaN, 1.5, Infinity]) {
      const commit = commitOf({ aggregates: [writeOf("d", { retention: until(atMs) })] })
      expect(await verdict(store, commit)).toBe("an aggregate stays until a whole number of milliseconds")
    }
    expect(await isThere(store, "d")).toBe(false)
  }
}

export const retentionCases: StoreCases = { ...heldKeys, ...forgetting }
