/**
 * What PostgreSQL has acknowledged has left its memory for the disk, also where the host's server, role or database is
 * set to acknowledge earlier. The position up to which the log is flushed is compared with the end of the log after
 * each commit; then the server is stopped without a chance to flush what it still holds. Beside it, the same rows are
 * written with the settings as they are, which has to fail the same test. (SQLite: see durability.test.ts.)
 */
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openStore } from "../open-store.ts"
import type { Planned } from "./journal.ts"
import { commitOfPlan } from "./load-commits.ts"
import { isDeep, tell } from "./verdict-of.ts"

const commits = isDeep ? 2000 : 200

let server: PostgresServer
beforeAll(async () => {
  // Nothing else may write to the log meanwhile, nor flush it soon: not vacuum, nor snapshots, nor the log's writer.
  server = await startPostgres({
    settings: {
      autovacuum: "off",
      wal_level: "minimal",
      max_wal_senders: 0,
      checkpoint_timeout: "1d",
      wal_writer_delay: "10s",
      wal_writer_flush_after: "1GB",
      fsync: "on"
    }
  })
})
afterAll(() => server?.close())

const planOf = (n: number): Planned => ({
  id: `c-${n}`,
  // One each: of a merchant with many the sums are written down now and then, which nobody waits for.
  merchant: `m-${n}`,
  key: `c-${n}`,
  writes: [{ payment: `p-${n}`, version: 1, authorized: "100", captured: "0", refunded: "0" }],
  amount: "100",
  // Nobody else is to be woken: the word for that goes out after the commit, and need not be durable.
  task: "leased",
  completes: null
})

/** Where a host may have said that commits need not wait for the disk. */
const relaxed = {
  "for the database": (database: string) => `alter database ${database} set synchronous_commit = off`,
  "for the role": (database: string) => `alter role postgres in database ${database} set synchronous_commit = off`,
  "for the server": () => "alter system set synchronous_commit = off"
}

const relaxedDatabase = async (name: string, statement: (database: string) => string): Promise<string> => {
  await withClient(server.url, async (client) => {
    await client.query(`create database ${name}`)
    await client.query(statement(name))
    await client.query("select pg_reload_conf()")
  })
  return server.url.replace(/\/postgres$/u, `/${name}`)
}

const withClient = async <A>(url: string, act: (client: pg.Client) => Promise<A>): Promise<A> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}

/**
 * How many of the writes had not been flushed when they were acknowledged, seen from a connection of its own. Where the
 * log goes further than it is flushed, it counts only if a commit is in that part, which may be a page's head alone.
 */
const unflushed = (url: string, write: (n: number) => Promise<unknown>): Promise<number> =>
  withClient(url, async (client) => {
    expect((await client.query("show synchronous_commit")).rows).toEqual([{ synchronous_commit: "off" }])
    expect((await client.query("show fsync")).rows).toEqual([{ fsync: "on" }])
    await client.query("create extension if not exists pg_walinspect")
    const tails: Array<Tail> = []
    for (let n = 0; n < commits; n++) {
      await write(n)
      const { rows } = await client.query<Tail>(
        "select pg_current_wal_flush_lsn() as flushed, pg_current_wal_insert_lsn() as ended"
      )
      tails.push(...rows.filter(({ flushed, ended }) => flushed !== ended))
    }
    // What commits durably takes all before it to the disk, from where the log can be read.
    await client.query("begin; set local synchronous_commit = on; create temporary table flushing (); commit")
    let count = 0
    for (const { flushed, ended } of tails) {
      const commitsInTail = await client.query(
        `select 1 from pg_get_wal_records_info($1, $2)
         where resource_manager = 'Transaction' and record_type like 'COMMIT%'`,
        [flushed, ended]
      )
      if (commitsInTail.rowCount !== 0) count += 1
    }
    return count
  })

type Tail = { readonly flushed: string; readonly ended: string }

/** How many of some writes are gone when the server is stopped right after the last of them. */
const lostInCrash = async (url: string, write: (n: number) => Promise<unknown>): Promise<number> => {
  for (let n = commits; n < commits + 50; n++) await write(n)
  await server.stop("immediate")
  await server.start()
  const { rows } = await withClient(url, (client) =>
    client.query<{ readonly kept: number }>("select count(*)::integer as kept from paykernel_event")
  )
  return commits + 50 - (rows[0]?.kept ?? 0)
}

describe.each(Object.entries(relaxed))("with synchronous_commit off %s", (where, statement) => {
  const name = where.replaceAll(" ", "_")

  it(`each of ${commits} commits and claims of the store is on the disk when it is answered`, async () => {
    const url = await relaxedDatabase(`store_${name}`, statement)
    const { store, close } = await openStore(url)
    const write = (n: number) => Effect.runPromise(store.commit(commitOfPlan(planOf(n), "me", 1)))
    const claim = (n: number) =>
      Effect.runPromise(store.claim({ lane: "money", owner: "me", nowMs: 10 ** 9 + n, leaseMs: 0, limit: 1 }))
    const figures = {
      notFlushed: await unflushed(url, write),
      claimsNotFlushed: await unflushed(url, claim),
      lost: await lostInCrash(url, write)
    }
    await close()
    tell("power loss", { where, commits, ...figures })
    expect(figures).toEqual({ notFlushed: 0, claimsNotFlushed: 0, lost: 0 })
  })

  it("and the same rows, written as the settings say, are not", async () => {
    const url = await relaxedDatabase(`control_${name}`, statement)
    await (await openStore(url)).close()
    const client = new pg.Client({ connectionString: url })
    client.on("error", () => {})
    await client.connect()
    const write = (n: number) => writeAsTold(client, planOf(n))
    const figures = { notFlushed: await unflushed(url, write), lost: await lostInCrash(url, write) }
    await client.end().catch(() => {})
    tell("power loss, control", { where, commits, ...figures })
    expect(figures.notFlushed).toBeGreaterThan(commits / 2)
    expect(figures.lost).toBeGreaterThan(0)
  })
})

/** The rows of such a commit, in a transaction like any host's. */
const writeAsTold = async (client: pg.Client, { id, writes }: Planned): Promise<void> => {
  const payment = writes[0]?.payment ?? ""
  await client.query("begin")
  await client.query("insert into paykernel_aggregate values ('m', 'payment', $1, 1, 1, '{}', 100, 0, 0)", [payment])
  await client.query("insert into paykernel_event values ('m', 'payment', $1, 1, 'Moved', 1, $2, 1)", [
    payment,
    `"${id}"`
  ])
  await client.query("commit")
}
