/** The statements that commits are made of. Each names what must still hold when it writes. */
import type { AggregateRef, IdempotencyKey } from "@paykernel/core/effect"
import { amountDigitsMax } from "@paykernel/core/memory"
import { sql } from "kysely"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

type AggregateArguments = AggregateRef & {
  readonly expectedVersion: number
  readonly version: number
  readonly schemaVersion: number
  readonly state: string
  readonly authorized: string | null
  readonly captured: string | null
  readonly refunded: string | null
  readonly isOpen: number
  readonly forgetAtMs: number | null
}

type EventArguments = AggregateRef & {
  readonly version: number
  readonly tag: string
  readonly schemaVersion: number
  readonly data: string
  readonly atMs: number
}

type KeyArguments = IdempotencyKey & {
  readonly fingerprint: string
  readonly status: number
  readonly body: string
  readonly aggregateMerchantId: string
  readonly type: string
  readonly aggregateId: string
  readonly subject: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export type CommitStatements = ReturnType<typeof commitStatements>

export const commitStatements = (database: SqliteDatabase) => ({
  version: prepare(database, (arg: Arg<AggregateRef>) =>
    query
      .selectFrom("paykernel_aggregate")
      .select("version")
      .where("merchant_id", "=", arg("merchantId"))
      .where("type", "=", arg("type"))
      .where("id", "=", arg("id"))
  ),
  createAggregate: prepare(database, createAggregate),
  updateAggregate: prepare(database, updateAggregate),
  insertEvent: prepare(database, (arg: Arg<EventArguments>) =>
    query.insertInto("paykernel_event").values({
      merchant_id: arg("merchantId"),
      type: arg("type"),
      id: arg("id"),
      version: arg("version"),
      tag: arg("tag"),
      schema_version: arg("schemaVersion"),
      data: arg("data"),
      at_ms: arg("atMs")
    })
  ),
  boundKey: prepare(database, (arg: Arg<IdempotencyKey>) =>
    query
      .selectFrom("paykernel_idempotency")
      .select(["expires_at_ms", isHeld.as("held")])
      .where("merchant_id", "=", arg("merchantId"))
      .where("scope", "=", arg("scope"))
      .where("key", "=", arg("key"))
  ),
  bindKey: prepare(database, bindKey)
})

/** Whether the aggregate that a key names is open: 1 or 0, by a look at that one row. */
export const isHeld = sql<number>`coalesce((select is_open from paykernel_aggregate as named
  where named.merchant_id = paykernel_idempotency.aggregate_merchant_id
    and named.type = paykernel_idempotency.type and named.id = paykernel_idempotency.aggregate_id), 0)`

/**
 * Bounds hold, or there are none to hold. The minus sign of a negative amount sorts before every digit; and where an
 * amount is too long, the authorized one is.
 */
const withinBounds = (arg: Arg<AggregateArguments>) =>
  sql<boolean>`coalesce(${zero} <= ${arg("refunded")} and ${arg("refunded")} <= ${arg("captured")}
    and ${arg("captured")} <= ${arg("authorized")} and length(${arg("authorized")}) = ${width}, true)`

const zero = sql.lit("0".repeat(amountDigitsMax))
const width = sql.lit(amountDigitsMax)

const createAggregate = (arg: Arg<AggregateArguments>) =>
  query
    .insertInto("paykernel_aggregate")
    .columns([
      "merchant_id",
      "type",
      "id",
      "version",
      "schema_version",
      "state",
      "authorized",
      "captured",
      "refunded",
      "is_open",
      "forget_at_ms"
    ])
    .expression(
      query
        .selectNoFrom([
          arg("merchantId").as("merchant_id"),
          arg("type").as("type"),
          arg("id").as("id"),
          arg("version").as("version"),
          arg("schemaVersion").as("schema_version"),
          arg("state").as("state"),
          arg("authorized").as("authorized"),
          arg("captured").as("captured"),
          arg("refunded").as("refunded"),
          arg("isOpen").as("is_open"),
          arg("forgetAtMs").as("forget_at_ms")
        ])
        .where(withinBounds(arg))
    )
    .onConflict((conflict) => conflict.columns(["merchant_id", "type", "id"]).doNothing())

const updateAggregate = (arg: Arg<AggregateArguments>) =>
  query
    .updateTable("paykernel_aggregate")
    .set({
      version: arg("version"),
      schema_version: arg("schemaVersion"),
      state: arg("state"),
      authorized: arg("authorized"),
      captured: arg("captured"),
      refunded: arg("refunded"),
      is_open: arg("isOpen"),
      forget_at_ms: arg("forgetAtMs")
    })
    .where("merchant_id", "=", arg("merchantId"))
    .where("type", "=", arg("type"))
    .where("id", "=", arg("id"))
    .where("version", "=", arg("expectedVersion"))
    .where(withinBounds(arg))

/** A key that has expired when the new record was made, and is not held, is bound anew. */
const bindKey = (arg: Arg<KeyArguments>) =>
  query
    .insertInto("paykernel_idempotency")
    .values({
      merchant_id: arg("merchantId"),
      scope: arg("scope"),
      key: arg("key"),
      fingerprint: arg("fingerprint"),
      status: arg("status"),
      body: arg("body"),
      aggregate_merchant_id: arg("aggregateMerchantId"),
      type: arg("type"),
      aggregate_id: arg("aggregateId"),
      subject: arg("subject"),
      created_at_ms: arg("createdAtMs"),
      expires_at_ms: arg("expiresAtMs")
    })
    .onConflict((conflict) =>
      conflict
        .columns(["merchant_id", "scope", "key"])
        .doUpdateSet((set) => ({
          fingerprint: set.ref("excluded.fingerprint"),
          status: set.ref("excluded.status"),
          body: set.ref("excluded.body"),
          aggregate_merchant_id: set.ref("excluded.aggregate_merchant_id"),
          type: set.ref("excluded.type"),
          aggregate_id: set.ref("excluded.aggregate_id"),
          subject: set.ref("excluded.subject"),
          created_at_ms: set.ref("excluded.created_at_ms"),
          expires_at_ms: set.ref("excluded.expires_at_ms")
        }))
        .whereRef("paykernel_idempotency.expires_at_ms", "<=", "excluded.created_at_ms")
        .where(isHeld, "=", sql.lit(0))
    )
