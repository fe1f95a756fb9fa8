/**
 * Rows enough for PostgreSQL to weigh its ways to them: one merchant has nine of ten payments, as where a host has but
 * one, and two thousand others share the rest.
 */
import type pg from "pg"

export const merchantId = "m-0"
export const othersId = (place: number): string => `m-${place}`
export const nowMs = 1_795_000_000_000

const rows = 20_000
const owner = "case when n % 10 > 0 then 'm-0' else 'm-' || n / 10 end"
const each = `from generate_series(1, ${rows}) as n`

const statements: ReadonlyArray<string> = [
  `insert into paykernel_aggregate (merchant_id, type, id, version, schema_version, state)
    select ${owner}, 'payment', 'p-' || n, 2, 1, '{"id":"' || n || '","filler":"' || repeat('x', 200) || '"}' ${each}`,
  `insert into paykernel_event (merchant_id, type, id, version, tag, schema_version, data, at_ms)
    select ${owner}, 'payment', 'p-' || n, version, 'E', 1, '{}', ${nowMs} ${each}, generate_series(1, 2) as version`,
  `insert into paykernel_listing (merchant_id, collection, id, created_at_ms, type, aggregate_id, k1, k2, k3, k4, k5, k7)
    select ${owner}, 'payments', 'p-' || n, ${nowMs} + n / 3, 'payment', 'p-' || n,
      (array['paid', 'failed', 'pending'])[1 + n % 50 / 48], 'card-' || n % 5000,
      case when n % 2 = 0 then 's-' || n / 100 end, case when n % 1000 = 0 then 'challenge' end,
      n % 3000 || '@example.com', case when n % 20 = 0 then 'refund' else 'payment' end ${each}`,
  `insert into paykernel_task
      (merchant_id, id, kind, type, aggregate_id, subject, state, due_at_ms, leased_until_ms, fence, attempt)
    select ${owner}, 't-' || n, 'attempt', 'payment', 'p-' || n, 's',
      case when n % 40 = 0 then 'ready' when n % 40 = 1 then 'leased' when n % 400 = 2 then 'parked' else 'done' end,
      ${nowMs} + n - ${rows / 2}, ${nowMs} + n - ${rows / 2}, 1, 1 ${each}`,
  `insert into paykernel_idempotency (merchant_id, scope, key, fingerprint, status, body, aggregate_merchant_id, type,
      aggregate_id, subject, created_at_ms, expires_at_ms)
    select ${owner}, 's', 'k-' || n, 'f', 200, '"{}"', ${owner}, 'payment', 'p-' || n, 'p', 1,
      ${nowMs} + n - ${rows / 2} ${each}`,
  `insert into paykernel_ledger_transaction (merchant_id, seq, id, kind, reference_type, reference_id, at_ms)
    select ${owner}, nextval('paykernel_ledger_seq'), 't-' || n, 'capture', 'payment', 'p-' || n, 1 ${each}`,
  `insert into paykernel_ledger_posting (merchant_id, seq, line, account, currency, layer, amount)
    select merchant_id, seq, line, 'account-' || line, 'USD', 'posted', 1 - 2 * line
    from paykernel_ledger_transaction, generate_series(0, 1) as line`,
  `insert into paykernel_ledger_checkpoint (merchant_id, through_seq, sums)
    select 'other-' || n, 1, repeat('x', 200) from generate_series(1, 2000) as n`,
  `insert into paykernel_sealed (merchant_id, record_id, field, sealed)
    select ${owner}, 'r-' || n, 'pan', repeat('x', 100) ${each}`,
  `insert into paykernel_api_key (lookup, merchant_id, bcrypt_hash, created_at_ms)
    select 'l-' || n, 'm-' || n, repeat('x', 60), 1 from generate_series(1, 2000) as n`,
  `insert into paykernel_rate_window (key, start_ms, end_ms, taken) select 'k-' || n, 0, n, 1 ${each}`,
  `insert into paykernel_batch (id, at_ms, abandoned) select 'b-' || n, n, false ${each}`
]

/** With what the planner knows of them. */
export const fillTables = async (pool: pg.Pool): Promise<void> => {
  await insertRows(pool)
  await pool.query("analyze")
}

export const insertRows = async (pool: pg.Pool): Promise<void> => {
  await Promise.all(statements.slice(0, 5).map((statement) => pool.query(statement)))
  for (const statement of statements.slice(5)) await pool.query(statement)
}
