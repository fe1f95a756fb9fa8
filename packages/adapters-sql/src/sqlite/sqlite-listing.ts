/** Lists and counts in SQLite. Several values are written out one by one, since SQLite binds no lists. */
import type { ListQuery } from "@paykernel/core/effect"
import { sql } from "kysely"
import {
  type Analysed,
  analysed,
  checkLimit,
  type Entry,
  type EntryPage,
  emptyPage,
  type Filter,
  pageFrom,
  type Shape,
  type Side,
  sidesOf,
  wantsNothing
} from "../listing.ts"
import { entriesInOrder, entriesOf, isWanted, type ListingDialect } from "../listing-query.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, type Arguments, prepare, query, type Statement } from "./sqlite-statement.ts"

export type { Entry } from "../listing.ts"

type Values = Arguments & { readonly limit: number }

const shapesMax = 500

export const sqliteListing = (database: SqliteDatabase) => {
  const known = new Map<string, Statement<Values, Entry>>()

  const prepared = (kind: "page" | "count", shape: Shape): Statement<Values, Entry> => {
    const key = JSON.stringify([kind, shape])
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= shapesMax) known.clear()
    const build = kind === "page" ? pageOf(shape) : countOf(shape)
    const statement = prepare<Values, Entry>(database, build)
    known.set(key, statement)
    return statement
  }

  const findEntry = prepare(database, entryByKey)
  const find = (merchantId: string, collection: string, id: string): Entry | undefined =>
    findEntry.get({ merchantId, collection, id })

  const read = (
    request: ListQuery,
    side: Side | null,
    cursor: Entry | undefined,
    limit: number
  ): ReadonlyArray<Entry> => {
    const found = analysed(request, side)
    const place = cursor === undefined ? {} : { cursorMs: cursor.created_at_ms, cursorId: cursor.id }
    return prepared("page", found.shape).all({ ...argumentsOf(found), ...place, limit })
  }

  const page = (request: ListQuery): EntryPage<Entry> => {
    checkLimit(request)
    analysed(request)
    if (wantsNothing(request)) return emptyPage
    const { shown, beyond } = sidesOf[request.page._tag]
    const cursor = request.page._tag === "First" ? null : find(request.merchantId, request.collection, request.page.id)
    if (cursor === undefined) return emptyPage
    const found = read(request, shown, cursor ?? undefined, request.limit + 1)
    return pageFrom(request, found, beyond !== null && read(request, beyond, cursor ?? undefined, 1).length > 0)
  }

  const count = (filter: Filter, atMost: number): number => {
    const found = analysed(filter)
    if (wantsNothing(filter)) return 0
    return prepared("count", found.shape).all({ ...argumentsOf(found), limit: atMost }).length
  }

  return { find, page, count }
}

const entryByKey = (arg: Arg<{ merchantId: string; collection: string; id: string }>) =>
  query
    .selectFrom("paykernel_listing")
    .select(["id", "created_at_ms", "type", "aggregate_id"])
    .where("merchant_id", "=", arg("merchantId"))
    .where("collection", "=", arg("collection"))
    .where("id", "=", arg("id"))

/** Each wanted value under a name of its own. */
const argumentsOf = ({ values, wanted }: Analysed): Arguments =>
  Object.fromEntries([
    ...Object.entries(values),
    ...Object.entries(wanted).flatMap(([column, texts]) => texts.map((text, place) => [valueName(column, place), text]))
  ])

const valueName = (column: string, place: number): string => `${column}_${place}`

const placesOf = (values: number | null): ReadonlyArray<number> => Array.from({ length: values ?? 0 }, (_, n) => n)

const dialect: ListingDialect = {
  query: query.$pickTables<"paykernel_listing">(),
  // A plus sign changes nothing, and SQLite looks for no index behind it.
  unindexed: (column) => sql`+${sql.ref(column)}`,
  isOneOf: (place, { column, values }, arg) =>
    sql`${place} in (${sql.join(placesOf(values).map((n) => arg(valueName(column, n))))})`,
  forEachValue: (branch, { column, values }, arg) =>
    placesOf(values)
      .map((n) => branch(sql`${sql.ref(column)} = ${arg(valueName(column, n))}`))
      .map((entries, n) => query.selectFrom(entries.as(`of_${n}`)).selectAll())
      .reduce((union, one) => union.unionAll(one))
      .as("merged"),
  byTime: [],
  limit: (arg) => sql`${arg("limit")}`
}

const pageOf = (shape: Shape) => (arg: Arg<Values>) => entriesInOrder(dialect, shape, arg)

/** In no order: what is only counted need not be sorted. */
const countOf = (shape: Shape) => (arg: Arg<Values>) => {
  const conditions = shape.wishes.map((wish, place) => isWanted(dialect, wish, arg, place === 0 ? "leads" : "follows"))
  return entriesOf(dialect, shape, conditions, arg).limit(arg("limit"))
}
