/** The one durable store, as processes reach it across a network that loses, delays and repeats nothing silently. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Commit } from "../../ports/commit.ts"
import type { PortCall } from "../../ports/fault-points.ts"
import { type ClaimedTask, type Store, StoreUnavailable, VersionConflict } from "../../ports/store.ts"
import type { Actor } from "./agenda.ts"
import { type Cross, crossingOf, type Surroundings } from "./process.ts"
import { runAtOnce } from "./virtual-runtime.ts"
import type { Weather } from "./weather.ts"

export type StoreGrounds = Surroundings & {
  readonly store: Store["Service"]
  readonly weather: Weather
  /** Bells of those that want to be told of new tasks, each with the process that it is part of. */
  readonly bells: Map<() => void, Actor>
  readonly claimed: (tasks: ReadonlyArray<ClaimedTask>) => void
  /** Told of every commit that is now durable, whether or not its writer will ever know. */
  readonly committed: (commit: Commit, by: Actor) => void
}

type Service = Store["Service"]

export const storeOf = (world: StoreGrounds, actor: Actor): Service => {
  const cross = crossingOf(world, actor)
  const read = readsOf(world, cross)
  const { store } = world
  return {
    ...store,
    commit: (commit) => commitOf(world, actor, cross, commit),
    claim: (request) =>
      writing(world, cross, "store.claim", request.owner, () => {
        const claimed = runAtOnce(store.claim(request))
        if (Exit.isSuccess(claimed)) world.claimed(claimed.value)
        return claimed
      }),
    sweep: (request) => writing(world, cross, "store.sweep", "", () => runAtOnce(store.sweep(request))),
    load: (ref) => read("store.load", ref.id, () => store.load(ref)),
    events: (ref, afterVersion) => read("store.events", ref.id, () => store.events(ref, afterVersion)),
    find: (merchantId, collection, id) => read("store.find", id, () => store.find(merchantId, collection, id)),
    list: (query) => read("store.list", query.collection, () => store.list(query)),
    count: (query, atMost) => read("store.count", query.collection, () => store.count(query, atMost)),
    idempotencyRecord: (key) => read("store.idempotencyRecord", key.key, () => store.idempotencyRecord(key)),
    sealedRecord: (place) => read("store.sealedRecord", place.recordId, () => store.sealedRecord(place)),
    balances: (merchantId) => read("store.balances", merchantId, () => store.balances(merchantId)),
    ledgerOf: (merchantId, of) => read("store.ledgerOf", of.id, () => store.ledgerOf(merchantId, of)),
    nextDueAtMs: (lane) => read("store.nextDueAtMs", "", () => store.nextDueAtMs(lane)),
    nudges: (ring) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => world.bells.set(ring, actor)),
          () => Effect.sync(() => world.bells.delete(ring))
        )
      )
  }
}

const away = (outcomeUnknown: boolean) => Exit.fail(new StoreUnavailable({ reason: "weather", outcomeUnknown }))

const readsOf =
  (world: StoreGrounds, cross: Cross) =>
  <A>(
    call: PortCall,
    note: string,
    ask: () => Effect.Effect<A, StoreUnavailable>
  ): Effect.Effect<A, StoreUnavailable> =>
    cross(call, note, world.weather.store.slow, (deliver) => {
      if (!world.dice.chance(world.weather.store.unavailable)) return deliver(runAtOnce(ask()))
      world.coverage.struck(`${call}: unavailable`)
      deliver(away(false))
    })

/** What a write meets on its way: nothing, or a loss before or after its effect, which look alike to the writer. */
const writing = <A, E>(
  world: StoreGrounds,
  cross: Cross,
  call: PortCall,
  note: string,
  write: () => Exit.Exit<A, E>
): Effect.Effect<A, E | StoreUnavailable> =>
  cross<A, E | StoreUnavailable>(call, note, world.weather.store.slow, (deliver) => {
    const { unavailable, requestLost, answerLost } = world.weather.store
    const { dice, coverage } = world
    if (dice.chance(unavailable)) {
      coverage.struck(`${call}: unavailable`)
      return deliver(away(false))
    }
    if (dice.chance(requestLost)) {
      coverage.struck(`${call}: request lost`)
      return deliver(away(true))
    }
    const exit = write()
    if (!dice.chance(answerLost)) return deliver(exit)
    coverage.struck(`${call}: answer lost`)
    deliver(away(true))
  })

const commitOf = (world: StoreGrounds, actor: Actor, cross: Cross, commit: Commit): ReturnType<Service["commit"]> => {
  const { dice, store, weather, coverage } = world
  return writing(world, cross, "store.commit", noteOf(commit), () => {
    const ref = commit.aggregates[0]?.ref
    if (ref !== undefined && dice.chance(weather.store.conflict)) {
      coverage.struck("store.commit: conflict")
      return Exit.fail(new VersionConflict({ ref }))
    }
    const written = runAtOnce(store.commit(commit))
    if (Exit.isFailure(written)) return written
    world.committed(commit, actor)
    nudge(world, commit, actor)
    return written
  })
}

/** Says that there may be work, to whoever listens, unless the word is lost. */
const nudge = ({ bells, agenda, dice, weather }: StoreGrounds, { tasks, lease }: Commit, by: Actor): void => {
  if (!tasks.some(({ bornLeased }) => bornLeased === null) && lease?.then._tag !== "Again") return
  for (const [ring, actor] of bells) {
    if (actor.state === "down") bells.delete(ring)
    else if (!dice.chance(actor === by ? weather.store.nudgeLost : Math.max(0.5, weather.store.nudgeLost))) {
      agenda.post(actor, ring)
    }
  }
}

const noteOf = ({ aggregates, lease, tasks, ledger, idempotency }: Commit): string => {
  const writes = aggregates.map(
    ({ ref, expectedVersion, events }) =>
      `${ref.type} ${ref.id} ${expectedVersion} ${events.map(({ tag, atMs }) => `${tag}@${atMs}`).join()}`
  )
  const kept = idempotency === null ? "" : `${idempotency.key}=${idempotency.body}`
  return `${writes.join(";")}|${lease?.id}#${lease?.fence}${lease?.then._tag}|${tasks.length}|${ledger.length}|${kept}`
}
