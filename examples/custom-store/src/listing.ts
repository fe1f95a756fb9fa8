/** Lists from the books: filtered by declared fields, newest first, in pages. */
import { collections, type ListQuery } from "@paykernel/core/effect"
import { type Books, entriesOf, type Found } from "./books.ts"

type Filter = Pick<ListQuery, "merchantId" | "collection" | "where" | "fromMs">

export const matching = (books: Books, filter: Filter, toMs: number | null): ReadonlyArray<Found> => {
  const declared: { readonly [name: string]: ReadonlyArray<string> } = collections
  // Asking for what no index was declared for is a mistake of the caller, not a state of the store.
  const fields = Object.hasOwn(declared, filter.collection) ? declared[filter.collection] : undefined
  if (fields === undefined) throw new RangeError(`no collection is called ${filter.collection}`)
  const stranger = Object.keys(filter.where).find((field) => !fields.includes(field))
  if (stranger !== undefined) throw new RangeError(`${filter.collection} declare no field ${stranger}`)
  return [...entriesOf(books, filter.merchantId, filter.collection).values()].filter(
    ({ createdAtMs, fields: values }) =>
      createdAtMs >= (filter.fromMs ?? -Infinity) &&
      createdAtMs <= (toMs ?? Infinity) &&
      Object.entries(filter.where).every(([field, wish]) => accepts(wish, values[field] ?? null))
  )
}

/** `null` wishes for any value at all. */
const accepts = (wish: string | ReadonlyArray<string> | null, value: string | null): boolean =>
  value !== null && (wish === null || (typeof wish === "string" ? wish === value : wish.includes(value)))

export type Page = { readonly items: ReadonlyArray<Found>; readonly hasNext: boolean; readonly hasPrevious: boolean }

export const pageOf = (books: Books, query: ListQuery): Page => {
  if (!(query.limit >= 1 && query.limit <= 1000)) throw new RangeError("a page has 1 to 1000 items")
  const all = matching(books, query, query.toMs).toSorted(newestFirst)
  if (query.page._tag === "First") return pageFrom(all, 0, query.limit)
  const anchor = entriesOf(books, query.merchantId, query.collection).get(query.page.id)
  if (anchor === undefined) return { items: [], hasNext: false, hasPrevious: false }
  if (query.page._tag === "After") {
    const start = all.findIndex((entry) => newestFirst(anchor, entry) < 0)
    return pageFrom(all, start === -1 ? all.length : start, query.limit)
  }
  const older = all.findIndex((entry) => newestFirst(entry, anchor) >= 0)
  const end = older === -1 ? all.length : older
  const start = Math.max(0, end - query.limit)
  return { items: all.slice(start, end), hasNext: end < all.length, hasPrevious: start > 0 }
}

const pageFrom = (all: ReadonlyArray<Found>, start: number, limit: number): Page => ({
  items: all.slice(start, start + limit),
  hasNext: all.length > start + limit,
  hasPrevious: start > 0
})

const newestFirst = (a: Found, b: Found): number => b.createdAtMs - a.createdAtMs || inOrder(b.id, a.id)

export const inOrder = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
