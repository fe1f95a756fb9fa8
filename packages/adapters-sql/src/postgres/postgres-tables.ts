/** The tables of PostgreSQL, step by step. A step that was released is never changed; what comes after is a new step. */
import { sql } from "kysely"
import { column, columnTypes, index, type Migration, raw, schema, table, taskIndex } from "./postgres-table-shapes.ts"

/** Rows that change stay on their page while it has room, and then no index has to be told. */
const roomToChange = sql`with (fillfactor = 70)`

/** As many as the longest list of declared fields needs an index for, and one more to grow into. */
const listingColumns = ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"]
const indexedColumns = listingColumns.slice(0, 8)

/**
 * What was under way when retention came to be. States are read as text, because they may hold characters that no JSON of
 * PostgreSQL can; within a string every quote is escaped, so what looks like a field is one.
 */
const openByState = sql`update paykernel_aggregate set is_open = 1
  where type = 'payment' and (
      split_part(state, '"attempts":[', 1) ~ '"status":"(pending|action_required)"'
      or split_part(split_part(state, '"attempts":[', 2), '"reversals":[', 1)
        ~ '"status":"(planned|sending|unknown|reversing|manual|orphaned)"')
    or type = 'card' and state ~ '"status":"pending"'
    or type = 'checkout' and state ~ '"status":"paying"'`

export const migrations: ReadonlyArray<Migration> = [
  {
    name: "aggregates and their events",
    statements: [
      table(
        "paykernel_aggregate",
        {
          merchant_id: "text",
          type: "text",
          id: "text",
          version: "bigint",
          schema_version: "integer",
          state: "text",
          "authorized?": "amount",
          "captured?": "amount",
          "refunded?": "amount"
        },
        ["merchant_id", "type", "id"]
      )
        .addCheckConstraint(
          "0 <= refunded <= captured <= authorized",
          sql`0 <= refunded and refunded <= captured and captured <= authorized`
        )
        .modifyEnd(roomToChange),
      table(
        "paykernel_event",
        {
          merchant_id: "text",
          type: "text",
          id: "text",
          version: "bigint",
          tag: "text",
          schema_version: "integer",
          data: "text",
          at_ms: "bigint"
        },
        ["merchant_id", "type", "id", "version"]
      )
    ]
  },
  {
    name: "listing",
    statements: [
      table(
        "paykernel_listing",
        {
          merchant_id: "text",
          collection: "text",
          id: "text",
          created_at_ms: "bigint",
          type: "text",
          aggregate_id: "text",
          ...Object.fromEntries(listingColumns.map((column) => [`${column}?`, "text" as const]))
        },
        ["merchant_id", "collection", "id"]
      ),
      // True of every row, and so the index serves those queries only that say it: see `postgres-listing.ts`.
      index("paykernel_listing_time", "paykernel_listing", ["merchant_id", "collection", "created_at_ms", "id"]).where(
        "type",
        "<>",
        sql.lit("")
      ),
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
      table(
        "paykernel_task",
        {
          merchant_id: "text",
          id: "text",
          kind: "text",
          type: "text",
          aggregate_id: "text",
          subject: "text",
          state: "text",
          due_at_ms: "bigint",
          leased_until_ms: "bigint",
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
      table(
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
          created_at_ms: "bigint",
          expires_at_ms: "bigint"
        },
        ["merchant_id", "scope", "key"]
      ),
      index("paykernel_idempotency_expiry", "paykernel_idempotency", ["expires_at_ms"])
    ]
  },
  {
    name: "ledger",
    statements: [
      // One sequence for all: a counter of each merchant would be a row that all its payments wait for.
      raw(sql`create sequence paykernel_ledger_seq`),
      table(
        "paykernel_ledger_transaction",
        {
          merchant_id: "text",
          seq: "bigint",
          id: "text",
          kind: "text",
          reference_type: "text",
          reference_id: "text",
          at_ms: "bigint"
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
      table(
        "paykernel_ledger_posting",
        {
          merchant_id: "text",
          seq: "bigint",
          line: "integer",
          account: "text",
          currency: "text",
          layer: "text",
          amount: "amount"
        },
        ["merchant_id", "seq", "line"]
      ),
      table("paykernel_ledger_checkpoint", { merchant_id: "text", through_seq: "bigint", sums: "text" }, [
        "merchant_id"
      ])
    ]
  },
  {
    name: "sealed records",
    statements: [
      table("paykernel_sealed", { merchant_id: "text", record_id: "text", field: "text", sealed: "text" }, [
        "merchant_id",
        "record_id",
        "field"
      ])
    ]
  },
  {
    name: "API keys",
    statements: [
      table(
        "paykernel_api_key",
        {
          lookup: "text",
          merchant_id: "text",
          bcrypt_hash: "text",
          created_at_ms: "bigint",
          "revoked_at_ms?": "bigint"
        },
        ["lookup"]
      )
    ]
  },
  {
    name: "batches",
    statements: [
      table("paykernel_batch", { id: "text", at_ms: "bigint", abandoned: "boolean" }, ["id"]),
      index("paykernel_batch_time", "paykernel_batch", ["at_ms"])
    ]
  },
  {
    name: "API keys: what their owners see",
    statements: [
      schema
        .alterTable("paykernel_api_key")
        .addColumn("name", columnTypes.text)
        .addColumn("mode", columnTypes.text)
        .addColumn("last_four", columnTypes.text)
        .addColumn("last_used_at_ms", columnTypes.bigint),
      index("paykernel_api_key_merchant", "paykernel_api_key", ["merchant_id", "created_at_ms"])
    ]
  },
  {
    name: "rate windows",
    statements: [
      // Not logged: a count is worth no wait for the disk, and after a crash of the server all begin anew.
      table("paykernel_rate_window", { key: "text", start_ms: "bigint", end_ms: "bigint", taken: "bigint" }, [
        "key",
        "start_ms"
      ])
        .modifyFront(sql`unlogged`)
        .modifyEnd(roomToChange),
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
      schema.alterTable("paykernel_aggregate").addColumn("forget_at_ms", columnTypes.bigint),
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
      raw(openByState)
    ]
  }
]
