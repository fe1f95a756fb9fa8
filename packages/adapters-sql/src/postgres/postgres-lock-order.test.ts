/** Two nodes that change the same payments at the same time, each in an order of its own. */
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import pg from "pg"
import { afterEach, beforeEach, expect, it } from "vitest"
import { commitOf, createOf, writeOf } from "../../test/commits.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const ids = Array.from({ length: 9 }, (_, at) => `payment-${at}`)
const inTheMiddle = "payment-4"

let database: FreshDatabase
let nodes: Array<PostgresStore> = []
let other: pg.Client
beforeEach(async () => {
  database = await freshDatabase()
  const open = () => postgresStore({ url: database.url, limits: { writersMax: 1 } })
  nodes = [await open(), await open()]
  other = new pg.Client({ connectionString: database.url })
  await other.connect()
})
afterEach(async () => {
  await other.end()
  for (const { close } of nodes.splice(0)) await close()
  await database.drop()
})

/** Sessions of the nodes, or those of them that `are` so. */
const sessions = async (are = "true"): Promise<number> => {
  const { rowCount } = await other.query(
    `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${are}`
  )
  return rowCount ?? 0
}

const deadlocks = async (): Promise<number> => {
  const { rows } = await other.query<{ readonly found: number }>(
    "select deadlocks::integer as found from pg_stat_database where datname = current_database()"
  )
  return rows[0]?.found ?? Number.NaN
}

it("wait for each other, but never in a circle", async () => {
  const [one, another] = nodes
  if (one === undefined || another === undefined) throw new Error("there are two nodes")
  await Promise.all(ids.map((id) => Effect.runPromise(one.store.commit(createOf(id)))))
  const changes = (node: PostgresStore, order: ReadonlyArray<string>): ReadonlyArray<Promise<boolean>> =>
    order.map((id) =>
      Effect.runPromise(node.store.commit(commitOf({ aggregates: [writeOf(id, { expectedVersion: 1 })] }))).then(
        () => true,
        () => false
      )
    )

  // Both nodes get as far as a row that somebody else holds, and then on.
  await other.query("begin")
  await other.query("update paykernel_aggregate set version = version where id = $1", [inTheMiddle])
  const answers = [...changes(one, ids), ...changes(another, ids.toReversed())]
  await expect.poll(() => sessions("wait_event_type = 'Lock'")).toBe(2)
  await other.query("rollback")

  expect((await Promise.all(answers)).filter((isWritten) => isWritten)).toHaveLength(ids.length)
  // A session has counted all that it met when it ends.
  for (const { close } of nodes.splice(0)) await close()
  await expect.poll(() => sessions()).toBe(0)
  expect(await deadlocks()).toBe(0)
})
