/**
 * A host may run its database at a stricter isolation than the store asks for, and its processes change the same rows
 * in opposite orders. The server then gives way again and again, which no caller may ever hear of.
 */
import type { Store } from "@paykernel/core/effect"
import { freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import pg from "pg"
import { afterEach, describe, expect, it } from "vitest"
import { commitOf, refOf, writeOf } from "../commits.ts"
import { openStore } from "../open-store.ts"
import { endLoads, startLoad } from "./load-process.ts"
import { until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, unanswered, verdictOf } from "./verdict-of.ts"

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  await endLoads()
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const isolations = ["read committed", "repeatable read", "serializable"]

/** A database of which every session begins its transactions so, and a session of its own to look in. */
const databaseAt = async (isolation: string): Promise<{ readonly url: string; readonly other: pg.Client }> => {
  const { url, drop } = await freshDatabase()
  cleanups.push(drop)
  const set = new pg.Client({ connectionString: url })
  await set.connect()
  const database = new URL(url).pathname.slice(1)
  await set.query(`alter database ${database} set default_transaction_isolation = '${isolation}'`)
  await set.query(`alter database ${database} set deadlock_timeout = '500ms'`)
  await set.end()
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  cleanups.push(() => other.end())
  return { url, other }
}

const commits = isDeep ? 20_000 : 250

it.each(isolations)(
  `a storm at %s, of ${commits} commits, shows nobody a failed serialization or a deadlock`,
  { timeout: 60_000 + commits * 30 },
  async (isolation) => {
    const { url, other } = await databaseAt(isolation)
    const loads = await Promise.all([
      startLoad(url, "a", { payments: "shared", callers: 3, pauseMs: 0 }),
      startLoad(url, "b", { payments: "shared", callers: 3, pauseMs: 0 }),
      startLoad(url, "c", { callers: 4, pauseMs: 0 })
    ])
    await until(() => loads.reduce((sum, load) => sum + load.acknowledged(), 0) >= commits, 30_000 + commits * 30)
    await Promise.all(loads.map((load) => load.stop()))
    const verdict = await verdictOf(url, loads)
    const lines = loads.flatMap((load) => load.lines())
    const { rows } = await other.query<{ readonly deadlocks: number; readonly rollbacks: number }>(
      `select deadlocks::integer, xact_rollback::integer as rollbacks from pg_stat_database
       where datname = current_database()`
    )
    tell("isolation", {
      isolation,
      ...rows[0],
      unanswered: unanswered(lines).length,
      reasons: reasonsOf(lines),
      ...figuresOf(verdict)
    })
    expect(verdict.differences).toEqual([])
    expect(reasonsOf(lines)).toEqual({})
    expect(rows[0]?.rollbacks).toBeGreaterThan(0)
  }
)

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const created = commitOf({ aggregates: [writeOf("p"), writeOf("q")] })
const bothFrom = (expectedVersion: number) =>
  commitOf({ aggregates: ["p", "q"].map((id) => writeOf(id, { expectedVersion, state: expectedVersion })) })

/** How many wait for a lock. Asked outside of any transaction, which would see one moment only. */
const waiting = async (pool: pg.Pool): Promise<number> => {
  const { rowCount } = await pool.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
  )
  return rowCount ?? 0
}

const openAt = async (isolation: string) => {
  const { url, other } = await databaseAt(isolation)
  const { store, close } = await openStore(url)
  const pool = new pg.Pool({ connectionString: url })
  // It has ended before its sockets have, and may still hear then that its database goes.
  pool.on("connect", (client) => client.on("error", () => {}))
  cleanups.push(close, () => pool.end())
  return { store, other, pool }
}

const versionsOf = (store: Store["Service"]) =>
  Promise.all(["p", "q"].map(async (id) => (await run(store.load(refOf(id))))?.version))

describe.each(isolations)("at %s", (isolation) => {
  it("several that start at once on an empty database all do", async () => {
    const { url } = await databaseAt(isolation)
    const opened = await Promise.allSettled(Array.from({ length: 5 }, () => openStore(url)))
    for (const store of opened) if (store.status === "fulfilled") cleanups.push(store.value.close)
    expect(opened.filter(({ status }) => status === "rejected")).toEqual([])
  })

  it("a commit that is chosen to end a deadlock is written after it", async () => {
    const { store, other, pool } = await openAt(isolation)
    await run(store.commit(created))
    // The last that comes to wait finds the deadlock, unless it looks for one later than the first.
    await other.query("set deadlock_timeout = '5s'")
    let deadlocks = 0
    for (const [version, [first, second]] of [["p", "q"] as const, ["q", "p"] as const].entries()) {
      await other.query("begin")
      await other.query("update paykernel_aggregate set state = state where id = $1", [first])
      const committed = run(store.commit(bothFrom(version + 1)))
      await until(async () => (await waiting(pool)) === 1)
      const crossing = other.query("update paykernel_aggregate set state = state where id = $1", [second])
      // Which of its rows a commit locks first is the server's choice: one of the two orders crosses it.
      const crossed = Promise.race([
        crossing.then(() => false),
        until(async () => (await waiting(pool)) === 2).then(() => true)
      ])
      if (await crossed) deadlocks += 1
      await crossing
      await other.query("commit")
      await committed
    }
    expect(deadlocks).toBe(1)
    expect(await versionsOf(store)).toEqual([3, 3])
  })

  it("a commit that has waited for a row that was changed is written all the same", async () => {
    const { store, other, pool } = await openAt(isolation)
    await run(store.commit(created))
    await other.query("begin; update paykernel_aggregate set state = '0' where id = 'q'")
    const committed = run(store.commit(bothFrom(1)))
    await until(async () => (await waiting(pool)) === 1)
    await other.query("commit")
    await committed
    expect(await versionsOf(store)).toEqual([2, 2])
  })

  it("two that claim at once share the work, and neither hears of the other", async () => {
    const { store } = await openAt(isolation)
    const tasks = Array.from({ length: 60 }, (_, n) => ({
      id: `t-${n}`,
      kind: "attempt" as const,
      aggregate: refOf("p"),
      subject: `t-${n}`,
      dueAtMs: 1,
      bornLeased: null
    }))
    await run(store.commit({ ...created, tasks }))
    const claim = (owner: string) => run(store.claim({ lane: "money", owner, nowMs: 2, leaseMs: 1000, limit: 3 }))
    const claimed = await Promise.all(Array.from({ length: 30 }, (_, n) => claim(`w-${n}`)))
    const ids = claimed.flatMap((own) => own.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(0)
  })
})
