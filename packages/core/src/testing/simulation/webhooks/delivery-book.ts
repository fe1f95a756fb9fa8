/**
 * What has become of each delivery, by its events alone, and whether that may be: when it is tried again, when it is given
 * up or withheld, and that nothing is called delivered which nobody has.
 */
import type { DeliveryEvent } from "../../../delivery/delivery.ts"
import type { AggregateRef, Commit } from "../../../ports/commit.ts"
import { tableOf } from "../coverage.ts"
import type { Report } from "../problems.ts"
import { type ChangeBook, type ChangeEntry, interestOf } from "./change-book.ts"
import { retryDelaysMs } from "./dialects.ts"
import { type EndpointBook, type EndpointEntry, latest } from "./endpoint-book.ts"
import { retryAfterHeader } from "./receivers.ts"

type Planned = Extract<DeliveryEvent, { readonly _tag: "DeliveryPlanned" }>
type Failed = Extract<DeliveryEvent, { readonly _tag: "AttemptFailed" }>

export type DeliveryEntry = Pick<Planned, "id" | "merchantId" | "messageId" | "type" | "dialect" | "target"> & {
  readonly change: ChangeEntry
  status: string
  readonly statuses: Set<string>
  /** Since it was last put on its schedule. */
  failures: number
  /** By the clock of whoever said so; `null` where it is over. */
  dueAtMs: number | null
  /** Since when it is over, by that clock. */
  endedAtMs: number | null
  /** The task that makes its attempts. */
  taskId: string | null
}

export type DeliveryBook = {
  readonly entries: ReadonlyMap<string, DeliveryEntry>
  /** The delivery that a message is an attempt of, by its id and address. */
  readonly under: (messageId: string, url: string) => DeliveryEntry | undefined
  readonly committed: (commit: Commit, number: number) => void
}

type Grounds = {
  readonly changes: ChangeBook
  readonly endpoints: EndpointBook
  readonly report: Report
  /** Whether a receiver says that it has taken the message. */
  readonly isTaken: (delivery: DeliveryEntry) => boolean
}

export const openDeliveryBook = ({ changes, endpoints, report, isTaken }: Grounds): DeliveryBook => {
  const entries = new Map<string, DeliveryEntry>()
  const byMessage = new Map<string, ReadonlyArray<DeliveryEntry>>()

  const plan = (event: Planned, number: number): void => {
    const { id, merchantId, messageId, type, dialect, target, subject, firstAttemptAtMs } = event
    const change = changes.find({ merchantId, aggregate: subject })
    if (change === undefined || change.type !== type) {
      report("I8", `${id} is to tell of ${type} at ${subject.type} ${subject.id}, which did not happen`)
      return
    }
    const endpoint = target._tag === "Endpoint" ? endpoints.get(merchantId, target.endpointId) : undefined
    const isAsked =
      target._tag === "Address"
        ? target.url === change.address && !change.isOwn
        : endpoint !== undefined && interestOf(endpoint, change, number) !== "never"
    if (!isAsked) report("I8", `${id} is to tell of ${type} where nobody asked for it`)
    const entry: DeliveryEntry = {
      ...{ id, merchantId, messageId, type, dialect, target, change },
      ...{ status: "none", statuses: new Set(), failures: 0, dueAtMs: firstAttemptAtMs, endedAtMs: null, taskId: null }
    }
    entries.set(id, entry)
    byMessage.set(messageId, [...(byMessage.get(messageId) ?? []), entry])
  }
  const happen = ({ id, merchantId }: AggregateRef, event: DeliveryEvent, number: number): void => {
    if (event._tag === "DeliveryPlanned") plan(event, number)
    const entry = entries.get(id)
    if (entry === undefined) return
    if (entry.merchantId !== merchantId) report("I8", `${id} is written for another merchant`)
    entry.status = tableOf("delivery")[entry.status]?.[event._tag] ?? entry.status
    entry.statuses.add(entry.status)
    if (event._tag === "MessageDelivered" && !isTaken(entry)) report("I8", `${id} is delivered, and nobody has it`)
    if (event._tag === "AttemptFailed") checkPause(entry, event, report)
    if (event._tag === "DeliveryWithheld") checkWithheld(entry, endpointOf(entry), report)
    const delays = retryDelaysMs[entry.dialect] ?? []
    if (event._tag === "DeliveryGivenUp" && entry.failures + 1 !== delays.length) {
      report("I8", `${id} is given up after ${entry.failures + 1} of ${delays.length} attempts`)
    }
    move(entry, event)
  }
  const endpointOf = ({ merchantId, target }: DeliveryEntry): EndpointEntry | undefined =>
    endpoints.get(merchantId, target._tag === "Endpoint" ? target.endpointId : "default")
  return {
    entries,
    under: (messageId, url) =>
      byMessage.get(messageId)?.find(({ merchantId, target }) => {
        if (target._tag === "Address") return target.url === url
        const owner = endpoints.at(url)
        return owner?.id === target.endpointId && owner.merchantId === merchantId
      }),
    committed: ({ aggregates, tasks }, number) => {
      for (const { ref, events } of aggregates) {
        if (ref.type !== "delivery") continue
        for (const { data } of events) if (isDeliveryEvent(data)) happen(ref, data, number)
      }
      for (const { kind, id, aggregate } of tasks) {
        const entry = kind === "deliver" ? entries.get(aggregate.id) : undefined
        if (entry !== undefined) entry.taskId = id
      }
    }
  }
}

const move = (entry: DeliveryEntry, event: DeliveryEvent): void => {
  switch (event._tag) {
    case "DeliveryPlanned":
      return
    case "AttemptFailed":
      entry.failures++
      entry.dueAtMs = event.nextAttemptAtMs
      return
    case "DeliveryReplayed":
      Object.assign(entry, { failures: 0, dueAtMs: event.firstAttemptAtMs, endedAtMs: null })
      return
    case "MessageDelivered":
    case "DeliveryGivenUp":
    case "DeliveryWithheld":
      Object.assign(entry, { dueAtMs: null, endedAtMs: event.atMs })
  }
}

/** By the published schedule, up to a fifth more or less, and no sooner than the receiver has asked for. */
const checkPause = ({ id, dialect, failures }: DeliveryEntry, event: Failed, report: Report): void => {
  const { attempt, atMs, nextAttemptAtMs } = event
  const pauseMs = nextAttemptAtMs - atMs
  const delayMs = retryDelaysMs[dialect]?.[failures + 1]
  if (delayMs === undefined) {
    report("I8", `${id} is tried again, and its schedule is over`)
    return
  }
  const { answer } = attempt
  const patience =
    answer._tag === "Answered" ? answer.headers.find(([name]) => name === retryAfterHeader)?.[1] : undefined
  const askedMs = patience === undefined ? 0 : Number.parseInt(patience, 10) * 1000
  const leastMs = Math.max(askedMs, Math.floor(delayMs * 0.8))
  const mostMs = Math.max(askedMs, Math.ceil(delayMs * 1.2))
  if (pauseMs >= leastMs && pauseMs <= mostMs) return
  report("I8", `${id} is tried again after ${pauseMs} ms, not within ${leastMs} to ${mostMs} ms`)
}

/** Only by an endpoint that may not be told, as it is when that is written. */
const checkWithheld = (delivery: DeliveryEntry, endpoint: EndpointEntry | undefined, report: Report): void => {
  const { id, change, target } = delivery
  const { status, url } = endpoint === undefined ? { status: "none", url: null } : latest(endpoint)
  const isThere = status !== "none" && status !== "removed"
  const mayBeTold = change.isOwn || target._tag === "Address" ? isThere : status === "enabled"
  if (mayBeTold && (url !== null || target._tag === "Address")) {
    report("I8", `${id} is withheld from an endpoint that is ${status}`)
  }
}

type Data = Commit["aggregates"][number]["events"][number]["data"]

const isDeliveryEvent = (data: Data): data is DeliveryEvent =>
  typeof data === "object" && data !== null && !Array.isArray(data) && "_tag" in data
