/** A commit is applied whole or not at all, and of two that decided on the same version one wins. */
import { expect } from "vitest"
import type { Commit } from "../../ports/commit.ts"
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
  posting,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  taskOf,
  writeOf
} from "./store-case.ts"

/** Something of every kind, none of which may remain when the commit is refused. */
const whole = commitOf({
  idempotency: keyOf("k", { aggregate: refOf("new") }),
  aggregates: [
    writeOf("new", { index: [entryOf("new", noonMs, { status: "pending" })] }),
    writeOf("old", { expectedVersion: 1, state: "changed", events: [eventOf("PaymentCaptured")] })
  ],
  ledger: [captureOf("t-new", 700n)],
  tasks: [taskOf("task-new", noonMs)],
  sealed: [{ merchantId, recordId: "card", field: "pan", sealed: "sealed" }]
})

const settled = commitOf({
  idempotency: keyOf("taken"),
  aggregates: [writeOf("old", { state: "untouched" })],
  ledger: [captureOf("t-old", 100n)],
  tasks: [taskOf("task-old", noonMs, { bornLeased: { owner: "me", untilMs: noonMs } })]
})

const captured = { authorized: 100n, captured: 101n, refunded: 0n }

const refusals: ReadonlyArray<readonly [title: string, error: string, spoilt: Partial<Commit>]> = [
  [
    "of a stale version",
    "VersionConflict",
    { aggregates: [...whole.aggregates, writeOf("old-2", { expectedVersion: 3 })] }
  ],
  ["of a taken key", "KeyTaken", { idempotency: keyOf("taken") }],
  ["of a lost lease", "LeaseLost", { lease: leaseOf("task-old", 2, { _tag: "Done" }) }],
  ["of a broken bound", "InvariantViolated", { aggregates: [...whole.aggregates, writeOf("z", { bounds: captured })] }],
  [
    "of a repeated ledger transaction",
    "InvariantViolated",
    { ledger: [captureOf("t-new", 1n), captureOf("t-old", 1n)] }
  ],
  [
    "of an unbalanced ledger transaction",
    "InvariantViolated",
    { ledger: [captureOf("t-new", 1n), captureOf("t-3", 1n, { postings: [posting("cash", "posted", 1n)] })] }
  ],
  [
    "of an undeclared field",
    "InvariantViolated",
    { aggregates: [...whole.aggregates, writeOf("z", { index: [entryOf("z", noonMs, { colour: "red" })] })] }
  ],
  [
    "of a name that not every store can keep",
    "InvariantViolated",
    { aggregates: [...whole.aggregates, writeOf("z", { index: [entryOf("z", noonMs, { email: "a\0b" })] })] }
  ],
  ["of a key that is half a character", "InvariantViolated", { idempotency: keyOf("\ud83d") }]
]

const expectNothingOf = async (store: StorePort): Promise<void> => {
  expect(await run(store.load(refOf("new")))).toBeUndefined()
  expect(await run(store.events(refOf("new"), 0))).toEqual([])
  expect(await run(store.load(refOf("old")))).toMatchObject({ version: 1, state: "untouched" })
  expect(await run(store.events(refOf("old"), 0))).toHaveLength(1)
  expect(await run(store.load(refOf("z")))).toBeUndefined()
  expect(await idsOf(store)).toEqual([])
  expect(await run(store.idempotencyRecord(keyOf("k")))).toBeUndefined()
  expect(await run(store.sealedRecord({ merchantId, recordId: "card", field: "pan" }))).toBeUndefined()
  expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "p" }))).toHaveLength(1)
  expect(await run(store.balances(merchantId))).toMatchObject([{ posted: 100n }, { posted: -100n }])
  const claimed = await run(store.claim({ lane: "money", owner: "w", nowMs: noonMs, leaseMs: 1, limit: 10 }))
  expect(claimed.map(({ id, fence }) => [id, fence])).toEqual([["task-old", 2]])
}

const refusalCases: StoreCases = Object.fromEntries(
  refusals.map(([title, error, spoilt]) => [
    `a commit refused because ${title} leaves nothing of itself`,
    async (store) => {
      expect(await outcome(store, settled)).toBe("Committed")
      expect(await outcome(store, { ...whole, ...spoilt })).toBe(error)
      await expectNothingOf(store)
      expect(await outcome(store, whole)).toBe("Committed")
    }
  ])
)

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
  ...refusalCases,
  "a refusal names the aggregate, the key or the task": async (store) => {
    await outcome(store, settled)
    const failure = (commit: Commit) => run(store.commit(commit)).catch((error: unknown) => error)
    expect(await failure(commitOf({ aggregates: [writeOf("old")] }))).toMatchObject({ ref: refOf("old") })
    expect(await failure(commitOf({ idempotency: keyOf("taken") }))).toMatchObject({
      key: { merchantId, key: "taken" }
    })
    expect(await failure(commitOf({ lease: leaseOf("nobody", 1, { _tag: "Done" }) }))).toMatchObject({
      taskId: "nobody"
    })
  },
  "a taken key is told before a stale version, so that the caller replays": async (store) => {
    await outcome(store, settled)
    const both = commitOf({ idempotency: keyOf("taken"), aggregates: [writeOf("old")] })
    expect(await outcome(store, both)).toBe("KeyTaken")
  },
  "an aggregate is created once": async (store) => {
    const create = commitOf({ aggregates: [writeOf("p")] })
    expect(await outcome(store, create)).toBe("Committed")
    expect(await outcome(store, create)).toBe("VersionConflict")
    expect(await run(store.events(refOf("p"), 0))).toHaveLength(1)
  },
  "an aggregate does not begin without an event": async (store) => {
    expect(await outcome(store, commitOf({ aggregates: [writeOf("p", { events: [] })] }))).toBe("InvariantViolated")
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
  "a refused commit does not spoil its neighbours": async (store) => {
    await outcome(store, settled)
    const kinds = numbers(140).map((n) => n % (refusals.length + 1))
    const commits = kinds.map((kind, n) => {
      const good = commitOf({
        idempotency: keyOf(`k-${n}`),
        aggregates: [writeOf(`p-${n}`)],
        ledger: [captureOf(`t-${n}`, 1n)]
      })
      const refusal = refusals[kind - 1]
      return refusal === undefined ? good : { ...whole, ...refusal[2] }
    })
    const results = await outcomes(store, commits)
    expect(results).toEqual(kinds.map((kind) => refusals[kind - 1]?.[1] ?? "Committed"))
    for (const [n, kind] of kinds.entries()) {
      expect((await run(store.load(refOf(`p-${n}`))))?.version).toBe(kind === 0 ? 1 : undefined)
    }
    expect(await run(store.load(refOf("new")))).toBeUndefined()
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
