/**
 * Accepting payments through the kernel with full durability, beside a hand-written loop that inserts the very same
 * rows. For many callers it writes as many at a time as there are callers, all waiting for their answer; and, to show
 * what is lost by waiting, in larger groups too. For a lone caller it writes each payment in a transaction of its own.
 */
import { type KernelOptions, systemIds } from "@paykernel/core"
import { compare, concurrently, printTable } from "./measure.ts"
import { acceptingShop, pay } from "./shop.ts"
import type { StoredRow } from "./stored-rows.ts"

/** A loop over a database of the same shape, which inserts so many payments to a transaction. */
export type ByHand = {
  readonly name: string
  /** Transactions under way at once. */
  readonly connections: number
  readonly insert: (payments: number, perTransaction: number) => number | Promise<number>
}

export type Engine = {
  readonly name: string
  readonly store: KernelOptions["store"]
  /** Everything that is stored now. */
  readonly allRows: () => ReadonlyArray<StoredRow> | Promise<ReadonlyArray<StoredRow>>
  /** Loops that write rows like those of one payment: the best is the baseline, and the first that of a lone caller. */
  readonly byHand: (payment: Model) => ReadonlyArray<ByHand>
}

/** One payment's rows, and how to make those of another payment from them. */
export type Model = {
  readonly rows: ReadonlyArray<StoredRow>
  /** Gives a value of the model the ids and the key of another payment. Each call begins another. */
  readonly another: () => (value: unknown) => unknown
}

export const benchAccepting = async ({ name, store, allRows, byHand }: Engine): Promise<void> => {
  const shop = await acceptingShop(store)
  const loops = byHand(modelOf(await rowsLeftBy(allRows, () => pay(shop, modelKey))))
  let turn = 0
  const next = () => pay(shop, `key-${turn++}`)
  const inserting = (payments: number, perTransaction: number, loop: ByHand) => ({
    name: `${loop.name}, ${perTransaction} per transaction`,
    run: () => loop.insert(payments, perTransaction)
  })
  const many = [
    ...loops.map((loop) => inserting(callers * 128, callers / loop.connections, loop)),
    { name: `kernel, ${callers} callers`, run: () => concurrently(callers, callers * 128, next) },
    ...loops.map((loop) => inserting(8000, 100, loop))
  ]
  const title = `Payment creation to durable answer, ${name}`
  printTable(`${title}, many callers`, await compare(many, { baselines: loops.length, rounds: 8 }))
  const alone = [
    ...loops.slice(0, 1).map((loop) => inserting(1000, 1, loop)),
    { name: "kernel, one caller", run: () => concurrently(1, 1000, next) }
  ]
  printTable(`${title}, one caller`, await compare(alone))
  await shop.kernel.close()
}

const callers = 64

const modelKey = "sample"

/** Found by looking before and after. */
const rowsLeftBy = async (allRows: Engine["allRows"], act: () => Promise<void>): Promise<ReadonlyArray<StoredRow>> => {
  const before = new Set((await allRows()).map((row) => JSON.stringify(row)))
  await act()
  return (await allRows()).filter((row) => !before.has(JSON.stringify(row)))
}

const modelOf = (rows: ReadonlyArray<StoredRow>): Model => {
  const payment = rows.find(({ table }) => table === "paykernel_aggregate")?.row
  const id = String(payment?.["id"])
  const attemptId = /"attempts":\[\{"id":"([^"]+)"/u.exec(String(payment?.["state"]))?.[1] ?? id
  const names = new RegExp(`${id}|${attemptId}|${modelKey}`, "gu")
  let keys = 0
  const another = () => {
    const nowMs = Date.now()
    const named = new Map([
      [id, systemIds.next(nowMs)],
      [attemptId, systemIds.next(nowMs)],
      [modelKey, `key-${keys++}`]
    ])
    const fresh = (name: string) => named.get(name) ?? name
    return (value: unknown) => (typeof value === "string" ? value.replace(names, fresh) : value)
  }
  return { rows, another }
}
