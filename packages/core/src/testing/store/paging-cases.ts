/**
 * Pages while others insert: whoever walks a list, forth or back, meets everything that was there when it began, once
 * and in order, wherever new items appear meanwhile.
 */
import { expect } from "vitest"
import type { ListedItem, ListQuery } from "../../ports/store.ts"
import {
  commitOf,
  entryOf,
  listedOf,
  noonMs,
  numbers,
  outcome,
  outcomes,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  several,
  turnOf,
  writeOf
} from "./store-case.ts"
import { nextTurn } from "./watching.ts"

type Walked = Partial<ListQuery> & { readonly merchantId: string }
type Item = Pick<ListedItem, "id" | "createdAtMs">

const fields = { status: "open", source: "card" }
/** Of 40 items four each share a millisecond, so every page of some sizes begins or ends among equals. */
const first: ReadonlyArray<Item> = numbers(40).map((n) => ({
  id: `p-${String((n * 7) % 40).padStart(2, "0")}`,
  createdAtMs: noonMs + Math.floor(n / 4) * 10
}))
const oldestMs = noonMs
const newestMs = noonMs + 90

const newestFirst = (a: Item, b: Item) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1)
const inOrder = (items: ReadonlyArray<Item>) => items.toSorted(newestFirst).map(({ id }) => id)

const insert = async (store: StorePort, { merchantId }: Walked, items: ReadonlyArray<Item>): Promise<void> => {
  const commits = items.map(({ id, createdAtMs }) => listedOf(id, createdAtMs, fields, merchantId))
  expect(new Set(await outcomes(store, commits))).toEqual(new Set(["Committed"]))
}

/** Pages from the newest item on, or back from the oldest one, which is then not met itself. */
const walk = async (
  store: StorePort,
  query: Walked,
  towards: "older" | "newer",
  between: (cursor: Item) => Promise<unknown> = async () => {}
): Promise<ReadonlyArray<Item>> => {
  const pages: Array<ReadonlyArray<ListedItem>> = []
  const oldest = inOrder(first).at(-1) ?? ""
  let page: ListQuery["page"] = towards === "older" ? { _tag: "First" } : { _tag: "Before", id: oldest }
  for (;;) {
    const { items, hasNext, hasPrevious } = await run(store.list(queryOf({ ...query, page })))
    const cursor = towards === "older" ? items.at(-1) : items[0]
    if (towards === "older") pages.push(items)
    else pages.unshift(items)
    if (pages.length > 1000) throw new Error("the walk does not end")
    if (!(towards === "older" ? hasNext : hasPrevious) || cursor === undefined) return pages.flat()
    page = { _tag: towards === "older" ? "After" : "Before", id: cursor.id }
    await between(cursor)
  }
}

/** Everything met is met once and in order, and nothing that was there from the beginning is missing. */
const expectSound = (met: ReadonlyArray<Item>, wanted: ReadonlyArray<string>, query: Walked): void => {
  const ids = met.map(({ id }) => id)
  expect([query, ids]).toEqual([query, inOrder(met)])
  expect(new Set(ids).size).toBe(ids.length)
  expect([query, wanted.filter((id) => !ids.includes(id))]).toEqual([query, []])
}

const metFrom = (towards: "older" | "newer"): ReadonlyArray<string> =>
  towards === "older" ? inOrder(first) : inOrder(first).slice(0, -1)

/** Each with a merchant, and so a list, of its own. */
const queries: ReadonlyArray<Walked> = [
  { limit: 1 },
  { limit: 3 },
  { limit: 7, where: { status: "open" } },
  { limit: 4, where: { status: ["open", "closed"] } },
  { limit: 5, where: { source: null, status: "open" } },
  { limit: 6, where: { status: ["closed", "open"] }, fromMs: oldestMs, toMs: newestMs }
].map((query, n) => ({ ...query, merchantId: `merchant-${n}` }))

/** At both ends, and just before and just after the place that a walker has reached, in the same millisecond. */
const around = ({ id, createdAtMs }: Item, round: number): ReadonlyArray<Item> => [
  { id: `head-${round}`, createdAtMs: newestMs + round },
  { id: `tail-${round}`, createdAtMs: oldestMs - 1 - round },
  { id: `${id}+`, createdAtMs },
  { id: `${id.slice(0, -1)}!${round}`, createdAtMs },
  { id: `middle-${round}`, createdAtMs: noonMs + 45 }
]

const insertedWhile = (towards: "older" | "newer"): StoreCases => ({
  [`a walk towards ${towards} items meets all once while items are inserted at both ends and around it`]: async (
    store
  ) => {
    for (const query of queries) {
      await insert(store, query, first)
      let round = 0
      const met = await walk(store, query, towards, async (cursor) => {
        // An end that keeps moving away would never be reached.
        if (round++ < 12) await insert(store, query, around(cursor, round))
      })
      expect(round).toBeGreaterThan(4)
      expectSound(met, metFrom(towards), query)
    }
  },
  [`a walk towards ${towards} items meets all once while other stores insert`]: async (store, another) => {
    const stores = await several(store, another)
    for (const query of queries) {
      await insert(store, query, first)
      const write = async (writer: number): Promise<void> => {
        for (const n of numbers(20)) {
          const place = turnOf(first, n * 11 + writer)
          const items = [
            { id: `${writer}-head-${n}`, createdAtMs: newestMs + n },
            { id: `${place.id}-${writer}-${n}`, createdAtMs: place.createdAtMs },
            { id: `${writer}-middle-${n}`, createdAtMs: place.createdAtMs + 5 }
          ]
          await insert(turnOf(stores, writer), query, items)
        }
      }
      const [met] = await Promise.all([walk(store, query, towards, nextTurn), write(1), write(2)])
      expectSound(met, metFrom(towards), query)
    }
  }
})

export const pagingCases: StoreCases = {
  "pages of every size tell one order, forth and back, also within a millisecond": async (store) => {
    const query = turnOf(queries, 0)
    await insert(store, query, first.toReversed())
    const wheres: ReadonlyArray<ListQuery["where"]> = [
      {},
      { status: "open" },
      { status: ["open", "closed"] },
      { status: null }
    ]
    for (const where of wheres) {
      for (const limit of [1, 2, 3, 4, 5, 39, 40, 41]) {
        for (const towards of ["older", "newer"] as const) {
          const met = await walk(store, { ...query, where, limit }, towards)
          expect(met.map(({ id }) => id)).toEqual(metFrom(towards))
        }
      }
    }
  },
  ...insertedWhile("older"),
  ...insertedWhile("newer"),
  "a walk meets all once though each item leaves the filter as soon as it was met": async (store) => {
    for (const limit of [1, 3, 8]) {
      const query: Walked = { merchantId: `merchant-${limit}`, where: { status: "open" }, limit }
      await insert(store, query, first)
      const closed = new Set<string>()
      const close = async (): Promise<void> => {
        const { items } = await run(store.list(queryOf({ ...query, limit })))
        for (const { id, createdAtMs } of items) {
          const index = [entryOf(id, createdAtMs, { status: "closed", source: "card" })]
          const write = writeOf(id, { ref: refOf(id, query.merchantId), expectedVersion: 1, index })
          expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("Committed")
          closed.add(id)
        }
      }
      const met = await walk(store, query, "older", close)
      expectSound(met, metFrom("older"), query)
      expect(closed.size).toBe(Math.floor((first.length - 1) / limit) * limit)
    }
  }
}
