/**
 * Tells an endpoint how attempts at it fare, where that is news: that it has begun to fail, that it answers again, that it
 * is gone or has failed for days. Its row must not be written for every attempt, nor for every turn of one that fails
 * now and then.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { decide, failingLimitMs } from "../../endpoint/index.ts"
import { transact } from "../commit/transact.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import type { News } from "./news.ts"

export type Contact = "reached" | "failed" | "gone"

/** What this process has said of which endpoint lately. */
export type Contacts = {
  readonly isNews: (endpoint: Endpoint, contact: Contact, nowMs: number) => boolean
}

/** An endpoint that has just recovered is not called failing again before this. */
const quietMs = 600_000

export const contacts = (entriesMax = 10_000): Contacts => {
  const toldMs = new Map<string, number>()
  return {
    isNews: (endpoint, contact, nowMs) => {
      if (endpoint.status !== "enabled") return false
      const { failingSinceMs } = endpoint
      if (contact === "gone") return true
      if (contact === "reached") return failingSinceMs !== null
      if (failingSinceMs !== null) return nowMs - failingSinceMs >= failingLimitMs
      const name = JSON.stringify([endpoint.merchantId, endpoint.id])
      const beforeMs = toldMs.get(name)
      // A clock that was set back makes nothing quiet for longer.
      if (beforeMs !== undefined && nowMs - beforeMs < quietMs && nowMs >= beforeMs) return false
      if (toldMs.size >= entriesMax) toldMs.clear()
      toldMs.set(name, nowMs)
      return true
    }
  }
}

/** An endpoint that is disabled by this is an incident, once. */
export const tellEndpoint = Effect.fnUntraced(function* (
  news: News,
  endpoint: Endpoint,
  contact: Contact,
  nowMs: number
) {
  if (!news.contacts.isNews(endpoint, contact, nowMs)) return
  const { merchantId, id } = endpoint
  const told = yield* transact({
    definition: endpointDefinition,
    merchantId,
    id,
    decide: (now) => decide(now, { _tag: "RecordContact", contact, nowMs })
  })
  if (Result.isFailure(told)) return
  for (const event of told.success.events) {
    if (event._tag !== "EndpointDisabled") continue
    const aggregate = { type: endpointDefinition.type, id }
    const { because } = event
    news.onIncident({ kind: "webhook_endpoint_disabled", merchantId, aggregate, subject: id, why: because })
  }
})
