/** Book C: the tables as they are, read with a connection of our own. */
import Database from "better-sqlite3"
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

export type DatabaseBook = {
  readonly payments: ReadonlyArray<PaymentRow>
  readonly settlements: ReadonlyArray<SettlementRow>
  readonly postings: ReadonlyArray<PostingRow>
  readonly tasks: ReadonlyArray<TaskRow>
  /** The aggregate that each idempotency key is bound to. */
  readonly keys: ReadonlyMap<string, string>
  /** How often nobody knew what had become of a message to the bank. */
  readonly doubts: number
  /** What SQLite itself finds wrong with the file. */
  readonly integrity: string
}

export const readDatabaseBook = (path: string): DatabaseBook => {
  const database = new Database(path, { readonly: true, timeout: 5000 })
  try {
    database.defaultSafeIntegers()
    const rows = (source: string): ReadonlyArray<JsonObject> => database.prepare(source).all().filter(isObject)
    const states = (type: string): ReadonlyArray<JsonObject> =>
      rows(`select state from paykernel_aggregate where type = '${type}' order by id`).map((row) => {
        const state = parseJson(textAt(row, "state"))
        if (!isObject(state)) throw new Error(`a ${type} is no JSON`)
        return state
      })
    return database.transaction(() => ({
      payments: states("payment").map(paymentOf),
      settlements: states("settlement").map(settlementOf),
      postings: rows(
        `select t.id, t.reference_type, t.reference_id, p.account, p.layer, p.currency, p.low, p.mid, p.high
         from paykernel_ledger_transaction t left join paykernel_ledger_posting p using (merchant_id, seq)`
      ).map(postingOf),
      tasks: rows("select id, kind, state, why from paykernel_task where state <> 'done'").map((row) => ({
        id: textAt(row, "id"),
        kind: textAt(row, "kind"),
        state: textAt(row, "state"),
        why: typeof row["why"] === "string" ? row["why"] : null
      })),
      keys: new Map(
        rows("select key, aggregate_id from paykernel_idempotency").map((row) => {
          return [textAt(row, "key"), textAt(row, "aggregate_id")]
        })
      ),
      doubts: rows("select 1 from paykernel_event where data like '%AttemptBecameUnknown%'").length,
      integrity: textAt(rows("pragma integrity_check")[0], "integrity_check")
    }))()
  } finally {
    database.close()
  }
}

const minor = (state: unknown, field: string): bigint => BigInt(textAt(state, field, "amount"))

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null)

const paymentOf = (state: JsonObject): PaymentRow => ({
  id: textAt(state, "id"),
  merchantId: textAt(state, "merchantId"),
  status: textAt(state, "status"),
  settlementId: textOrNull(state["settlementId"]),
  authorized: minor(state, "authorized"),
  captured: minor(state, "captured"),
  refunded: minor(state, "refunded"),
  refunding: minor(state, "refunding"),
  fees: minor(state, "fees"),
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

const settlementOf = (state: JsonObject): SettlementRow => ({
  id: textAt(state, "id"),
  credits: minor(state, "totalCredits"),
  debits: minor(state, "totalDebits"),
  fees: minor(state, "paymentFees")
})

const limb = 10n ** 13n

const whole = (row: JsonObject, column: string): bigint => {
  const value = row[column]
  return typeof value === "bigint" ? value : 0n
}

const postingOf = (row: JsonObject): PostingRow => ({
  transaction: textAt(row, "id"),
  referenceType: textAt(row, "reference_type"),
  referenceId: textAt(row, "reference_id"),
  account: textAt(row, "account"),
  layer: textAt(row, "layer"),
  currency: textAt(row, "currency"),
  amount: whole(row, "low") + whole(row, "mid") * limb + whole(row, "high") * limb * limb
})
