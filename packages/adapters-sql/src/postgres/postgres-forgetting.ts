/**
 * Removing aggregates whose time is over, each whole: its row, its history, and every entry that leads to it. One
 * statement, so nobody sees the half of it. The entry that bears the aggregate's own id is looked up in each collection;
 * for all others there is an index.
 */
import { collections } from "@paykernel/core/effect"
import { columnTypes } from "./postgres-database.ts"
import { type Connection, statementName } from "./postgres-statement.ts"

/** Removes the oldest, until `limit` rows of aggregates and events are reached, and resolves with how many went. */
export const postgresForgetting =
  (connection: Connection) =>
  async (nowMs: number, limit: number): Promise<number> => {
    const values = [nowMs, limit, Object.keys(collections)]
    const { rows } = await connection.query<{ readonly gone: number }>({ name, text, values, types: columnTypes })
    return rows[0]?.gone ?? 0
  }

/** Rows are found one after the other and changed by their place: of many at once the planner would read a whole table. */
const removed = (table: string, from: string) =>
  `delete from ${table} where ctid = any(array(select found.place from chosen ${from}))`

const inAggregate = "stored.merchant_id = chosen.merchant_id and stored.type = chosen.type"

/** Rows that another node is sweeping, or somebody is about to change, are left to the next time. */
const text = `with
  over as materialized (
    select ctid as place, merchant_id, type, id, forget_at_ms, version + 1 as rows from paykernel_aggregate
    where forget_at_ms <= $1 order by forget_at_ms limit $2 for update skip locked),
  counted as (select over.*, sum(rows) over (order by forget_at_ms, merchant_id, type, id) as through from over),
  chosen as materialized (select * from counted where through - rows < $2),
  events as (${removed(
    "paykernel_event",
    `cross join lateral (select stored.ctid as place from paykernel_event as stored
      where ${inAggregate} and stored.id = chosen.id offset 0) as found`
  )}),
  own_entries as (${removed(
    "paykernel_listing",
    `cross join unnest($3::text[]) as collection (name)
      cross join lateral (select stored.ctid as place from paykernel_listing as stored
      where ${inAggregate} and stored.collection = collection.name and stored.id = chosen.id
        and stored.aggregate_id = chosen.id limit 1) as found`
  )}),
  other_entries as (${removed(
    "paykernel_listing",
    `cross join lateral (select stored.ctid as place from paykernel_listing as stored
      where ${inAggregate} and stored.aggregate_id = chosen.id and stored.id <> stored.aggregate_id offset 0) as found`
  )}),
  aggregates as (delete from paykernel_aggregate where ctid = any(array(select place from chosen)))
  select coalesce(sum(rows), 0)::bigint as gone from chosen`

const name = statementName(text)
