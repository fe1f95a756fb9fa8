/** The task queue: who may work on what, until when, and how a holder that was overtaken is kept from writing. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { TaskUpdate } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  keyOf,
  leaseOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  stranger,
  taskOf,
  writeOf
} from "./store-case.ts"

const claim = (store: StorePort, nowMs: number, limit = 10, leaseMs = 1000) =>
  run(store.claim({ lane: "money", owner: "worker", nowMs, leaseMs, limit }))

const claimIds = async (store: StorePort, nowMs: number, limit = 10) =>
  (await claim(store, nowMs, limit)).map(({ id }) => id)

const end = (id: string, fence: number, then: TaskUpdate["then"]) => commitOf({ lease: leaseOf(id, fence, then) })

const bornLeased = { owner: "me", untilMs: noonMs + 1000 }

export const taskCases: StoreCases = {
  "due tasks are claimed oldest due first, no more than asked, and not twice": async (store) => {
    const dueTimes = { e: 5, a: 3, d: 4, c: 3, b: 3, later: 100 }
    const tasks = Object.entries(dueTimes).map(([id, due]) => taskOf(id, noonMs + due))
    await outcome(store, commitOf({ tasks }))
    expect(await claimIds(store, noonMs + 2)).toEqual([])
    expect(await claimIds(store, noonMs + 10, 2)).toEqual(["a", "b"])
    expect(await claimIds(store, noonMs + 10)).toEqual(["c", "d", "e"])
    expect(await claimIds(store, noonMs + 10)).toEqual([])
  },
  "a claimed task says all a worker needs": async (store) => {
    const task = taskOf("t", noonMs, { kind: "settle", subject: "batch 7" })
    await outcome(store, commitOf({ tasks: [task] }))
    const { bornLeased: _, ...told } = task
    expect(await claim(store, noonMs + 5)).toEqual([{ ...told, attempt: 1, fence: 1, leasedUntilMs: noonMs + 1005 }])
  },
  "two merchants may each have a task of one id, and neither ends the other's": async (store) => {
    const theirs = taskOf("t", noonMs + 1, { aggregate: refOf("p", stranger) })
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs), theirs] }))
    expect((await claim(store, noonMs + 1)).map(({ aggregate }) => aggregate.merchantId)).toEqual([
      merchantId,
      stranger
    ])
    expect(await outcome(store, commitOf({ lease: leaseOf("t", 1, { _tag: "Done" }, stranger) }))).toBe("Committed")
    expect(await claim(store, noonMs + 5000)).toMatchObject([{ aggregate: { merchantId } }])
  },
  "two workers that claim at once share no task": async (store) => {
    await outcome(store, commitOf({ tasks: numbers(40).map((n) => taskOf(`t-${n}`, noonMs)) }))
    const batches = await Promise.all(numbers(8).map(() => claimIds(store, noonMs, 7)))
    expect(new Set(batches.flat()).size).toBe(40)
    expect(batches.flat()).toHaveLength(40)
  },
  "a born-leased task is its committer's with fence 1, until the lease ends": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    expect(await claimIds(store, bornLeased.untilMs - 1)).toEqual([])
    expect(await outcome(store, end("t", 1, { _tag: "Hold", untilMs: noonMs + 2000 }))).toBe("Committed")
    expect(await claimIds(store, noonMs + 1999)).toEqual([])
    expect(await claim(store, noonMs + 2000)).toMatchObject([{ id: "t", fence: 2, attempt: 2 }])
  },
  "a lease that ends before the task is due does not make it due": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs + 5000, { bornLeased }), taskOf("u", noonMs)] }))
    expect(await claimIds(store, noonMs + 4999)).toEqual(["u"])
    expect(await claimIds(store, noonMs + 5000)).toEqual(["t"])
  },
  "a holder that wakes after another took over writes nothing": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    await claim(store, bornLeased.untilMs)
    const late = commitOf({
      idempotency: keyOf("k"),
      aggregates: [writeOf("p")],
      ledger: [captureOf("l", 5n)],
      tasks: [taskOf("follow-up", noonMs)],
      lease: leaseOf("t", 1, { _tag: "Done" })
    })
    expect(await outcome(store, late)).toBe("LeaseLost")
    expect(await run(store.load(refOf("p")))).toBeUndefined()
    expect(await run(store.idempotencyRecord(keyOf("k")))).toBeUndefined()
    expect(await run(store.balances(merchantId))).toEqual([])
    expect(await claimIds(store, noonMs)).toEqual([])
    expect(await outcome(store, end("t", 2, { _tag: "Done" }))).toBe("Committed")
  },
  "a late holder that nobody overtook may still write": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    const late = commitOf({ aggregates: [writeOf("p")], lease: leaseOf("t", 1, { _tag: "Done" }) })
    expect(await outcome(store, late)).toBe("Committed")
    expect(await claimIds(store, bornLeased.untilMs + 1)).toEqual([])
  },
  "a lost lease is told before a stale version": async (store) => {
    await outcome(store, commitOf({ aggregates: [writeOf("p")] }))
    const late = commitOf({ aggregates: [writeOf("p")], lease: leaseOf("t", 1, { _tag: "Done" }) })
    expect(await outcome(store, late)).toBe("LeaseLost")
  },
  "a task that was given back, finished or set aside has no holder": async (store) => {
    const endings: ReadonlyArray<TaskUpdate["then"]> = [
      { _tag: "Again", dueAtMs: noonMs + 5000 },
      { _tag: "Done" },
      { _tag: "Park", why: "a person must look" }
    ]
    for (const [n, then] of endings.entries()) {
      await outcome(store, commitOf({ tasks: [taskOf(`t-${n}`, noonMs, { bornLeased })] }))
      expect(await outcome(store, end(`t-${n}`, 1, then))).toBe("Committed")
      expect(await outcome(store, end(`t-${n}`, 1, { _tag: "Done" }))).toBe("LeaseLost")
    }
    await outcome(store, commitOf({ tasks: [taskOf("unclaimed", noonMs + 9000)] }))
    expect(await outcome(store, end("unclaimed", 0, { _tag: "Done" }))).toBe("LeaseLost")
  },
  "a task given back is due again, and counts its claims": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs)] }))
    await claim(store, noonMs)
    await outcome(store, end("t", 1, { _tag: "Again", dueAtMs: noonMs + 500 }))
    expect(await claimIds(store, noonMs + 499)).toEqual([])
    expect(await claim(store, noonMs + 500)).toMatchObject([{ attempt: 2, fence: 2, dueAtMs: noonMs + 500 }])
  },
  "a finished task is never claimed, and filing it again does nothing": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    await outcome(store, end("t", 1, { _tag: "Done" }))
    expect(await outcome(store, commitOf({ tasks: [taskOf("t", noonMs)] }))).toBe("Committed")
    expect(await claimIds(store, noonMs + 10_000)).toEqual([])
  },
  "an id that exists is left as it is": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { subject: "first" })] }))
    await claim(store, noonMs)
    const second = taskOf("t", noonMs - 10, { subject: "second", bornLeased })
    expect(await outcome(store, commitOf({ tasks: [second] }))).toBe("Committed")
    expect(await claim(store, noonMs + 1000)).toMatchObject([{ subject: "first", fence: 2, dueAtMs: noonMs }])
  },
  "parked tasks are listed oldest first with the reason, and not claimed": async (store) => {
    const tasks = [taskOf("b", noonMs + 1), taskOf("a", noonMs + 2), taskOf("c", noonMs)]
    await outcome(store, commitOf({ tasks }))
    await claim(store, noonMs + 2)
    for (const id of ["a", "b", "c"]) await outcome(store, end(id, 1, { _tag: "Park", why: `why ${id}` }))
    expect(await claimIds(store, noonMs + 10_000)).toEqual([])
    const parked = await run(store.parked())
    expect(parked.map(({ id, why, attempt }) => [id, why, attempt])).toEqual([
      ["c", "why c", 1],
      ["b", "why b", 1],
      ["a", "why a", 1]
    ])
    const many = numbers(1000).map((n) => taskOf(`many-${n}`, noonMs + 3, { bornLeased }))
    await outcome(store, commitOf({ tasks: many }))
    await Promise.all(many.map(({ id }) => outcome(store, end(id, 1, { _tag: "Park", why: "why" }))))
    const thousand = await run(store.parked())
    expect([thousand.length, thousand[0]?.id]).toEqual([1000, "c"])
  },
  "a task is set aside for any reason, also one that not every store can keep as it is": async (store) => {
    const reasons = ["", 'it\'s "odd" \\ – 漢字 🧾\n', "unexpected \0 in JSON", "cut off in \ud83d"]
    for (const [n, why] of reasons.entries()) {
      await outcome(store, commitOf({ tasks: [taskOf(`t-${n}`, noonMs + n, { bornLeased })] }))
      expect(await outcome(store, end(`t-${n}`, 1, { _tag: "Park", why }))).toBe("Committed")
    }
    const told = (await run(store.parked())).map(({ why }) => why)
    expect(told).toEqual([
      ...reasons.slice(0, 2),
      expect.stringMatching(/^unexpected .* in JSON$/su),
      expect.stringMatching(/^cut off in /u)
    ])
  },
  "whoever listens for tasks hears of none once it has stopped": async (store, another) => {
    const other = await another()
    const file = (id: string) => outcome(other, commitOf({ aggregates: [writeOf(id)], tasks: [taskOf(id, noonMs)] }))
    let isListening = true
    let lateRings = 0
    const ring = () => {
      if (!isListening) lateRings++
    }
    const listening = Effect.andThen(
      store.nudges(ring),
      Effect.promise(() => file("a"))
    )
    expect(await run(Effect.scoped(listening))).toBe("Committed")
    isListening = false
    expect(await file("b")).toBe("Committed")
    expect(await claimIds(store, noonMs)).toEqual(["a", "b"])
    expect(lateRings).toBe(0)
  },
  "the next due time is that of the first task that will be free": async (store) => {
    expect(await run(store.nextDueAtMs("money"))).toBeNull()
    await outcome(store, commitOf({ tasks: [taskOf("t", noonMs, { bornLeased })] }))
    expect(await run(store.nextDueAtMs("money"))).toBe(bornLeased.untilMs)
    await outcome(store, commitOf({ tasks: [taskOf("u", noonMs + 800)] }))
    expect(await run(store.nextDueAtMs("money"))).toBe(noonMs + 800)
    await outcome(store, commitOf({ tasks: [taskOf("v", noonMs + 10, { bornLeased: { owner: "me", untilMs: 1 } })] }))
    expect(await run(store.nextDueAtMs("money"))).toBe(noonMs + 10)
    await claim(store, noonMs + 900)
    expect(await run(store.nextDueAtMs("money"))).toBe(bornLeased.untilMs)
    await outcome(store, end("t", 1, { _tag: "Park", why: "why" }))
    expect(await run(store.nextDueAtMs("money"))).toBe(noonMs + 1900)
    await outcome(store, end("u", 1, { _tag: "Done" }))
    await outcome(store, end("v", 2, { _tag: "Done" }))
    expect(await run(store.nextDueAtMs("money"))).toBeNull()
  }
}
