/** When a worker looks for tasks, by a store that a test plays and in time that passes at once. */
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { Clock } from "../../ports/clock.ts"
import { type ClaimedTask, Store } from "../../ports/store.ts"
import { makeWorker } from "./worker.ts"

const startMs = 10_000

const taskOf = (id: number): ClaimedTask => ({
  ...{ id: `t-${id}`, kind: "attempt", subject: "", dueAtMs: 0, attempt: 1, fence: 1, leasedUntilMs: 9 },
  aggregate: { merchantId: "m-1", type: "payment", id: "p-1" }
})

type Look = { readonly atMs: number; readonly limit: number }

/**
 * The looks of a worker with room for two, from its beginning until so much time has passed. Each finds as many tasks as
 * `found` says, in order, and nothing after that; each task takes so long.
 */
const looksIn = (passMs: number, found: ReadonlyArray<number>, about: { dueMs?: number; taskMs?: number } = {}) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const looks: Array<Look> = []
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      const nowMs = () => startMs + clock.currentTimeMillisUnsafe()
      const store: Store["Service"] = {
        ...memoryStore(),
        claim: ({ limit }) =>
          Effect.sync(() => {
            looks.push({ atMs: nowMs() - startMs, limit })
            return Array.from({ length: found[looks.length - 1] ?? 0 }, (_, at) => taskOf(10 * looks.length + at))
          }),
        nextDueAtMs: () => Effect.sync(() => (about.dueMs === undefined ? null : nowMs() + about.dueMs))
      }
      const worker = yield* makeWorker(
        { owner: "w", lane: "money", concurrency: 2, queueMax: 0, leaseMs: 30_000, idlePollMs: 1_000 },
        () => Effect.sleep(about.taskMs ?? 0)
      ).pipe(Effect.provideService(Store, store), Effect.provideService(Clock, { nowMs }))
      yield* Effect.forkChild(worker.poll)
      yield* TestClock.adjust(passMs)
      return looks
    }).pipe(Effect.provide(TestClock.layer()))
  )

const timesOf = (looks: ReadonlyArray<Look>) => looks.map(({ atMs }) => atMs)

describe("a worker looks for tasks", () => {
  it("now and then where nothing is to be done", async () => {
    expect(timesOf(await looksIn(2_500, []))).toEqual([0, 1_000, 2_000])
  })

  it("when the next one is due, and no more often than every five milliseconds", async () => {
    expect(timesOf(await looksIn(600, [], { dueMs: 250 }))).toEqual([0, 250, 500])
    expect(timesOf(await looksIn(12, [], { dueMs: -1 }))).toEqual([0, 5, 10])
  })

  it("now and then where the next one is due much later", async () => {
    expect(timesOf(await looksIn(2_500, [], { dueMs: 60_000 }))).toEqual([0, 1_000, 2_000])
  })

  it("again at once where it found some and has room for more", async () => {
    expect(await looksIn(500, [1], { taskMs: 60_000 })).toEqual([
      { atMs: 0, limit: 2 },
      { atMs: 0, limit: 1 }
    ])
  })

  it("not at all while it has no room, and as soon as it has", async () => {
    expect(await looksIn(5_700, [2], { taskMs: 5_500 })).toEqual([
      { atMs: 0, limit: 2 },
      { atMs: 5_500, limit: 1 }
    ])
  })
})
