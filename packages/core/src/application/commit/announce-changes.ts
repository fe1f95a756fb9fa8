/**
 * The one place where the kernel begins to tell of what it does: at the store's `commit`, through which everything that
 * happens passes. Whatever changes something that is told gets a task in the same commit, so that nothing is told that
 * did not happen, and nothing that happened goes untold, whoever dies after it. No use case has to think of it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Clock } from "../../ports/clock.ts"
import type { AggregateWrite, Commit, TaskInsert } from "../../ports/commit.ts"
import { type CommitError, Store } from "../../ports/store.ts"
import { takeUp } from "../operations.ts"
import { isTold } from "../storage/changes-of.ts"
import type { News } from "../webhooks/news.ts"

type Service = Store["Service"]

/** The same store, which files a task for every change that somebody may want to hear of. */
export const announcing = (store: Service, news: News, clock: Clock["Service"]): Service => {
  const asked = <A, E>(effect: Effect.Effect<A, E, Store | Clock>): Effect.Effect<A, E> =>
    effect.pipe(Effect.provideService(Store, store), Effect.provideService(Clock, clock))

  const isHeard = ({ ref, state }: AggregateWrite) => {
    // The one that is made right now counts already, and what happens to a removed one is told to the others.
    if (ref.type === "endpoint") return Effect.succeed(true)
    if (ref.type === "checkout" && news.ofAddresses !== null && hasAddress(state)) return Effect.succeed(true)
    return asked(news.directory.hasAny(ref.merchantId))
  }

  const announced = (commit: Commit, changes: ReadonlyArray<AggregateWrite>) =>
    Effect.flatMap(Effect.filter(changes, isHeard), (heard) => {
      const nowMs = clock.nowMs()
      return commitNews(
        store,
        news,
        commit,
        heard.map((write) => notifyTask(write, nowMs)),
        nowMs
      )
    })

  return {
    ...methodsOf(store),
    commit: (commit) => {
      const changes = commit.aggregates.filter(({ ref, events }) => isTold(ref.type) && events.length > 0)
      return changes.length === 0 ? store.commit(commit) : announced(commit, changes)
    }
  }
}

/**
 * Commits, and with it tasks of the lane "news". What is due at once is born leased to this process where it has room,
 * and taken up as soon as it is written.
 */
export const commitNews = (
  store: Service,
  news: News,
  commit: Commit,
  tasks: ReadonlyArray<TaskInsert>,
  nowMs: number
): Effect.Effect<void, CommitError> =>
  Effect.suspend(() => {
    const rooms: Array<() => void> = []
    const lease = { owner: news.owner, untilMs: nowMs + news.leaseMs }
    const filed = tasks.map((task): TaskInsert => {
      const room = task.dueAtMs <= nowMs ? news.hands.reserve() : null
      if (room === null) return task
      rooms.push(room.release)
      return { ...task, bornLeased: lease }
    })
    return Effect.onExit(store.commit({ ...commit, tasks: [...commit.tasks, ...filed] }), (exit) =>
      Effect.sync(() => {
        if (Exit.isSuccess(exit)) takeUp(news, filed)
        for (const release of rooms) release()
      })
    )
  })

const notifyTask = ({ ref, expectedVersion, events }: AggregateWrite, nowMs: number): TaskInsert => {
  const last = expectedVersion + events.length
  return {
    id: `notify:${ref.type}:${ref.id}:${last}`,
    kind: "notify",
    aggregate: ref,
    subject: `${expectedVersion + 1}-${last}`,
    dueAtMs: nowMs,
    bornLeased: null
  }
}

/** Of a checkout as it is stored. */
const hasAddress = (state: AggregateWrite["state"]): boolean =>
  typeof state === "object" && state !== null && "webhookUrl" in state && state.webhookUrl !== null

/** One by one, since a store may be an instance of a class. */
const methodsOf = (store: Service): Service => ({
  commit: (commit) => store.commit(commit),
  load: (ref) => store.load(ref),
  events: (ref, afterVersion) => store.events(ref, afterVersion),
  find: (merchantId, collection, id) => store.find(merchantId, collection, id),
  list: (query) => store.list(query),
  count: (query, atMost) => store.count(query, atMost),
  idempotencyRecord: (key) => store.idempotencyRecord(key),
  sealedRecord: (place) => store.sealedRecord(place),
  sealedRecords: (after, limit) => store.sealedRecords(after, limit),
  balances: (merchantId) => store.balances(merchantId),
  ledgerOf: (merchantId, reference) => store.ledgerOf(merchantId, reference),
  claim: (request) => store.claim(request),
  nextDueAtMs: (lane) => store.nextDueAtMs(lane),
  nudges: (ring) => store.nudges(ring),
  parked: () => store.parked(),
  sweep: (request) => store.sweep(request),
  merchants: (afterId, limit) => store.merchants(afterId, limit),
  scan: (merchantId, type, afterId, limit) => store.scan(merchantId, type, afterId, limit)
})
