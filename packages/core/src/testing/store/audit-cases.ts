/** Looking at everything: whose data a store holds, and whether an audit of all of it finds what is wrong, and only that. */
import { expect } from "vitest"
import type { Json } from "../../ports/commit.ts"
import { tradingKernel } from "../trading-kernel.ts"
import {
  captureOf,
  commitOf,
  keyOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  outcomes,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  several,
  stranger,
  taskOf,
  turnOf,
  writeOf
} from "./store-case.ts"

const founding = (merchant: string, id = "p") => commitOf({ aggregates: [writeOf(id, { ref: refOf(id, merchant) })] })

const walkMerchants = async (
  store: StorePort,
  limit: number,
  between: () => Promise<unknown> = async () => {}
): Promise<ReadonlyArray<string>> => {
  const met: Array<string> = []
  for (;;) {
    const page = await run(store.merchants(met.at(-1) ?? null, limit))
    expect(page.length).toBeLessThanOrEqual(limit)
    if (page.length === 0) return met
    met.push(...page)
    if (met.length > 1000) throw new Error("the walk does not end")
    await between()
  }
}

/** What a program that bypasses the decisions writes: another state at the same version, without an event. */
const overwrite = async (store: StorePort, ref: ReturnType<typeof refOf>, change: { readonly [key: string]: Json }) => {
  const stored = await run(store.load(ref))
  if (stored === undefined) throw new Error("there is nothing to overwrite")
  const write = writeOf(ref.id, {
    ref,
    expectedVersion: stored.version,
    schemaVersion: stored.schemaVersion,
    state: { ...(stored.state as { readonly [key: string]: Json }), ...change },
    events: []
  })
  expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("Committed")
}

export const auditCases: StoreCases = {
  "merchants are walked in one order, each once, however much they have": async (store) => {
    const names = numbers(23).map((n) => `m-${String((n * 7) % 23).padStart(2, "0")}`)
    for (const id of ["p", "q", "r"]) {
      await outcomes(
        store,
        names.map((name) => founding(name, id))
      )
    }
    for (const limit of [1, 2, 5, 22, 23, 24, 1000]) expect(await walkMerchants(store, limit)).toEqual(names.toSorted())
    expect(await run(store.merchants("m-22", 5))).toEqual([])
    expect(await run(store.merchants("m-09x", 2))).toEqual(["m-10", "m-11"])
  },
  "a merchant is who has an aggregate, and nobody else": async (store) => {
    expect(await run(store.merchants(null, 10))).toEqual([])
    const without = commitOf({
      idempotency: keyOf("k"),
      ledger: [captureOf("t", 1n)],
      tasks: [taskOf("t", noonMs)],
      sealed: [{ merchantId, recordId: "card", field: "pan", sealed: "sealed" }]
    })
    expect(await outcome(store, without)).toBe("Committed")
    expect(await run(store.merchants(null, 10))).toEqual([])
    const card = { ...refOf("card", stranger), type: "card" }
    await outcome(store, commitOf({ aggregates: [writeOf("card", { ref: card })] }))
    expect(await run(store.merchants(null, 10))).toEqual([stranger])
  },
  "a walk of the merchants meets all once while others join and trade": async (store, another) => {
    const stores = await several(store, another)
    const names = numbers(20).map((n) => `m-${String(n).padStart(2, "0")}`)
    await outcomes(
      store,
      names.map((name) => founding(name))
    )
    let round = 0
    const met = await walkMerchants(store, 3, async () => {
      round++
      const joined = ["a", "m-10", "z"].map((name) => founding(`${name}-${round}`))
      const ends = await Promise.all(joined.map((commit, n) => outcome(turnOf(stores, n), commit)))
      expect(ends).toEqual(["Committed", "Committed", "Committed"])
      await outcome(turnOf(stores, round), founding(turnOf(names, round), `q-${round}`))
    })
    expect(met).toEqual(met.toSorted())
    expect(new Set(met).size).toBe(met.length)
    expect(met).toEqual(expect.arrayContaining(names))
  },
  "an audit of the whole database finds what is wrong with whom, and nothing else": async (store) => {
    const [honest, altered, cooked] = ["shop-a", "shop-b", "shop-c"]
    const { kernel, trades } = await tradingKernel(store, [honest, altered, cooked])
    try {
      expect(await kernel.audit()).toEqual([])
      const idOf = (merchant: string, stage: "captured" | "settled") => trades.get(merchant)?.[stage] ?? ""
      const captured = idOf(altered, "captured")
      const settled = idOf(cooked, "settled")
      await overwrite(store, refOf(captured, altered), { description: "nobody decided this" })
      const about = { merchantId: cooked, reference: { type: "payment", id: settled } }
      expect(await outcome(store, commitOf({ ledger: [captureOf("again", 5n, about)] }))).toBe("Committed")
      const unknown = { merchantId: cooked, reference: { type: "payment", id: "unknown" } }
      expect(await outcome(store, commitOf({ ledger: [captureOf("nobody's", 7n, unknown)] }))).toBe("Committed")
      const garbled = writeOf("garbled", { ref: { ...refOf("garbled", cooked), type: "card" }, state: "nonsense" })
      expect(await outcome(store, commitOf({ aggregates: [garbled] }))).toBe("Committed")
      const ofAltered = [finding(altered, "payment", captured, "its state is not the fold of its events")]
      const ofCooked = [
        finding(cooked, "card", "garbled", "its state cannot be decoded"),
        finding(cooked, "payment", settled, "its postings are not what it captured less what it returned"),
        { merchantId: cooked, aggregate: null, problem: "the balances are not the sum of the postings" }
      ]
      expect(await kernel.audit()).toEqual([...ofAltered, ...ofCooked])
      expect(await kernel.audit(honest)).toEqual([])
      expect(await kernel.audit(altered)).toEqual(ofAltered)
      expect(await kernel.audit(cooked)).toEqual(ofCooked)
    } finally {
      await kernel.close()
    }
  }
}

const finding = (merchant: string, type: string, id: string, problem: string) => ({
  merchantId: merchant,
  aggregate: { type, id },
  problem
})
