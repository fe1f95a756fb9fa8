/** Checkpoints of books that are being written: no posting is lost from a balance and none is counted twice. */
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { commitOf, merchantId, nowMs } from "../../test/commits.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresLedger } from "./postgres-ledger.ts"
import { ledgerLockClass, ledgerStripe } from "./postgres-ledger-lock.ts"
import { postgresStore } from "./postgres-store.ts"

let database: MigratedPool
let pool: pg.Pool
beforeAll(async () => {
  database = await migratedPool()
  pool = database.pool
})
afterAll(() => database.close())
beforeEach(() =>
  pool.query("truncate paykernel_ledger_transaction, paykernel_ledger_posting, paykernel_ledger_checkpoint")
)

/** Takes a number as a commit does, under the shared lock, and commits when `before` is over. */
const post = async (id: string, amount: bigint, before: Promise<unknown> = Promise.resolve()): Promise<void> => {
  const client = await pool.connect()
  await client.query("begin")
  await client.query("select pg_advisory_xact_lock_shared($1, $2)", [ledgerLockClass, ledgerStripe(merchantId)])
  await client.query(
    `with placed as (
       insert into paykernel_ledger_transaction (merchant_id, seq, id, kind, reference_type, reference_id, at_ms)
       values ($1, nextval('paykernel_ledger_seq'), $2, 'capture', 'payment', 'p', $3) returning seq)
     insert into paykernel_ledger_posting (merchant_id, seq, line, account, currency, layer, amount)
     select $1, seq, line, account, 'USD', 'posted', sign * $4::numeric
     from placed, (values (0, 'cash', 1), (1, 'card_receivable', -1)) as given (line, account, sign)`,
    [merchantId, id, nowMs, amount.toString()]
  )
  await before
  await client.query("commit")
  client.release()
}

const transactionOf = (id: string): Commit["ledger"][number] => ({
  id,
  merchantId,
  kind: "capture",
  reference: { type: "payment", id: "p" },
  atMs: nowMs,
  postings: [
    { account: "cash", layer: "posted", amount: { amount: 1n, currency: "USD" } },
    { account: "card_receivable", layer: "posted", amount: { amount: -1n, currency: "USD" } }
  ]
})

/** Many transactions at once, of one cent and two postings each. */
const postMany = (count: number) =>
  pool.query(
    `with placed as (
       insert into paykernel_ledger_transaction (merchant_id, seq, id, kind, reference_type, reference_id, at_ms)
       select $1, nextval('paykernel_ledger_seq'), 'many-' || n, 'capture', 'payment', 'p', 1
       from generate_series(1, $2::integer) as n returning seq)
     insert into paykernel_ledger_posting (merchant_id, seq, line, account, currency, layer, amount)
     select $1, seq, line, account, 'USD', 'posted', sign
     from placed, (values (0, 'cash', 1), (1, 'card_receivable', -1)) as given (line, account, sign)`,
    [merchantId, count]
  )

type Ledger = ReturnType<typeof postgresLedger>

const cashOf = async ({ balances }: Ledger): Promise<bigint> => {
  const found = await balances(merchantId)
  expect(found.reduce((sum, { posted }) => sum + posted, 0n)).toBe(0n)
  return found.find(({ account }) => account === "cash")?.posted ?? 0n
}

const checkpointRow = async (): Promise<{ readonly throughSeq: bigint; readonly cash: bigint } | undefined> => {
  const { rows } = await pool.query<{ through_seq: string; sums: string }>(
    "select through_seq, sums from paykernel_ledger_checkpoint where merchant_id = $1",
    [merchantId]
  )
  const [row] = rows
  if (row === undefined) return undefined
  const sums = JSON.parse(row.sums) as ReadonlyArray<readonly [string, string, string, string]>
  const cash = sums.find(([account]) => account === "cash")?.[3] ?? "0"
  return { throughSeq: BigInt(row.through_seq), cash: BigInt(cash) }
}

/** What the postings themselves say that is in cash, through a number. */
const cashThrough = async (seq: bigint): Promise<bigint> => {
  const { rows } = await pool.query<{ cash: string }>(
    `select coalesce(sum(amount), 0)::text as cash from paykernel_ledger_posting
     where merchant_id = $1 and account = 'cash' and seq <= $2`,
    [merchantId, seq.toString()]
  )
  return BigInt(rows[0]?.cash ?? "0")
}

const gate = () => {
  let open = (): void => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const huge = 10n ** 37n

describe("a checkpoint", () => {
  it("changes no balance, before and after it and with what comes later", async () => {
    const ledger = postgresLedger(pool)
    await ledger.checkpoint(merchantId)
    expect(await checkpointRow()).toBeUndefined()
    await post("a", huge)
    await post("b", 5n)
    await ledger.checkpoint(merchantId)
    expect(await checkpointRow()).toMatchObject({ cash: huge + 5n })
    expect(await cashOf(ledger)).toBe(huge + 5n)
    await post("c", huge)
    expect(await cashOf(ledger)).toBe(2n * huge + 5n)
    await ledger.checkpoint(merchantId)
    await ledger.checkpoint(merchantId)
    expect(await checkpointRow()).toMatchObject({ cash: 2n * huge + 5n })
    expect(await cashOf(ledger)).toBe(2n * huge + 5n)
  })

  it("is one merchant's", async () => {
    const ledger = postgresLedger(pool)
    await post("a", 7n)
    await ledger.checkpoint("nobody")
    expect(await ledger.balances("nobody")).toEqual([])
    expect(await checkpointRow()).toBeUndefined()
  })

  it("is not written past a writer that has its number and has not committed", async () => {
    const ledger = postgresLedger(pool)
    const late = gate()
    const slow = post("late", 100n, late.passed)
    await pause(20)
    await post("quick", 1n)
    expect(await cashOf(ledger)).toBe(1n)
    await expect(ledger.checkpoint(merchantId)).rejects.toThrow("lock timeout")
    expect(await checkpointRow()).toBeUndefined()
    const waiting = ledger.checkpoint(merchantId)
    await pause(20)
    late.open()
    await slow
    await waiting
    expect(await checkpointRow()).toMatchObject({ cash: 101n })
    expect(await cashOf(ledger)).toBe(101n)
  })

  it.each([1, 2, 3])("whose process is paused after statement %i holds nothing and undoes nothing", async (place) => {
    await post("a", 1n)
    const frozen = gate()
    let statements = 0
    const connection = {
      query: async (statement: pg.QueryConfig | string) => {
        const result = await (typeof statement === "string" ? pool.query(statement) : pool.query(statement))
        statements += 1
        if (statements === place) await frozen.passed
        return result
      }
    }
    const paused = postgresLedger(connection as pg.Pool).checkpoint(merchantId)
    await expect.poll(() => statements).toBe(place)
    await post("b", 10n)
    await postgresLedger(pool).checkpoint(merchantId)
    await post("c", 100n)
    expect(await checkpointRow()).toMatchObject({ cash: 11n })
    frozen.open()
    await paused
    expect(await checkpointRow()).toMatchObject({ cash: 11n })
    expect(await cashOf(postgresLedger(pool))).toBe(111n)
  })
})

describe("books that many write to while others sum them up", () => {
  it("lose no posting and count none twice, at any moment", async () => {
    const nodes = [postgresLedger(pool), postgresLedger(pool)]
    const seen = new Map<bigint, bigint>()
    let begun = 0n
    let done = 0n
    let writing = true
    const write = async (writer: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn++) {
        const amount = BigInt(1 + writer * 25 + turn)
        begun += amount
        await post(`${writer} ${turn}`, amount, pause((writer * 7 + turn * 13) % 12))
        done += amount
      }
    }
    const watch = async (ledger: Ledger): Promise<void> => {
      while (writing) {
        const atLeast = done
        const cash = await cashOf(ledger)
        expect(cash >= atLeast && cash <= begun).toBe(true)
      }
    }
    const sumUp = async (ledger: Ledger): Promise<void> => {
      while (writing) {
        await ledger.checkpoint(merchantId)
        const row = await checkpointRow()
        if (row !== undefined) seen.set(row.throughSeq, row.cash)
      }
    }
    const others = nodes.flatMap((ledger) => [watch(ledger), sumUp(ledger)])
    await Promise.all(Array.from({ length: 12 }, (_, writer) => write(writer))).finally(() => {
      writing = false
    })
    await Promise.all(others)
    expect(seen.size).toBeGreaterThan(10)
    for (const [throughSeq, cash] of seen) expect(cash).toBe(await cashThrough(throughSeq))
    for (const ledger of nodes) expect(await cashOf(ledger)).toBe(done)
  })
})

describe("a commit", () => {
  it("takes its number under the lock that a checkpoint waits for", async () => {
    const { store, close } = await postgresStore({ pool })
    const number = async () => (await pool.query("select last_value from paykernel_ledger_seq")).rows[0]
    const before = await number()
    const holder = await pool.connect()
    await holder.query("begin")
    await holder.query("select pg_advisory_xact_lock($1, $2)", [ledgerLockClass, ledgerStripe(merchantId)])
    const commit = Effect.runPromise(store.commit(commitOf({ ledger: [transactionOf("t")] })))
    await pause(50)
    expect(await number()).toEqual(before)
    await holder.query("commit")
    holder.release()
    await commit
    expect(await number()).not.toEqual(before)
    await close()
  })
})

describe("a checkpoint comes by itself", () => {
  it("when a balance had to add up too much", async () => {
    const ledger = postgresLedger(pool)
    await postMany(2047)
    expect(await cashOf(ledger)).toBe(2047n)
    await pause(50)
    expect(await checkpointRow()).toBeUndefined()
    await post("one more", 1n)
    expect(await cashOf(ledger)).toBe(2048n)
    await expect.poll(async () => (await checkpointRow())?.cash).toBe(2048n)
    expect(await cashOf(ledger)).toBe(2048n)
  })

  it("when much was posted of which nobody asked the balance", async () => {
    const ledger = postgresLedger(pool)
    await postMany(5000)
    const transactions = Array.from({ length: 2047 }, (_, n) => transactionOf(`t-${n}`))
    ledger.posted(transactions)
    await pause(50)
    expect(await checkpointRow()).toBeUndefined()
    ledger.posted(transactions.slice(0, 1))
    await expect.poll(async () => (await checkpointRow())?.cash).toBe(5000n)
  })
})
