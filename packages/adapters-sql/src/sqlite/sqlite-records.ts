/** Reads by key, and the walks over all rows of a kind that audits and key changes need. */
import type {
  AggregateRef,
  IdempotencyKey,
  Json,
  StoredAggregate,
  StoredEvent,
  StoredIdempotencyRecord
} from "@paykernel/core/effect"
import { sql } from "kysely"
import type { AggregateRow, IdempotencyRow } from "../schema.ts"
import { isHeld } from "./sqlite-commit-statements.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

export const sqliteRecords = (database: SqliteDatabase) => {
  const statements = recordStatements(database)

  const load = (ref: AggregateRef): StoredAggregate | undefined => {
    const row = statements.load.get(ref)
    return row === undefined ? undefined : asAggregate(ref, row)
  }

  const events = (ref: AggregateRef, afterVersion: number): ReadonlyArray<StoredEvent> =>
    statements.events.all({ ...ref, afterVersion }).map((row) => ({
      tag: row.tag,
      schemaVersion: row.schema_version,
      data: JSON.parse(row.data) as Json,
      atMs: row.at_ms,
      version: row.version
    }))

  const merchants = (afterId: string | null, limit: number): ReadonlyArray<string> =>
    (afterId === null
      ? statements.merchantsFirst.all({ limit })
      : statements.merchantsNext.all({ afterId, limit })
    ).map(({ merchant_id }) => merchant_id)

  const scan = (
    merchantId: string,
    type: string,
    afterId: string | null,
    limit: number
  ): ReadonlyArray<StoredAggregate> => {
    const rows =
      afterId === null
        ? statements.scanFirst.all({ merchantId, type, limit })
        : statements.scanNext.all({ merchantId, type, afterId, limit })
    return rows.map((row) => asAggregate({ merchantId, type, id: row.id }, row))
  }

  const idempotencyRecord = (key: IdempotencyKey): StoredIdempotencyRecord | undefined => {
    const row = statements.answer.get(key)
    return row === undefined ? undefined : asIdempotencyRecord(row)
  }

  const sweepExpired = (nowMs: number, limit: number): number => statements.sweepExpired.run({ nowMs, limit })

  return { load, events, merchants, scan, idempotencyRecord, sweepExpired }
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
  body: row.body,
  aggregate: { merchantId: row.aggregate_merchant_id, type: row.type, id: row.aggregate_id },
  subject: row.subject,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
  held: row.held === 1
})

type Scan = { readonly merchantId: string; readonly type: string; readonly limit: number }

const recordStatements = (database: SqliteDatabase) => ({
  load: prepare(database, (arg: Arg<AggregateRef>) =>
    query
      .selectFrom("paykernel_aggregate")
      .select(["version", "schema_version", "state"])
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
  ),
  events: prepare(database, (arg: Arg<AggregateRef & { readonly afterVersion: number }>) =>
    query
      .selectFrom("paykernel_event")
      .select(["version", "tag", "schema_version", "data", "at_ms"])
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
      .where("version", ">", arg("afterVersion"))
      .orderBy("version")
      .limit(1000)
  ),
  merchantsFirst: prepare(database, (arg: Arg<Limit>) => merchantsFrom(firstMerchant, arg)),
  merchantsNext: prepare(database, (arg: Arg<Limit & { readonly afterId: string }>) =>
    merchantsFrom(firstMerchant.where("merchant_id", ">", arg("afterId")), arg)
  ),
  scanFirst: prepare(database, scanned),
  scanNext: prepare(database, (arg: Arg<Scan & { readonly afterId: string }>) =>
    scanned(arg).where("id", ">", arg("afterId"))
  ),
  answer: prepare(database, (arg: Arg<IdempotencyKey>) =>
    query
      .selectFrom("paykernel_idempotency")
      .selectAll()
      .select(isHeld.as("held"))
      .where("merchant_id", "=", arg("merchantId"))
      .where("scope", "=", arg("scope"))
      .where("key", "=", arg("key"))
  ),
  sweepExpired: prepare(database, (arg: Arg<Limit & { readonly nowMs: number }>) =>
    query
      .deleteFrom("paykernel_idempotency")
      .where(
        sql.ref("rowid"),
        "in",
        query
          .selectFrom("paykernel_idempotency")
          .select(sql`rowid`.as("rowid"))
          .where("expires_at_ms", "<=", arg("nowMs"))
          .where(isHeld, "=", sql.lit(0))
          .orderBy("expires_at_ms")
          .limit(arg("limit"))
      )
  )
})

type Limit = { readonly limit: number }

const firstMerchant = query
  .selectFrom("paykernel_aggregate")
  .select(sql<string | null>`min(merchant_id)`.as("merchant_id"))

/** From each merchant the index leads to the next, past all that the first one has. */
const merchantsFrom = (first: typeof firstMerchant, arg: Arg<Limit>) =>
  query
    .withRecursive("merchant", (from) =>
      from
        .selectFrom(first.as("first"))
        .select("merchant_id")
        .unionAll(
          from
            .selectFrom("merchant")
            .select(
              sql<
                string | null
              >`${firstMerchant.where(sql<boolean>`paykernel_aggregate.merchant_id > merchant.merchant_id`)}`.as(
                "merchant_id"
              )
            )
            .where("merchant_id", "is not", null)
        )
    )
    .selectFrom("merchant")
    .select("merchant_id")
    .where("merchant_id", "is not", null)
    .$narrowType<{ merchant_id: string }>()
    .limit(arg("limit"))

const scanned = (arg: Arg<Scan>) =>
  query
    .selectFrom("paykernel_aggregate")
    .select(["id", "version", "schema_version", "state"])
    .where("merchant_id", "=", arg("merchantId"))
    .where("type", "=", arg("type"))
    .orderBy("id")
    .limit(arg("limit"))
