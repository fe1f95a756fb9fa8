/** Several processes on one database, whatever its engine: nothing is lost, nothing is done twice, nobody is turned away. */
import type { Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { merchantId, refOf } from "./commits.ts"
import type { Contention } from "./contend.ts"
import { engines } from "./engines.ts"
import { openStore } from "./open-store.ts"
import { runScript } from "./run-script.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const names = ["a", "b", "c"]
const callers = 8
const quarter = 80
const places = Array.from({ length: quarter }, (_, n) => n)

/** Three processes that create the database together and then want the same things. */
const contend = async (url: string): Promise<ReadonlyMap<string, Contention>> => {
  const ends = names.map(async (name) => {
    const printed = await runScript("contend.ts", [url, name, names.join(), `${4 * quarter}`, `${callers}`])
    return [name, JSON.parse(printed) as Contention] as const
  })
  return new Map(await Promise.all(ends))
}

const expectKeysBoundOnce = async (store: Store["Service"], told: ReadonlyMap<string, Contention>): Promise<void> => {
  for (const n of places) {
    const winners = names.filter((name) => told.get(name)?.keys.includes(`key-${n}`))
    expect([n, winners]).toEqual([n, [expect.any(String)]])
    const ids = names.map((name) => `${name}-key-${n}`)
    const bound = await run(store.idempotencyRecord({ merchantId, scope: "POST /payments", key: `key-${n}` }))
    expect(bound).toMatchObject({ body: `${winners[0]}-key-${n}` })
    const written = await Promise.all(ids.map((id) => run(store.load(refOf(id)))))
    expect(written.flatMap((one) => (one === undefined ? [] : [one.ref.id]))).toEqual([bound?.body])
  }
}

const expectTasksDoneOnce = async (store: Store["Service"], told: ReadonlyMap<string, Contention>): Promise<void> => {
  const claimed = [...told.values()].flatMap((one) => one.claimed)
  expect(claimed.toSorted()).toEqual(places.map((n) => `task-${n}`).toSorted())
  for (const [name, one] of told) {
    for (const id of one.claimed) expect(await run(store.load(refOf(`by-${id}`)))).toMatchObject({ state: name })
  }
  expect(await run(store.nextDueAtMs("money"))).toBeNull()
}

describe.each(engines)("three processes on one database of $name", ({ database }) => {
  it("create it together, lose no commit, bind no key twice, do no task twice and meet no busy store", async () => {
    const url = await database()
    const told = await contend(url)
    const met = new Set([...told.values()].flatMap(({ outcomes }) => Object.keys(outcomes)))
    expect(met).toEqual(new Set(["Committed", "KeyTaken", "VersionConflict"]))
    const { store, close } = await openStore(url)
    onTestFinished(close)
    const counted = names.length * quarter
    expect(await run(store.load(refOf("counter")))).toMatchObject({ state: counted, version: counted })
    await expectKeysBoundOnce(store, told)
    await expectTasksDoneOnce(store, told)
    const created = counted + quarter
    const query = { merchantId, collection: "payments", where: { status: "paid" }, fromMs: null }
    expect(await run(store.count(query, 10_000))).toBe(created)
    const sum = BigInt(created)
    expect(await run(store.balances(merchantId))).toMatchObject([{ posted: sum }, { posted: -sum }])
    const answered = [...told.values()].reduce((total, { outcomes }) => total + (outcomes["Committed"] ?? 0), 0)
    // Each process's own payments and counts, each key and each task once, their greetings and their filing of the tasks.
    expect(answered).toBe(2 * counted + 2 * quarter + 2 * names.length)
  })
})
