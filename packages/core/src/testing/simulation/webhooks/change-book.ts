/** Everything that has happened and is told, by the commits alone, and who had asked to hear of it. */
import type { CheckoutJson } from "../../../checkout/checkout.schema.ts"
import type { EndpointEvent } from "../../../endpoint/endpoint.ts"
import { type AggregateWrite, type Commit, isJsonObject, type Json } from "../../../ports/commit.ts"
import { tableOf } from "../coverage.ts"
import type { Told } from "./dialects.ts"
import { asksFor, type EndpointBook, type EndpointEntry, momentsOf } from "./endpoint-book.ts"

/** One event. */
export type ChangeEntry = Told & {
  /** Number of the commit in which it happened. */
  readonly commit: number
  /** By the agenda. */
  readonly committedAtMs: number
  /** Number of the commit with which nobody else can be told any more; `null` while somebody can. */
  plannedAt: number | null
  /** The endpoint alone that it is about. */
  readonly isOwn: boolean
  /** An address that came with it, and wants to be told as well. */
  readonly address: string | null
}

export type ChangeBook = {
  readonly entries: ReadonlyMap<string, ChangeEntry>
  readonly find: (told: Pick<Told, "merchantId" | "aggregate">) => ChangeEntry | undefined
  readonly committed: (commit: Commit, number: number, nowMs: number) => void
}

const toldTypes: ReadonlySet<string> = new Set([
  ...["payment", "card", "checkout", "settlement", "endpoint", "intent", "deposit", "intent_refund"]
])

export const openChangeBook = (endpoints: EndpointBook): ChangeBook => {
  const entries = new Map<string, ChangeEntry>()
  const statuses = new Map<string, string>()
  /** Changes that a task tells of, by its merchant and id. */
  const byTask = new Map<string, ReadonlyArray<ChangeEntry>>()

  const enter = ({ ref, expectedVersion, events, state }: AggregateWrite, commit: number, nowMs: number) =>
    events.map(({ tag, atMs, data }, at): ChangeEntry => {
      const { merchantId, type, id } = ref
      const name = JSON.stringify([merchantId, type, id])
      const from = statuses.get(name) ?? "none"
      const to = tableOf(type)[from]?.[tag] ?? from
      statuses.set(name, to)
      if (type === "endpoint" && isEndpointEvent(data)) endpoints.happen(ref, data, commit, nowMs)
      const entry: ChangeEntry = {
        ...{ type: `${type}.${tag}`, merchantId, aggregate: { type, id, version: expectedVersion + at + 1 } },
        ...{ atMs, from, to, commit, committedAtMs: nowMs, plannedAt: null },
        ...{ isOwn: isAboutItself(data), address: type === "checkout" ? addressOf(state) : null }
      }
      entries.set(keyOf(entry), entry)
      return entry
    })

  return {
    entries,
    find: (told) => entries.get(keyOf(told)),
    committed: ({ aggregates, tasks, lease }, number, nowMs) => {
      for (const write of aggregates) {
        if (!toldTypes.has(write.ref.type)) continue
        const changes = enter(write, number, nowMs)
        const task = tasks.find(({ kind, aggregate }) => kind === "notify" && isSame(aggregate, write.ref))
        if (task !== undefined) byTask.set(`${write.ref.merchantId} ${task.id}`, changes)
      }
      if (lease?.then._tag !== "Done") return
      for (const change of byTask.get(`${lease.merchantId} ${lease.id}`) ?? []) change.plannedAt = number
    }
  }
}

export const keyOf = ({ merchantId, aggregate: { type, id, version } }: Pick<Told, "merchantId" | "aggregate">) =>
  JSON.stringify([merchantId, type, id, version])

const isSame = (one: AggregateWrite["ref"], other: AggregateWrite["ref"]): boolean =>
  one.type === other.type && one.id === other.id && one.merchantId === other.merchantId

const isEndpointEvent = (data: Json): data is EndpointEvent => isJsonObject(data) && "_tag" in data

const isAboutItself = (data: Json): boolean =>
  isJsonObject(data) &&
  (data["_tag"] === "EndpointTested" || (data["_tag"] === "EndpointCreated" && data["mustConfirm"] === true))

const isCheckoutState = (state: Json): state is CheckoutJson => isJsonObject(state) && "webhookUrl" in state

const addressOf = (state: Json): string | null => (isCheckoutState(state) ? state.webhookUrl : null)

type Interest = "always" | "now and then" | "never"

/**
 * Whether an endpoint asked for a change: as it was when that happened, and whatever it became until `to`, the number of a
 * commit. Whoever plans whom to tell may have found it at any moment between.
 */
export const interestOf = (endpoint: EndpointEntry, change: ChangeEntry, to: number): Interest => {
  if (endpoint.merchantId !== change.merchantId) return "never"
  const wishes = momentsOf(endpoint, change.commit, to).map((moment) => {
    if (moment.url === null || moment.status === "none" || moment.status === "removed") return false
    if (change.isOwn) return change.aggregate.type === "endpoint" && change.aggregate.id === endpoint.id
    return moment.status !== "unconfirmed" && asksFor(moment, change.type)
  })
  if (!wishes.includes(true)) return "never"
  return wishes.includes(false) || (endpoint.moments[0]?.since ?? 0) > change.commit ? "now and then" : "always"
}
