/** What a commit writes, table by table: which columns, by which statement, and under which guard. */
import { fieldColumns } from "../schema.ts"
import type { ArrayElement } from "./postgres-arrays.ts"

type Columns = { readonly [column: string]: ArrayElement }

type Part = {
  readonly columns: Columns
  /** The statement of the part; `given` is its rows, as a table. */
  readonly write: (given: string, columns: ReadonlyArray<string>) => string
  /** Fewer rows written than given means that a guard held one back. */
  readonly guarded: boolean
}

export type PartName = keyof typeof parts

const insert = (table: string, rest: string) => (given: string, columns: ReadonlyArray<string>) =>
  `insert into ${table} (${columns.join(", ")}) select ${columns.join(", ")} from ${given} ${rest}`

/** Every column but those of the key takes the value of the row that is there already's successor. */
const replacing = (columns: ReadonlyArray<string>): string =>
  columns.map((column) => `${column} = excluded.${column}`).join(", ")

/** Whether the aggregate that a key names is open: 1 or 0, by a look at that one row. */
export const heldOf = (key: string): string => `coalesce((select is_open from paykernel_aggregate as named
  where named.merchant_id = ${key}.aggregate_merchant_id and named.type = ${key}.type
    and named.id = ${key}.aggregate_id), 0)`

const withinBounds =
  "coalesce(0 <= given.refunded and given.refunded <= given.captured and given.captured <= given.authorized, true)"

const aggregateColumns = {
  merchant_id: "text",
  type: "text",
  id: "text",
  version: "bigint",
  schema_version: "integer",
  state: "text",
  authorized: "numeric",
  captured: "numeric",
  refunded: "numeric",
  is_open: "integer",
  forget_at_ms: "bigint"
} as const

const entryValues = ["created_at_ms", "type", "aggregate_id", ...fieldColumns]
const keyValues = ["fingerprint", "status", "body", "aggregate_merchant_id", "type", "aggregate_id", "subject"]

export const parts = {
  /** A key that has expired when the new record was made, and is not held, is bound anew. */
  keys: {
    columns: {
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
    guarded: true,
    write: insert(
      "paykernel_idempotency",
      `on conflict (merchant_id, scope, key) do update set ${replacing([...keyValues, "created_at_ms", "expires_at_ms"])}
       where paykernel_idempotency.expires_at_ms <= excluded.created_at_ms and ${heldOf("paykernel_idempotency")} = 0`
    )
  },
  created: {
    columns: aggregateColumns,
    guarded: true,
    write: insert("paykernel_aggregate", `where ${withinBounds}`)
  },
  updated: {
    columns: { ...aggregateColumns, expected_version: "bigint" },
    guarded: true,
    write: (given) => `update paykernel_aggregate as stored
      set version = given.version, schema_version = given.schema_version, state = given.state,
        authorized = given.authorized, captured = given.captured, refunded = given.refunded,
        is_open = given.is_open, forget_at_ms = given.forget_at_ms
      from ${given}
      where stored.merchant_id = given.merchant_id and stored.type = given.type and stored.id = given.id
        and stored.version = given.expected_version and ${withinBounds}`
  },
  events: {
    columns: {
      merchant_id: "text",
      type: "text",
      id: "text",
      version: "bigint",
      tag: "text",
      schema_version: "integer",
      data: "text",
      at_ms: "bigint"
    },
    guarded: false,
    write: insert("paykernel_event", "")
  },
  /** An entry that stays as it is is not written again: each of its columns has an index. */
  entries: {
    columns: {
      merchant_id: "text",
      collection: "text",
      id: "text",
      created_at_ms: "bigint",
      type: "text",
      aggregate_id: "text",
      ...(Object.fromEntries(fieldColumns.map((column) => [column, "text"])) as Columns)
    },
    guarded: false,
    write: insert(
      "paykernel_listing as stored",
      `on conflict (merchant_id, collection, id) do update set ${replacing(entryValues)}
       where (${entryValues.map((column) => `stored.${column}`).join(", ")})
         is distinct from (${entryValues.map((column) => `excluded.${column}`).join(", ")})`
    )
  },
  /** The state is an expression lest the index of all leased tasks be taken for a way to one of them. */
  leases: {
    columns: {
      merchant_id: "text",
      id: "text",
      fence: "integer",
      state: "text",
      due_at_ms: "bigint",
      leased_until_ms: "bigint",
      why: "text"
    },
    guarded: true,
    write: (given) => `update paykernel_task as stored
      set state = given.state, why = given.why,
        due_at_ms = coalesce(given.due_at_ms, stored.due_at_ms),
        leased_until_ms = coalesce(given.leased_until_ms, stored.leased_until_ms),
        lease_owner = case when given.state = 'leased' then stored.lease_owner end
      from ${given}
      where stored.merchant_id = given.merchant_id and stored.id = given.id
        and stored.fence = given.fence and (stored.state || '') = 'leased'`
  },
  tasks: {
    columns: {
      merchant_id: "text",
      id: "text",
      kind: "text",
      lane: "text",
      type: "text",
      aggregate_id: "text",
      subject: "text",
      state: "text",
      due_at_ms: "bigint",
      leased_until_ms: "bigint",
      lease_owner: "text",
      fence: "integer",
      attempt: "integer"
    },
    guarded: false,
    write: insert("paykernel_task", "on conflict (merchant_id, id) do nothing")
  },
  /** A checkpoint of the books waits for those that have taken a number: the lock comes first, then the number. */
  transactions: {
    columns: {
      merchant_id: "text",
      id: "text",
      kind: "text",
      reference_type: "text",
      reference_id: "text",
      at_ms: "bigint"
    },
    guarded: true,
    write: (given, columns) => `insert into paykernel_ledger_transaction (seq, ${columns.join(", ")})
      select nextval('paykernel_ledger_seq'), ${columns.map((column) => `given.${column}`).join(", ")}
      from locked cross join ${given}`
  },
  postings: {
    columns: {
      merchant_id: "text",
      id: "text",
      line: "integer",
      account: "text",
      currency: "text",
      layer: "text",
      amount: "numeric"
    },
    guarded: false,
    write: (given) => `insert into paykernel_ledger_posting
        (merchant_id, seq, line, account, currency, layer, amount)
      select given.merchant_id, transactions.seq, given.line, given.account, given.currency, given.layer, given.amount
      from ${given} join transactions on transactions.merchant_id = given.merchant_id and transactions.id = given.id`
  },
  sealed: {
    columns: { merchant_id: "text", record_id: "text", field: "text", sealed: "text" },
    guarded: false,
    write: insert(
      "paykernel_sealed",
      "on conflict (merchant_id, record_id, field) do update set sealed = excluded.sealed"
    )
  },
  erased: {
    columns: { merchant_id: "text", record_id: "text", field: "text" },
    guarded: false,
    write: (given) => `delete from paykernel_sealed as stored using ${given}
      where stored.merchant_id = given.merchant_id and stored.record_id = given.record_id
        and stored.field = given.field`
  }
} as const satisfies { readonly [name: string]: Part }

export const partNames = Object.keys(parts) as ReadonlyArray<PartName>
