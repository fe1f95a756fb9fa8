/**
 * How a listing entry is kept. Each of its columns has an index, so of an entry that is there already only the
 * columns that changed are written: a new status should not move the payer's address in its index.
 */
import { type FieldColumn, fieldColumns } from "../schema.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query, type Statement } from "./sqlite-statement.ts"

export type EntryKey = { readonly merchantId: string; readonly collection: string; readonly id: string }

export type EntryColumns = {
  readonly created_at_ms: number
  readonly type: string
  readonly aggregate_id: string
} & { readonly [column in FieldColumn]: string | null }

export type EntryValues = EntryKey & EntryColumns

const columns = ["created_at_ms", "type", "aggregate_id", ...fieldColumns] as const

/** Puts an entry in the place of an earlier one of the same collection and id. */
export const sqliteEntries = (database: SqliteDatabase): ((entry: EntryValues) => void) => {
  const insert = prepare(database, insertEntry)
  const stored = prepare(database, (arg: Arg<EntryKey>) =>
    query
      .selectFrom("paykernel_listing")
      .select(columns)
      .where("merchant_id", "=", arg("merchantId"))
      .where("collection", "=", arg("collection"))
      .where("id", "=", arg("id"))
  )
  const updates = new Map<string, Statement<EntryValues, unknown>>()

  const updateOf = (changed: ReadonlyArray<keyof EntryColumns>): Statement<EntryValues, unknown> => {
    const key = changed.join()
    const update = updates.get(key) ?? prepare(database, updateEntry(changed))
    updates.set(key, update)
    return update
  }

  return (entry) => {
    if (insert.run(entry) === 1) return
    const earlier = stored.get(entry)
    const changed = columns.filter((column) => earlier?.[column] !== entry[column])
    if (changed.length > 0) updateOf(changed).run(entry)
  }
}

const insertEntry = (arg: Arg<EntryValues>) =>
  query
    .insertInto("paykernel_listing")
    .values({
      merchant_id: arg("merchantId"),
      collection: arg("collection"),
      id: arg("id"),
      created_at_ms: arg("created_at_ms"),
      type: arg("type"),
      aggregate_id: arg("aggregate_id"),
      k1: arg("k1"),
      k2: arg("k2"),
      k3: arg("k3"),
      k4: arg("k4"),
      k5: arg("k5"),
      k6: arg("k6"),
      k7: arg("k7"),
      k8: arg("k8")
    })
    .onConflict((conflict) => conflict.columns(["merchant_id", "collection", "id"]).doNothing())

const updateEntry = (changed: ReadonlyArray<keyof EntryColumns>) => (arg: Arg<EntryValues>) =>
  query
    .updateTable("paykernel_listing")
    .set(Object.fromEntries(changed.map((column) => [column, arg(column)])))
    .where("merchant_id", "=", arg("merchantId"))
    .where("collection", "=", arg("collection"))
    .where("id", "=", arg("id"))
