/**
 * Accepting payments on SQLite with full durability, beside a hand-written loop that inserts the very same rows: once
 * a hundred to a transaction, for many callers, and once each in its own, for a lone caller.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import { type CreatePaymentInput, type Kernel, money, systemIds } from "@paykernel/core"
import Database from "better-sqlite3"
import { compare, concurrently, printTable } from "./measure.ts"
import { acceptingShop, merchantId } from "./shop.ts"

const usd = (amount: bigint) => money(amount, "USD")

/** One bench on files of its own, removed afterwards. */
export const benchPayments = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "paykernel-bench-"))
  try {
    await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const measure = async (folder: string): Promise<void> => {
  const path = join(folder, "kernel.sqlite")
  const { store, close } = sqliteStore({ path })
  const { kernel, cardId } = await acceptingShop(store)
  const byHand = handWritten(
    path,
    join(folder, "by-hand.sqlite"),
    await onePaymentIn(path, () => pay(kernel, cardId, "sample"))
  )
  let turn = 0
  const key = () => `key-${turn++}`
  const many = await compare([
    { name: "hand-written inserts, 100 per transaction", run: () => byHand(4000, 100) },
    { name: "kernel, 64 callers", run: () => concurrently(64, 4000, () => pay(kernel, cardId, key())) }
  ])
  printTable("Payment creation to durable answer, SQLite FULL, many callers", many)
  const alone = await compare([
    { name: "hand-written inserts, one payment per transaction", run: () => byHand(1000, 1) },
    { name: "kernel, one caller", run: () => concurrently(1, 1000, () => pay(kernel, cardId, key())) }
  ])
  printTable("Payment creation to durable answer, SQLite FULL, one caller", alone)
  await kernel.close()
  await close()
}

const pay = async (kernel: Kernel, cardId: string, key: string): Promise<void> => {
  const input: CreatePaymentInput = {
    amount: usd(1000n),
    cardId,
    cvv: null,
    autoCapture: true,
    verificationMethod: "none",
    successUrl: null,
    failureUrl: null,
    description: "one coffee",
    channel: null,
    payer: { email: "ada@example.com", phoneNumber: null, sessionId: "session", ipAddress: "192.0.2.1" }
  }
  const accepted = await kernel.payments.create(merchantId, input, {
    scope: "bench",
    key,
    meaning: { cardId, amount: "10.00", currency: "USD", email: input.payer.email },
    answer: (payment) => ({ status: 201, body: JSON.stringify({ id: payment.id, status: payment.status }) })
  })
  if (!accepted.ok) throw new Error(accepted.error._tag)
}

type Rows = ReadonlyArray<{ readonly table: string; readonly row: Readonly<Record<string, unknown>> }>

/** The rows that one accepted payment leaves behind, found by looking before and after. */
const onePaymentIn = async (path: string, create: () => Promise<void>): Promise<Rows> => {
  const database = new Database(path, { readonly: true })
  const tables = database
    .prepare<[], { name: string }>("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map(({ name }) => name)
  const all = (table: string) => database.prepare<[], Record<string, unknown>>(`select * from "${table}"`).all()
  const before = new Map(tables.map((table) => [table, new Set(all(table).map((row) => JSON.stringify(row)))]))
  await create()
  const rows = tables.flatMap((table) =>
    all(table)
      .filter((row) => before.get(table)?.has(JSON.stringify(row)) !== true)
      .map((row) => ({ table, row }))
  )
  database.close()
  return rows
}

/** A loop over prepared inserts into a database of the same shape; each payment gets ids of its own, of the same kind. */
const handWritten = (model: string, path: string, sample: Rows) => {
  const database = new Database(path)
  database.pragma("journal_mode = WAL")
  database.pragma("synchronous = FULL")
  const source = new Database(model, { readonly: true })
  const shapes = source
    .prepare<[], { sql: string }>(
      "select sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by rootpage"
    )
    .all()
  for (const { sql } of shapes) database.exec(sql)
  source.close()
  const statements = sample.map(({ table, row }) => {
    const columns = Object.keys(row)
    const marks = columns.map(() => "?").join(", ")
    return {
      insert: database.prepare(
        `insert into "${table}" (${columns.map((one) => `"${one}"`).join(", ")}) values (${marks})`
      ),
      columns,
      row
    }
  })
  const payment = sample.find(({ row }) => typeof row["version"] === "number" && typeof row["state"] === "string")?.row
  const id = String(payment?.["id"])
  const attemptId = /"attempts":\[\{"id":"([^"]+)"/u.exec(String(payment?.["state"]))?.[1] ?? id
  const names = new RegExp(`${id}|${attemptId}|sample`, "gu")
  let keys = 0
  return (payments: number, perTransaction: number): number => {
    for (let done = 0; done < payments; done += perTransaction) {
      database.exec("begin immediate")
      for (let at = 0; at < perTransaction; at++) {
        const nowMs = Date.now()
        const named = new Map([
          [id, systemIds.next(nowMs)],
          [attemptId, systemIds.next(nowMs)],
          ["sample", `key-${keys++}`]
        ])
        const fresh = (name: string) => named.get(name) ?? name
        for (const { insert, columns, row } of statements) {
          insert.run(columns.map((column) => renamed(row[column], names, fresh)))
        }
      }
      database.exec("commit")
    }
    return payments
  }
}

const renamed = (value: unknown, names: RegExp, fresh: (name: string) => string): unknown =>
  typeof value === "string" ? value.replace(names, fresh) : value
