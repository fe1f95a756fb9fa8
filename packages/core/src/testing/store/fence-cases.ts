/**
 * A holder that was paused past its lease: whatever it wants to write when it wakes, and whatever others have done with
 * its task meanwhile, it is refused and nothing of what it wanted is visible.
 */
import { expect } from "vitest"
import type { TaskUpdate } from "../../ports/commit.ts"
import { broadCommit, expectAll, expectNothing } from "./footprint.ts"
import {
  commitOf,
  leaseOf,
  noonMs,
  type OpenAnother,
  outcome,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  taskOf,
  writeOf
} from "./store-case.ts"

type Then = TaskUpdate["then"]

const leaseMs = 1000

const intents: { readonly [intent: string]: Then } = {
  finish: { _tag: "Done" },
  "give back": { _tag: "Again", dueAtMs: noonMs },
  "hold on to": { _tag: "Hold", untilMs: noonMs + 9 * leaseMs },
  "set aside": { _tag: "Park", why: "the sleeper's reason" }
}

/** What the one who took over has done by the time at which the first holder wakes. */
const meanwhiles: { readonly [meanwhile: string]: Then | null } = {
  "while another works on it": null,
  "after another held on to it": { _tag: "Hold", untilMs: noonMs + 5 * leaseMs },
  "after another finished it": { _tag: "Done" },
  "after another gave it back": { _tag: "Again", dueAtMs: noonMs + 7 * leaseMs },
  "after another set it aside": { _tag: "Park", why: "the successor's reason" }
}

const claim = (store: StorePort, nowMs: number) =>
  run(store.claim({ lane: "money", owner: "w", nowMs, leaseMs, limit: 10 }))

/** What can be told of the only task: when it is free, and why it was set aside. */
const fateOf = async (store: StorePort) => ({
  nextDueAtMs: await run(store.nextDueAtMs("money")),
  parked: (await run(store.parked())).map(({ why }) => why)
})

/** Claims, pauses, is overtaken and wakes. `round` sets its names apart from those of other stories. */
const wake = async (
  sleeper: StorePort,
  successor: StorePort,
  { intent, meanwhile, round }: { readonly intent: Then; readonly meanwhile: Then | null; readonly round: string }
): Promise<void> => {
  const task = `task ${round}`
  const old = `old ${round}`
  const timely = `timely ${round}`
  const late = `late ${round}`
  const setUp = commitOf({ aggregates: [writeOf(old, { state: "before" })], tasks: [taskOf(task, noonMs)] })
  expect(await outcome(sleeper, setUp)).toBe("Committed")
  expect(await claim(sleeper, noonMs)).toMatchObject([{ id: task, fence: 1 }])
  expect(await claim(successor, noonMs + leaseMs)).toMatchObject([{ id: task, fence: 2 }])
  const successorEnds = async (then: Then) => {
    const commit = broadCommit(timely, { tasks: [], lease: leaseOf(task, 2, then) })
    expect(await outcome(successor, commit)).toBe("Committed")
  }
  if (meanwhile !== null) await successorEnds(meanwhile)
  const fate = await fateOf(successor)
  const wanted = broadCommit(late, { lease: leaseOf(task, 1, intent) })
  const update = writeOf(old, { expectedVersion: 1, state: "after" })
  expect(await outcome(sleeper, { ...wanted, aggregates: [...wanted.aggregates, update] })).toBe("LeaseLost")
  for (const store of [sleeper, successor]) {
    await expectNothing(store, late)
    expect(await run(store.load(refOf(old)))).toMatchObject({ version: 1, state: "before" })
    expect(await fateOf(store)).toEqual(fate)
  }
  if (meanwhile === null) await successorEnds({ _tag: "Done" })
  await expectAll(successor, timely)
  await finishAll(successor)
}

const finishAll = async (store: StorePort): Promise<void> => {
  for (const { id, fence } of await claim(store, noonMs + 100 * leaseMs)) {
    await outcome(store, commitOf({ lease: leaseOf(id, fence, { _tag: "Done" }) }))
  }
  expect(await run(store.nextDueAtMs("money"))).toBeNull()
}

const wakingCases: StoreCases = Object.fromEntries(
  Object.entries(intents).map(([name, intent]) => [
    `a paused holder that wakes to ${name} its task writes nothing, whatever was done with it meanwhile`,
    async (store: StorePort, another: OpenAnother) => {
      const successor = await another()
      for (const [round, meanwhile] of Object.entries(meanwhiles)) {
        await wake(store, successor, { intent, meanwhile, round })
      }
    }
  ])
)

export const fenceCases: StoreCases = {
  ...wakingCases,
  "a fence that was passed long ago is refused, also for the holder of today": async (store, another) => {
    const other = await another()
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs)] }))
    for (const turn of [0, 1, 2, 3]) {
      const claimed = await claim(turn % 2 === 0 ? store : other, noonMs + turn * leaseMs)
      expect(claimed).toMatchObject([{ fence: turn + 1, attempt: turn + 1 }])
    }
    for (const fence of [0, 1, 2, 3, 5]) {
      const late = commitOf({ aggregates: [writeOf("p")], lease: leaseOf("t", fence, { _tag: "Done" }) })
      for (const one of [store, other]) expect(await outcome(one, late)).toBe("LeaseLost")
    }
    expect(await run(other.load(refOf("p")))).toBeUndefined()
    expect(await outcome(store, commitOf({ lease: leaseOf("t", 4, { _tag: "Done" }) }))).toBe("Committed")
    expect(await run(other.nextDueAtMs("money"))).toBeNull()
  },
  "a holder may write several times under one fence, until it gives the task up": async (store, another) => {
    const other = await another()
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs)] }))
    await claim(other, noonMs)
    for (const name of ["first", "second"]) {
      const hold = leaseOf("t", 1, { _tag: "Hold", untilMs: noonMs + 5 * leaseMs })
      expect(await outcome(store, broadCommit(name, { tasks: [], lease: hold }))).toBe("Committed")
      await expectAll(other, name)
    }
    expect(await claim(other, noonMs + 5 * leaseMs - 1)).toEqual([])
    expect(await claim(other, noonMs + 5 * leaseMs)).toMatchObject([{ id: "t", fence: 2 }])
  }
}
