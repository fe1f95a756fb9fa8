/**
 * What lists and counts are in every SQL dialect: which filter leads, what a statement's text depends on, and what
 * makes up a page. Knows nothing of SQL.
 */
import type { ListQuery } from "@paykernel/core/effect"
import { columnOf, declaredFields, type FieldColumn } from "./schema.ts"

export type Entry = {
  readonly id: string
  readonly created_at_ms: number
  readonly type: string
  readonly aggregate_id: string
}

export type EntryPage<Shown> = {
  readonly entries: ReadonlyArray<Shown>
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

export type Filter = Pick<ListQuery, "merchantId" | "collection" | "where" | "fromMs">

/** Which side of a cursor, and whether the item at it belongs to the answer. */
export type Side = "older" | "newer" | "atOrOlder" | "atOrNewer"

/** A column and how many values of it are wanted; any value at all where that is `null`. */
export type Wish = { readonly column: FieldColumn; readonly values: number | null }

/** All that the text of a statement depends on. */
export type Shape = {
  /** The most telling first. */
  readonly wishes: ReadonlyArray<Wish>
  readonly from: boolean
  readonly to: boolean
  readonly side: Side | null
}

export type Analysed = {
  readonly shape: Shape
  /** The wanted values of each column, without repetition. */
  readonly wanted: { readonly [column: string]: ReadonlyArray<string> }
  /** Arguments by their names, with what the shape has of the bounds. */
  readonly values: {
    readonly merchantId: string
    readonly collection: string
    readonly fromMs?: number
    readonly toMs?: number
  }
}

const valuesMax = 100
const itemsMax = 1000

/** Refuses a page that no store gives. */
export const checkLimit = ({ limit }: Pick<ListQuery, "limit">): void => {
  if (!(limit >= 1 && limit <= itemsMax)) throw new RangeError(`a page has 1 to ${itemsMax} items`)
}

/** Whether a filter has an empty list of values, which nothing is in. */
export const wantsNothing = ({ where }: Filter): boolean =>
  Object.values(where).some((wish) => wish !== null && typeof wish !== "string" && wish.length === 0)

/** Splits a request into its shape, by which its statement is known, and its values. Throws at what is not declared. */
export const analysed = (request: Filter & Partial<Pick<ListQuery, "toMs">>, side: Side | null = null): Analysed => {
  const { merchantId, collection, where, fromMs, toMs = null } = request
  const wanted: { [column: string]: ReadonlyArray<string> } = {}
  declaredFields(collection)
  const wishes = Object.entries(where).map(([field, wish]): Wish => {
    const column = columnOf(collection, field)
    if (wish === null) return { column, values: null }
    const values = [...new Set(typeof wish === "string" ? [wish] : wish)]
    if (values.length > valuesMax) throw new RangeError(`a filter takes at most ${valuesMax} values`)
    wanted[column] = values
    return { column, values: values.length }
  })
  return {
    shape: { wishes: wishes.toSorted(byTelling(collection)), from: fromMs !== null, to: toMs !== null, side },
    wanted,
    values: {
      merchantId,
      collection,
      ...(fromMs === null ? {} : { fromMs }),
      ...(toMs === null ? {} : { toMs })
    }
  }
}

/** Fields whose few values are shared by many items. The others name something particular, and find sooner. */
const classes: ReadonlyArray<string> = ["status", "type"]

const byTelling = (collection: string) => {
  const shared = classes.filter((field) => declaredFields(collection).includes(field))
  const columns = shared.map((field) => columnOf(collection, field))
  const rank = ({ column, values }: Wish): number => (values === null ? 2 : 0) + (columns.includes(column) ? 1 : 0)
  return (a: Wish, b: Wish): number => rank(a) - rank(b)
}

/** Which entries a page shows, counted from its cursor, and which would lie on the other side of it. */
export const sidesOf = {
  First: { shown: null, beyond: null },
  After: { shown: "older", beyond: "atOrNewer" },
  Before: { shown: "newer", beyond: "atOrOlder" }
} as const satisfies { readonly [tag in ListQuery["page"]["_tag"]]: { shown: Side | null; beyond: Side | null } }

/** The page of what was found on the shown side, one more than asked for if there are, and whether there is more beyond. */
export const pageFrom = <Shown>(
  { page, limit }: Pick<ListQuery, "page" | "limit">,
  found: ReadonlyArray<Shown>,
  isMoreBeyond: boolean
): EntryPage<Shown> => {
  const entries = found.slice(0, limit)
  const isMore = found.length > limit
  return page._tag === "Before"
    ? { entries: entries.toReversed(), hasNext: isMoreBeyond, hasPrevious: isMore }
    : { entries, hasNext: isMore, hasPrevious: isMoreBeyond }
}

export const emptyPage: EntryPage<never> = { entries: [], hasNext: false, hasPrevious: false }
