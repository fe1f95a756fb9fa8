/**
 * Lists and counts in PostgreSQL. Several values are bound as one list, and each listed item comes with its aggregate in
 * the same answer. Statements leave the planner no choice but the index that gives the right order: what it knows of
 * the rows may be old, or true of other merchants only.
 */
import type { Json, ListedItem, ListPage, ListQuery } from "@paykernel/core/effect"
import { type AliasedExpression, sql } from "kysely"
import {
  type Analysed,
  analysed,
  checkLimit,
  type Entry,
  emptyPage,
  type Filter,
  pageFrom,
  type Shape,
  type Side,
  sidesOf,
  type Wish,
  wantsNothing
} from "../listing.ts"
import { entriesInOrder, inOrder, type ListingDialect } from "../listing-query.ts"
import {
  type Arg,
  type Arguments,
  type Connection,
  prepare,
  query,
  type SqlValue,
  type Statement
} from "./postgres-statement.ts"

type Values = Arguments & { readonly merchantId: string; readonly limit: number }

/** Rows at most, in round numbers and written into the text. */
type BoundedShape = Shape & { readonly rowsMax: number }

type ItemKey = { readonly merchantId: string; readonly collection: string; readonly id: string }

/** An entry and its aggregate, which every entry has. */
type ItemRow = Entry & {
  readonly version: number | null
  readonly schema_version: number | null
  readonly state: string | null
}

type Cursor = Pick<Entry, "id" | "created_at_ms">

/** Shapes that are prepared under a name. A server keeps these for as long as a connection lasts. */
const shapesMax = 200

export const postgresListing = (connection: Connection) => {
  const findItem = prepare(connection, itemByKey)
  const findCursor = prepare(connection, cursorByKey)
  const items = byShape((shape, naming) => prepare<Values, ItemRow>(connection, itemsOf(shape), naming))
  const counts = byShape((shape, naming) => prepare<Values, Counted>(connection, countOf(shape), naming))

  const find = async (merchantId: string, collection: string, id: string): Promise<ListedItem | undefined> => {
    const row = await findItem.get({ merchantId, collection, id })
    return row && asItem(merchantId, row)
  }

  const shown = (request: ListQuery, side: Side | null, cursor: Cursor | null): Promise<ReadonlyArray<ItemRow>> => {
    const found = bindable(analysed(request, side))
    return items({ ...found.shape, rowsMax: itemsMax }).all(argumentsOf(found, request.limit + 1, cursor))
  }

  const counted = async (
    request: Filter & Partial<ListQuery>,
    side: Side | null,
    cursor: Cursor | null,
    limit: number
  ): Promise<number> => {
    const found = bindable(analysed(request, side))
    const row = await counts({ ...found.shape, rowsMax: roundedUp(limit) }).get(argumentsOf(found, limit, cursor))
    return row?.total ?? 0
  }

  /** Two rounds to the server at most: where the page begins, and then what is on both sides of that. */
  const page = async (request: ListQuery): Promise<ListPage> => {
    checkLimit(request)
    analysed(request)
    if (wantsNothing(request)) return asPage(request, emptyPage)
    const { merchantId, collection, page: asked } = request
    const cursor = asked._tag === "First" ? null : await findCursor.get({ merchantId, collection, id: asked.id })
    if (cursor === undefined) return asPage(request, emptyPage)
    const sides = sidesOf[asked._tag]
    const [found, beyond] = await Promise.all([
      shown(request, sides.shown, cursor),
      sides.beyond === null ? 0 : counted(request, sides.beyond, cursor, 1)
    ])
    return asPage(request, pageFrom(request, found, beyond > 0))
  }

  const count = async (filter: Filter, atMost: number): Promise<number> => {
    analysed(filter)
    return wantsNothing(filter) ? 0 : counted(filter, null, null, atMost)
  }

  return { find, page, count }
}

/** Each shape's statement, built at its first use. Of more shapes than are kept the others are prepared each time. */
const byShape = <Row>(build: (shape: BoundedShape, naming: "named" | "unnamed") => Statement<Values, Row>) => {
  const known = new Map<string, Statement<Values, Row>>()
  return (shape: BoundedShape): Statement<Values, Row> => {
    const key = JSON.stringify(shape)
    const found = known.get(key) ?? build(shape, known.size < shapesMax ? "named" : "unnamed")
    if (known.size < shapesMax) known.set(key, found)
    return found
  }
}

/** Since lists are bound whole, it matters only whether the leading column is wanted to have one value or several. */
const bindable = ({ shape, ...rest }: Analysed): Analysed => {
  const [lead, ...others] = shape.wishes
  const asList = ({ column, values }: Wish): Wish => ({ column, values: values === null ? null : several })
  const following = others.map(asList).sort((a, b) => (a.column < b.column ? -1 : 1))
  const leading = lead === undefined ? [] : [lead.values === 1 ? lead : asList(lead)]
  return { ...rest, shape: { ...shape, wishes: [...leading, ...following] } }
}

const several = 2

const argumentsOf = ({ shape, values, wanted }: Analysed, limit: number, cursor: Cursor | null): Values => {
  const bound: { [name: string]: SqlValue } = {}
  for (const { column, values: count } of shape.wishes) {
    const texts = wanted[column] ?? []
    if (count !== null) bound[column] = count === 1 ? (texts[0] ?? null) : texts
  }
  const place = cursor === null ? {} : { cursorMs: cursor.created_at_ms, cursorId: cursor.id }
  return { ...values, ...bound, ...place, limit }
}

const asPage = (
  { merchantId }: ListQuery,
  { entries, hasNext, hasPrevious }: ReturnType<typeof pageFrom<ItemRow>>
): ListPage => ({ items: entries.map((row) => asItem(merchantId, row)), hasNext, hasPrevious })

const asItem = (merchantId: string, row: ItemRow): ListedItem => {
  const { id, created_at_ms: createdAtMs, type, aggregate_id, version, schema_version: schemaVersion, state } = row
  if (version === null || schemaVersion === null || state === null) {
    throw new RangeError(`the entry ${id} belongs to no aggregate`)
  }
  const ref = { merchantId, type, id: aggregate_id }
  return { id, createdAtMs, aggregate: { ref, version, schemaVersion, state: JSON.parse(state) as Json } }
}

const dialect: ListingDialect = {
  query: query.$pickTables<"paykernel_listing">(),
  // An expression is no column, and no index is on it.
  unindexed: (column) => sql`(${sql.ref(column)} || '')`,
  isOneOf: (place, { column, values }, arg) =>
    values === 1 ? sql`${place} = ${arg(column)}` : sql`${place} = any(${arg(column)}::text[])`,
  forEachValue: (branch, { column }, arg) =>
    sql<Entry>`(select of_value.* from unnest(${arg(column)}::text[]) as wanted (value)
      cross join lateral ${branch(sql`${sql.ref(column)} = wanted.value`)} as of_value)`.as("merged"),
  // Every entry has a type, which the planner does not know: with a wanted value it would else take this index for as good
  // as the column's own, and walk through all that a merchant has.
  byTime: [sql`type <> ''`],
  // A limit that the planner does not know makes it prefer what has its first rows soonest, and that is the index.
  limit: (arg) => sql`(select ${arg("limit")}::bigint)`
}

const cursorByKey = (arg: Arg<ItemKey>) =>
  query
    .selectFrom("paykernel_listing")
    .select(["id", "created_at_ms"])
    .where("merchant_id", "=", arg("merchantId"))
    .where("collection", "=", arg("collection"))
    .where("id", "=", arg("id"))

const itemByKey = (arg: Arg<ItemKey>) =>
  withAggregates(
    query
      .selectFrom("paykernel_listing")
      .select(["id", "created_at_ms", "type", "aggregate_id"])
      .where("merchant_id", "=", arg("merchantId"))
      .where("collection", "=", arg("collection"))
      .where("id", "=", arg("id"))
      .as("entry"),
    arg
  )

/** As many rows as a page can have, and the one that tells that there are more. */
const itemsMax = 1001

const roundedUp = (limit: number): number => 10 ** String(Math.max(0, Math.ceil(limit) - 1)).length

/** Where a limit is unknown, a tenth of all rows is expected. A bound in the text keeps that from seeming a long way. */
const itemsOf = (shape: BoundedShape) => (arg: Arg<Values>) => {
  const entries = sql<Entry>`${entriesInOrder(dialect, shape, arg)}`.as("entry")
  return inOrder(withAggregates(entries, arg), shape.side).limit(sql.lit(shape.rowsMax))
}

type Counted = { readonly total: number }

const countOf = (shape: BoundedShape) => (arg: Arg<Values>) => {
  const entries = sql<Entry>`${entriesInOrder(dialect, shape, arg)}`.as("entry")
  return query
    .selectFrom(query.selectFrom(entries).select("entry.id").limit(sql.lit(shape.rowsMax)).as("bounded"))
    .select(sql<number>`count(*)`.as("total"))
}

/** Each aggregate is looked up by its key, one after the other and in the order of the entries: no join could do less. */
const withAggregates = (entries: AliasedExpression<Entry, "entry">, arg: Arg<Pick<Values, "merchantId">>) =>
  query
    .selectFrom(entries)
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom("paykernel_aggregate as stored")
          .select(["stored.version", "stored.schema_version", "stored.state"])
          .where("stored.merchant_id", "=", arg("merchantId"))
          .whereRef("stored.type", "=", "entry.type")
          .whereRef("stored.id", "=", "entry.aggregate_id")
          .limit(sql.lit(1))
          .as("aggregate"),
      (join) => join.onTrue()
    )
    .select(["id", "created_at_ms", "type", "aggregate_id", "version", "schema_version", "state"])
