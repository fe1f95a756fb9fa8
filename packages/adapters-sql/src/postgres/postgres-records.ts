/** Reads by key, the walks over all rows of a kind that audits and key changes need, and the sweeping of old rows. */
import type {
  AggregateRef,
  IdempotencyKey,
  Json,
  Place,
  SealedRecord,
  StoredAggregate,
  StoredEvent,
  StoredIdempotencyRecord
} from "@paykernel/core/effect"
import { sql } from "kysely"
import type { AggregateRow, IdempotencyRow, SealedRow } from "../schema.ts"
import { heldOf } from "./postgres-commit-parts.ts"
import { type Arg, type Connection, prepare, query } from "./postgres-statement.ts"

export const postgresRecords = (connection: Connection) => {
  const statements = recordStatements(connection)

  const load = async (ref: AggregateRef): Promise<StoredAggregate | undefined> => {
    const row = await statements.load.get(ref)
    return row === undefined ? undefined : asAggregate(ref, row)
  }

  const events = async (ref: AggregateRef, afterVersion: number): Promise<ReadonlyArray<StoredEvent>> =>
    (await statements.events.all({ ...ref, afterVersion })).map((row) => ({
      tag: row.tag,
      schemaVersion: row.schema_version,
      data: JSON.parse(row.data) as Json,
      atMs: row.at_ms,
      version: row.version
    }))

  const scan = async (
    merchantId: string,
    type: string,
    afterId: string | null,
    limit: number
  ): Promise<ReadonlyArray<StoredAggregate>> => {
    const rows = await (afterId === null
      ? statements.scanFirst.all({ merchantId, type, limit })
      : statements.scanNext.all({ merchantId, type, afterId, limit }))
    return rows.map((row) => asAggregate({ merchantId, type, id: row.id }, row))
  }

  /** Everybody of whom an aggregate is stored, in order. `afterId` is the last of the page before. */
  const merchants = async (afterId: string | null, limit: number): Promise<ReadonlyArray<string>> => {
    const rows = await (afterId === null
      ? statements.merchantsFirst.all({ limit })
      : statements.merchantsNext.all({ afterId, limit }))
    return rows.map(({ merchant_id }) => merchant_id)
  }

  const idempotencyRecord = async (key: IdempotencyKey): Promise<StoredIdempotencyRecord | undefined> => {
    const row = await statements.answer.get(key)
    return row === undefined ? undefined : asIdempotencyRecord(row)
  }

  const sealedRecord = async (place: Place): Promise<SealedRecord | undefined> => {
    const row = await statements.sealed.get(place)
    return row === undefined ? undefined : asSealed(row)
  }

  const sealedRecords = async (after: Place | null, limit: number): Promise<ReadonlyArray<SealedRecord>> => {
    const rows = await (after === null
      ? statements.sealedFirst.all({ limit })
      : statements.sealedNext.all({ ...after, limit }))
    return rows.map(asSealed)
  }

  const sweepExpired = (nowMs: number, limit: number): Promise<number> => statements.sweepExpired.run({ nowMs, limit })

  /** Removes the notes of writes that nobody can be in doubt about any more, by the server's clock. */
  const sweepBatches = (limit: number): Promise<number> => statements.sweepBatches.run({ limit })

  return {
    load,
    events,
    scan,
    merchants,
    idempotencyRecord,
    sealedRecord,
    sealedRecords,
    sweepExpired,
    sweepBatches
  }
}

const asAggregate = (
  { merchantId, type, id }: AggregateRef,
  row: Pick<AggregateRow, "version" | "schema_version" | "state">
): StoredAggregate => ({
  ref: { merchantId, type, id },
  version: row.version,
  schemaVersion: row.schema_version,
  state: JSON.parse(row.state) as Json
})

const asIdempotencyRecord = (row: IdempotencyRow & { readonly held: number }): StoredIdempotencyRecord => ({
  merchantId: row.merchant_id,
  scope: row.scope,
  key: row.key,
  fingerprint: row.fingerprint,
  status: row.status,
  body: JSON.parse(row.body) as string,
  aggregate: { merchantId: row.aggregate_merchant_id, type: row.type, id: row.aggregate_id },
  subject: row.subject,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
  held: row.held === 1
})

const asSealed = (row: SealedRow): SealedRecord => ({
  merchantId: row.merchant_id,
  recordId: row.record_id,
  field: row.field,
  sealed: row.sealed
})

type Scan = { readonly merchantId: string; readonly type: string; readonly limit: number }
type Limit = { readonly limit: number }

const recordStatements = (connection: Connection) => ({
  load: prepare(connection, (arg: Arg<AggregateRef>) =>
    query
      .selectFrom("paykernel_aggregate")
      .select(["version", "schema_version", "state"])
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
  ),
  events: prepare(connection, (arg: Arg<AggregateRef & { readonly afterVersion: number }>) =>
    query
      .selectFrom("paykernel_event")
      .select(["version", "tag", "schema_version", "data", "at_ms"])
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
      .where("version", ">", arg("afterVersion"))
      .orderBy("version")
      .limit(sql.lit(1000))
  ),
  scanFirst: prepare(connection, scanned),
  scanNext: prepare(connection, (arg: Arg<Scan & { readonly afterId: string }>) =>
    scanned(arg).where("id", ">", arg("afterId"))
  ),
  merchantsFirst: prepare(connection, (arg: Arg<Limit>) => merchantsFrom(arg("limit"), sql<boolean>`true`)),
  merchantsNext: prepare(connection, (arg: Arg<Limit & { readonly afterId: string }>) =>
    merchantsFrom(arg("limit"), sql<boolean>`merchant_id > ${arg("afterId")}`)
  ),
  answer: prepare(connection, (arg: Arg<IdempotencyKey>) =>
    query
      .selectFrom("paykernel_idempotency")
      .selectAll()
      .select(isHeld.as("held"))
      .where("merchant_id", "=", arg("merchantId"))
      .where("scope", "=", arg("scope"))
      .where("key", "=", arg("key"))
  ),
  sealed: prepare(connection, (arg: Arg<Place>) =>
    query
      .selectFrom("paykernel_sealed")
      .selectAll()
      .where("merchant_id", "=", arg("merchantId"))
      .where("record_id", "=", arg("recordId"))
      .where("field", "=", arg("field"))
  ),
  sealedFirst: prepare(connection, walked),
  sealedNext: prepare(connection, (arg: Arg<Place & Limit>) =>
    walked(arg).where(
      sql<boolean>`(merchant_id, record_id, field) > (${arg("merchantId")}, ${arg("recordId")}, ${arg("field")})`
    )
  ),
  sweepExpired: prepare(connection, sweepExpired),
  sweepBatches: prepare(connection, sweepBatches)
})

const isHeld = sql<number>`${sql.raw(heldOf("paykernel_idempotency"))}`

const scanned = (arg: Arg<Scan>) =>
  query
    .selectFrom("paykernel_aggregate")
    .select(["id", "version", "schema_version", "state"])
    .where("merchant_id", "=", arg("merchantId"))
    .where("type", "=", arg("type"))
    .orderBy("id")
    .limit(arg("limit"))

/** From each merchant the index leads to the next, past all that the first one has. */
const merchantsFrom = (limit: ReturnType<Arg<Limit>>, isWanted: ReturnType<typeof sql<boolean>>) => {
  const first = query.selectFrom("paykernel_aggregate").select("merchant_id").orderBy("merchant_id").limit(sql.lit(1))
  return query
    .withRecursive("merchant", (from) =>
      from
        .selectFrom(first.where(isWanted).as("first"))
        .select("merchant_id")
        .unionAll(
          from
            .selectFrom("merchant")
            .select(
              sql<string>`${first.where(sql<boolean>`paykernel_aggregate.merchant_id > merchant.merchant_id`)}`.as(
                "merchant_id"
              )
            )
            .where("merchant_id", "is not", null)
        )
    )
    .selectFrom("merchant")
    .select("merchant_id")
    .where("merchant_id", "is not", null)
    .limit(limit)
}

const walked = (arg: Arg<Limit>) =>
  query
    .selectFrom("paykernel_sealed")
    .selectAll()
    .orderBy("merchant_id")
    .orderBy("record_id")
    .orderBy("field")
    .limit(arg("limit"))

/** Rows that another node is sweeping, or somebody is about to change, are left to the next time. */
const sweepExpired = (arg: Arg<Limit & { readonly nowMs: number }>) => {
  const expired = query
    .selectFrom("paykernel_idempotency")
    .select(sql`ctid`.as("place"))
    .where("expires_at_ms", "<=", arg("nowMs"))
    .where(isHeld, "=", sql.lit(0))
    .orderBy("expires_at_ms")
    .limit(arg("limit"))
    .forUpdate()
    .skipLocked()
  return query.deleteFrom("paykernel_idempotency").where(sql<boolean>`ctid = any(array(${expired}))`)
}

/** Far longer than a server runs a statement whose connection broke, or a node asks what became of it. */
const batchKeptMs = 3_600_000

const sweepBatches = (arg: Arg<Limit>) => {
  const serverTimeMs = sql<number>`(extract(epoch from statement_timestamp()) * 1000)::bigint`
  const settled = query
    .selectFrom("paykernel_batch")
    .select(sql`ctid`.as("place"))
    .where("at_ms", "<", sql<number>`${serverTimeMs} - ${sql.lit(batchKeptMs)}`)
    .orderBy("at_ms")
    .limit(arg("limit"))
    .forUpdate()
    .skipLocked()
  return query.deleteFrom("paykernel_batch").where(sql<boolean>`ctid = any(array(${settled}))`)
}
