/**
 * Which merchants have endpoints, and which. That a merchant has any is asked at every commit, so it is remembered for a
 * moment; whom to tell what is always read anew.
 */
import * as Effect from "effect/Effect"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import type { Clock } from "../../ports/clock.ts"
import { Store, type StoreUnavailable } from "../../ports/store.ts"
import { shortMemory } from "../short-memory.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { type Loaded, revive } from "../storage/repository.ts"

/** Statuses of endpoints that exist. */
export const livingStatuses = ["unconfirmed", "enabled", "disabled"] as const

const where = { status: livingStatuses }

export type EndpointDirectory = {
  readonly hasAny: (merchantId: string) => Effect.Effect<boolean, StoreUnavailable, Store | Clock>
  readonly forget: (merchantId: string) => void
}

/** A change made by another process is seen after at most `rememberMs`. */
export const endpointDirectory = (rememberMs = 1000, entriesMax = 10_000): EndpointDirectory => {
  const known = shortMemory<boolean>(rememberMs, entriesMax)
  return {
    hasAny: (merchantId) =>
      known.recall(
        merchantId,
        Effect.map(countEndpoints(merchantId, 1), (count) => count > 0),
        () => true
      ),
    forget: known.forget
  }
}

/** How many endpoints a merchant has, counted no further than `atMost`. */
export const countEndpoints = (merchantId: string, atMost: number) =>
  Effect.flatMap(Store, (store) =>
    store.count({ merchantId, collection: "webhookEndpoints", where, fromMs: null }, atMost)
  )

/** More than any merchant may have, its default one included. */
const pageMax = 1000

/** The endpoints that a merchant has, removed ones not among them. */
export const endpointsOf = (
  merchantId: string
): Effect.Effect<ReadonlyArray<Loaded<Endpoint>>, StoreUnavailable, Store> =>
  Effect.flatMap(Store, (store) =>
    Effect.map(
      store.list({
        ...{ merchantId, collection: "webhookEndpoints", where, fromMs: null, toMs: null },
        ...{ page: { _tag: "First" }, limit: pageMax }
      }),
      ({ items }) => items.map(({ aggregate }) => revive(endpointDefinition, aggregate))
    )
  )
