/** Lists and counts: every declared filter, date bounds, and pages that stay stable while items are added. */
import { expect } from "vitest"
import { collections } from "../../ports/aggregate.ts"
import {
  commitOf,
  dies,
  entryOf,
  idsOf,
  listedOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  outcomes,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  stranger,
  writeOf
} from "./store-case.ts"

const three: ReadonlyArray<readonly [string, { readonly [field: string]: string | null }]> = [
  ["p1", { status: "paid", source: "card-1", awaiting: "attempt" }],
  ["p2", { status: "failed", source: "card-1", awaiting: null }],
  ["p3", { status: "pending", source: "card-2", awaiting: "challenge" }]
]

const fileThree = (store: StorePort) =>
  outcomes(
    store,
    three.map(([id, fields], n) => listedOf(id, noonMs + n, fields))
  )

const fileTen = (store: StorePort) =>
  outcomes(
    store,
    numbers(10).map((n) => listedOf(`p${n}`, noonMs + n, { status: n % 2 === 0 ? "even" : "odd" }))
  )

const page = async (store: StorePort, parts: Parameters<typeof queryOf>[0]) => {
  const { items, hasNext, hasPrevious } = await run(store.list(queryOf(parts)))
  return [items.map(({ id }) => id).join(" "), hasNext, hasPrevious]
}

const filterCases: StoreCases = Object.fromEntries(
  Object.entries(collections).flatMap(([collection, fields]) =>
    fields.map((field) => [
      `${collection} can be filtered by ${field}`,
      async (store: StorePort) => {
        const values = { a: "x", b: "y", c: null, d: "x" }
        const commits = Object.entries(values).map(([id, value], n) => {
          const entry = { collection, id, createdAtMs: noonMs + n, fields: { [field]: value } }
          return commitOf({ aggregates: [writeOf(id, { index: [entry] })] })
        })
        await outcomes(store, commits)
        const where = (wish: string | ReadonlyArray<string> | null) => ({ collection, where: { [field]: wish } })
        expect(await idsOf(store, where("x"))).toEqual(["d", "a"])
        expect(await idsOf(store, where(["y", "x", "none"]))).toEqual(["d", "b", "a"])
        expect(await idsOf(store, where(["y", "y"]))).toEqual(["b"])
        expect(await idsOf(store, where(null))).toEqual(["d", "b", "a"])
        expect(await idsOf(store, where([]))).toEqual([])
        for (const value of ["none", "xy", ""]) expect(await idsOf(store, where(value))).toEqual([])
        expect(await idsOf(store, { collection })).toEqual(["d", "c", "b", "a"])
        expect(await run(store.count(queryOf(where(["x", "y"])), 100))).toBe(3)
        expect(await run(store.count(queryOf(where(null)), 100))).toBe(3)
      }
    ])
  )
)

export const listingCases: StoreCases = {
  ...filterCases,
  "several filters must all hold": async (store) => {
    await fileThree(store)
    expect(await idsOf(store, { where: { source: "card-1", status: ["paid", "pending"] } })).toEqual(["p1"])
    expect(await idsOf(store, { where: { source: ["card-1", "card-2"], status: ["failed", "pending"] } })).toEqual([
      "p3",
      "p2"
    ])
    expect(await idsOf(store, { where: { source: "card-1", awaiting: null } })).toEqual(["p1"])
    expect(await idsOf(store, { where: { awaiting: null } })).toEqual(["p3", "p1"])
  },
  "date bounds are inclusive, and combine with filters and pages": async (store) => {
    await fileTen(store)
    expect(await idsOf(store, { fromMs: noonMs + 3, toMs: noonMs + 5 })).toEqual(["p5", "p4", "p3"])
    expect(await idsOf(store, { fromMs: noonMs + 9 })).toEqual(["p9"])
    expect(await idsOf(store, { toMs: noonMs })).toEqual(["p0"])
    expect(await idsOf(store, { where: { status: "odd" }, fromMs: noonMs + 3, toMs: noonMs + 8 })).toEqual([
      "p7",
      "p5",
      "p3"
    ])
    const bounded = { where: { status: ["odd", "even"] }, fromMs: noonMs + 2, toMs: noonMs + 7, limit: 2 }
    expect(await page(store, bounded)).toEqual(["p7 p6", true, false])
    expect(await page(store, { ...bounded, page: { _tag: "After", id: "p4" } })).toEqual(["p3 p2", false, true])
    expect(await page(store, { ...bounded, page: { _tag: "Before", id: "p4" } })).toEqual(["p6 p5", true, true])
  },
  "pages go forth and back and say what is beyond them": async (store) => {
    await fileTen(store)
    expect(await page(store, { limit: 4 })).toEqual(["p9 p8 p7 p6", true, false])
    expect(await page(store, { limit: 4, page: { _tag: "After", id: "p6" } })).toEqual(["p5 p4 p3 p2", true, true])
    expect(await page(store, { limit: 4, page: { _tag: "After", id: "p2" } })).toEqual(["p1 p0", false, true])
    expect(await page(store, { limit: 2, page: { _tag: "After", id: "p2" } })).toEqual(["p1 p0", false, true])
    expect(await page(store, { limit: 4, page: { _tag: "After", id: "p0" } })).toEqual(["", false, true])
    expect(await page(store, { limit: 4, page: { _tag: "Before", id: "p1" } })).toEqual(["p5 p4 p3 p2", true, true])
    expect(await page(store, { limit: 4, page: { _tag: "Before", id: "p5" } })).toEqual(["p9 p8 p7 p6", true, false])
    expect(await page(store, { limit: 4, page: { _tag: "Before", id: "p9" } })).toEqual(["", true, false])
    expect(await page(store, { limit: 10 })).toEqual(["p9 p8 p7 p6 p5 p4 p3 p2 p1 p0", false, false])
  },
  "a page may begin at an item that the filter leaves out": async (store) => {
    await fileTen(store)
    const odd = { where: { status: "odd" }, limit: 2 }
    expect(await page(store, { ...odd, page: { _tag: "After", id: "p6" } })).toEqual(["p5 p3", true, true])
    expect(await page(store, { ...odd, page: { _tag: "Before", id: "p4" } })).toEqual(["p7 p5", true, true])
    expect(await page(store, { ...odd, page: { _tag: "Before", id: "p0" } })).toEqual(["p3 p1", false, true])
    const even = { where: { status: "even" }, limit: 2 }
    expect(await page(store, { ...even, page: { _tag: "After", id: "p9" } })).toEqual(["p8 p6", true, false])
  },
  "a page that begins at an unknown item, or at another merchant's, is empty": async (store) => {
    await fileTen(store)
    await outcome(store, listedOf("theirs", noonMs + 5, {}, stranger))
    for (const id of ["nothing", "theirs"]) {
      expect(await page(store, { page: { _tag: "After", id } })).toEqual(["", false, false])
      expect(await page(store, { page: { _tag: "Before", id } })).toEqual(["", false, false])
    }
  },
  "items of one millisecond are ordered by id, newest id first": async (store) => {
    await outcomes(
      store,
      ["b", "d", "a", "c"].map((id) => listedOf(id, noonMs, { status: "s" }))
    )
    for (const where of [{}, { status: "s" }, { status: ["s", "t"] }]) {
      expect(await page(store, { where, limit: 2 })).toEqual(["d c", true, false])
      expect(await page(store, { where, limit: 2, page: { _tag: "After", id: "c" } })).toEqual(["b a", false, true])
      expect(await page(store, { where, limit: 2, page: { _tag: "Before", id: "a" } })).toEqual(["c b", true, true])
    }
  },
  "walking the pages meets every older item once while new ones arrive": async (store) => {
    await fileTen(store)
    const met: Array<string> = []
    let query = queryOf({ limit: 3 })
    for (let round = 0; ; round++) {
      const { items, hasNext } = await run(store.list(query))
      met.push(...items.map(({ id }) => id))
      await outcome(store, listedOf(`new-${round}`, noonMs + 100 + round))
      if (!hasNext) break
      query = { ...query, page: { _tag: "After", id: met.at(-1) ?? "" } }
    }
    expect(met).toEqual(numbers(10).map((n) => `p${9 - n}`))
  },
  "an entry replaces the earlier one of its id": async (store) => {
    await outcome(store, listedOf("p", noonMs, { status: "pending", email: "a@example.com" }))
    const index = [entryOf("p", noonMs, { status: "paid" })]
    await outcome(store, commitOf({ aggregates: [writeOf("p", { expectedVersion: 1, index })] }))
    expect(await idsOf(store, { where: { status: "pending" } })).toEqual([])
    expect(await idsOf(store, { where: { email: "a@example.com" } })).toEqual([])
    expect(await idsOf(store, { where: { status: "paid" } })).toEqual(["p"])
    expect(await idsOf(store)).toEqual(["p"])
    expect(await run(store.count(queryOf(), 10))).toBe(1)
  },
  "a part of an aggregate is listed by its own id, with the whole aggregate": async (store) => {
    const index = [entryOf("p", noonMs, { type: "payment" }), entryOf("r", noonMs + 1, { type: "refund" })]
    await outcome(store, commitOf({ aggregates: [writeOf("p", { index })] }))
    const { items } = await run(store.list(queryOf({ where: { type: "refund" } })))
    expect(items).toMatchObject([{ id: "r", createdAtMs: noonMs + 1, aggregate: { ref: refOf("p"), version: 1 } }])
    expect(await run(store.find(merchantId, "payments", "r"))).toEqual(items[0])
    expect(await run(store.find(merchantId, "cards", "r"))).toBeUndefined()
    expect(await idsOf(store, { collection: "cards" })).toEqual([])
  },
  "counting stops at the limit it is given": async (store) => {
    await fileTen(store)
    expect(await run(store.count(queryOf(), 100))).toBe(10)
    expect(await run(store.count(queryOf(), 4))).toBe(4)
    expect(await run(store.count(queryOf({ where: { status: "odd" } }), 100))).toBe(5)
    expect(await run(store.count(queryOf({ where: { status: ["odd", "even"] } }), 3))).toBe(3)
    expect(await run(store.count(queryOf({ where: { status: "odd" }, fromMs: noonMs + 7 }), 100))).toBe(2)
    expect(await run(store.count(queryOf({ where: { status: [] } }), 100))).toBe(0)
  },
  "asking for what is not declared, or for too much at once, is a defect": async (store) => {
    expect(await dies(store.list(queryOf({ where: { colour: "red" } })))).toBe(true)
    expect(await dies(store.list(queryOf({ collection: "toString" })))).toBe(true)
    expect(await dies(store.count(queryOf({ where: { "1=1; --": "x" } }), 1))).toBe(true)
    expect(await dies(store.list(queryOf({ limit: 1001 })))).toBe(true)
    expect(await dies(store.list(queryOf({ limit: 0 })))).toBe(true)
  }
}
