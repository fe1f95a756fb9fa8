/**
 * The task queue. Ready and leased tasks have an index each, ordered by when they can next be claimed, so looking
 * for work costs the same however many tasks are finished or lie in the future.
 */
import {
  type ClaimedTask,
  LeaseLost,
  laneOf,
  type Store,
  type TaskInsert,
  type TaskLane,
  type TaskUpdate
} from "@paykernel/core/effect"
import { sql } from "kysely"
import type { TaskRow, TaskState } from "../schema.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

type Claim = Parameters<Store["Service"]["claim"]>[0]
type Held = { readonly merchantId: string; readonly id: string; readonly fence: number }

export const sqliteTasks = (database: SqliteDatabase) => {
  const statements = taskStatements(database)

  const isHeldBy = ({ merchantId, id, fence }: TaskUpdate): boolean =>
    statements.held.get({ merchantId, id, fence }) !== undefined

  const file = ({ id, kind, aggregate, subject, dueAtMs, bornLeased }: TaskInsert): void => {
    statements.insert.run({
      id,
      kind,
      lane: laneOf(kind),
      merchantId: aggregate.merchantId,
      type: aggregate.type,
      aggregateId: aggregate.id,
      subject,
      state: bornLeased === null ? "ready" : "leased",
      dueAtMs,
      leasedUntilMs: bornLeased?.untilMs ?? 0,
      leaseOwner: bornLeased?.owner ?? null,
      claims: bornLeased === null ? 0 : 1
    })
  }

  const update = ({ merchantId, id, fence, then }: TaskUpdate): void => {
    const task = { merchantId, id, fence }
    const changed = () => {
      switch (then._tag) {
        case "Done":
          return statements.finish.run(task)
        case "Again":
          return statements.giveBack.run({ ...task, dueAtMs: then.dueAtMs })
        case "Hold":
          return statements.hold.run({ ...task, untilMs: then.untilMs })
        case "Park":
          return statements.park.run({ ...task, why: then.why })
      }
    }
    if (changed() !== 1) throw new LeaseLost({ taskId: id })
  }

  const claim = ({ lane, owner, nowMs, leaseMs, limit }: Claim): ReadonlyArray<ClaimedTask> =>
    statements.claim
      .all({ lane, owner, nowMs, leasedUntilMs: nowMs + leaseMs, limit })
      .map(asClaimed)
      .sort((a, b) => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1))

  const nextDueAtMs = (lane: TaskLane): number | null => {
    const ready = statements.nextReady.get({ lane })?.due_at_ms
    const leased = statements.nextLeased.get({ lane })?.free_at_ms ?? undefined
    return ready === undefined && leased === undefined ? null : Math.min(ready ?? Infinity, leased ?? Infinity)
  }

  const parked = (): ReadonlyArray<ClaimedTask & { readonly why: string }> =>
    statements.parked.all({}).map((row) => ({ ...asClaimed(row), why: row.why ?? "" }))

  const sweepFinished = (beforeMs: number, limit: number): number => statements.sweepFinished.run({ beforeMs, limit })

  return { isHeldBy, file, update, claim, nextDueAtMs, parked, sweepFinished }
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

type Inserted = {
  readonly id: string
  readonly kind: string
  readonly lane: TaskLane
  readonly merchantId: string
  readonly type: string
  readonly aggregateId: string
  readonly subject: string
  readonly state: TaskState
  readonly dueAtMs: number
  readonly leasedUntilMs: number
  readonly leaseOwner: string | null
  readonly claims: number
}

type Lane = { readonly lane: TaskLane }

type ClaimArguments = Lane & {
  readonly owner: string
  readonly nowMs: number
  readonly leasedUntilMs: number
  readonly limit: number
}

const taskStatements = (database: SqliteDatabase) => ({
  held: prepare(database, (arg: Arg<Held>) =>
    query
      .selectFrom("paykernel_task")
      .select("id")
      .where("merchant_id", "=", arg("merchantId"))
      .where("id", "=", arg("id"))
      .where("fence", "=", arg("fence"))
      .where("state", "=", sql.lit("leased" as const))
  ),
  insert: prepare(database, insertTask),
  finish: prepare(database, (arg: Arg<Held>) => held(arg).set({ state: sql.lit("done" as const), lease_owner: null })),
  giveBack: prepare(database, (arg: Arg<Held & { readonly dueAtMs: number }>) =>
    held(arg).set({ state: sql.lit("ready" as const), due_at_ms: arg("dueAtMs"), lease_owner: null })
  ),
  hold: prepare(database, (arg: Arg<Held & { readonly untilMs: number }>) =>
    held(arg).set({ leased_until_ms: arg("untilMs") })
  ),
  park: prepare(database, (arg: Arg<Held & { readonly why: string }>) =>
    held(arg).set({ state: sql.lit("parked" as const), why: arg("why"), lease_owner: null })
  ),
  claim: prepare(database, claimTasks),
  nextReady: prepare(database, (arg: Arg<Lane>) =>
    inLane("ready", arg).select("due_at_ms").orderBy("due_at_ms").limit(sql.lit(1))
  ),
  nextLeased: prepare(database, (arg: Arg<Lane>) =>
    inLane("leased", arg).select(sql<number | null>`min(max(due_at_ms, leased_until_ms))`.as("free_at_ms"))
  ),
  parked: prepare(database, (_: Arg<Record<never, never>>) =>
    inState("parked").selectAll().orderBy("due_at_ms").orderBy("id").limit(sql.lit(1000))
  ),
  sweepFinished: prepare(database, (arg: Arg<{ readonly beforeMs: number; readonly limit: number }>) =>
    query
      .deleteFrom("paykernel_task")
      .where(
        key,
        "in",
        inState("done").select(["merchant_id", "id"]).where("leased_until_ms", "<", arg("beforeMs")).limit(arg("limit"))
      )
  )
})

const key = sql<unknown>`(merchant_id, id)`

/** States are written into the text: an index that covers one state cannot be chosen for a state still unknown. */
const inState = (state: TaskState) => query.selectFrom("paykernel_task").where("state", "=", sql.lit(state))

const inLane = (state: TaskState, arg: Arg<Lane>) => inState(state).where("lane", "=", arg("lane"))

const held = <A extends Held>(arg: Arg<A>) =>
  query
    .updateTable("paykernel_task")
    .where("merchant_id", "=", arg("merchantId"))
    .where("id", "=", arg("id"))
    .where("fence", "=", arg("fence"))
    .where("state", "=", sql.lit("leased" as const))

const insertTask = (arg: Arg<Inserted>) =>
  query
    .insertInto("paykernel_task")
    .values({
      id: arg("id"),
      kind: arg("kind"),
      lane: arg("lane"),
      merchant_id: arg("merchantId"),
      type: arg("type"),
      aggregate_id: arg("aggregateId"),
      subject: arg("subject"),
      state: arg("state"),
      due_at_ms: arg("dueAtMs"),
      leased_until_ms: arg("leasedUntilMs"),
      lease_owner: arg("leaseOwner"),
      fence: arg("claims"),
      attempt: arg("claims"),
      why: null
    })
    .onConflict((conflict) => conflict.columns(["merchant_id", "id"]).doNothing())

/** The oldest due of those that are free and of those whose lease is over. */
const claimTasks = (arg: Arg<ClaimArguments>) => {
  const free = inLane("ready", arg).where("due_at_ms", "<=", arg("nowMs"))
  const over = inLane("leased", arg).where("leased_until_ms", "<=", arg("nowMs")).where("due_at_ms", "<=", arg("nowMs"))
  const oldest = (tasks: typeof free) =>
    query
      .selectFrom(
        tasks
          .select(["merchant_id", "id", "due_at_ms"])
          .orderBy("due_at_ms")
          .orderBy("id")
          .limit(arg("limit"))
          .as("oldest")
      )
      .selectAll()
  const both = oldest(free).unionAll(oldest(over)).orderBy("due_at_ms").orderBy("id").limit(arg("limit")).as("both")
  return query
    .updateTable("paykernel_task")
    .set({
      state: sql.lit("leased" as const),
      lease_owner: arg("owner"),
      leased_until_ms: arg("leasedUntilMs"),
      fence: sql<number>`fence + 1`,
      attempt: sql<number>`attempt + 1`
    })
    .where(key, "in", query.selectFrom(both).select(["merchant_id", "id"]))
    .returningAll()
}
