/**
 * The task queue. Ready and leased tasks have an index each, ordered by when they can next be claimed, and nodes that
 * claim at the same time pass over each other's: nobody waits, and no task is given out twice.
 */
import type { ClaimedTask, Store, TaskLane } from "@paykernel/core/effect"
import { sql } from "kysely"
import type { TaskRow, TaskState } from "../schema.ts"
import { makeDurable } from "./postgres-durability.ts"
import { type Arg, type Connection, prepare, query } from "./postgres-statement.ts"

type Claim = Parameters<Store["Service"]["claim"]>[0]

export const postgresTasks = (connection: Connection) => {
  const statements = taskStatements(connection)

  const claim = async ({ lane, owner, nowMs, leaseMs, limit }: Claim): Promise<ReadonlyArray<ClaimedTask>> => {
    const rows = await statements.claim.all({ lane, owner, nowMs, leasedUntilMs: nowMs + leaseMs, limit })
    return rows.map(asClaimed).sort((a, b) => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1))
  }

  const nextDueAtMs = async (lane: TaskLane): Promise<number | null> =>
    (await statements.nextDue.get({ lane }))?.free_at_ms ?? null

  const parked = async (): Promise<ReadonlyArray<ClaimedTask & { readonly why: string }>> =>
    (await statements.parked.all({})).map((row) => ({ ...asClaimed(row), why: row.why ?? "" }))

  const sweepFinished = (beforeMs: number, limit: number): Promise<number> =>
    statements.sweepFinished.run({ beforeMs, limit })

  return { claim, nextDueAtMs, parked, sweepFinished }
}

const asClaimed = (row: TaskRow): ClaimedTask => ({
  id: row.id,
  kind: row.kind as ClaimedTask["kind"],
  aggregate: { merchantId: row.merchant_id, type: row.type, id: row.aggregate_id },
  subject: row.subject,
  dueAtMs: row.due_at_ms,
  attempt: row.attempt,
  fence: row.fence,
  leasedUntilMs: row.leased_until_ms
})

const taskStatements = (connection: Connection) => ({
  claim: prepare(connection, claimTasks),
  nextDue: prepare(connection, nextDue),
  parked: prepare(connection, (_: Arg<Record<never, never>>) =>
    inState("parked").selectAll().orderBy("due_at_ms").orderBy("id").limit(sql.lit(1000))
  ),
  sweepFinished: prepare(connection, sweepFinished)
})

/** States are written into the text: an index that covers one state cannot be chosen for a state still unknown. */
const inState = (state: TaskState) => query.selectFrom("paykernel_task").where("state", "=", sql.lit(state))

type Lane = { readonly lane: TaskLane }

const inLane = (state: TaskState, arg: Arg<Lane>) => inState(state).where("lane", "=", arg("lane"))

type ClaimArguments = Lane & {
  readonly owner: string
  readonly nowMs: number
  readonly leasedUntilMs: number
  readonly limit: number
}

/**
 * The oldest due of those that are free and of those whose lease is over. Rows that were locked are changed by their
 * place in the table, which the planner cannot turn into a walk through all of it.
 */
const claimTasks = (arg: Arg<ClaimArguments>) => {
  const free = inLane("ready", arg).where("due_at_ms", "<=", arg("nowMs"))
  const over = inLane("leased", arg).where("leased_until_ms", "<=", arg("nowMs")).where("due_at_ms", "<=", arg("nowMs"))
  const oldest = (tasks: typeof free) =>
    tasks
      .select([sql<string>`ctid`.as("place"), "id", "due_at_ms"])
      .orderBy("due_at_ms")
      .orderBy("id")
      .limit(arg("limit"))
      .forUpdate()
      .skipLocked()
  return (
    query
      .with(
        (cte) => cte("free").materialized(),
        () => oldest(free)
      )
      .with(
        (cte) => cte("over").materialized(),
        () => oldest(over)
      )
      .with("oldest", (from) =>
        from
          .selectFrom((both) =>
            both.selectFrom("free").selectAll().unionAll(both.selectFrom("over").selectAll()).as("both")
          )
          .select("place")
          .orderBy("due_at_ms")
          .orderBy("id")
          .limit(arg("limit"))
      )
      .updateTable("paykernel_task")
      .set({
        state: sql.lit("leased" as const),
        lease_owner: arg("owner"),
        leased_until_ms: arg("leasedUntilMs"),
        fence: sql<number>`fence + 1`,
        attempt: sql<number>`attempt + 1`
      })
      .where(sql<boolean>`ctid = any(array(select place from oldest))`)
      // A fence that a crash took back would be given out a second time.
      .where(sql<boolean>`(${sql.raw(makeDurable)}) is not null`)
      .returningAll()
  )
}

const nextDue = (arg: Arg<Lane>) => {
  const ready = inLane("ready", arg).select("due_at_ms").orderBy("due_at_ms").orderBy("id").limit(sql.lit(1))
  const leased = inLane("leased", arg).select(sql`min(greatest(due_at_ms, leased_until_ms))`.as("free_at_ms"))
  return query.selectNoFrom(sql<number | null>`least(${ready}, ${leased})`.as("free_at_ms"))
}

const sweepFinished = (arg: Arg<{ readonly beforeMs: number; readonly limit: number }>) => {
  const finished = inState("done")
    .select(sql`ctid`.as("place"))
    .where("leased_until_ms", "<", arg("beforeMs"))
    .orderBy("leased_until_ms")
    .orderBy("id")
    .limit(arg("limit"))
    .forUpdate()
    .skipLocked()
  return query.deleteFrom("paykernel_task").where(sql<boolean>`ctid = any(array(${finished}))`)
}
