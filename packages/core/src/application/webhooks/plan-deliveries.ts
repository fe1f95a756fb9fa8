/**
 * From a change to deliveries: which messages it gives rise to, and who wants to have them. Everything that follows from
 * one task is planned in one commit, under ids that are derived, so planning twice is planning once.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Delivery, DeliveryTarget } from "../../delivery/delivery.ts"
import { decide } from "../../delivery/index.ts"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { isAskedFor } from "../../endpoint/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { AggregateWrite, TaskInsert, TaskUpdate } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { type ClaimedTask, Store, StoreUnavailable } from "../../ports/store.ts"
import { commitNews } from "../commit/announce-changes.ts"
import { insertion } from "../commit/transact.ts"
import { done, hold } from "../operations.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { changesOf } from "../storage/changes-of.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { commitLease } from "../tasks/keep-lease.ts"
import { ensureDefaultEndpoint } from "./default-endpoint.ts"
import { endpointsOf } from "./endpoint-directory.ts"
import type { News } from "./news.ts"
import { pauseBefore } from "./retry-schedule.ts"
import type { Change, RaisedMessage, WebhookDialect } from "./webhook-dialect.ts"
import { deliveryIdOf, messageIdOf, spreadOf } from "./webhook-names.ts"

/** One message to one receiver. */
type Wish = {
  readonly dialect: WebhookDialect
  readonly change: Change
  readonly type: string
  readonly target: DeliveryTarget
  /** The endpoint as it was found, where it is one that may not be told now. */
  readonly withheldBy: Loaded<Endpoint> | null
}

const conflictsMax = 12

export const runNotify = Effect.fn("paykernel.notify")(function* (news: News, task: ClaimedTask) {
  const { first, last } = readVersions(task.subject)
  const changes = yield* changesOf(task.aggregate, first, last)
  for (let turn = 0; turn < conflictsMax; turn++) {
    const endpoints = yield* endpointsOf(task.aggregate.merchantId)
    const wishes = changes.flatMap((change) => [...wishesOf(news, change, endpoints), ...addressWishes(news, change)])
    const stranger = endpoints.find(({ state }) => !news.dialects.has(state.dialect))?.state
    if (wishes.length === 0 && stranger === undefined) return yield* commitLease(done(task))
    if (wishes.some(({ target }) => target._tag === "Address")) {
      yield* ensureDefaultEndpoint(news, task.aggregate.merchantId)
    }
    // What this process cannot tell is left to one that can: a host may be bringing a dialect to one after the other.
    const lease = stranger === undefined ? done(task) : hold(task, task.leasedUntilMs)
    const isPlanned = yield* plan(news, task.aggregate.merchantId, wishes, lease, turn === 0)
    if (isPlanned && stranger === undefined) return
    if (isPlanned) return yield* Effect.die(new Error(`this process knows no webhook dialect ${stranger?.dialect}`))
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

const readVersions = (subject: string): { readonly first: number; readonly last: number } => {
  const [first, last] = subject.split("-").map(Number)
  if (first === undefined || last === undefined) throw new Error(`"${subject}" names no versions`)
  return { first, last }
}

const wishesOf = (news: News, change: Change, endpoints: ReadonlyArray<Loaded<Endpoint>>): ReadonlyArray<Wish> =>
  endpoints.flatMap((loaded): ReadonlyArray<Wish> => {
    const endpoint = loaded.state
    const dialect = news.dialects.get(endpoint.dialect)
    if (dialect === undefined || endpoint.url === null) return []
    return dialect
      .messagesOf(change)
      .filter((raised) => isFor(endpoint, change, raised))
      .map(({ type, to }) => ({
        ...{ dialect, change, type },
        target: { _tag: "Endpoint", endpointId: endpoint.id },
        withheldBy: mayBeTold(endpoint, to) ? null : loaded
      }))
  })

/** Whether a message is meant for an endpoint. One that has not confirmed itself has asked for nothing yet. */
const isFor = (endpoint: Endpoint, change: Change, { type, to }: RaisedMessage): boolean =>
  to === "itself"
    ? change.type === "endpoint" && change.id === endpoint.id
    : endpoint.status !== "unconfirmed" && isAskedFor(endpoint.types, type)

/** What is about the endpoint alone, such as a test, reaches it even where it is disabled. */
export const mayBeTold = ({ status }: Endpoint, to: RaisedMessage["to"]): boolean =>
  status !== "removed" && (to === "itself" || status === "enabled")

const addressWishes = ({ ofAddresses: dialect }: News, change: Change): ReadonlyArray<Wish> => {
  if (dialect === null || change.type !== "checkout" || change.after.webhookUrl === null) return []
  const target: DeliveryTarget = { _tag: "Address", url: change.after.webhookUrl }
  return dialect
    .messagesOf(change)
    .filter(({ to }) => to === "subscribers")
    .map(({ type }) => ({ dialect, change, type, target, withheldBy: null }))
}

/**
 * Plans what is not planned yet. What is withheld is written together with the version of the endpoint that it is
 * withheld by: of messages that were withheld, none was after somebody enabled it. `false`: something has changed
 * meanwhile.
 */
const plan = Effect.fnUntraced(function* (
  news: News,
  merchantId: string,
  wishes: ReadonlyArray<Wish>,
  lease: TaskUpdate,
  isFirst: boolean
) {
  const store = yield* Store
  const nowMs = (yield* Clock).nowMs()
  const writes: Array<AggregateWrite> = []
  const tasks: Array<TaskInsert> = []
  const guards = new Map<string, AggregateWrite>()
  for (const wish of wishes) {
    const command = planOf(yield* Digest, merchantId, wish, nowMs)
    const ref = { merchantId, id: command.id }
    // Planned for the first time, nearly always: a conflict says where it was not.
    const loaded = isFirst ? absent(news) : yield* load(news.deliveries, merchantId, command.id)
    const decided = decide(loaded.state, command)
    // It has been planned already.
    if (Result.isFailure(decided)) continue
    writes.push(written(news.deliveries, ref, loaded, decided.success.events).write)
    tasks.push(...decided.success.tasks.map((one) => insertion(merchantId, one, undefined)))
    const { withheldBy } = wish
    if (withheldBy !== null) guards.set(withheldBy.state.id, guardOf(withheldBy))
  }
  const aggregates = [...writes, ...guards.values()]
  const commit = { idempotency: null, aggregates, ledger: [], tasks: [], lease, sealed: [], erased: [] }
  return yield* commitNews(store, news, commit, tasks, nowMs).pipe(
    Effect.as(true),
    Effect.catchTag("VersionConflict", () => Effect.succeed(false))
  )
})

const absent = ({ deliveries }: News): Loaded<Delivery> => ({ state: deliveries.initial, version: 0 })

/** A write of nothing, which fails where the endpoint is not what it was. */
export const guardOf = (endpoint: Loaded<Endpoint>): AggregateWrite =>
  written(endpointDefinition, endpoint.state, endpoint, []).write

const planOf = (
  digest: Digest["Service"],
  merchantId: string,
  { dialect, change, type, target, withheldBy }: Wish,
  nowMs: number
) => {
  const messageId = messageIdOf(digest, dialect.name, change, type)
  const id = deliveryIdOf(digest, messageId, target)
  const pauseMs = pauseBefore(dialect.retryDelaysMs, 0, spreadOf(digest, id, 1, 0)) ?? 0
  return {
    ...({ _tag: "PlanDelivery", id, merchantId, messageId, type, dialect: dialect.name, target } as const),
    subject: { type: change.type, id: change.id, version: change.version },
    withheld: withheldBy !== null,
    firstAttemptAtMs: nowMs + pauseMs,
    nowMs
  }
}
