/**
 * What a million stored payments change for who asks for one of them, beside a database with next to none: the same
 * calls, turn by turn, of a merchant who has nine tenths of them. The slowest hundredth is to stay within twice.
 */
import { postgresStore } from "@paykernel/adapters-sql/postgres"
import type { KernelOptions } from "@paykernel/core"
import type { ListQuery } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { benchDatabase } from "./bench-server.ts"
import { type Call, compareLatency, type LatencyRow, printLatencies } from "./latency.ts"
import { isOfBusiest, type Namesake, namesakeOf, preload } from "./preload.ts"
import { merchantId } from "./shop.ts"

const fewPayments = 1000
const defaultPayments = 1_000_000

/** A database and one of its payments, another one every time. */
type Shop = { readonly store: KernelOptions["store"]; readonly payment: (turn: number) => Namesake }

export const benchGrowth = async (payments = defaultPayments): Promise<void> => {
  const few = await filled(fewPayments)
  const many = await filled(payments)
  const rows: Array<LatencyRow> = []
  for (const [name, act] of Object.entries(calls)) {
    const way =
      ({ store, payment }: Shop) =>
      (turn: number) =>
        act(store, payment(turn))
    const call: Call = { name, ways: [way(few), way(many)] }
    rows.push(await compareLatency(call))
  }
  const amount = (count: number) => count.toLocaleString("en")
  printLatencies("PostgreSQL: reads as it grows", [amount(fewPayments), amount(payments)], rows)
  console.log(`\nStored ${amount(payments)} payments in ${many.seconds} s.`)
  for (const { close } of [few, many]) await close()
}

const filled = async (count: number) => {
  const { url, drop } = await benchDatabase()
  const { store, close } = await postgresStore({ url })
  const started = performance.now()
  await preload(url, store, count)
  await sumsWritten(store)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const ofBusiest = (n: number) => (isOfBusiest(n) ? n : n - 1)
  return {
    store,
    seconds,
    payment: (turn: number) => namesakeOf(ofBusiest(1 + ((turn * 7919) % count)), count),
    close: async () => {
      await close()
      await drop()
    }
  }
}

/** The first one to ask for balances adds up all there is, and then it is written down. */
const sumsWritten = async (store: Store): Promise<void> => {
  for (let tookMs = Number.POSITIVE_INFINITY; tookMs > 50; ) {
    const started = performance.now()
    await read(store.balances(merchantId))
    tookMs = performance.now() - started
  }
}

type Store = KernelOptions["store"]

const read = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const list = (store: Store, where: ListQuery["where"], page: ListQuery["page"] = { _tag: "First" }) =>
  read(store.list({ merchantId, collection: "payments", where, fromMs: null, toMs: null, page, limit: 50 }))

const calls: { readonly [name: string]: (store: Store, payment: Namesake) => Promise<unknown> } = {
  "get a payment": (store, { id }) => read(store.find(merchantId, "payments", id)),
  "list: the newest": (store) => list(store, {}),
  "list: by status": (store) => list(store, { status: "paid" }),
  "list: by email": (store, { email }) => list(store, { email }),
  "list: by status and settlement": (store, { settlementId }) => list(store, { status: "paid", settlementId }),
  "list: next page, anywhere": (store, { id }) => list(store, {}, { _tag: "After", id }),
  "list: next page by status, anywhere": (store, { id }) => list(store, { status: "paid" }, { _tag: "After", id }),
  "balances of the merchant": (store) => read(store.balances(merchantId)),
  "ledger of a payment": (store, { id }) => read(store.ledgerOf(merchantId, { type: "payment", id })),
  "idempotency key": (store, { key }) => read(store.idempotencyRecord({ merchantId, scope: "bench", key }))
}
