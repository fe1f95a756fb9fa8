/** A commit that leaves something in every place, and what can be seen of it: all of that or nothing. */
import { expect } from "vitest"
import type { Commit } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  idsOf,
  keyOf,
  merchantId,
  noonMs,
  queryOf,
  refOf,
  run,
  type StorePort,
  taskOf,
  writeOf
} from "./store-case.ts"

/** Everything in it is called after `name`, so that nothing of it can be taken for another commit's. */
export const broadCommit = (name: string, parts: Partial<Commit> = {}): Commit =>
  commitOf({
    idempotency: keyOf(name, { aggregate: refOf(name), subject: name, body: name }),
    aggregates: [writeOf(name, { index: [entryOf(name, noonMs, { status: name })] })],
    ledger: [captureOf(name, 7n, { reference: { type: "payment", id: name } })],
    tasks: [taskOf(name, noonMs)],
    sealed: [{ merchantId, recordId: name, field: "pan", sealed: name }],
    ...parts
  })

const seen = async (store: StorePort, name: string) => ({
  aggregate: (await run(store.load(refOf(name))))?.version,
  events: (await run(store.events(refOf(name), 0))).length,
  found: (await run(store.find(merchantId, "payments", name)))?.id,
  listed: await idsOf(store, { where: { status: name } }),
  counted: await run(store.count(queryOf({ where: { status: name } }), 10)),
  ledger: (await run(store.ledgerOf(merchantId, { type: "payment", id: name }))).map(({ id }) => id),
  sealed: (await run(store.sealedRecord({ merchantId, recordId: name, field: "pan" })))?.sealed
})

export const expectAll = async (store: StorePort, name: string): Promise<void> => {
  const whole = { aggregate: 1, events: 1, found: name, listed: [name], counted: 1, ledger: [name], sealed: name }
  expect(await seen(store, name)).toEqual(whole)
}

export const expectNothing = async (store: StorePort, name: string): Promise<void> => {
  expect(await seen(store, name)).toEqual({ events: 0, listed: [], counted: 0, ledger: [] })
  expect(await run(store.idempotencyRecord(keyOf(name)))).toBeUndefined()
}

/** All of the winners' and nothing of the others', their tasks and postings included. Claims every task there is. */
export const expectOnly = async (
  store: StorePort,
  names: ReadonlyArray<string>,
  winners: ReadonlyArray<string>
): Promise<void> => {
  for (const name of names) await (winners.includes(name) ? expectAll(store, name) : expectNothing(store, name))
  const claimed = await run(store.claim({ lane: "money", owner: "w", nowMs: noonMs, leaseMs: 1000, limit: 1000 }))
  expect(claimed.map(({ id }) => id).toSorted()).toEqual(winners.toSorted())
  const sum = 7n * BigInt(winners.length)
  expect(await run(store.balances(merchantId))).toMatchObject([{ posted: sum }, { posted: -sum }])
}
