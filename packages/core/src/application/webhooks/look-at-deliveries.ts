/** What a merchant sees of its endpoints and deliveries, and how deliveries are begun again. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Delivery } from "../../delivery/delivery.ts"
import { decide } from "../../delivery/index.ts"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { Clock } from "../../ports/clock.ts"
import { type ListedItem, Store } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import type { Listed, ListRequest } from "../kernel-contract.ts"
import { deliveryDefinition, endpointDefinition } from "../storage/aggregates.ts"
import { load, revive } from "../storage/repository.ts"
import { livingStatuses } from "./endpoint-directory.ts"
import type { News } from "./news.ts"

export const findEndpoint = Effect.fn("paykernel.findEndpoint")(function* (merchantId: string, id: string) {
  const { state } = yield* load(endpointDefinition, merchantId, id)
  return exists(state) ? Result.succeed(state) : Result.fail({ _tag: "EndpointNotFound" as const })
})

const exists = ({ status }: Endpoint): boolean => status !== "none" && status !== "removed"

export const listEndpoints = Effect.fn("paykernel.listEndpoints")(function* (merchantId: string, request: ListRequest) {
  const asked: ReadonlyArray<string> = [request.where["status"] ?? livingStatuses].flat()
  const status = livingStatuses.filter((one) => asked.includes(one))
  const where = { ...request.where, status }
  const page = yield* (yield* Store).list({ merchantId, collection: "webhookEndpoints", ...request, where })
  const items = page.items.map(({ aggregate }) => revive(endpointDefinition, aggregate).state)
  return { items, hasNext: page.hasNext, hasPrevious: page.hasPrevious } satisfies Listed<Endpoint>
})

export const findDelivery = Effect.fn("paykernel.findDelivery")(function* (merchantId: string, id: string) {
  const { state } = yield* load(deliveryDefinition, merchantId, id)
  return state.status === "none" ? Result.fail({ _tag: "DeliveryNotFound" as const }) : Result.succeed(state)
})

export const listDeliveries = Effect.fn("paykernel.listDeliveries")(function* (
  merchantId: string,
  request: ListRequest
) {
  const page = yield* (yield* Store).list({ merchantId, collection: "deliveries", ...request })
  const items = page.items.map(presented)
  return { items, hasNext: page.hasNext, hasPrevious: page.hasPrevious } satisfies Listed<Delivery>
})

const presented = ({ aggregate }: ListedItem): Delivery => revive(deliveryDefinition, aggregate).state

export const replayDelivery = Effect.fn("paykernel.replayDelivery")(function* (
  news: News,
  merchantId: string,
  id: string
) {
  const nowMs = (yield* Clock).nowMs()
  const replayed = yield* transact({
    definition: news.deliveries,
    merchantId,
    id,
    decide: (delivery) => decide(delivery, { _tag: "ReplayDelivery", firstAttemptAtMs: nowMs, nowMs })
  })
  news.hands.wake()
  return Result.map(replayed, ({ state }) => state)
})

export type ReplayRange = {
  readonly fromMs: number
  readonly toMs: number
  readonly statuses?: ReadonlyArray<"delivered" | "dead" | "withheld">
}

/** Deliveries that one call begins again. */
export const replayMax = 1000
/** Deliveries that are read at once. */
const pageMax = 200
const abreast = 8

/**
 * Oldest first. What was begun again is waiting and no longer among those that are looked for, so the oldest page is
 * taken again and again.
 */
export const replayAll = Effect.fn("paykernel.replayAll")(function* (
  news: News,
  merchantId: string,
  endpointId: string,
  { fromMs, toMs, statuses = ["dead", "withheld"] }: ReplayRange
) {
  const { state } = yield* load(endpointDefinition, merchantId, endpointId)
  if (!exists(state)) return Result.fail({ _tag: "EndpointNotFound" as const })
  const begunUntil = (replayed: number, continueFromMs: number | null) => Result.succeed({ replayed, continueFromMs })
  let replayed = 0
  let hint = toMs
  for (let startMs = fromMs; startMs <= toMs; ) {
    const found = yield* oldestPage({ merchantId, endpointId, statuses, fromMs: startMs, toMs }, hint)
    if (found.items.length === 0) break
    if (replayed + found.items.length > replayMax) return begunUntil(replayed, startMs)
    const begun = yield* Effect.forEach(found.items, ({ id }) => replayDelivery(news, merchantId, id), {
      concurrency: abreast
    })
    replayed += begun.filter(Result.isSuccess).length
    hint = Math.min(toMs, found.endMs + (found.endMs - startMs))
    startMs = found.isWhole ? found.endMs + 1 : startMs
  }
  return begunUntil(replayed, null)
})

type Stretch = {
  readonly merchantId: string
  readonly endpointId: string
  readonly statuses: ReadonlyArray<string>
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The first page of a stretch from its older end. Lists begin with the newest, so the stretch is halved until what is
 * left of it fits on a page. `isWhole`: there is nothing else up to `endMs`.
 */
const oldestPage = Effect.fnUntraced(function* (stretch: Stretch, hintMs: number) {
  const { merchantId, endpointId, statuses, fromMs, toMs } = stretch
  const store = yield* Store
  const listed = (endMs: number) =>
    store.list({
      ...{ merchantId, collection: "deliveries", where: { endpointId, status: statuses } },
      ...{ fromMs, toMs: endMs, page: { _tag: "First" }, limit: pageMax }
    })
  // Nothing is up to `emptyMs`, and from `tooFarMs` on there is more than fits.
  let emptyMs = fromMs - 1
  let tooFarMs = toMs + 1
  for (let endMs = Math.max(fromMs, hintMs); ; ) {
    const page = yield* listed(endMs)
    const isWhole = !page.hasNext
    const isDone = isWhole ? page.items.length > 0 || endMs >= toMs : endMs - emptyMs <= 1
    // What is more than a page within one millisecond has no order that means anything.
    if (isDone) return { items: page.items, endMs, isWhole }
    if (isWhole) {
      emptyMs = endMs
      endMs = emptyMs + Math.ceil((tooFarMs - emptyMs) / 2)
    } else {
      tooFarMs = endMs
      const oldestMs = page.items.at(-1)?.createdAtMs ?? endMs
      endMs = emptyMs + Math.max(1, Math.floor((oldestMs - emptyMs) / 2))
    }
  }
})
