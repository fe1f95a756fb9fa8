/** How lists are asked for in parts, in an address: `?after=…` for what is older, `?before=…` for what is newer. */
import type { Listed, ListRequest } from "@paykernel/core"
import type { Html } from "../view/markup.ts"
import { paging } from "../view/parts.ts"
import type { Visit } from "../visit.ts"

export const perPage = 25

const idShape = /^[A-Za-z0-9._~-]{1,128}$/u

/** Which part of a list a visit asks for. What is no id asks for the first one. */
export const pageOf = (visit: Visit): ListRequest["page"] => {
  const [after, before] = [visit.query("after"), visit.query("before")]
  if (idShape.test(after)) return { _tag: "After", id: after }
  return idShape.test(before) ? { _tag: "Before", id: before } : { _tag: "First" }
}

/** The way to the parts before and after, with the filters that were chosen. */
export const pagingOf = <Item>(
  visit: Visit,
  path: string,
  filters: Readonly<Record<string, string>>,
  listed: Listed<Item>,
  idOf: (item: Item) => string
): Html => {
  const addressOf = (key: string, item: Item | undefined): string | null =>
    item === undefined ? null : addressWith(visit.href(path), { ...filters, [key]: idOf(item) })
  const { items, hasNext, hasPrevious } = listed
  return paging(hasNext ? addressOf("after", items.at(-1)) : null, hasPrevious ? addressOf("before", items[0]) : null)
}

/** An address with those parameters that say something. */
export const addressWith = (path: string, parameters: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "")).toString()
  return query === "" ? path : `${path}?${query}`
}

/** A day as date fields write it, as the moment at which it begins in UTC; `null` for what is no day. */
export const dayStart = (text: string): number | null => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return null
  const atMs = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== text ? null : atMs
}

export const dayMs = 86_400_000

/** From the beginning of one day to the end of another. */
export const daysOf = (from: string, to: string): Pick<ListRequest, "fromMs" | "toMs"> => {
  const toStart = dayStart(to)
  return { fromMs: dayStart(from), toMs: toStart === null ? null : toStart + dayMs - 1 }
}
