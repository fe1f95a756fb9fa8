/** A commit is applied whole or not at all, and of two that decided on the same version one wins. */
import { expect } from "vitest"
import { settled, whole } from "./refusal-cases.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  eventOf,
  keyOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  outcomes,
  refOf,
  run,
  type StoreCases,
  writeOf
} from "./store-case.ts"

export const commitCases: StoreCases = {
  "a commit is read back whole": async (store) => {
    await outcome(store, settled)
    expect(await outcome(store, whole)).toBe("Committed")
    const aggregate = { ref: refOf("new"), version: 1, schemaVersion: 1, state: { id: "new", status: "pending" } }
    expect(await run(store.load(refOf("new")))).toEqual(aggregate)
    expect(await run(store.events(refOf("new"), 0))).toEqual([{ ...eventOf("PaymentCreated"), version: 1 }])
    expect(await run(store.load(refOf("old")))).toMatchObject({ version: 2, state: "changed" })
    expect(await run(store.find(merchantId, "payments", "new"))).toEqual({ id: "new", createdAtMs: noonMs, aggregate })
    expect(await run(store.idempotencyRecord(keyOf("k")))).toEqual({ ...whole.idempotency, held: false })
    expect(await run(store.sealedRecord({ merchantId, recordId: "card", field: "pan" }))).toEqual(whole.sealed[0])
    expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "p" }))).toEqual([
      ...settled.ledger,
      ...whole.ledger
    ])
  },
  "an aggregate is created once": async (store) => {
    const create = commitOf({ aggregates: [writeOf("p")] })
    expect(await outcome(store, create)).toBe("Committed")
    expect(await outcome(store, create)).toBe("VersionConflict")
    expect(await run(store.events(refOf("p"), 0))).toHaveLength(1)
  },
  "a version behind, ahead or of nothing conflicts": async (store) => {
    await outcome(store, commitOf({ aggregates: [writeOf("p", { events: [eventOf("A"), eventOf("B")] })] }))
    for (const expectedVersion of [1, 3]) {
      const write = writeOf("p", { expectedVersion, state: "changed" })
      expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("VersionConflict")
    }
    const unborn = writeOf("unborn", { expectedVersion: 1 })
    expect(await outcome(store, commitOf({ aggregates: [unborn] }))).toBe("VersionConflict")
    expect(await run(store.load(refOf("p")))).toMatchObject({ version: 2, state: { id: "p" } })
  },
  "of 50 racers on one version exactly one wins": async (store) => {
    await outcome(store, commitOf({ aggregates: [writeOf("p")] }))
    const racers = numbers(50).map((racer) =>
      commitOf({
        aggregates: [writeOf("p", { expectedVersion: 1, state: racer, events: [eventOf(`Racer${racer}`)] })],
        ledger: [captureOf(`racer-${racer}`, 5n)]
      })
    )
    const results = await outcomes(store, racers)
    expect(results.filter((result) => result === "Committed")).toHaveLength(1)
    expect(results.filter((result) => result === "VersionConflict")).toHaveLength(49)
    const winner = results.indexOf("Committed")
    expect(await run(store.load(refOf("p")))).toMatchObject({ version: 2, state: winner })
    expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "p" }))).toMatchObject([
      { id: `racer-${winner}` }
    ])
  },
  "writers that load and decide again lose no update": async (store) => {
    await outcome(store, commitOf({ aggregates: [writeOf("p", { state: 0 })] }))
    const addOne = async (): Promise<void> => {
      const loaded = await run(store.load(refOf("p")))
      if (loaded === undefined) throw new Error("the aggregate is gone")
      const write = writeOf("p", { expectedVersion: loaded.version, state: Number(loaded.state) + 1 })
      if ((await outcome(store, commitOf({ aggregates: [write] }))) !== "Committed") await addOne()
    }
    await Promise.all(numbers(20).map(addOne))
    expect(await run(store.load(refOf("p")))).toMatchObject({ version: 21, state: 20 })
  },
  "500 commits at once can all be read when they are answered": async (store) => {
    await Promise.all(
      numbers(500).map(async (n) => {
        const write = writeOf(`p-${n}`, { index: [entryOf(`p-${n}`, noonMs + n, { status: "pending" })] })
        expect(await outcome(store, commitOf({ aggregates: [write], ledger: [captureOf(`t-${n}`, 1n)] }))).toBe(
          "Committed"
        )
        expect(await run(store.load(refOf(`p-${n}`)))).toMatchObject({ version: 1 })
        expect(await run(store.find(merchantId, "payments", `p-${n}`))).toMatchObject({ createdAtMs: noonMs + n })
      })
    )
    expect(await run(store.balances(merchantId))).toMatchObject([{ posted: 500n }, { posted: -500n }])
  },
  "events come oldest first, a thousand at a time": async (store) => {
    const events = numbers(2500).map((n) => eventOf(`E${n}`, noonMs + n))
    await outcome(store, commitOf({ aggregates: [writeOf("p", { events: events.slice(0, 1300) })] }))
    const rest = writeOf("p", { expectedVersion: 1300, events: events.slice(1300) })
    await outcome(store, commitOf({ aggregates: [rest] }))
    const first = await run(store.events(refOf("p"), 0))
    const second = await run(store.events(refOf("p"), 1000))
    const third = await run(store.events(refOf("p"), 2000))
    expect([first.length, second.length, third.length]).toEqual([1000, 1000, 500])
    const stored = events.map((event, n) => ({ ...event, version: n + 1 }))
    expect([...first, ...second, ...third]).toEqual(stored)
    expect(await run(store.events(refOf("p"), 2500))).toEqual([])
  },
  "what was handed in or out can be changed without changing the store": async (store) => {
    const state = { nested: { amount: "1" } }
    await outcome(store, commitOf({ aggregates: [writeOf("p", { state })] }))
    state.nested.amount = "2"
    const loaded = await run(store.load(refOf("p")))
    expect(loaded?.state).toEqual({ nested: { amount: "1" } })
    Object.assign(loaded ?? {}, { state: "changed" })
    expect((await run(store.load(refOf("p"))))?.state).toEqual({ nested: { amount: "1" } })
  }
}
