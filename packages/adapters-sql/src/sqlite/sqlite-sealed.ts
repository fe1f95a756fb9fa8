/**
 * Sealed records, kept so that erasing one leaves no byte of it. SQLite moves what it stores between pages to balance its
 * trees, and a place that was moved away from may keep a copy that no later deletion reaches. So each text has a slot that
 * never moves: slots are only ever added at the end and never removed; a text is overwritten where it lies, by another of
 * its length or by blanks, and a slot of blanks waits for the next text of that length.
 */
import type { Place, SealedRecord } from "@paykernel/core/effect"
import { sql } from "kysely"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

type Slot = { readonly slot: number; readonly bytes: number }

export const sqliteSealed = (database: SqliteDatabase) => {
  const statements = sealedStatements(database)
  let isErasedInLog = false

  const overwrite = (slot: number, text: string): void => {
    statements.overwrite.run({ slot, text })
    isErasedInLog = true
  }

  const blank = ({ slot, bytes }: Slot): void => {
    overwrite(slot, " ".repeat(bytes))
    statements.free.run({ slot, bytes })
  }

  const slotFor = (text: string, bytes: number): number => {
    const slot = statements.freeSlot.get({ bytes })?.slot
    if (slot === undefined) return statements.append.get({ text })?.id ?? Number.NaN
    statements.take.run({ slot, bytes })
    overwrite(slot, text)
    return slot
  }

  const seal = ({ merchantId, recordId, field, sealed }: SealedRecord): void => {
    const place = { merchantId, recordId, field }
    const bytes = Buffer.byteLength(sealed)
    const earlier = statements.slotOf.get(place)
    if (earlier?.bytes === bytes) overwrite(earlier.slot, sealed)
    else {
      if (earlier !== undefined) blank(earlier)
      statements.put.run({ ...place, slot: slotFor(sealed, bytes) })
    }
  }

  const erase = ({ merchantId, recordId, field }: Place): void => {
    const place = { merchantId, recordId, field }
    const earlier = statements.slotOf.get(place)
    if (earlier === undefined) return
    blank(earlier)
    statements.remove.run(place)
  }

  const find = (place: Place): SealedRecord | undefined => {
    const row = statements.find.get(place)
    return row === undefined ? undefined : asRecord(row)
  }

  /** In the order of places. `after` is the last place of the page before. */
  const walk = (after: Place | null, limit: number): ReadonlyArray<SealedRecord> =>
    (after === null ? statements.first.all({ limit }) : statements.next.all({ ...after, limit })).map(asRecord)

  /** Cuts the write-ahead log off, which holds what was overwritten until then. Where somebody reads, another time does. */
  const clearLog = (): void => {
    if (!isErasedInLog || database.inTransaction) return
    const busyTimeoutMs = Number(database.pragma("busy_timeout", { simple: true }))
    database.pragma("busy_timeout = 0")
    try {
      isErasedInLog = database.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) !== 0
    } finally {
      database.pragma(`busy_timeout = ${busyTimeoutMs}`)
    }
  }

  return { seal, erase, find, walk, clearLog }
}

type Row = {
  readonly merchant_id: string
  readonly record_id: string
  readonly field: string
  readonly sealed: string
}

const asRecord = ({ merchant_id, record_id, field, sealed }: Row): SealedRecord => ({
  merchantId: merchant_id,
  recordId: record_id,
  field,
  sealed
})

const sealedStatements = (database: SqliteDatabase) => ({
  slotOf: prepare(database, (arg: Arg<Place>) =>
    placed(arg).select(["slot", sql<number>`octet_length(sealed)`.as("bytes")])
  ),
  find: prepare(database, (arg: Arg<Place>) => placed(arg).select(columns)),
  first: prepare(database, inOrder),
  next: prepare(database, (arg: Arg<Place & Limit>) =>
    inOrder(arg).where(
      sql<boolean>`(merchant_id, record_id, field) > (${arg("merchantId")}, ${arg("recordId")}, ${arg("field")})`
    )
  ),
  put: prepare(database, (arg: Arg<Place & { readonly slot: number }>) =>
    query.replaceInto("paykernel_sealed").values({
      merchant_id: arg("merchantId"),
      record_id: arg("recordId"),
      field: arg("field"),
      slot: arg("slot")
    })
  ),
  remove: prepare(database, (arg: Arg<Place>) =>
    query
      .deleteFrom("paykernel_sealed")
      .where("merchant_id", "=", arg("merchantId"))
      .where("record_id", "=", arg("recordId"))
      .where("field", "=", arg("field"))
  ),
  append: prepare(database, (arg: Arg<{ readonly text: string }>) =>
    query
      .insertInto("paykernel_sealed_slot")
      .values({ sealed: arg("text") })
      .returning("id")
  ),
  overwrite: prepare(database, (arg: Arg<{ readonly slot: number; readonly text: string }>) =>
    query
      .updateTable("paykernel_sealed_slot")
      .set({ sealed: arg("text") })
      .where("id", "=", arg("slot"))
  ),
  freeSlot: prepare(database, (arg: Arg<{ readonly bytes: number }>) =>
    query.selectFrom("paykernel_sealed_free").select("slot").where("bytes", "=", arg("bytes")).limit(sql.lit(1))
  ),
  free: prepare(database, (arg: Arg<Slot>) =>
    query.insertInto("paykernel_sealed_free").values({ bytes: arg("bytes"), slot: arg("slot") })
  ),
  take: prepare(database, (arg: Arg<Slot>) =>
    query.deleteFrom("paykernel_sealed_free").where("bytes", "=", arg("bytes")).where("slot", "=", arg("slot"))
  )
})

type Limit = { readonly limit: number }

const columns = ["merchant_id", "record_id", "field", "sealed"] as const

const records = query
  .selectFrom("paykernel_sealed")
  .innerJoin("paykernel_sealed_slot", "paykernel_sealed_slot.id", "paykernel_sealed.slot")

const placed = (arg: Arg<Place>) =>
  records
    .where("merchant_id", "=", arg("merchantId"))
    .where("record_id", "=", arg("recordId"))
    .where("field", "=", arg("field"))

const inOrder = (arg: Arg<Limit>) =>
  records.select(columns).orderBy("merchant_id").orderBy("record_id").orderBy("field").limit(arg("limit"))
