/**
 * Lists and counts. Each shape of a query is built once and reads one index in its order: of several filters the
 * most telling one leads, and several wanted values of it are read side by side and merged, so that a page costs
 * what it shows and not what it passes over.
 */
import type { ListQuery } from "@paykernel/core/effect"
import { sql } from "kysely"
import { columnOf, declaredFields, type FieldColumn } from "../schema.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, type Arguments, prepare, query, type Statement } from "./sqlite-statement.ts"

export type Entry = {
  readonly id: string
  readonly created_at_ms: number
  readonly type: string
  readonly aggregate_id: string
}

export type EntryPage = {
  readonly entries: ReadonlyArray<Entry>
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

type Filter = Pick<ListQuery, "merchantId" | "collection" | "where" | "fromMs">

/** A column and how many values of it are wanted; any value at all where that is `null`. */
type Wish = { readonly column: FieldColumn; readonly values: number | null }

/** Which side of a cursor, and whether the item at it belongs to the answer. */
type Side = "older" | "newer" | "atOrOlder" | "atOrNewer"

type Shape = {
  readonly wishes: ReadonlyArray<Wish>
  readonly from: boolean
  readonly to: boolean
  readonly side: Side | null
}

type Values = Arguments & { readonly limit: number }

const shapesMax = 500
const valuesMax = 100

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
    const { shape, values } = analysed({ ...request, side })
    const place = cursor === undefined ? {} : { cursorMs: cursor.created_at_ms, cursorId: cursor.id }
    const to = request.toMs === null ? {} : { toMs: request.toMs }
    return prepared("page", shape).all({ ...values, ...to, ...place, limit })
  }

  const page = (request: ListQuery): EntryPage => {
    if (!(request.limit >= 1 && request.limit <= 1000)) throw new RangeError("a page has 1 to 1000 items")
    analysed({ ...request, side: null })
    if (wantsNothing(request)) return { entries: [], hasNext: false, hasPrevious: false }
    const { limit } = request
    if (request.page._tag === "First") {
      const found = read(request, null, undefined, limit + 1)
      return { entries: found.slice(0, limit), hasNext: found.length > limit, hasPrevious: false }
    }
    const cursor = find(request.merchantId, request.collection, request.page.id)
    if (cursor === undefined) return { entries: [], hasNext: false, hasPrevious: false }
    if (request.page._tag === "After") {
      const found = read(request, "older", cursor, limit + 1)
      const hasPrevious = read(request, "atOrNewer", cursor, 1).length > 0
      return { entries: found.slice(0, limit), hasNext: found.length > limit, hasPrevious }
    }
    const found = read(request, "newer", cursor, limit + 1)
    const hasNext = read(request, "atOrOlder", cursor, 1).length > 0
    return { entries: found.slice(0, limit).toReversed(), hasNext, hasPrevious: found.length > limit }
  }

  const count = (filter: Filter, atMost: number): number => {
    const { shape, values } = analysed({ ...filter, toMs: null, side: null })
    return wantsNothing(filter) ? 0 : prepared("count", shape).all({ ...values, limit: atMost }).length
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

const wantsNothing = ({ where }: Filter): boolean =>
  Object.values(where).some((wish) => wish !== null && typeof wish !== "string" && wish.length === 0)

/** Splits a request into its shape, by which its statement is known, and its values. */
const analysed = (request: Filter & { readonly toMs: number | null; readonly side: Side | null }) => {
  const { merchantId, collection, where, fromMs, toMs, side } = request
  const values: { [name: string]: string | number | null } = { merchantId, collection }
  if (fromMs !== null) values["fromMs"] = fromMs
  declaredFields(collection)
  const wishes = Object.entries(where).map(([field, wish]): Wish => {
    const column = columnOf(collection, field)
    if (wish === null) return { column, values: null }
    const wanted = [...new Set(typeof wish === "string" ? [wish] : wish)]
    if (wanted.length > valuesMax) throw new RangeError(`a filter takes at most ${valuesMax} values`)
    for (const [place, value] of wanted.entries()) values[`${column}_${place}`] = value
    return { column, values: wanted.length }
  })
  const shape: Shape = {
    wishes: wishes.toSorted(byTelling(collection)),
    from: fromMs !== null,
    to: toMs !== null,
    side
  }
  return { shape, values }
}

/** Fields whose few values are shared by many items. The others name something particular, and find sooner. */
const classes: ReadonlyArray<string> = ["status", "type"]

const byTelling = (collection: string) => {
  const shared = classes.filter((field) => declaredFields(collection).includes(field))
  const columns = shared.map((field) => columnOf(collection, field))
  const rank = ({ column, values }: Wish): number => (values === null ? 2 : 0) + (columns.includes(column) ? 1 : 0)
  return (a: Wish, b: Wish): number => rank(a) - rank(b)
}

const countOf = (shape: Shape) => (arg: Arg<Values>) => {
  const [lead, ...rest] = shape.wishes
  const wanted = lead === undefined ? [] : [isWanted(arg, lead, true)]
  return entriesOf(arg, shape, [...wanted, ...rest.map((wish) => isWanted(arg, wish, false))]).limit(arg("limit"))
}

const pageOf = (shape: Shape) => (arg: Arg<Values>) => {
  const [lead, ...rest] = shape.wishes
  const others = rest.map((wish) => isWanted(arg, wish, false))
  const branch = (first: ReadonlyArray<ReturnType<typeof isWanted>>) =>
    inOrder(entriesOf(arg, shape, [...first, ...others]), shape.side).limit(arg("limit"))
  if (lead === undefined) return branch([])
  if (lead.values === null || lead.values === 1) return branch([isWanted(arg, lead, true)])
  const values = Array.from({ length: lead.values }, (_, place) => place)
  const branches = values.map((place) =>
    query.selectFrom(branch([isValue(arg, lead.column, place)]).as(`of_${place}`)).selectAll()
  )
  const merged = branches.reduce((union, one) => union.unionAll(one))
  return inOrder(query.selectFrom(merged.as("merged")).selectAll(), shape.side).limit(arg("limit"))
}

const entriesOf = (
  arg: Arg<Values>,
  { from, to, side }: Shape,
  conditions: ReadonlyArray<ReturnType<typeof isWanted>>
) => {
  const bounded = query
    .selectFrom("paykernel_listing")
    .select(["id", "created_at_ms", "type", "aggregate_id"])
    .where(sql<boolean>`merchant_id = ${arg("merchantId")}`)
    .where(sql<boolean>`collection = ${arg("collection")}`)
    .$if(from, (rows) => rows.where(sql<boolean>`created_at_ms >= ${arg("fromMs")}`))
    .$if(to, (rows) => rows.where(sql<boolean>`created_at_ms <= ${arg("toMs")}`))
    .$if(side !== null, (rows) => rows.where(isBeyond(arg, side ?? "older")))
  return conditions.reduce((rows, condition) => rows.where(condition), bounded)
}

const comparisons = { older: "<", newer: ">", atOrOlder: "<=", atOrNewer: ">=" } as const

const isBeyond = (arg: Arg<Values>, side: Side) =>
  sql<boolean>`(created_at_ms, id) ${sql.raw(comparisons[side])} (${arg("cursorMs")}, ${arg("cursorId")})`

/** A leading condition uses the index of its column; for the others a plus sign keeps SQLite from choosing theirs. */
const isWanted = (arg: Arg<Values>, { column, values }: Wish, leads: boolean) => {
  const place = leads ? sql.ref(column) : sql`+${sql.ref(column)}`
  if (values === null) return sql<boolean>`${place} is not null`
  const wanted = Array.from({ length: values }, (_, n) => arg(`${column}_${n}`))
  return sql<boolean>`${place} in (${sql.join(wanted)})`
}

const isValue = (arg: Arg<Values>, column: FieldColumn, place: number) =>
  sql<boolean>`${sql.ref(column)} = ${arg(`${column}_${place}`)}`

type Ordered = { readonly created_at_ms: number; readonly id: string }

const inOrder = <Rows extends { orderBy: (column: keyof Ordered, direction: "asc" | "desc") => Rows }>(
  rows: Rows,
  side: Side | null
): Rows => {
  const direction = side === "newer" || side === "atOrNewer" ? "asc" : "desc"
  return rows.orderBy("created_at_ms", direction).orderBy("id", direction)
}
