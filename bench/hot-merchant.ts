/**
 * A merchant that all payments go to. Each is accepted and then captured, with what that moves in the merchant's books:
 * two commits, straight at the store. Grouped commits are to be at least five times as fast as one after the other, and
 * the same payments of a thousand merchants no faster than those of one.
 */
import { type PostgresStoreOptions, postgresStore } from "@paykernel/adapters-sql/postgres"
import type { KernelOptions } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { benchDatabase } from "./bench-server.ts"
import { type Contender, compare, concurrently, printTable } from "./measure.ts"
import { type PaymentLife, recordPayment } from "./recorded-payment.ts"
import { merchantId } from "./shop.ts"

type Store = KernelOptions["store"]

const callers = 64
const merchants = Array.from({ length: 1000 }, (_, at) => `0193a000-0000-7000-8000-${String(at).padStart(12, "0")}`)

export const benchHotMerchant = async (): Promise<void> => {
  const { url, drop } = await benchDatabase()
  const open = (limits: NonNullable<PostgresStoreOptions["limits"]>) => postgresStore({ url, limits })
  const oneByOne = await open({ batchMax: 1, writersMax: 1 })
  const [grouped, another] = [await open({}), await open({})]
  const life = await recordPayment()
  const capturing = (
    name: string,
    payments: number,
    merchant: (turn: number) => string,
    stores: ReadonlyArray<Store>
  ) => contender(name, stores, () => Array.from({ length: payments }, (_, turn) => life(merchant(turn))))
  const hot = () => merchantId
  const spread = (turn: number) => merchants[turn % merchants.length] ?? merchantId
  const rows = await compare([
    capturing("one merchant, each commit by itself", 500, hot, [oneByOne.store]),
    capturing("one merchant, grouped commits", 2000, hot, [grouped.store]),
    capturing("a thousand merchants, grouped commits", 2000, spread, [grouped.store]),
    capturing("one merchant, from two nodes at once", 2000, hot, [grouped.store, another.store])
  ])
  printTable(`Payments captured, PostgreSQL, ${callers} callers`, rows)
  for (const { close } of [oneByOne, grouped, another]) await close()
  await drop()
}

/** The commits are made ahead: what it takes to decide on them is measured elsewhere. */
const contender = (name: string, stores: ReadonlyArray<Store>, make: () => ReadonlyArray<PaymentLife>): Contender => {
  let lives: ReadonlyArray<PaymentLife> = []
  return {
    name,
    prepare: () => {
      lives = make()
    },
    run: () =>
      concurrently(callers, lives.length, async (turn) => {
        const store = stores[turn % stores.length]
        for (const commit of lives[turn] ?? []) if (store !== undefined) await Effect.runPromise(store.commit(commit))
      })
  }
}
