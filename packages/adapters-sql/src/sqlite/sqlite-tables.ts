/**
 * The tables of SQLite, step by step. A step that was released is never changed; what comes after is a new step.
 */
import { amountDigitsMax } from "@paykernel/core/memory"
import { sql } from "kysely"
import { column, heap, index, keyed, type Migration, raw, schema, taskIndex } from "./sqlite-table-shapes.ts"

const width = sql.lit(amountDigitsMax)
const zero = sql.lit("0".repeat(amountDigitsMax))

/** As many as the longest list of declared fields needs an index for, and one more to grow into. */
const listingColumns = ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"]
const indexedColumns = listingColumns.slice(0, 8)

export const migrations: ReadonlyArray<Migration> = [
  {
    name: "aggregates and their events",
    statements: [
      heap(
        "paykernel_aggregate",
        {
          merchant_id: "text",
          type: "text",
          id: "text",
          version: "integer",
          schema_version: "integer",
          state: "text",
          "authorized?": "text",
          "captured?": "text",
          "refunded?": "text"
        },
        ["merchant_id", "type", "id"]
      )
        .addCheckConstraint(
          "bounded amounts have one width",
          sql`length(authorized) = ${width} and length(captured) = ${width} and length(refunded) = ${width}`
        )
        .addCheckConstraint(
          "0 <= refunded <= captured <= authorized",
          sql`${zero} <= refunded and refunded <= captured and captured <= authorized`
        ),
      keyed(
        "paykernel_event",
        {
          merchant_id: "text",
          type: "text",
          id: "text",
          version: "integer",
          tag: "text",
          schema_version: "integer",
          data: "text",
          at_ms: "integer"
        },
        ["merchant_id", "type", "id", "version"]
      )
    ]
  },
  {
    name: "listing",
    statements: [
      keyed(
        "paykernel_listing",
        {
          merchant_id: "text",
          collection: "text",
          id: "text",
          created_at_ms: "integer",
          type: "text",
          aggregate_id: "text",
          ...Object.fromEntries(listingColumns.map((column) => [`${column}?`, "text" as const]))
        },
        ["merchant_id", "collection", "id"]
      ),
      index("paykernel_listing_time", "paykernel_listing", ["merchant_id", "collection", "created_at_ms", "id"]),
      ...indexedColumns.map((column) =>
        index(`paykernel_listing_${column}`, "paykernel_listing", [
          "merchant_id",
          "collection",
          column,
          "created_at_ms",
          "id"
        ]).where(sql.ref(column), "is not", null)
      )
    ]
  },
  {
    name: "tasks",
    statements: [
      keyed(
        "paykernel_task",
        {
          id: "text",
          kind: "text",
          merchant_id: "text",
          type: "text",
          aggregate_id: "text",
          subject: "text",
          state: "text",
          due_at_ms: "integer",
          leased_until_ms: "integer",
          "lease_owner?": "text",
          fence: "integer",
          attempt: "integer",
          "why?": "text"
        },
        ["merchant_id", "id"]
      ).addCheckConstraint("a task has a known state", sql`state in ('ready', 'leased', 'done', 'parked')`),
      taskIndex("ready", ["due_at_ms", "id"]),
      taskIndex("leased", ["leased_until_ms", "due_at_ms", "id"]),
      taskIndex("done", ["leased_until_ms", "id"]),
      taskIndex("parked", ["due_at_ms", "id"])
    ]
  },
  {
    name: "idempotency",
    statements: [
      heap(
        "paykernel_idempotency",
        {
          merchant_id: "text",
          scope: "text",
          key: "text",
          fingerprint: "text",
          status: "integer",
          body: "text",
          aggregate_merchant_id: "text",
          type: "text",
          aggregate_id: "text",
          subject: "text",
          created_at_ms: "integer",
          expires_at_ms: "integer"
        },
        ["merchant_id", "scope", "key"]
      ),
      index("paykernel_idempotency_expiry", "paykernel_idempotency", ["expires_at_ms"])
    ]
  },
  {
    name: "ledger",
    statements: [
      keyed(
        "paykernel_ledger_transaction",
        {
          merchant_id: "text",
          seq: "integer",
          id: "text",
          kind: "text",
          reference_type: "text",
          reference_id: "text",
          at_ms: "integer"
        },
        ["merchant_id", "seq"]
      ),
      index("paykernel_ledger_transaction_id", "paykernel_ledger_transaction", ["merchant_id", "id"]).unique(),
      index("paykernel_ledger_transaction_reference", "paykernel_ledger_transaction", [
        "merchant_id",
        "reference_type",
        "reference_id",
        "seq"
      ]),
      keyed(
        "paykernel_ledger_posting",
        {
          merchant_id: "text",
          seq: "integer",
          line: "integer",
          account: "text",
          currency: "text",
          layer: "text",
          low: "integer",
          mid: "integer",
          high: "integer"
        },
        ["merchant_id", "seq", "line"]
      ),
      keyed("paykernel_ledger_checkpoint", { merchant_id: "text", through_seq: "integer", sums: "text" }, [
        "merchant_id"
      ])
    ]
  },
  {
    name: "sealed records",
    statements: [
      keyed("paykernel_sealed", { merchant_id: "text", record_id: "text", field: "text", sealed: "text" }, [
        "merchant_id",
        "record_id",
        "field"
      ])
    ]
  },
  {
    name: "API keys",
    statements: [
      keyed(
        "paykernel_api_key",
        {
          lookup: "text",
          merchant_id: "text",
          bcrypt_hash: "text",
          created_at_ms: "integer",
          "revoked_at_ms?": "integer"
        },
        ["lookup"]
      )
    ]
  },
  {
    name: "API keys: what their owners see",
    statements: [
      column("paykernel_api_key", "name", "text"),
      column("paykernel_api_key", "mode", "text"),
      column("paykernel_api_key", "last_four", "text"),
      column("paykernel_api_key", "last_used_at_ms", "integer"),
      index("paykernel_api_key_merchant", "paykernel_api_key", ["merchant_id", "created_at_ms"])
    ]
  },
  {
    name: "rate windows",
    statements: [
      keyed("paykernel_rate_window", { key: "text", start_ms: "integer", end_ms: "integer", taken: "integer" }, [
        "key",
        "start_ms"
      ]),
      index("paykernel_rate_window_end", "paykernel_rate_window", ["end_ms"])
    ]
  },
  {
    // Every task that there is before this step moves money.
    name: "tasks: lanes",
    statements: [
      column("paykernel_task", "lane", "text", "money"),
      schema.dropIndex("paykernel_task_ready"),
      schema.dropIndex("paykernel_task_leased"),
      taskIndex("ready", ["lane", "due_at_ms", "id"]),
      taskIndex("leased", ["lane", "leased_until_ms", "due_at_ms", "id"])
    ]
  },
  {
    name: "aggregates: retention",
    statements: [
      column("paykernel_aggregate", "is_open", "integer", 0),
      column("paykernel_aggregate", "forget_at_ms", "integer"),
      index("paykernel_aggregate_forget", "paykernel_aggregate", ["forget_at_ms"]).where(
        "forget_at_ms",
        "is not",
        null
      ),
      // An aggregate's entry under its own id is found by that.
      index("paykernel_listing_part", "paykernel_listing", ["merchant_id", "type", "aggregate_id"]).where(
        "id",
        "<>",
        sql.ref("aggregate_id")
      ),
      raw(sql`update paykernel_aggregate set is_open = 1
        where type = 'payment' and (state ->> 'status' in ('pending', 'action_required') or exists (
          select 1 from json_each(state, '$.attempts') where value ->> 'status' not in
            ('confirmed', 'declined', 'abandoned', 'not_charged')))`),
      raw(sql`update paykernel_aggregate set is_open = 1
        where type = 'card' and state ->> 'status' = 'pending' or type = 'checkout' and state ->> 'status' = 'paying'`)
    ]
  },
  {
    name: "sealed records: slots",
    statements: [
      schema
        .createTable("paykernel_sealed_slot")
        .addColumn("id", "integer", (id) => id.primaryKey())
        .addColumn("sealed", "text", (sealed) => sealed.notNull())
        .modifyEnd(sql`strict`),
      keyed("paykernel_sealed_free", { bytes: "integer", slot: "integer" }, ["bytes", "slot"]),
      schema.alterTable("paykernel_sealed").renameTo("paykernel_sealed_before"),
      keyed("paykernel_sealed", { merchant_id: "text", record_id: "text", field: "text", slot: "integer" }, [
        "merchant_id",
        "record_id",
        "field"
      ]),
      raw(sql`insert into paykernel_sealed_slot (id, sealed)
        select row_number() over (order by merchant_id, record_id, field), sealed from paykernel_sealed_before`),
      raw(sql`insert into paykernel_sealed (merchant_id, record_id, field, slot)
        select merchant_id, record_id, field, row_number() over (order by merchant_id, record_id, field)
        from paykernel_sealed_before`),
      schema.dropTable("paykernel_sealed_before")
    ]
  }
]
