/**
 * From claim to done: a thousand tasks of which each is claimed, takes no time and is marked done, durably. Beside
 * graphile-worker on the same server, which is told to do each job by itself, as it does unless asked for batches.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { postgresStore } from "@paykernel/adapters-sql/postgres"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import type { KernelOptions } from "@paykernel/core"
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { Logger, runMigrations, runOnce } from "graphile-worker"
import pg from "pg"
import { benchDatabase } from "./bench-server.ts"
import { type Contender, compare, printTable } from "./measure.ts"
import { merchantId } from "./shop.ts"

type Store = KernelOptions["store"]

const tasks = 2000

export const benchTaskQueue = async (): Promise<void> => {
  const [ours, theirs] = [await benchDatabase(), await benchDatabase()]
  const postgres = await postgresStore({ url: ours.url })
  const pool = new pg.Pool({ connectionString: theirs.url, max: workersMax })
  for (const event of ["error", "connect"] as const) pool.on(event, () => {})
  const folder = mkdtempSync(join(tmpdir(), "paykernel-bench-"))
  const sqlite = sqliteStore({ path: join(folder, "queue.sqlite") })
  const rows = await compare(
    [
      ...(await graphileWorker(pool)),
      queueOf("paykernel on PostgreSQL", postgres.store),
      queueOf("paykernel on SQLite FULL", sqlite.store)
    ],
    { baselines: concurrencies.length }
  )
  printTable("Tasks: from claim to done", rows)
  await sqlite.close()
  rmSync(folder, { recursive: true, force: true })
  await postgres.close()
  await pool.end()
  for (const database of [ours, theirs]) await database.drop()
}

/** Its own default, and as many as it has connections; the better one is the baseline. */
const concurrencies = [8, 24]
const workersMax = 24

const graphileWorker = async (pgPool: pg.Pool): Promise<ReadonlyArray<Contender>> => {
  const logger = new Logger(() => () => {})
  const taskList = { nothing: () => {} }
  await runMigrations({ pgPool, logger })
  return concurrencies.map((concurrency) => ({
    name: `graphile-worker, unbatched, ${concurrency} at once`,
    prepare: () =>
      pgPool.query("select graphile_worker.add_job('nothing', '{}'::json) from generate_series(1, $1)", [tasks]),
    run: async () => {
      await runOnce({ pgPool, taskList, concurrency, logger, noHandleSignals: true })
      return tasks
    }
  }))
}

const queueOf = (name: string, store: Store): Contender => {
  let filed = 0
  const file = () => Effect.runPromise(store.commit({ ...nothing, tasks: [taskOf(`task-${filed++}`)] }))
  return {
    name: `${name}, ${placesMax} at once`,
    prepare: () => Promise.all(Array.from({ length: tasks }, file)),
    run: () => drained(store)
  }
}

/** As many places as a kernel's worker has, and like it this claims again when half of them are free. */
const placesMax = 64

const drained = async (store: Store): Promise<number> => {
  let done = 0
  let running = 0
  let wake = () => {}
  const finish = async (id: string, fence: number): Promise<void> => {
    await Effect.runPromise(store.commit({ ...nothing, lease: { merchantId, id, fence, then: { _tag: "Done" } } }))
    done += 1
    running -= 1
    if (running <= placesMax / 2) wake()
  }
  while (done < tasks) {
    const claim = {
      lane: "money" as const,
      owner: "bench",
      nowMs: Date.now(),
      leaseMs: 60_000,
      limit: placesMax - running
    }
    const claimed = await Effect.runPromise(store.claim(claim))
    running += claimed.length
    for (const { id, fence } of claimed) void finish(id, fence)
    const oneIsDone = new Promise<void>((resolve) => {
      wake = resolve
    })
    if (running > placesMax / 2 || (running > 0 && claimed.length === 0)) await oneIsDone
  }
  return done
}

const nothing: Commit = {
  idempotency: null,
  aggregates: [],
  ledger: [],
  tasks: [],
  lease: null,
  sealed: [],
  erased: []
}

const taskOf = (id: string): Commit["tasks"][number] => ({
  id,
  kind: "attempt",
  aggregate: { merchantId, type: "payment", id: "payment" },
  subject: id,
  dueAtMs: Date.now(),
  bornLeased: null
})
