/** Claims of several nodes at once: nobody waits for another, and no task is given out twice. */
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { merchantId, nowMs } from "../../test/commits.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresTasks } from "./postgres-tasks.ts"

let database: MigratedPool
let pool: pg.Pool
beforeAll(async () => {
  database = await migratedPool()
  pool = database.pool
})
afterAll(() => database.close())
beforeEach(() => pool.query("truncate paykernel_task"))

type State = "ready" | "leased" | "done"

/** Tasks `t-1` to `t-<count>`, due one after the other. */
const file = (count: number, state: State = "ready", prefix = "t") =>
  pool.query(
    `insert into paykernel_task
       (merchant_id, id, kind, type, aggregate_id, subject, state, due_at_ms, leased_until_ms, fence, attempt)
     select $1, $4 || '-' || n, 'attempt', 'payment', 'p', 's', $2, $3::bigint + n, $3::bigint + n, 1, 1
     from generate_series(1, $5::integer) as n`,
    [merchantId, state, nowMs, prefix, count]
  )

const claim = (connection: pg.Pool | pg.PoolClient, limit: number) =>
  postgresTasks(connection).claim({ lane: "money", owner: "node", nowMs: nowMs + 1_000_000, leaseMs: 1000, limit })

const idsOf = (tasks: ReadonlyArray<{ readonly id: string }>) => tasks.map(({ id }) => id)

/** Runs something while another node has claimed tasks in a transaction that does not end. */
const whileClaimed = async (limit: number, act: (claimed: ReadonlyArray<string>) => Promise<void>) => {
  const slow = await pool.connect()
  try {
    await slow.query("begin")
    await act(idsOf(await claim(slow, limit)))
  } finally {
    await slow.query("rollback")
    slow.release()
  }
}

describe("two nodes that claim at once", () => {
  it("pass over each other's tasks without waiting, ready and taken over alike", async () => {
    await file(3)
    await file(3, "leased", "over")
    await whileClaimed(2, async (claimed) => {
      expect(claimed).toEqual(["over-1", "t-1"])
      expect(idsOf(await claim(pool, 2))).toEqual(["over-3", "t-3"])
    })
    expect(idsOf(await claim(pool, 10))).toEqual(["over-1", "t-1", "over-2", "t-2"])
  })

  it("share no task when there are many of them", async () => {
    await file(300)
    await file(100, "leased", "over")
    const claimed = await Promise.all(Array.from({ length: 40 }, () => claim(pool, 10)))
    const later = await claim(pool, 400)
    const all = idsOf([...claimed.flat(), ...later])
    expect(all.length).toBe(400)
    expect(new Set(all).size).toBe(400)
  })

  it("leave alone what was finished while one of them looked", async () => {
    await file(2)
    const finisher = await pool.connect()
    await finisher.query("begin")
    await finisher.query("update paykernel_task set state = 'done' where id = 't-1'")
    expect(idsOf(await claim(pool, 2))).toEqual(["t-2"])
    await finisher.query("commit")
    finisher.release()
    expect(await claim(pool, 2)).toEqual([])
  })
})

describe("a claim", () => {
  it("takes no more than it is allowed, oldest due of both kinds first", async () => {
    await file(3)
    await file(3, "leased", "over")
    expect(idsOf(await claim(pool, 3))).toEqual(["over-1", "t-1", "over-2"])
    expect(await claim(pool, 0)).toEqual([])
    const [next] = await claim(pool, 1)
    expect(next).toMatchObject({ id: "t-2", fence: 2, attempt: 2, leasedUntilMs: nowMs + 1_001_000 })
  })

  it("is on the disk once it is answered, so that no crash gives a fence out twice", async () => {
    await file(1)
    const client = await pool.connect()
    await client.query("begin")
    await client.query("set local synchronous_commit = off")
    expect(await claim(client, 1)).toHaveLength(1)
    expect((await client.query("show synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }])
    await client.query("rollback")
    client.release()
  })
})

describe("a sweep of finished tasks", () => {
  it("passes over what another node sweeps, without waiting", async () => {
    await file(5, "done")
    const other = await pool.connect()
    await other.query("begin")
    expect(await postgresTasks(other).sweepFinished(nowMs + 100, 2)).toBe(2)
    expect(await postgresTasks(pool).sweepFinished(nowMs + 100, 10)).toBe(3)
    await other.query("rollback")
    other.release()
    expect(idsOf((await pool.query<{ id: string }>("select id from paykernel_task order by id")).rows)).toEqual([
      "t-1",
      "t-2"
    ])
  })
})
