/**
 * Pages of a list, newest first, and the `Link` header that leads through them (RFC 8288). Every link repeats the
 * filters and carries `to` and `pageSize`, so that what is created while somebody turns pages moves nothing. What the
 * list does not know of a query is left out: a link must not carry a stranger's text.
 */
import type { Listed, ListRequest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { isoDate } from "./iso-date.ts"
import { readMoment } from "./list-query.schema.ts"
import { invalidField, type PublishedError } from "./published-error.ts"

export type PageQuery = {
  readonly from?: string
  readonly to?: string
  readonly pageBefore?: string
  readonly pageAfter?: string
  readonly pageSize?: string
}

export const pageSizeDefault = 50
export const pageSizeMax = 200

/** The request for one page, without filters. */
export const pageRequest = (
  query: PageQuery,
  nowMs: number
): Effect.Effect<Omit<ListRequest, "where">, PublishedError> => {
  const { pageBefore, pageAfter } = query
  if (pageBefore !== undefined && pageAfter !== undefined) {
    return Effect.fail(
      invalidField("pageBefore", { error: "not_required", says: "must be null where pageAfter is given" })
    )
  }
  return Effect.succeed({
    fromMs: query.from === undefined ? null : (readMoment(query.from) ?? null),
    toMs: query.to === undefined ? nowMs : (readMoment(query.to) ?? nowMs),
    page: pageOf(pageBefore, pageAfter),
    limit: query.pageSize === undefined ? pageSizeDefault : Math.min(pageSizeMax, Number(query.pageSize))
  })
}

/** Ids are stored in lower case. */
const pageOf = (before: string | undefined, after: string | undefined): ListRequest["page"] => {
  if (before !== undefined) return { _tag: "Before", id: before.toLowerCase() }
  return after === undefined ? { _tag: "First" } : { _tag: "After", id: after.toLowerCase() }
}

/** Filters by name; one that is a list is repeated. */
export type ListFilters = { readonly [name: string]: string | ReadonlyArray<string> | undefined }

/** `address` is that of the list, as the client may use it again. `query` is what was understood of the request's. */
export const linkHeader = (
  address: string,
  query: PageQuery & ListFilters,
  request: Omit<ListRequest, "where">,
  page: Listed<{ readonly id: string }>
): string => {
  const first = page.items[0]
  const last = page.items.at(-1)
  const cursor = request.page._tag === "First" ? [] : [[`page${request.page._tag}`, request.page.id]]
  const links = [
    { rel: "self", cursor },
    { rel: "first", cursor: [] },
    ...(page.hasNext && last !== undefined ? [{ rel: "next", cursor: [["pageAfter", last.id]] }] : []),
    ...(page.hasPrevious && first !== undefined ? [{ rel: "prev", cursor: [["pageBefore", first.id]] }] : [])
  ]
  const stable = [
    ...filtersOf(query),
    ...(request.toMs === null ? [] : [["to", isoDate(request.toMs)]]),
    ["pageSize", String(request.limit)]
  ]
  return links
    .map(({ rel, cursor }) => `<${address}?${new URLSearchParams([...stable, ...cursor])}>; rel="${rel}"`)
    .join(", ")
}

const filtersOf = (query: PageQuery & ListFilters): Array<Array<string>> =>
  Object.entries(query)
    .filter(([name]) => !replaced.has(name))
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]))

const replaced: ReadonlySet<string> = new Set(["to", "pageSize", "pageBefore", "pageAfter"])
