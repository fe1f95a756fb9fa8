/**
 * The tables, in versioned steps. Each step is a transaction of its own together with the note that it has run, under a
 * lock that ends with it: a process may die at any statement, and of several that start at once each step is run by one.
 */
import { borrow, type PostgresClient, type PostgresPool } from "./postgres-database.ts"
import type { Migration } from "./postgres-table-shapes.ts"
import { migrations } from "./postgres-tables.ts"

/**
 * Brings the tables up to date and resolves with the names of the steps that this call has run. Rejects when the
 * database was written by a newer version of this package.
 */
export const migrate = async (
  pool: Pick<PostgresPool, "connect">,
  steps: ReadonlyArray<Migration> = migrations
): Promise<ReadonlyArray<string>> => {
  const { client, giveBack } = await borrow(pool)
  let broken = true
  try {
    const known = await inTransaction(client, async () => {
      await client.query(versionTable)
      return lastStep(client)
    })
    if (known > steps.length) throw new Error("the database was written by a newer version of paykernel")
    const done: Array<string> = []
    for (const [place, step] of steps.entries()) {
      if (place >= known && (await runOnce(client, step, place + 1))) done.push(step.name)
    }
    broken = false
    return done
  } finally {
    giveBack({ broken })
  }
}

const versionTable = `create table if not exists paykernel_migration (
  step integer primary key, name text not null unique)`

/** Any number that nobody else is likely to lock: the letters "paykern" as one. */
const lockId = "31632447010073198"

const runOnce = (client: PostgresClient, { name, statements }: Migration, step: number): Promise<boolean> =>
  inTransaction(client, async () => {
    if ((await lastStep(client)) >= step) return false
    for (const statement of statements) await client.query(statement.compile().sql)
    await client.query("insert into paykernel_migration (step, name) values ($1, $2)", [step, name])
    return true
  })

/** A transaction that fails is given up with its connection, which the server rolls back. */
const inTransaction = async <A>(client: PostgresClient, act: () => Promise<A>): Promise<A> => {
  // At a stricter level, what is read after the wait for the lock would be as it was before it.
  await client.query("begin isolation level read committed")
  // Another node's step may take longer than a statement usually may.
  await client.query("set local statement_timeout = 0")
  await client.query(`select pg_advisory_xact_lock(${lockId})`)
  const result = await act()
  await client.query("commit")
  return result
}

const lastStep = async (client: PostgresClient): Promise<number> => {
  const { rows } = await client.query<{ readonly step: number }>(
    "select coalesce(max(step), 0)::integer as step from paykernel_migration"
  )
  return rows[0]?.step ?? 0
}
