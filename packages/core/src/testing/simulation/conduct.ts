/**
 * How processes treat the bank, whatever comes of it: under which lease they send, whose security codes, how many calls
 * they make at once and how often they ask. Nothing of this shows in anybody's books until it is too late.
 */
import * as Effect from "effect/Effect"
import type { CardGateway, GatewayOperation } from "../../ports/card-gateway.ts"
import type { Commit } from "../../ports/commit.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import type { Actor, Agenda } from "./agenda.ts"
import type { Books } from "./books.ts"
import type { Hurdles } from "./hurdles.ts"
import type { Report } from "./problems.ts"

export type Conduct = {
  /** Called after each commit, with the process that made it. */
  readonly committed: (commit: Commit, by: Actor) => void
  readonly claimed: (tasks: ReadonlyArray<ClaimedTask>) => void
  /** Reports a call that could outlast the lease of the task that it is made for. `nowMs`: by the clock of the process. */
  readonly checkLease: (taskId: string, what: string, timeoutMs: number, by: Actor, nowMs: number) => void
  /** The gateway as a process reaches it, with an eye on that process. */
  readonly watched: (gateway: Gateway, actor: Actor, nowMs: () => number) => Gateway
}

export type ConductGrounds = {
  readonly agenda: Agenda
  readonly hurdles: Hurdles
  readonly books: Pick<Books, "attemptsByKey">
  readonly report: Report
  /** Calls that one process may have under way. */
  readonly callsMax: number
}

type Gateway = CardGateway["Service"]

/** `atMs`: when it was granted, by the agenda; `untilMs`: by the clock of the holder. */
type Lease = { readonly untilMs: number; readonly atMs: number }

export const watchConduct = ({ agenda, hurdles, books, report, callsMax }: ConductGrounds): Conduct => {
  const leases = new Map<string, Lease>()
  const givenTo = new Map<string, Actor>()
  const grant = (taskId: string, untilMs: number): void => {
    leases.set(taskId, { untilMs, atMs: agenda.nowMs() })
  }
  const checkLease: Conduct["checkLease"] = (taskId, what, timeoutMs, by, nowMs) => {
    const lease = leases.get(taskId)
    if (lease === undefined || hurdles.excuseSend(by, lease.atMs) || nowMs + timeoutMs <= lease.untilMs) return
    report("LEASE", `${what}: a call of ${timeoutMs} ms, when ${lease.untilMs - nowMs} ms are left of the lease`)
  }
  const checkSend = ({ key, authorization }: GatewayOperation, timeoutMs: number, by: Actor, nowMs: number): void => {
    const attemptId = books.attemptsByKey.get(key)?.id
    if (attemptId === undefined) return
    if (authorization !== null && authorization.card.cvv !== null && givenTo.get(attemptId) !== by) {
      report("I10", `${key}: ${by.name} sends a security code that nobody gave to it`)
    }
    checkLease(attemptId, key, timeoutMs, by, nowMs)
  }
  const watched = (gateway: Gateway, actor: Actor, nowMs: () => number): Gateway => {
    let underWay = 0
    const counted = <A>(call: Effect.Effect<A>): Effect.Effect<A> =>
      Effect.suspend(() => {
        if (++underWay > callsMax)
          report("PACE", `${actor.name} has ${underWay} calls under way, and may have ${callsMax}`)
        return Effect.ensuring(
          call,
          Effect.sync(() => underWay--)
        )
      })
    const checkPace = paceOf(agenda, report)
    return {
      ...gateway,
      send: (operation, timeoutMs) =>
        Effect.suspend(() => {
          checkSend(operation, timeoutMs, actor, nowMs())
          return counted(gateway.send(operation, timeoutMs))
        }),
      reverse: (key, timeoutMs) => counted(gateway.reverse(key, timeoutMs)),
      lookup: (key, timeoutMs) =>
        Effect.suspend(() => {
          checkPace(key)
          return gateway.lookup(key, timeoutMs)
        })
    }
  }
  return {
    checkLease,
    claimed: (tasks) => {
      for (const { id, leasedUntilMs } of tasks) grant(id, leasedUntilMs)
    },
    committed: ({ tasks, lease }, by) => {
      if (lease?.then._tag === "Hold") grant(lease.id, lease.then.untilMs)
      for (const { id, bornLeased } of tasks) {
        if (bornLeased === null) continue
        grant(id, bornLeased.untilMs)
        givenTo.set(id, by)
      }
    },
    watched
  }
}

/** Far above what backing off asks for, and far below what asking in a circle does. */
const looksMax = 40
const looksWithinMs = 10_000

/** Reports a process that asks about one key again and again. */
const paceOf = (agenda: Agenda, report: Report) => {
  const looks = new Map<string, { sinceMs: number; count: number }>()
  return (key: string): void => {
    const nowMs = agenda.nowMs()
    const seen = looks.get(key)
    const now = seen === undefined || nowMs - seen.sinceMs > looksWithinMs ? { sinceMs: nowMs, count: 0 } : seen
    looks.set(key, now)
    now.count++
    if (now.count === looksMax) report("PACE", `${key} is asked about ${now.count} times in ${nowMs - now.sinceMs} ms`)
  }
}
