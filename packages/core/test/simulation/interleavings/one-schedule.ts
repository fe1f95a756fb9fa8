/**
 * One schedule: two clients, each with a process of its own, and at each step one of the things that could happen next,
 * chosen by whoever runs it: a call goes through, in one of its ways; a client asks, or asks again in a new process after
 * its own has died, three times at most; the time of a lease passes, once. After the last step the world is left alone
 * until it has come to rest, and is then judged.
 */
import * as Effect from "effect/Effect"
import type { Problem } from "../../../src/testing/simulation/problems.ts"
import { comeToRest, goOut } from "./aftermath.ts"
import { type Clients, makeClients } from "./clients.ts"
import { chained } from "./situation.ts"
import { openWorld, type Reach, type SmallWorld, settle } from "./small-world.ts"
import type { StartingPoint } from "./starting-points.ts"
import { pass, type Wish, wake } from "./wishes.ts"

/** Who meets whom, and where. */
export type Meeting = {
  readonly from: StartingPoint
  readonly wishes: readonly [Wish, Wish]
  /** Both ask under one key, as one client does that asks twice. */
  readonly sameKey: boolean
}

export type Step = { readonly what: string; readonly act: () => void | Promise<void>; readonly dies: boolean }

/** A schedule as far as it has come. */
export type Running = {
  /** What can happen now. Empty when everything has. */
  readonly steps: () => ReadonlyArray<Step>
  readonly take: (step: Step) => Promise<void>
  /** Lets what lives go on to its end, and answers what is left then: the same where all that is durable is the same. */
  readonly goOut: () => Promise<string>
  /** Leaves what is left to a new process until it has come to rest, and judges it. */
  readonly comeToRest: () => Promise<void>
  readonly problems: ReadonlyArray<Problem>
  /** What was taken, in words. */
  readonly history: ReadonlyArray<string>
  /** The same for schedules that cannot be told apart any more. */
  readonly situation: () => string
  readonly edges: ReadonlyMap<string, number>
  /** Attempts that were left to a person. */
  readonly manual: () => number
}

/** Past a lease: what a process holds that is dead, or stands still, is another's from then on. */
const leaseMs = 31_000

export const begin = (meeting: Meeting, reach?: Reach): Running => {
  const world = openWorld(meeting.from.past, reach)
  const clients = makeClients(world, meeting)
  const leases = { passed: 0 }
  const history: Array<string> = []
  return {
    steps: () => stepsOf(world, meeting, clients, leases),
    take: async ({ what, act }) => {
      history.push(what)
      await act()
      await settle(world)
    },
    goOut: async () => {
      await goOut(world, clients)
      return durable(world)
    },
    comeToRest: () => comeToRest(world, clients),
    problems: world.problems,
    history,
    situation: () => situationOf(world, clients, leases),
    edges: world.coverage.edges,
    manual: () => [...world.books.attemptsByKey.values()].filter(({ status }) => status === "manual").length
  }
}

const stepsOf = (
  world: SmallWorld,
  { wishes }: Meeting,
  clients: Clients,
  leases: { passed: number }
): ReadonlyArray<Step> => {
  const { held } = world.crossing
  const calls = held.flatMap(({ by, what, ways, go }) =>
    ways.map((way): Step => ({ what: `${by.name}: ${what}, ${way}`, act: () => go(way), dies: way === "dies" }))
  )
  // Two that want the same are told apart by who asks first, and by nothing else.
  const alike = wishes[0] === wishes[1]
  const asking = clients
    .filter((client, at) => client.mayAsk() && !(alike && at === 1 && clients[0].asked() === 0))
    .map((client): Step => ({ what: `${client.name} asks: ${client.wish.name}`, act: client.ask, dies: false }))
  const passing: ReadonlyArray<Step> =
    leases.passed === 0 && isAnyoneWaitedFor(world)
      ? [{ what: "a lease passes", act: () => letLeasePass(world, clients, leases), dies: false }]
      : []
  return [...calls, ...asking, ...passing]
}

/** Time changes something where a task is held, or falls due. */
const isAnyoneWaitedFor = ({ store, nowMs }: SmallWorld): boolean => {
  const dueAtMs = Effect.runSync(store.nextDueAtMs("money"))
  return dueAtMs !== null && dueAtMs <= nowMs() + leaseMs
}

const letLeasePass = (world: SmallWorld, clients: Clients, leases: { passed: number }): void => {
  leases.passed++
  pass(world, leaseMs)
  for (const client of clients) {
    const process = client.process()
    if (process !== null) wake(world, process)
  }
}

/** A process in which nothing is under way is any process: what it remembers is what anybody would find. */
const situationOf = (world: SmallWorld, clients: Clients, leases: { readonly passed: number }): string => {
  const { told, held, outside } = world.crossing
  const resting = new Set(clients.flatMap((client) => (client.rests() ? (client.process()?.actor ?? []) : [])))
  const late = held.filter(({ by }) => by === outside).map(({ what, about }) => `${what} ${about}`)
  return chained(durable(world), [
    [...told].map(([actor, history]) => `${actor.name} ${resting.has(actor) ? "rests" : history}`).sort(),
    late.sort(),
    clients.map((client) => client.situation()),
    leases.passed
  ])
}

/** What is left when every process has ended. */
const durable = ({ written, journal, books, bodies, incidents, wall }: SmallWorld): string =>
  chained(written, [journal.read(), books.attemptsByKey, bodies, incidents, wall.passedMs])
