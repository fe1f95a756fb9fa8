/** Lanes: whatever waits in the one, nothing in the other is delayed by it, and nobody is given what is not his. */
import { expect } from "vitest"
import type { TaskKind, TaskLane } from "../../decision.ts"
import {
  commitOf,
  leaseOf,
  noonMs,
  numbers,
  outcome,
  outcomes,
  run,
  type StoreCases,
  type StorePort,
  taskOf
} from "./store-case.ts"

const claimIds = async (store: StorePort, lane: TaskLane, nowMs: number, limit = 100) => {
  const claimed = await run(store.claim({ lane, owner: "worker", nowMs, leaseMs: 1000, limit }))
  return claimed.map(({ id }) => id)
}

const kinds: { readonly [lane in TaskLane]: ReadonlyArray<TaskKind> } = {
  money: [
    "attempt",
    "authenticate",
    "expire_authorization",
    "expire_challenge",
    "verify_card",
    "expire_checkout",
    "follow_payment",
    "assign_address",
    "watch_deposits",
    "expire_intent",
    "refund_transfer",
    "settle"
  ],
  news: ["notify", "deliver"]
}

const file = (store: StorePort, lane: TaskLane) =>
  outcome(store, commitOf({ tasks: kinds[lane].map((kind) => taskOf(kind, noonMs, { kind })) }))

export const laneCases: StoreCases = {
  "a claim is given the tasks of its lane, and no others": async (store) => {
    await file(store, "news")
    await file(store, "money")
    expect(await claimIds(store, "money", noonMs)).toEqual(kinds.money.toSorted())
    expect(await claimIds(store, "money", noonMs)).toEqual([])
    expect(await claimIds(store, "news", noonMs)).toEqual(kinds.news.toSorted())
  },
  "a task that moves money is claimed at once, however much news has waited longer": async (store) => {
    const news = numbers(20).map((batch) =>
      commitOf({ tasks: numbers(50).map((n) => taskOf(`news-${batch}-${n}`, noonMs - 1000, { kind: "deliver" })) })
    )
    await outcomes(store, news)
    await outcome(store, commitOf({ tasks: [taskOf("money", noonMs)] }))
    expect(await claimIds(store, "money", noonMs, 1)).toEqual(["money"])
    expect(await claimIds(store, "news", noonMs, 1000)).toHaveLength(1000)
  },
  "each lane has a next due time of its own": async (store) => {
    await outcome(store, commitOf({ tasks: [taskOf("n", noonMs, { kind: "notify" })] }))
    expect(await run(store.nextDueAtMs("money"))).toBeNull()
    expect(await run(store.nextDueAtMs("news"))).toBe(noonMs)
    await outcome(store, commitOf({ tasks: [taskOf("m", noonMs + 7)] }))
    expect(await run(store.nextDueAtMs("money"))).toBe(noonMs + 7)
    await claimIds(store, "money", noonMs + 7)
    expect(await run(store.nextDueAtMs("money"))).toBe(noonMs + 1007)
    expect(await run(store.nextDueAtMs("news"))).toBe(noonMs)
  },
  "a task stays in its lane when its lease ends, and when it is given back": async (store) => {
    const bornLeased = { owner: "me", untilMs: noonMs + 5 }
    const tasks = ["left", "given-back"].map((id) => taskOf(id, noonMs, { kind: "deliver", bornLeased }))
    await outcome(store, commitOf({ tasks }))
    await outcome(store, commitOf({ lease: leaseOf("given-back", 1, { _tag: "Again", dueAtMs: noonMs + 1 }) }))
    expect(await claimIds(store, "money", noonMs + 5)).toEqual([])
    expect(await claimIds(store, "news", noonMs + 5)).toEqual(["left", "given-back"])
  },
  "what is set aside of either lane is listed": async (store) => {
    const bornLeased = { owner: "me", untilMs: noonMs }
    const tasks = [taskOf("m", noonMs, { bornLeased }), taskOf("n", noonMs + 1, { kind: "notify", bornLeased })]
    await outcome(store, commitOf({ tasks }))
    for (const id of ["m", "n"]) await outcome(store, commitOf({ lease: leaseOf(id, 1, { _tag: "Park", why: "why" }) }))
    expect((await run(store.parked())).map(({ id, kind }) => [id, kind])).toEqual([
      ["m", "attempt"],
      ["n", "notify"]
    ])
  }
}
