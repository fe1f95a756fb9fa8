/** A lease that has to last as long as the call under it: when it is renewed, and by which time it is judged. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { type ClaimedTask, Store } from "../../ports/store.ts"
import { keepLease, type Lease } from "./keep-lease.ts"

const task: ClaimedTask = {
  ...{ id: "t-1", kind: "attempt", subject: "", dueAtMs: 0, attempt: 1, fence: 3, leasedUntilMs: 30_000 },
  aggregate: { merchantId: "m-1", type: "payment", id: "p-1" }
}

/** A holder with calls of ten seconds under leases of thirty; says what is asked of the store. */
const holder = () => {
  const time = { nowMs: 0, latestMs: 0, passedMs: 0 }
  const lease: Lease = { task, untilMs: 30_000 }
  const renewals: Array<TaskUpdate | null> = []
  const store: Store["Service"] = {
    ...memoryStore(),
    commit: (commit) => Effect.sync(() => void renewals.push(commit.lease))
  }
  const holding = {
    ...{ leaseMs: 30_000, callTimeoutMs: 10_000 },
    ...{ latestMs: () => time.latestMs, passedMs: () => time.passedMs }
  }
  const keep = () =>
    Effect.runPromise(
      keepLease(holding, lease).pipe(
        Effect.provideService(Store, store),
        Effect.provideService(Clock, { nowMs: () => time.nowMs })
      )
    )
  return { time, renewals, keep }
}

const until = (untilMs: number) => ({ merchantId: "m-1", id: "t-1", fence: 3, then: { _tag: "Hold", untilMs } })

describe("a lease under which a call begins", () => {
  it("is left alone while it lasts as long as the call", async () => {
    const { time, renewals, keep } = holder()
    time.latestMs = 20_000
    await keep()
    expect(renewals).toEqual([])
  })

  it("is renewed once if it could end before, even where the clock was set back since", async () => {
    const { time, renewals, keep } = holder()
    Object.assign(time, { latestMs: 20_001, nowMs: 5_000 })
    await keep()
    await keep()
    expect(renewals).toEqual([until(35_000)])
  })

  it("is judged by the time that has passed, once it was renewed", async () => {
    const { time, renewals, keep } = holder()
    Object.assign(time, { latestMs: 900_000, nowMs: 5_000, passedMs: 1_000 })
    await keep()
    time.passedMs = 21_000
    await keep()
    expect(renewals).toHaveLength(1)
    Object.assign(time, { nowMs: 25_001, passedMs: 21_001 })
    await keep()
    expect(renewals).toEqual([until(35_000), until(55_001)])
  })
})
