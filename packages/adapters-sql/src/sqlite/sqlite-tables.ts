/**
 * The tables of SQLite, step by step. A step that was released is never changed; what comes after is a new step.
 */
import { amountDigitsMax } from "@paykernel/core/memory"
import {
  type Compilable,
  type CreateTableBuilder,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql
} from "kysely"
import type { TaskState } from "../schema.ts"

export type Migration = { readonly name: string; readonly statements: ReadonlyArray<Compilable> }

/** Steps name tables as they once were, so they are not checked against the present ones. */
const { schema } = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler()
  }
})

type Column = "text" | "integer"

/** Columns are `not null` unless their name ends in `?`. */
const table = (name: string, columns: { readonly [column: string]: Column }) =>
  Object.entries(columns).reduce<CreateTableBuilder<string, string>>((builder, [column, type]) => {
    const nullable = column.endsWith("?")
    const plain = nullable ? column.slice(0, -1) : column
    return builder.addColumn(plain, type, (definition) => (nullable ? definition : definition.notNull()))
  }, schema.createTable(name))

/** Rows that are found by their key and are small live in the key's own tree. */
const keyed = (name: string, columns: { readonly [column: string]: Column }, key: ReadonlyArray<string>) =>
  table(name, columns)
    .addPrimaryKeyConstraint(`${name}_key`, [...key])
    .modifyEnd(sql`strict, without rowid`)

/** Rows with long texts live in a tree of their own, since long keys would make that of the key deep. */
const heap = (name: string, columns: { readonly [column: string]: Column }, key: ReadonlyArray<string>) =>
  table(name, columns)
    .addUniqueConstraint(`${name}_key`, [...key])
    .modifyEnd(sql`strict`)

const index = (name: string, on: string, columns: ReadonlyArray<string>) =>
  schema
    .createIndex(name)
    .on(on)
    .columns([...columns])

/** Rows that are there already have no value in it. */
const column = (on: string, name: string, type: Column) => schema.alterTable(on).addColumn(name, type)

const taskIndex = (state: TaskState, columns: ReadonlyArray<string>) =>
  index(`paykernel_task_${state}`, "paykernel_task", columns).where(sql.ref("state"), "=", sql.lit(state))

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
  }
]
