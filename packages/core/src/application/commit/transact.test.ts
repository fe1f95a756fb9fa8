/** Changing what somebody else is changing too, and what is not committed at all. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import type { TaskRequest } from "../../decision.ts"
import { memoryStore } from "../../memory/index.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { Commit, IdempotencyRecord } from "../../ports/commit.ts"
import { Store, VersionConflict } from "../../ports/store.ts"
import { type Transaction, transact } from "./transact.ts"

type Tally = { readonly count: number }
type Counted = { readonly _tag: "Counted"; readonly by: number; readonly atMs: number }

const tally: AggregateDefinition<Tally, Counted> = {
  ...{ type: "tally", schemaVersion: 1, initial: { count: 0 } },
  evolve: ({ count }, { by }) => ({ count: count + by }),
  encodeState: ({ count }) => ({ count }),
  decodeState: (json) => json as Tally,
  encodeEvent: ({ by, atMs }) => ({ by, atMs }),
  decodeEvent: (json) => json as Counted,
  index: () => [],
  bounds: () => null,
  retention: () => ({ _tag: "Kept" })
}

const counted: Counted = { _tag: "Counted", by: 1, atMs: 0 }
const reminder: TaskRequest = {
  ...{ id: "t", kind: "expire_authorization", subject: "", dueAtMs: 0 },
  aggregate: { type: "tally", id: "one" }
}
const bound: IdempotencyRecord = {
  ...{ merchantId: "m", scope: "host", key: "k", fingerprint: "f", status: 201, body: "", subject: "one" },
  ...{ aggregate: { merchantId: "m", type: "tally", id: "one" }, createdAtMs: 0, expiresAtMs: 1 }
}

const counting: Transaction<Tally, Counted, never> = {
  ...{ definition: tally, merchantId: "m", id: "one" },
  decide: () => Result.succeed({ events: [counted], ledger: [], tasks: [] })
}

/** A store in which so many commits lose against somebody else; says what was asked of it, and when. */
const storeIn = (conflicts: number) => {
  const own = memoryStore()
  const asked: Array<{ readonly atMs: number; readonly commit: Commit }> = []
  const store: Store["Service"] = {
    ...own,
    commit: (commit) =>
      Effect.flatMap(Clock.currentTimeMillis, (atMs) => {
        asked.push({ atMs, commit })
        const ref = { merchantId: "m", type: "tally", id: "one" }
        return asked.length <= conflicts ? Effect.fail(new VersionConflict({ ref })) : own.commit(commit)
      })
  }
  return { asked, store }
}

/** What comes of it when a minute passes. */
const carryOut = (store: Store["Service"], transaction: Transaction<Tally, Counted, never>) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.result(transact(transaction)))
      yield* TestClock.adjust(60_000)
      return fiber.pollUnsafe()
    }).pipe(Effect.provideService(Store, store), Effect.provide(TestClock.layer()))
  )

describe("an aggregate that somebody else is writing too", () => {
  it("is decided about anew each time, in growing pauses from the third on", async () => {
    const { asked, store } = storeIn(11)
    expect(await carryOut(store, counting)).toMatchObject({ value: { _tag: "Success" } })
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 6, 14, 24, 36, 50, 66, 84, 104, 126])
  })

  it("is given up after the twelfth time, with nothing written", async () => {
    const { asked, store } = storeIn(Number.POSITIVE_INFINITY)
    expect(await carryOut(store, counting)).toMatchObject({
      value: { failure: { _tag: "StoreUnavailable", reason: "contended", outcomeUnknown: false } }
    })
    expect(asked).toHaveLength(12)
    expect(await Effect.runPromise(store.load({ merchantId: "m", type: "tally", id: "one" }))).toBeUndefined()
  })

  it("is read again although it was thought to be new", async () => {
    const { asked, store } = storeIn(0)
    await carryOut(store, counting)
    await carryOut(store, { ...counting, fresh: true })
    expect(asked.map(({ commit }) => commit.aggregates[0]?.state)).toEqual([{ count: 1 }, { count: 1 }, { count: 2 }])
  })
})

describe("a decision without events", () => {
  const nothing: Transaction<Tally, Counted, never> = {
    ...counting,
    decide: () => Result.succeed({ events: [], ledger: [], tasks: [] })
  }
  const ends: ReturnType<NonNullable<Transaction<Tally, Counted, never>["lease"]>> = {
    ...{ merchantId: "m", id: "t", fence: 1 },
    then: { _tag: "Done" }
  }

  it("that asks for nothing else is not committed", async () => {
    const { asked, store } = storeIn(0)
    expect(await carryOut(store, nothing)).toMatchObject({
      value: { success: { success: { state: { count: 0 }, events: [], tasks: [] } } }
    })
    expect(asked).toEqual([])
  })

  it.each<readonly [string, Partial<Transaction<Tally, Counted, never>>, Partial<Commit>]>([
    [
      "a task",
      { decide: () => Result.succeed({ events: [], ledger: [], tasks: [reminder] }) },
      { tasks: [{ ...reminder, aggregate: { merchantId: "m", type: "tally", id: "one" }, bornLeased: null }] }
    ],
    ["the end of a task", { lease: () => ends }, { lease: ends }],
    ["a key that is bound", { idempotency: () => bound }, { idempotency: bound }]
  ])("commits what else was asked for, and leaves the aggregate alone: %s", async (_, more, expected) => {
    const { asked, store } = storeIn(0)
    await carryOut(store, { ...nothing, ...more })
    const none = { idempotency: null, aggregates: [], ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    expect(asked.map(({ commit }) => commit)).toEqual([{ ...none, ...expected }])
  })
})
