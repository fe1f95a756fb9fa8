/** Book C: the tables as they are, whichever database they are in. */
import { atOneMoment, type Snapshot } from "./database-snapshot.ts"
import { isObject, type JsonObject, listAt, parseJson, textAt, valueAt } from "./json-reading.ts"

export type AttemptRow = {
  readonly key: string
  readonly kind: string
  readonly status: string
  readonly cents: bigint
  readonly currency: string
}

export type PaymentRow = {
  readonly id: string
  readonly merchantId: string
  readonly status: string
  readonly settlementId: string | null
  readonly authorized: bigint
  readonly captured: bigint
  readonly refunded: bigint
  readonly refunding: bigint
  readonly fees: bigint
  /** What the row says beside its state, for the database to guard: authorized, captured, refunded or to be. */
  readonly guarded: readonly [bigint, bigint, bigint]
  readonly attempts: ReadonlyArray<AttemptRow>
  readonly reversals: ReadonlyArray<ReversalRow>
}

export type ReversalRow = {
  readonly id: string
  readonly status: string
  readonly cents: bigint
  readonly settlementId: string | null
}

export type SettlementRow = {
  readonly id: string
  readonly credits: bigint
  readonly debits: bigint
  readonly fees: bigint
}

export type PostingRow = {
  readonly transaction: string
  readonly referenceType: string
  readonly referenceId: string
  readonly account: string
  readonly layer: string
  readonly currency: string
  readonly amount: bigint
}

export type TaskRow = {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly why: string | null
}

/** The aggregate that an idempotency key of a merchant is bound to. */
export type KeyRow = { readonly merchantId: string; readonly key: string; readonly aggregateId: string }

export type DatabaseBook = {
  readonly payments: ReadonlyArray<PaymentRow>
  readonly settlements: ReadonlyArray<SettlementRow>
  readonly postings: ReadonlyArray<PostingRow>
  readonly tasks: ReadonlyArray<TaskRow>
  readonly keys: ReadonlyArray<KeyRow>
  /** How often nobody knew what had become of a message to the bank. */
  readonly doubts: number
  /** What the database itself finds wrong with its files; `ok` where it is nothing. */
  readonly integrity: string
}

/** `url` is `sqlite:PATH` or `postgres://…`. */
export const readDatabaseBook = (url: string): Promise<DatabaseBook> => atOneMoment(url, readBook)

const readBook = async ({ rows, postingAmount, integrity }: Snapshot): Promise<DatabaseBook> => ({
  payments: (await aggregates(rows, "payment")).map(paymentOf),
  settlements: (await aggregates(rows, "settlement")).map(settlementOf),
  postings: (
    await rows(
      `select t.id, t.reference_type, t.reference_id, p.account, p.layer, p.currency, ${postingAmount.columns}
       from paykernel_ledger_transaction t left join paykernel_ledger_posting p using (merchant_id, seq)`
    )
  ).map((row) => postingOf(row, postingAmount.of(row))),
  tasks: (await rows("select id, kind, state, why from paykernel_task where state <> 'done'")).map((row) => ({
    id: textAt(row, "id"),
    kind: textAt(row, "kind"),
    state: textAt(row, "state"),
    why: textOrNull(row["why"])
  })),
  keys: (await rows("select merchant_id, key, aggregate_id from paykernel_idempotency")).map((row) => ({
    merchantId: textAt(row, "merchant_id"),
    key: textAt(row, "key"),
    aggregateId: textAt(row, "aggregate_id")
  })),
  doubts: (await rows("select 1 from paykernel_event where data like '%AttemptBecameUnknown%'")).length,
  integrity
})

type Aggregate = { readonly row: JsonObject; readonly state: JsonObject }

const aggregates = async (rows: Snapshot["rows"], type: string): Promise<ReadonlyArray<Aggregate>> => {
  const found = await rows(
    `select state, authorized, captured, refunded from paykernel_aggregate where type = '${type}' order by id`
  )
  return found.map((row) => {
    const state = parseJson(textAt(row, "state"))
    if (!isObject(state)) throw new Error(`a ${type} is no JSON`)
    return { row, state }
  })
}

const minor = (state: unknown, field: string): bigint => BigInt(textAt(state, field, "amount"))

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null)

const paymentOf = ({ row, state }: Aggregate): PaymentRow => ({
  id: textAt(state, "id"),
  merchantId: textAt(state, "merchantId"),
  status: textAt(state, "status"),
  settlementId: textOrNull(state["settlementId"]),
  authorized: minor(state, "authorized"),
  captured: minor(state, "captured"),
  refunded: minor(state, "refunded"),
  refunding: minor(state, "refunding"),
  fees: minor(state, "fees"),
  guarded: [BigInt(textAt(row, "authorized")), BigInt(textAt(row, "captured")), BigInt(textAt(row, "refunded"))],
  attempts: listAt(state, "attempts").map((attempt) => ({
    key: textAt(attempt, "gatewayKey"),
    kind: textAt(attempt, "kind"),
    status: textAt(attempt, "status"),
    cents: minor(attempt, "amount"),
    currency: textAt(attempt, "amount", "currency")
  })),
  reversals: listAt(state, "reversals").map((reversal) => ({
    id: textAt(reversal, "id"),
    status: textAt(reversal, "status"),
    cents: minor(reversal, "amount"),
    settlementId: textOrNull(valueAt(reversal, "settlementId"))
  }))
})

const settlementOf = ({ state }: Aggregate): SettlementRow => ({
  id: textAt(state, "id"),
  credits: minor(state, "totalCredits"),
  debits: minor(state, "totalDebits"),
  fees: minor(state, "paymentFees")
})

const postingOf = (row: JsonObject, amount: bigint): PostingRow => ({
  transaction: textAt(row, "id"),
  referenceType: textAt(row, "reference_type"),
  referenceId: textAt(row, "reference_id"),
  account: textAt(row, "account"),
  layer: textAt(row, "layer"),
  currency: textAt(row, "currency"),
  amount
})
