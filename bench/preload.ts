/**
 * Fills a database with captured payments as fast as the server can make them. What one payment leaves in the tables is
 * seen once, and the server makes the rows of the others from it: with ids, keys, payers, cards and settlements of
 * their own, and statuses in the proportions of a shop that does well.
 */
import type { KernelOptions } from "@paykernel/core"
import * as Effect from "effect/Effect"
import pg from "pg"
import { recordPayment } from "./recorded-payment.ts"
import { merchantId } from "./shop.ts"
import { rowsInPostgres, type StoredRow } from "./stored-rows.ts"

/** What the rows of payment `n` say of it, as the server computes it and as who looks for it must know. */
export type Namesake = {
  readonly id: string
  readonly key: string
  readonly email: string
  readonly settlementId: string
}

/** Payments of one payer, and of one settlement. */
const perPayer = 20
const perSettlement = 500

export const namesakeOf = (n: number, count: number): Namesake => ({
  id: `0197f000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`,
  key: `key-${n}`,
  email: `payer-${n % Math.ceil(count / perPayer)}@example.com`,
  settlementId: `settlement-${Math.trunc(n / perSettlement)}`
})

/** Nine of ten payments are of one merchant; the others, whose numbers end with a 0, of a thousand. */
export const isOfBusiest = (n: number): boolean => n % 10 > 0

const payments = (count: number): string => `(select n,
  case when n % 10 > 0 then '${merchantId}' else 'merchant-' || n / 10 % 1000 end as merchant_id,
  '0197f000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') as id,
  '0197f000-0000-7001-8000-' || lpad(to_hex(n), 12, '0') as attempt_id,
  'key-' || n as key,
  'payer-' || n % ${Math.ceil(count / perPayer)} || '@example.com' as email,
  'card-' || n % ${Math.ceil(count / perPayer)} as card_id,
  (array['failed', 'confirmed', 'paid'])[1 + least(2, n % 20)] as status,
  case when n % 20 > 1 then 'settlement-' || n / ${perSettlement} end as settlement_id
  from generate_series(1, ${count}) as n) as payment`

export const preload = async (url: string, store: KernelOptions["store"], count: number): Promise<void> => {
  for (const commit of (await recordPayment())(merchantId)) await Effect.runPromise(store.commit(commit))
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const model = await rowsInPostgres(pool)
  const tables = [...new Set(model.map(({ table }) => table))]
  await pool.query(`truncate ${tables}`)
  const indexes = await takenOff(pool, tables)
  await inTurns(2, model, async (row) => void (await pool.query(filling(row, namesIn(model), count))))
  await inTurns(2, indexes, async (definition) => void (await pool.query(definition)))
  await pool.query(`select setval('paykernel_ledger_seq', ${count})`)
  await inTurns(2, tables, async (table) => void (await pool.query(`vacuum analyze ${table}`)))
  await pool.end()
}

/** Rows go in faster while only the keys are kept in order. Answers how to make the indexes again. */
const takenOff = async (pool: pg.Pool, tables: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const { rows } = await pool.query<{ readonly name: string; readonly definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
      where tablename = any($1) and indexname not in (select conname from pg_constraint)`,
    [tables]
  )
  for (const { name } of rows) await pool.query(`drop index ${name}`)
  return rows.map(({ definition }) => definition)
}

/** Where the model names itself, and what stands there in the rows of another payment. */
type Names = ReadonlyArray<readonly [name: string, column: string]>

const namesIn = (model: ReadonlyArray<StoredRow>): Names => {
  const of = (table: string, column: string): string => {
    const value = model.find((row) => row.table === table)?.row[column]
    if (typeof value !== "string") throw new Error(`the model has no ${table}.${column}`)
    return value
  }
  return [
    [of("paykernel_aggregate", "id"), "id"],
    [of("paykernel_task", "id"), "attempt_id"],
    [of("paykernel_idempotency", "key"), "key"],
    [of("paykernel_listing", "k2"), "card_id"],
    [of("paykernel_listing", "k5"), "email"],
    [merchantId, "merchant_id"]
  ]
}

/** Fields of the listing that tell payments apart. */
const told: { readonly [column: string]: string } = { k1: "status", k3: "settlement_id", k4: "null", seq: "n" }

/** The statement that writes to one table what each payment has there in place of the model's row. */
const filling = ({ table, row }: StoredRow, names: Names, count: number): string => {
  const columns = Object.keys(row)
  const values = columns.map((column) => told[column] ?? sqlValue(column, row[column], names, count))
  return `insert into ${table} (${columns}) select ${values} from ${payments(count)}`
}

const sqlValue = (column: string, value: unknown, names: Names, count: number): string => {
  if (value === null) return "null"
  const text = String(value)
  if (column.endsWith("_ms")) return `${text}::bigint - ${count} + n`
  return names.reduce(
    (sql, [name, column]) =>
      text === name ? `payment.${column}` : text.includes(name) ? `replace(${sql}, '${name}', payment.${column})` : sql,
    pg.escapeLiteral(text)
  )
}

const inTurns = async <A>(hands: number, things: ReadonlyArray<A>, act: (thing: A) => Promise<void>): Promise<void> => {
  const left = [...things]
  const hand = async () => {
    for (let thing = left.shift(); thing !== undefined; thing = left.shift()) await act(thing)
  }
  await Promise.all(Array.from({ length: hands }, hand))
}
