/** What a store refuses to write, why, in which words, and that nothing of it stays. */
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
  posting,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  taskOf,
  verdict,
  writeOf
} from "./store-case.ts"

/** Something of every kind, none of which may remain when the commit is refused. */
export const whole = commitOf({
  idempotency: keyOf("k", { aggregate: refOf("new") }),
  aggregates: [
    writeOf("new", { index: [entryOf("new", noonMs, { status: "pending" })] }),
    writeOf("old", { expectedVersion: 1, state: "changed", events: [eventOf("PaymentCaptured")] })
  ],
  ledger: [captureOf("t-new", 700n)],
  tasks: [taskOf("task-new", noonMs)],
  sealed: [{ merchantId, recordId: "card", field: "pan", sealed: "sealed" }]
})

/** What stands in the store before: `whole` changes its aggregate, and what is refused is at odds with it. */
export const settled = commitOf({
  idempotency: keyOf("taken"),
  aggregates: [writeOf("old", { state: "untouched" })],
  ledger: [captureOf("t-old", 100n)],
  tasks: [taskOf("task-old", noonMs, { bornLeased: { owner: "me", untilMs: noonMs } })]
})

const captured = { authorized: 100n, captured: 101n, refunded: 0n }

const unstorable = "a name is well-formed text without NUL"
const undeclared = "an indexed field is declared by its collection"

/** What each is refused for: an error, or the invariant that is broken, in the words of every store. */
const refusals: ReadonlyArray<readonly [title: string, refusal: string, spoilt: Partial<Commit>]> = [
  [
    "of a stale version",
    "VersionConflict",
    { aggregates: [...whole.aggregates, writeOf("old-2", { expectedVersion: 3 })] }
  ],
  ["of a taken key", "KeyTaken", { idempotency: keyOf("taken") }],
  ["of a lost lease", "LeaseLost", { lease: leaseOf("task-old", 2, { _tag: "Done" }) }],
  [
    "of a broken bound",
    "captured <= authorized",
    { aggregates: [...whole.aggregates, writeOf("z", { bounds: captured })] }
  ],
  [
    "of an aggregate that it writes twice",
    "a commit writes an aggregate once",
    { aggregates: [...whole.aggregates, writeOf("new", { state: "again" })] }
  ],
  [
    "of a repeated ledger transaction",
    "a ledger transaction id is used once",
    { ledger: [captureOf("t-new", 1n), captureOf("t-old", 1n)] }
  ],
  [
    "of an unbalanced ledger transaction",
    "a ledger transaction balances per currency and layer",
    { ledger: [captureOf("t-new", 1n), captureOf("t-3", 1n, { postings: [posting("cash", "posted", 1n)] })] }
  ],
  [
    "of an undeclared field",
    undeclared,
    { aggregates: [...whole.aggregates, writeOf("z", { index: [entryOf("z", noonMs, { colour: "red" })] })] }
  ],
  [
    "of an undeclared collection",
    undeclared,
    {
      aggregates: [...whole.aggregates, writeOf("z", { index: [{ ...entryOf("z", noonMs), collection: "toString" }] })]
    }
  ],
  [
    "of a name that not every store can keep",
    unstorable,
    { aggregates: [...whole.aggregates, writeOf("z", { index: [entryOf("z", noonMs, { email: "a\0b" })] })] }
  ],
  ["of a key that is half a character", unstorable, { idempotency: keyOf("\ud83d") }]
]

/** Commits with a name in each place by which something is found. */
const namings: ReadonlyArray<(name: string) => Commit> = [
  (scope) => commitOf({ idempotency: keyOf("k1", { scope }) }),
  (key) => commitOf({ idempotency: keyOf(key) }),
  (subject) => commitOf({ idempotency: keyOf("k2", { subject }) }),
  (merchant) => commitOf({ aggregates: [writeOf("p", { ref: refOf("p", merchant) })] }),
  (id) => commitOf({ aggregates: [writeOf(id)] }),
  (id) => commitOf({ aggregates: [writeOf("p1", { index: [entryOf(id, noonMs)] })] }),
  (email) => commitOf({ aggregates: [writeOf("p2", { index: [entryOf("p2", noonMs, { email })] })] }),
  (id) => commitOf({ tasks: [taskOf(id, noonMs, { subject: "p" })] }),
  (subject) => commitOf({ tasks: [taskOf("t", noonMs, { subject })] }),
  (recordId) => commitOf({ sealed: [{ merchantId, recordId, field: "pan", sealed: "sealed" }] }),
  (field) => commitOf({ sealed: [{ merchantId, recordId: "card", field, sealed: "sealed" }] }),
  (recordId) => commitOf({ erased: [{ merchantId, recordId, field: "pan" }] }),
  (field) => commitOf({ erased: [{ merchantId, recordId: "card", field }] })
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

const leavingNothing: StoreCases = Object.fromEntries(
  refusals.map(([title, refusal, spoilt]) => [
    `a commit refused because ${title} leaves nothing of itself`,
    async (store) => {
      expect(await outcome(store, settled)).toBe("Committed")
      expect(await verdict(store, { ...whole, ...spoilt })).toBe(refusal)
      await expectNothingOf(store)
      expect(await outcome(store, whole)).toBe("Committed")
    }
  ])
)

export const refusalCases: StoreCases = {
  ...leavingNothing,
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
  "of several reasons the first is told, in one order for all stores": async (store) => {
    await outcome(store, settled)
    const wrong = commitOf({
      idempotency: keyOf("taken"),
      aggregates: [writeOf("old", { bounds: captured })],
      ledger: [captureOf("t-old", 1n)],
      lease: leaseOf("task-old", 2, { _tag: "Done" }),
      sealed: [{ merchantId, recordId: "card", field: "pan", sealed: "sealed" }],
      erased: [{ merchantId, recordId: "card", field: "pan" }]
    })
    const mended: ReadonlyArray<readonly [verdict: string, mend: Partial<Commit>]> = [
      ["a commit seals a record or erases it", {}],
      ["KeyTaken", { erased: [] }],
      ["LeaseLost", { idempotency: null }],
      ["VersionConflict", { lease: null }],
      ["captured <= authorized", { aggregates: [writeOf("old", { expectedVersion: 1, bounds: captured })] }],
      ["a ledger transaction id is used once", { aggregates: [writeOf("old", { expectedVersion: 1 })] }],
      ["Committed", { ledger: [] }]
    ]
    let commit = wrong
    for (const [told, mend] of mended) {
      commit = { ...commit, ...mend }
      expect(await verdict(store, commit)).toBe(told)
    }
  },
  "an aggregate does not begin without an event": async (store) => {
    const begun = commitOf({ aggregates: [writeOf("p", { events: [] })] })
    expect(await verdict(store, begun)).toBe("an aggregate begins with an event")
  },
  "a version that is no whole number is refused": async (store) => {
    await outcome(store, commitOf({ aggregates: [writeOf("p")] }))
    for (const expectedVersion of [-1, 0.5, 1.5, Number.NaN, Infinity, 2 ** 53]) {
      const write = writeOf("p", { expectedVersion, state: "changed" })
      expect(await verdict(store, commitOf({ aggregates: [write] }))).toBe("a version is a whole number")
    }
    expect(await run(store.load(refOf("p")))).toMatchObject({ version: 1, state: { id: "p" } })
  },
  "a name that not every store can keep is refused wherever it stands": async (store) => {
    for (const named of namings) {
      expect(await verdict(store, named("sound"))).toBe("Committed")
      for (const name of ["a\0b", "\ud83d", "a\udfff"]) expect(await verdict(store, named(name))).toBe(unstorable)
    }
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
    const results = await Promise.all(commits.map((commit) => verdict(store, commit)))
    expect(results).toEqual(kinds.map((kind) => refusals[kind - 1]?.[1] ?? "Committed"))
    for (const [n, kind] of kinds.entries()) {
      expect((await run(store.load(refOf(`p-${n}`))))?.version).toBe(kind === 0 ? 1 : undefined)
    }
    expect(await run(store.load(refOf("new")))).toBeUndefined()
  }
}
