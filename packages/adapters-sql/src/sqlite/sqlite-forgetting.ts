/**
 * Removing aggregates whose time is over, each whole: its row, its history, and every entry that leads to it. The entry
 * that bears the aggregate's own id is looked up in each collection; for all others there is an index.
 */
import { type AggregateRef, collections } from "@paykernel/core/effect"
import { sql } from "kysely"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

export const sqliteForgetting = (database: SqliteDatabase) => {
  const statements = forgettingStatements(database)

  const forget = (ref: AggregateRef): void => {
    statements.ownEntries.run(ref)
    statements.otherEntries.run(ref)
    statements.events.run(ref)
    statements.aggregate.run(ref)
  }

  /** Oldest first, until `limit` rows of aggregates and events are reached. */
  const sweepOver = (nowMs: number, limit: number): number => {
    let gone = 0
    for (const { merchant_id: merchantId, type, id, version } of statements.over.all({ nowMs, limit })) {
      if (gone >= limit) break
      forget({ merchantId, type, id })
      gone += 1 + version
    }
    return gone
  }

  return { sweepOver }
}

type Over = { readonly nowMs: number; readonly limit: number }

const forgettingStatements = (database: SqliteDatabase) => ({
  over: prepare(database, (arg: Arg<Over>) =>
    query
      .selectFrom("paykernel_aggregate")
      .select(["merchant_id", "type", "id", "version"])
      .where("forget_at_ms", "<=", arg("nowMs"))
      .orderBy("forget_at_ms")
      .limit(arg("limit"))
  ),
  aggregate: prepare(database, (arg: Arg<AggregateRef>) =>
    query
      .deleteFrom("paykernel_aggregate")
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
  ),
  events: prepare(database, (arg: Arg<AggregateRef>) =>
    query
      .deleteFrom("paykernel_event")
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
  ),
  ownEntries: prepare(database, (arg: Arg<AggregateRef>) =>
    query
      .deleteFrom("paykernel_listing")
      .where("merchant_id", "=", arg("merchantId"))
      .where("collection", "in", Object.keys(collections))
      .where("id", "=", arg("id"))
      .where("type", "=", arg("type"))
      .where("aggregate_id", "=", arg("id"))
  ),
  otherEntries: prepare(database, (arg: Arg<AggregateRef>) => {
    const own = sql`merchant_id = ${arg("merchantId")} and type = ${arg("type")} and aggregate_id = ${arg("id")}`
    // Left alone, the planner reads all entries of the merchant.
    const entries = sql`paykernel_listing indexed by paykernel_listing_part`
    return { compile: () => sql`delete from ${entries} where ${own} and id <> aggregate_id`.compile(query) }
  })
})
