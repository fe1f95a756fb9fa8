/**
 * The queries behind lists and counts. Each reads one index in its order: of several filters the most telling one leads,
 * and several wanted values of it are read side by side and merged, so that a page costs what it shows and not what it
 * passes over.
 */
import { type AliasedExpression, type Kysely, type RawBuilder, sql } from "kysely"
import type { Entry, Shape, Side, Wish } from "./listing.ts"
import type { FieldColumn, ListingRow } from "./schema.ts"

/** An argument's place in a query. */
export type Place = (name: string) => RawBuilder<unknown>

/** What the statements of one dialect are made with. */
export type ListingDialect = {
  readonly query: Kysely<{ readonly paykernel_listing: ListingRow }>
  /** A column in words that keep its index from being chosen: only that of the leading one gives the right order. */
  readonly unindexed: (column: FieldColumn) => RawBuilder<string | null>
  readonly isOneOf: (column: RawBuilder<string | null>, wish: Wish, arg: Place) => RawBuilder<boolean>
  /** The entries of `branch` for each wanted value of a column, one after the other. */
  readonly forEachValue: (
    branch: (first: RawBuilder<boolean>) => Entries,
    wish: Wish,
    arg: Place
  ) => AliasedExpression<Entry, "merged">
  /** What must be said for the index by time to be chosen, where no column has one of few wanted values. */
  readonly byTime: ReadonlyArray<RawBuilder<boolean>>
  /** The argument `limit`. */
  readonly limit: (arg: Place) => RawBuilder<number>
}

/** A query of entries. */
export type Entries = ReturnType<typeof entriesOf>

/** How the entries of a shape are asked for: in the order of their side, no more than the argument `limit`. */
export const entriesInOrder = (dialect: ListingDialect, shape: Shape, arg: Place) => {
  const { query, limit, forEachValue, byTime } = dialect
  const [lead, ...rest] = shape.wishes
  const others = rest.map((wish) => isWanted(dialect, wish, arg, "follows"))
  const branch = (first: ReadonlyArray<RawBuilder<boolean>>): Entries =>
    inOrder(entriesOf(dialect, shape, [...first, ...others], arg), shape.side).limit(limit(arg))
  if (lead === undefined) return branch(byTime)
  if (lead.values === null) return branch([isWanted(dialect, lead, arg, "leads"), ...byTime])
  if (lead.values === 1) return branch([isWanted(dialect, lead, arg, "leads")])
  const merged = forEachValue((first) => branch([first]), lead, arg)
  return inOrder(query.selectFrom(merged).selectAll(), shape.side).limit(limit(arg))
}

/** The entries within the bounds of a shape and under some conditions, in no order. */
export const entriesOf = (
  { query }: Pick<ListingDialect, "query">,
  { from, to, side }: Shape,
  conditions: ReadonlyArray<RawBuilder<boolean>>,
  arg: Place
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

const isBeyond = (arg: Place, side: Side) =>
  sql<boolean>`(created_at_ms, id) ${sql.raw(comparisons[side])} (${arg("cursorMs")}, ${arg("cursorId")})`

/** The condition of one wish. The index of its column may be used where it leads. */
export const isWanted = (
  { unindexed, isOneOf }: Pick<ListingDialect, "unindexed" | "isOneOf">,
  wish: Wish,
  arg: Place,
  role: "leads" | "follows"
): RawBuilder<boolean> => {
  const column = role === "leads" ? sql.ref<string | null>(wish.column) : unindexed(wish.column)
  return wish.values === null ? sql<boolean>`${column} is not null` : isOneOf(column, wish, arg)
}

type Ordered = { readonly created_at_ms: number; readonly id: string }

/** Newest first, or oldest first on the newer side of a cursor, which is how far from the cursor they are. */
export const inOrder = <Rows extends { orderBy: (column: keyof Ordered, direction: "asc" | "desc") => Rows }>(
  rows: Rows,
  side: Side | null
): Rows => {
  const direction = side === "newer" || side === "atOrNewer" ? "asc" : "desc"
  return rows.orderBy("created_at_ms", direction).orderBy("id", direction)
}
