/** What each endpoint was at each moment, by its events alone: what it wanted to hear, where, and which secrets it had. */
import type { EndpointEvent } from "../../../endpoint/endpoint.ts"
import type { AggregateRef } from "../../../ports/commit.ts"
import { tableOf } from "../coverage.ts"

/** From one commit on, until the next one that changed something. */
export type EndpointMoment = {
  /** Number of the commit. */
  readonly since: number
  readonly status: string
  readonly url: string | null
  readonly types: ReadonlyArray<string>
}

export type EndpointEntry = {
  readonly merchantId: string
  readonly id: string
  readonly dialect: string
  /** By the agenda. */
  readonly sinceMs: number
  /** Oldest first. */
  readonly moments: Array<EndpointMoment>
  readonly secrets: Array<SecretEntry>
}

export type SecretEntry = {
  readonly id: string
  /** By the clock of whoever rotated it; `null`: it is the current one. */
  retiresAtMs: number | null
  /** When that was written, by the agenda. */
  rotatedAtMs: number
}

export type EndpointBook = {
  readonly entries: ReadonlyMap<string, EndpointEntry>
  readonly get: (merchantId: string, id: string) => EndpointEntry | undefined
  readonly of: (merchantId: string) => ReadonlyArray<EndpointEntry>
  /** Whose address it is, or was. */
  readonly at: (url: string) => EndpointEntry | undefined
  readonly happen: (ref: AggregateRef, event: EndpointEvent, commit: number, nowMs: number) => void
}

const nothing: EndpointMoment = { since: 0, status: "none", url: null, types: [] }

export const openEndpointBook = (): EndpointBook => {
  const entries = new Map<string, EndpointEntry>()
  const byUrl = new Map<string, EndpointEntry>()
  const nameOf = (merchantId: string, id: string): string => JSON.stringify([merchantId, id])
  const get = (merchantId: string, id: string) => entries.get(nameOf(merchantId, id))

  const happen: EndpointBook["happen"] = ({ merchantId, id }, event, commit, nowMs) => {
    const entry = get(merchantId, id) ?? made(merchantId, id, dialectOf(event), nowMs)
    entries.set(nameOf(merchantId, id), entry)
    const before = entry.moments.at(-1) ?? nothing
    const status = tableOf("endpoint")[before.status]?.[event._tag] ?? before.status
    const { url, types } = isWording(event) ? event : before
    entry.moments.push({ since: commit, status, url, types })
    if (url !== null) byUrl.set(url, entry)
    if (event._tag === "EndpointCreated") entry.secrets.push({ id: event.secretId, retiresAtMs: null, rotatedAtMs: 0 })
    if (event._tag !== "SecretRotated") return
    for (const secret of entry.secrets) {
      if (secret.retiresAtMs === null) Object.assign(secret, { retiresAtMs: event.retiresAtMs, rotatedAtMs: nowMs })
    }
    entry.secrets.push({ id: event.secretId, retiresAtMs: null, rotatedAtMs: 0 })
  }
  return {
    ...{ entries, get, happen },
    of: (merchantId) => [...entries.values()].filter((entry) => entry.merchantId === merchantId),
    at: (url) => byUrl.get(url)
  }
}

const made = (merchantId: string, id: string, dialect: string, sinceMs: number): EndpointEntry => ({
  ...{ merchantId, id, dialect, sinceMs, moments: [], secrets: [] }
})

type Wording = Extract<EndpointEvent, { readonly _tag: "EndpointCreated" | "EndpointChanged" }>

const isWording = (event: EndpointEvent): event is Wording =>
  event._tag === "EndpointCreated" || event._tag === "EndpointChanged"

const dialectOf = (event: EndpointEvent): string => (event._tag === "EndpointCreated" ? event.dialect : "")

/** As it is now. */
export const latest = ({ moments }: EndpointEntry): EndpointMoment => moments.at(-1) ?? nothing

export const exists = (entry: EndpointEntry): boolean => latest(entry).status !== "removed"

/** All that it was from one commit to another, both of them included. */
export const momentsOf = ({ moments }: EndpointEntry, from: number, to: number): ReadonlyArray<EndpointMoment> =>
  moments.filter(({ since }, at) => since <= to && (moments[at + 1]?.since ?? Number.POSITIVE_INFINITY) > from)

/** Whether it asks for messages of a type: exactly, or by what they begin with. */
export const asksFor = ({ types }: EndpointMoment, type: string): boolean =>
  types.length === 0 || types.some((one) => one === type || (one.endsWith("*") && type.startsWith(one.slice(0, -1))))
