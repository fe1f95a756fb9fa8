import { type Store, VersionConflict } from "@paykernel/core/effect"
import {
  describeFailure,
  noFaults,
  parseSchedule,
  printSchedule,
  replay,
  type Schedule,
  type SimulationResult,
  scheduleOf,
  shrink,
  simulate
} from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"

type Reach = (store: Store["Service"]) => Store["Service"]

/** A store that does not know the keys it was given. */
const forgetful: Reach = (store) => ({
  ...store,
  idempotencyRecord: () => Effect.succeed(undefined),
  commit: (commit) => store.commit({ ...commit, idempotency: null })
})

/** A store that says of every conflict that all was written. */
const boastful: Reach = (store) => ({
  ...store,
  commit: (commit) =>
    Effect.catchIf(
      store.commit(commit),
      (error) => error instanceof VersionConflict,
      () => Effect.void
    )
})

const firstFailure = async (reach: Reach, seedsMax: number): Promise<SimulationResult> => {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const result = await simulate({ seed, reach })
    if (result.problems.length > 0) return result
  }
  throw new Error(`no seed up to ${seedsMax} has found anything`)
}

describe("a fault of the store", () => {
  it.each([
    { name: "keys that are not kept", reach: forgetful, invariants: ["I6", "I7", "I1"] },
    { name: "conflicts that are not told", reach: boastful, invariants: ["I6", "I5", "TRUTH", "RESEND"] }
  ])("is found, made small, printed and run again: $name", async ({ reach, invariants }) => {
    const failed = await firstFailure(reach, 100)
    expect(invariants).toContain(failed.problems[0]?.invariant)
    const small = await shrink(failed.schedule, { reach, runsMax: 150 })
    expect(small.problems[0]?.invariant).toBe(failed.problems[0]?.invariant)
    expect(small.schedule.steps.length).toBeLessThan(failed.schedule.steps.length / 2)
    const printed = printSchedule(small.schedule)
    expect(describeFailure(small)).toContain(printed)
    const again = await replay(parseSchedule(printed), { reach })
    expect(again.traceHash).toBe(small.traceHash)
    expect(again.problems).toEqual(small.problems)
    // The schedule is innocent: it is the store that was at fault.
    expect((await replay(small.schedule)).problems).toEqual([])
  })
})

describe("a schedule", () => {
  it("is read as it was printed", () => {
    const schedule: Schedule = scheduleOf({ seed: 3 })
    expect(parseSchedule(printSchedule(schedule))).toEqual(schedule)
  })

  it("without faults lets everything succeed that should", async () => {
    const { problems, payments, executions, coverage } = await simulate({ seed: 11, faults: noFaults })
    expect(problems).toEqual([])
    expect(payments).toBeGreaterThan(3)
    expect(executions).toBeGreaterThan(3)
    expect([...coverage.faults.keys()]).toEqual([])
  })

  it("tells receivers of webhooks what happens, where merchants have any", async () => {
    const told = await simulate({ seed: 11, faults: noFaults, webhooks: true })
    expect(told.problems).toEqual([])
    expect(told.messages).toBeGreaterThan(20)
    expect([...told.coverage.faults.keys()]).toEqual([])
    expect(parseSchedule(printSchedule(told.schedule))).toEqual(told.schedule)
    expect((await simulate({ seed: 11, webhooks: false })).messages).toBe(0)
    expect(scheduleOf({ seed: 10 }).webhooks).toBe(true)
  })

  it("lets merchants be paid on chains, where they are", async () => {
    const paid = await simulate({ seed: 15, faults: noFaults, intents: true })
    expect(paid.problems).toEqual([])
    expect(paid.deposits).toBeGreaterThan(5)
    expect([...paid.coverage.faults.keys()]).toEqual([])
    expect(parseSchedule(printSchedule(paid.schedule))).toEqual(paid.schedule)
    expect((await simulate({ seed: 15, intents: false })).deposits).toBe(0)
    expect(scheduleOf({ seed: 15 }).intents).toBe(true)
  })

  it("lets merchants send money abroad, where they do", async () => {
    const sent = await simulate({ seed: 19, faults: noFaults, payouts: true })
    expect(sent.problems).toEqual([])
    expect(sent.payouts).toBeGreaterThan(3)
    expect([...sent.coverage.faults.keys()]).toEqual([])
    expect(parseSchedule(printSchedule(sent.schedule))).toEqual(sent.schedule)
    expect((await simulate({ seed: 19, payouts: false })).payouts).toBe(0)
    expect(scheduleOf({ seed: 19 }).payouts).toBe(true)
  })

  it("takes another course under another seed", async () => {
    const hashes = new Set<string>()
    for (let seed = 1; seed <= 5; seed++) hashes.add((await simulate({ seed })).traceHash)
    expect(hashes.size).toBe(5)
  })
})
