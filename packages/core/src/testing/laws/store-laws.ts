/** Laws of a store, over whole programmes of commits and claims, judged by books of their own. */
import * as fc from "fast-check"
import type { Commit } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  eventOf,
  keyOf,
  leaseOf,
  merchantId,
  noonMs,
  outcome,
  refOf,
  run,
  type StorePort,
  taskOf,
  writeOf
} from "../store/store-case.ts"
import { checksOf } from "./law.ts"

/** Gives a new, empty store for each programme. */
export type MakeStore = () => Promise<{ readonly store: StorePort; readonly close: () => Promise<void> | void }>

/** One commit: on which aggregate, how far off the right version, under which key, with how much booked. */
type Wish = {
  readonly id: string
  readonly versionOff: number
  readonly key: string | null
  readonly amount: bigint
  readonly events: number
}

const wishes: fc.Arbitrary<ReadonlyArray<Wish>> = fc.array(
  fc.record({
    id: fc.constantFrom("p", "q"),
    versionOff: fc.constantFrom(0, 0, 0, -1, 1),
    key: fc.constantFrom(null, "k", "l"),
    amount: fc.bigInt({ min: 1n, max: 9n }),
    events: fc.integer({ min: 1, max: 3 })
  }),
  { maxLength: 12 }
)

/**
 * What was acknowledged is there, and what was refused has left nothing: in the aggregate, its history, its key and the
 * books alike. Each programme says beforehand how every commit must end.
 *
 * @example
 * await fc.assert(acknowledged(async () => ({ store: await openMyStore(), close: () => {} })))
 */
export const acknowledged = (make: MakeStore) => {
  const { same } = checksOf("acknowledged")
  return fc.asyncProperty(wishes, (programme) =>
    withStore(make, async (store) => {
      const versions = new Map<string, number>()
      const keys = new Map<string, string>()
      let booked = 0n
      for (const [turn, wish] of programme.entries()) {
        const version = versions.get(wish.id) ?? 0
        const taken = wish.key !== null && keys.has(wish.key)
        // A version that no store can have would be refused for what it is.
        const expectedVersion = Math.max(0, version + wish.versionOff)
        const expected = taken ? "KeyTaken" : expectedVersion === version ? "Committed" : "VersionConflict"
        same("a commit ended differently", expected, await outcome(store, commitFor(wish, turn, expectedVersion)))
        if (expected !== "Committed") continue
        versions.set(wish.id, version + wish.events)
        if (wish.key !== null) keys.set(wish.key, `answer ${turn}`)
        booked += wish.amount
      }
      for (const id of ["p", "q"]) {
        const version = versions.get(id)
        same(`the version of ${id} is another`, version, (await run(store.load(refOf(id))))?.version)
        same(`the history of ${id} is another`, version ?? 0, (await run(store.events(refOf(id), 0))).length)
      }
      for (const key of ["k", "l"]) {
        same("a key has another answer", keys.get(key), (await run(store.idempotencyRecord(keyOf(key))))?.body)
      }
      const receivable = (await run(store.balances(merchantId))).find(({ account }) => account === "card_receivable")
      same("the books say something else", booked, receivable?.posted ?? 0n)
    })
  )
}

/** What holders of a lease do: claim after a while, or say what became of the task that they claimed as the n-th. */
type Act =
  | { readonly _tag: "Claim"; readonly afterMs: number }
  | { readonly _tag: "End"; readonly nth: number; readonly how: "Done" | "Again" | "Hold" }

const acts: fc.Arbitrary<ReadonlyArray<Act>> = fc.array(
  fc.oneof(
    fc.record({ _tag: fc.constant("Claim" as const), afterMs: fc.constantFrom(0, 500, 1000, 1500) }),
    fc.record({
      _tag: fc.constant("End" as const),
      nth: fc.nat({ max: 3 }),
      how: fc.constantFrom("Done" as const, "Again" as const, "Hold" as const)
    })
  ),
  { maxLength: 12 }
)

const leaseMs = 1000

/**
 * A task has one holder at a time, its fence rises with each claim, and whoever holds an older fence writes nothing.
 *
 * @example
 * await fc.assert(fenced(async () => ({ store: await openMyStore(), close: () => {} })))
 */
export const fenced = (make: MakeStore) => {
  const { same } = checksOf("fenced")
  return fc.asyncProperty(acts, (programme) =>
    withStore(make, async (store) => {
      await run(store.commit(commitOf({ tasks: [taskOf("t", noonMs)] })))
      const held: Array<number> = []
      let nowMs = noonMs
      let fence = 0
      let freeAtMs = noonMs
      let leased = false
      for (const act of programme) {
        if (act._tag === "Claim") {
          nowMs += act.afterMs
          const claimed = await run(store.claim({ lane: "money", owner: "w", nowMs, leaseMs, limit: 10 }))
          const expected = freeAtMs <= nowMs ? [fence + 1] : []
          same(
            "a claim gets something else",
            expected,
            claimed.map((task) => task.fence)
          )
          if (expected.length === 0) continue
          fence += 1
          held.push(fence)
          leased = true
          freeAtMs = nowMs + leaseMs
        } else {
          const mine = held[act.nth]
          if (mine === undefined) continue
          const then = endings(nowMs)[act.how]
          const expected = leased && mine === fence ? "Committed" : "LeaseLost"
          same(
            "a holder is told otherwise",
            expected,
            await outcome(store, commitOf({ lease: leaseOf("t", mine, then) }))
          )
          if (expected === "LeaseLost") continue
          leased = act.how === "Hold"
          freeAtMs = { Done: Infinity, Again: nowMs + 500, Hold: nowMs + leaseMs }[act.how]
        }
      }
    })
  )
}

const endings = (nowMs: number) =>
  ({
    Done: { _tag: "Done" },
    Again: { _tag: "Again", dueAtMs: nowMs + 500 },
    Hold: { _tag: "Hold", untilMs: nowMs + leaseMs }
  }) as const

const commitFor = ({ id, key, amount, events }: Wish, turn: number, expectedVersion: number): Commit =>
  commitOf({
    idempotency: key === null ? null : keyOf(key, { body: `answer ${turn}` }),
    aggregates: [
      writeOf(id, {
        expectedVersion,
        events: Array.from({ length: events }, (_, place) => eventOf(`E${turn}.${place}`))
      })
    ],
    ledger: [captureOf(`t-${turn}`, amount)]
  })

const withStore = async (make: MakeStore, judge: (store: StorePort) => Promise<void>): Promise<void> => {
  const { store, close } = await make()
  try {
    await judge(store)
  } finally {
    await close()
  }
}
