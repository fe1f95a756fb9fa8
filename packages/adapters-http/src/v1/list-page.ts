/**
 * Pages of a list, newest first, and the `Link` header that leads through them (RFC 8288). Every link repeats the
 * filters and carries `to` and `pageSize`, so that what is created while somebody turns pages moves nothing.
 */
import type { Listed, ListRequest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { isoDate } from "./iso-date.ts"
import { readMoment } from "./list-query.schema.ts"
import { invalidEntity, type PublishedError } from "./published-error.ts"

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
    const message = "pageBefore must be null where pageAfter is given"
    return Effect.fail(invalidEntity([{ error: "not_required", message, location: "pageBefore" }]))
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

/** `address` is that of the request, as the client may use it again. */
export const linkHeader = (
  address: URL,
  request: Omit<ListRequest, "where">,
  page: Listed<{ readonly id: string }>
): string => {
  const first = page.items[0]
  const last = page.items.at(-1)
  const cursor = request.page._tag === "First" ? {} : { [`page${request.page._tag}`]: request.page.id }
  const links = [
    { rel: "self", cursor },
    { rel: "first", cursor: {} },
    ...(page.hasNext && last !== undefined ? [{ rel: "next", cursor: { pageAfter: last.id } }] : []),
    ...(page.hasPrevious && first !== undefined ? [{ rel: "prev", cursor: { pageBefore: first.id } }] : [])
  ]
  return links.map(({ rel, cursor }) => `<${linkTo(address, request, cursor)}>; rel="${rel}"`).join(", ")
}

const linkTo = (address: URL, request: Omit<ListRequest, "where">, cursor: { readonly [name: string]: string }) => {
  const link = new URL(address)
  for (const name of replaced) link.searchParams.delete(name)
  if (request.toMs !== null) link.searchParams.set("to", isoDate(request.toMs))
  link.searchParams.set("pageSize", String(request.limit))
  for (const [name, value] of Object.entries(cursor)) link.searchParams.set(name, value)
  return link.href
}

const replaced = ["to", "pageSize", "pageBefore", "pageAfter"]
