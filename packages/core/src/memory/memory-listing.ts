/** The lists of the memory store: entries by collection, filtered, in order and paged as the port promises. */
import type { AggregateRef, IndexEntry } from "../ports/commit.ts"
import type { ListQuery } from "../ports/store.ts"
import { fieldsOf } from "./commit-invariants.ts"

export type Entry = IndexEntry & { readonly ref: AggregateRef }

type Filter = Pick<ListQuery, "merchantId" | "collection" | "where" | "fromMs">

export const memoryListing = () => {
  const collections = new Map<string, Map<string, Entry>>()
  const entriesOf = (merchantId: string, collection: string) =>
    collections.get(JSON.stringify([merchantId, collection])) ?? new Map<string, Entry>()

  const put = (ref: AggregateRef, entry: IndexEntry): void => {
    const entries = entriesOf(ref.merchantId, entry.collection)
    entries.set(entry.id, { ...entry, ref })
    collections.set(JSON.stringify([ref.merchantId, entry.collection]), entries)
  }

  const removeOf = ({ merchantId, type, id }: AggregateRef): void => {
    for (const entries of collections.values()) {
      for (const [entryId, { ref }] of entries) {
        if (ref.merchantId === merchantId && ref.type === type && ref.id === id) entries.delete(entryId)
      }
    }
  }

  const find = (merchantId: string, collection: string, id: string): Entry | undefined =>
    entriesOf(merchantId, collection).get(id)

  const matching = (filter: Filter, toMs: number | null): ReadonlyArray<Entry> => {
    requireDeclared(filter)
    const wanted = Object.entries(filter.where)
    return [...entriesOf(filter.merchantId, filter.collection).values()].filter(
      ({ createdAtMs, fields }) =>
        (filter.fromMs === null || createdAtMs >= filter.fromMs) &&
        (toMs === null || createdAtMs <= toMs) &&
        wanted.every(([field, wish]) => accepts(wish, fields[field] ?? null))
    )
  }

  const page = (query: ListQuery): { entries: ReadonlyArray<Entry>; hasNext: boolean; hasPrevious: boolean } => {
    if (!(query.limit >= 1 && query.limit <= 1000)) throw new RangeError("a page has 1 to 1000 items")
    const all = matching(query, query.toMs).toSorted(newestFirst)
    if (query.page._tag === "First") {
      return { entries: all.slice(0, query.limit), hasNext: all.length > query.limit, hasPrevious: false }
    }
    const anchor = find(query.merchantId, query.collection, query.page.id)
    if (anchor === undefined) return { entries: [], hasNext: false, hasPrevious: false }
    if (query.page._tag === "After") {
      const older = all.filter((entry) => newestFirst(anchor, entry) < 0)
      const entries = older.slice(0, query.limit)
      return { entries, hasNext: older.length > query.limit, hasPrevious: all.length > older.length }
    }
    const newer = all.filter((entry) => newestFirst(entry, anchor) < 0)
    const entries = newer.slice(-query.limit)
    return { entries, hasNext: all.length > newer.length, hasPrevious: newer.length > query.limit }
  }

  return { put, removeOf, find, matching, page }
}

/** Asking for what no index was declared for is a mistake in the program, not a state of the store. */
const requireDeclared = ({ collection, where }: Filter): void => {
  const declared = fieldsOf(collection)
  if (declared === undefined) throw new RangeError(`no collection is called ${collection}`)
  const stranger = Object.keys(where).find((field) => !declared.includes(field))
  if (stranger !== undefined) throw new RangeError(`${collection} declare no field ${stranger}`)
}

const accepts = (wish: string | ReadonlyArray<string> | null, value: string | null): boolean => {
  if (value === null) return false
  if (wish === null) return true
  return typeof wish === "string" ? wish === value : wish.includes(value)
}

const newestFirst = (a: Entry, b: Entry): number =>
  b.createdAtMs - a.createdAtMs || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1)
