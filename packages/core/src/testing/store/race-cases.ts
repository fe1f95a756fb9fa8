/** What happens when several processes want the same thing at once: one gets it, and the others leave no trace. */
import { expect } from "vitest"
import type { AggregateWrite } from "../../ports/commit.ts"
import { broadCommit, expectNothing, expectOnly } from "./footprint.ts"
import {
  captureOf,
  commitOf,
  keyOf,
  leaseOf,
  noonMs,
  numbers,
  outcome,
  raced,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  several,
  taskOf,
  turnOf,
  writeOf
} from "./store-case.ts"

const namesOf = (count: number) => numbers(count).map((n) => `racer-${n}`)

/** The one racer that was not refused, when all others were refused for the same reason. */
const winnerOf = (names: ReadonlyArray<string>, results: ReadonlyArray<string>, refusal: string): string => {
  expect(results.filter((result) => result === "Committed")).toHaveLength(1)
  expect(results.filter((result) => result === refusal)).toHaveLength(names.length - 1)
  return names[results.indexOf("Committed")] ?? ""
}

const versionOf = async (store: StorePort, id: string): Promise<number> =>
  (await run(store.load(refOf(id))))?.version ?? 0

const shared = (id: string, expectedVersion: number, state: AggregateWrite["state"]): AggregateWrite =>
  writeOf(id, { expectedVersion, state })

const bornLeased = { owner: "holder", untilMs: noonMs + 1000 }

export const raceCases: StoreCases = {
  "of 64 commits that bind one key one wins, and nothing of the others is visible": async (store, another) => {
    const names = namesOf(64)
    const stores = await several(store, another)
    const racers = names.map((name) => broadCommit(name, { idempotency: keyOf("k", { body: name }) }))
    const winner = winnerOf(names, await raced(stores, racers), "KeyTaken")
    const bound = await run(turnOf(stores, 1).idempotencyRecord(keyOf("k")))
    expect(bound).toEqual({ ...keyOf("k", { body: winner }), held: false })
    await expectOnly(turnOf(stores, 1), names, [winner])
  },
  "of 32 writers of one version one wins, and nothing of the others is visible": async (store, another) => {
    const names = namesOf(32)
    const stores = await several(store, another)
    await outcome(store, commitOf({ aggregates: [writeOf("shared")] }))
    const racers = names.map((name) => {
      const broad = broadCommit(name)
      return { ...broad, aggregates: [...broad.aggregates, shared("shared", 1, name)] }
    })
    const winner = winnerOf(names, await raced(stores, racers), "VersionConflict")
    for (const one of stores) expect(await run(one.load(refOf("shared")))).toMatchObject({ version: 2, state: winner })
    await expectOnly(turnOf(stores, 2), names, [winner])
  },
  "of many that create one aggregate one wins": async (store, another) => {
    const names = namesOf(24)
    const stores = await several(store, another)
    const racers = names.map((name) => {
      const broad = broadCommit(name)
      return { ...broad, aggregates: [shared("shared", 0, name), ...broad.aggregates] }
    })
    const winner = winnerOf(names, await raced(stores, racers), "VersionConflict")
    expect(await run(store.load(refOf("shared")))).toMatchObject({ version: 1, state: winner })
    await expectOnly(store, names, [winner])
  },
  "of many that post one fact one wins": async (store, another) => {
    const names = namesOf(24)
    const stores = await several(store, another)
    const fact = captureOf("the fact", 7n, { reference: { type: "payment", id: "shared" } })
    const racers = names.map((name) => broadCommit(name, { ledger: [fact], tasks: [], sealed: [] }))
    const winner = winnerOf(names, await raced(stores, racers), "InvariantViolated")
    expect(await run(store.load(refOf(winner)))).toBeDefined()
    for (const name of names) if (name !== winner) await expectNothing(store, name)
    expect(await run(store.ledgerOf(fact.merchantId, fact.reference))).toEqual([fact])
  },
  "writers that cross on two aggregates all end, and both move together": async (store, another) => {
    const stores = await several(store, another)
    await outcome(store, commitOf({ aggregates: [writeOf("a"), writeOf("b")] }))
    for (const round of numbers(8)) {
      const racers = namesOf(16).map((name, n) => {
        const both = ["a", "b"].map((id) => shared(id, round + 1, name))
        return commitOf({ aggregates: n % 2 === 0 ? both : both.toReversed() })
      })
      const winner = winnerOf(namesOf(16), await raced(stores, racers), "VersionConflict")
      for (const id of ["a", "b"]) {
        expect(await run(store.load(refOf(id)))).toMatchObject({ version: round + 2, state: winner })
      }
    }
  },
  "transfers back and forth between two aggregates lose nothing": async (store, another) => {
    const stores = await several(store, another)
    await outcome(store, commitOf({ aggregates: [shared("a", 0, 100), shared("b", 0, 100)] }))
    const transfer = async (n: number): Promise<void> => {
      const through = turnOf(stores, n)
      const [from, to] = n % 3 === 0 ? ["a", "b"] : ["b", "a"]
      const moved = async (id: string, by: number) => {
        const loaded = await run(through.load(refOf(id)))
        return shared(id, loaded?.version ?? 0, Number(loaded?.state) + by)
      }
      const aggregates = [await moved(from, -1), await moved(to, 1)]
      const result = await outcome(through, commitOf({ aggregates }))
      if (result === "VersionConflict") return transfer(n)
      expect(result).toBe("Committed")
    }
    await Promise.all(numbers(24).map(transfer))
    expect(await run(store.load(refOf("a")))).toMatchObject({ version: 25, state: 108 })
    expect(await run(store.load(refOf("b")))).toMatchObject({ version: 25, state: 92 })
  },
  "a task that many file at once is there once": async (store, another) => {
    const stores = await several(store, another)
    const commits = namesOf(24).map((name) => commitOf({ aggregates: [writeOf(name)], tasks: [taskOf("t", noonMs)] }))
    expect(new Set(await raced(stores, commits))).toEqual(new Set(["Committed"]))
    for (const name of namesOf(24)) expect(await versionOf(store, name)).toBe(1)
    expect(await run(store.claim({ lane: "money", owner: "w", nowMs: noonMs, leaseMs: 1, limit: 10 }))).toMatchObject([
      { id: "t" }
    ])
  },
  "workers that claim at once share no task and leave none": async (store, another) => {
    const stores = await several(store, another)
    const ids = numbers(90).map((n) => `t-${n}`)
    await outcome(store, commitOf({ tasks: ids.map((id) => taskOf(id, noonMs)) }))
    const work = async (worker: number): Promise<ReadonlyArray<string>> => {
      const request = { lane: "money" as const, owner: `w-${worker}`, nowMs: noonMs, leaseMs: 1000, limit: 4 }
      const claimed = await run(turnOf(stores, worker).claim(request))
      for (const { fence } of claimed) expect(fence).toBe(1)
      return claimed.length === 0 ? [] : [...claimed.map(({ id }) => id), ...(await work(worker))]
    }
    const claimed = await Promise.all(numbers(9).map(work))
    expect(claimed.flat().toSorted()).toEqual(ids.toSorted())
  },
  "of many that finish one task at once one does, and nothing of the others is visible": async (store, another) => {
    const names = namesOf(24)
    const stores = await several(store, another)
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    const racers = names.map((name) => broadCommit(name, { lease: leaseOf("t", 1, { _tag: "Done" }) }))
    const winner = winnerOf(names, await raced(stores, racers), "LeaseLost")
    await expectOnly(turnOf(stores, 1), names, [winner])
  },
  "a holder that wakes while others claim has its task, or they have it": async (store, another) => {
    const names = namesOf(30)
    const stores = await several(store, another)
    await outcome(store, commitOf({ tasks: names.map((name) => taskOf(name, noonMs, { bornLeased })) }))
    const wake = (name: string, n: number) =>
      outcome(turnOf(stores, n), commitOf({ aggregates: [writeOf(name)], lease: leaseOf(name, 1, { _tag: "Done" }) }))
    const claim = (n: number) =>
      run(
        turnOf(stores, n).claim({ lane: "money", owner: `w-${n}`, nowMs: bornLeased.untilMs, leaseMs: 1000, limit: 5 })
      )
    const [woken, claimed] = await Promise.all([
      Promise.all(names.map(wake)),
      Promise.all(numbers(4).map(claim)).then((batches) => batches.flat())
    ])
    const taken = new Set(claimed.map(({ id }) => id))
    expect(taken.size).toBe(claimed.length)
    for (const [n, name] of names.entries()) {
      expect([name, woken[n]]).toEqual([name, taken.has(name) ? "LeaseLost" : "Committed"])
      expect(await versionOf(store, name)).toBe(taken.has(name) ? 0 : 1)
    }
  }
}
