/** Everything that a simulation consists of: processes over one store and one bank, their clients, and the checker. */

import { keyedDigest } from "../../application/commit/keyed-digest.ts"
import { createKernelIn, type KernelOptions } from "../../application/create-kernel.ts"
import { memoryStore } from "../../memory/memory-store.ts"
import type { Store } from "../../ports/store.ts"
import { memoryJournal } from "../../simulator/journal.ts"
import { sandboxGateway } from "../../simulator/sandbox-gateway.ts"
import { startMs } from "../payment-examples.ts"
import { type Actor, type Agenda, makeAgenda } from "./agenda.ts"
import { bankTruth } from "./bank-truth.ts"
import { openBooks } from "./books.ts"
import { makeClients } from "./clients.ts"
import { watchConduct } from "./conduct.ts"
import { countCoverage } from "./coverage.ts"
import { makeDice } from "./dice.ts"
import { watchHurdles } from "./hurdles.ts"
import { openPaying, type Paying } from "./intents/paying.ts"
import { makePayers } from "./payers.ts"
import { openSending, type Sending } from "./payouts/sending.ts"
import type { Problem, Report } from "./problems.ts"
import { keepSafe } from "./safety.ts"
import { type GatewayGrounds, gatewayOf } from "./simulated-gateway.ts"
import { riskOf, type Safe, vaultOf } from "./simulated-services.ts"
import { type StoreGrounds, storeOf } from "./simulated-store.ts"
import { makeSlots } from "./slots.ts"
import { makeTrace } from "./trace.ts"
import { virtualRuntime } from "./virtual-runtime.ts"
import { calm, type Weather } from "./weather.ts"
import { openTelling, type Telling } from "./webhooks/telling.ts"

export type World = ReturnType<typeof makeWorld>

export type WorldOptions = Planting & {
  readonly seed: number
  readonly nodes: number
  /** Whether merchants have endpoints for webhooks. */
  readonly webhooks?: boolean | undefined
  /** Whether merchants are paid on blockchains. */
  readonly intents?: boolean | undefined
  /** Whether merchants send money abroad. */
  readonly payouts?: boolean | undefined
}

/** For whoever wants to see a fault of his own found, or something of his own judged. */
export type Planting = {
  /** Another store for all processes: what it answers is what the checker takes to have been done. */
  readonly reach?: (store: Store["Service"]) => Store["Service"]
  /** Changes what a process is made of. The checker hears of its calls where they arrive, and not what it believes. */
  readonly plant?: (own: KernelOptions, process: string) => KernelOptions
}

const digestKey = new Uint8Array(32).fill(7)
const digest = keyedDigest(digestKey)

/** Times of this world, which follow from the seed: tight ones and ordinary ones. */
const timesOf = (seed: number) => {
  const dice = makeDice(seed)
  return {
    latencyMs: dice.pick([2, 20]),
    dropDelayMs: dice.pick([200, 20_000]),
    lateMs: dice.pick([100, 1500, 4900]),
    // A challenge that nobody answers is asked about until its time is over: minutes show as much as a quarter of an hour.
    ...{ maxInFlightMs: 5000, lookupLagMs: 2000, challengeTtlMs: 300_000 },
    // Longer than half of the time for which doubt may last, so that it has to be said that there is none.
    transferMs: 900_000,
    resolveLimitMs: dice.pick([600_000, 1_200_000]),
    worker: { idlePollMs: 7_200_000, concurrency: dice.pick([1, 2, 64]), queueMax: dice.pick([1, 1024]) },
    sweeper: { sweepEveryMs: 21_600_000, keepFinishedTasksMs: 86_400_000, expireCodesEveryMs: 3_600_000 }
  }
}

type Times = ReturnType<typeof timesOf>

const unchanged = <A>(own: A): A => own

export const makeWorld = (options: WorldOptions) => {
  const { seed, nodes, webhooks, intents, payouts, reach = unchanged, plant = unchanged } = options
  const agenda = makeAgenda(0)
  const outside: Actor = { name: "outside", state: "up", tasks: [] }
  const hurdles = watchHurdles(agenda)
  const base = { agenda, outside, hurdles, dice: makeDice(seed), trace: makeTrace(), coverage: countCoverage() }
  const { trace, dice } = base
  const times = timesOf(seed)
  const wall = makeWall(agenda)
  const checker = makeChecker(base, times)
  const bank = sandboxGateway({
    ...{ journal: checker.journal, digest, random: dice.next, strikesQuestions: true, ...times },
    clock: { nowMs: () => startMs + agenda.nowMs() },
    challengeUrl: (id) => `https://bank.example/challenge/${id}`
  })
  const weather: Weather = calm()
  const grounds: Grounds = {
    ...{ ...base, ambush: null, store: reach(memoryStore()), bank, weather, bells: new Map() },
    ...checker.ears,
    committed: (commit, by) => {
      checker.ears.committed(commit, by)
      telling?.committed(commit)
      paying?.committed(commit)
      sending?.committed(commit)
    },
    struck: (actor) => {
      if (actor.state === "down") slots.died(actor)
    }
  }
  const safe: Safe = new Map()
  const telling: Telling | null =
    webhooks === true ? openTelling({ surroundings: grounds, safe, seed, ...checker }) : null
  const paying: Paying | null = intents === true ? openPaying({ surroundings: grounds, seed, times, ...checker }) : null
  const sending: Sending | null =
    payouts === true ? openSending({ surroundings: grounds, seed, times, ...checker }) : null
  const ids = growingIds()
  const slots = makeSlots(base, nodes, (actor, slot) => {
    const store = storeOf(grounds, actor)
    const clock = { nowMs: () => wall.nowMs(slot.skewMs) }
    const options: KernelOptions = {
      ...{ store, clock, digestKey, ids, ...times },
      gateway: checker.conduct.watched(gatewayOf(grounds, actor), actor, clock.nowMs),
      vault: vaultOf(grounds, actor, safe),
      risk: riskOf(grounds, actor, store),
      ...(telling === null ? {} : { webhooks: telling.optionsOf(actor, clock.nowMs) }),
      ...(paying === null ? {} : { intents: paying.optionsOf(actor, clock.nowMs) }),
      ...(sending === null ? {} : { crossBorder: sending.optionsOf(actor, clock.nowMs) })
    }
    return createKernelIn(virtualRuntime(agenda, actor), plant(options, actor.name))
  })
  const { books, report } = checker
  const listening = { books, report, trace, hurdles, nowMs: agenda.nowMs, latestMs: () => wall.nowMs(0) }
  const clients = makeClients(listening)
  const payers = makePayers(listening)
  /** Requests of clients and operators that reached a process. */
  const tally = { operations: 0 }
  const outsiders = { seed, clients, payers, tally, telling, paying, sending }
  return { ...base, ...checker, ...outsiders, wall, times, bank, weather, grounds, slots, safe }
}

type Grounds = StoreGrounds & GatewayGrounds

/** What the clocks on the walls show, which may be moved. The bank has a clock of its own, which nobody moves. */
const makeWall = (agenda: Agenda) => {
  const wall = {
    jumpMs: 0,
    /** The latest time that any clock has shown. */
    latestMs: 0,
    nowMs: (skewMs: number): number => {
      const nowMs = startMs + agenda.nowMs() + wall.jumpMs + skewMs
      wall.latestMs = Math.max(wall.latestMs, nowMs)
      return nowMs
    }
  }
  return wall
}

/** The checker's books and its ears: what it is told of everything that crosses a port. */
const makeChecker = (
  { agenda, trace, coverage, hurdles }: Pick<Grounds, "agenda" | "trace" | "coverage" | "hurdles">,
  times: Times
) => {
  const problems: Array<Problem> = []
  const report: Report = (invariant, what) => {
    trace.note(invariant, what)
    problems.push({ invariant, what, atMs: agenda.nowMs() })
  }
  const journal = memoryJournal()
  const truth = bankTruth(journal)
  const readTruth = (): void => {
    for (const problem of truth.read()) report("I1", problem)
  }
  const books = openBooks(coverage, report, times.maxInFlightMs + times.lookupLagMs)
  const safety = keepSafe(books, truth, report)
  const callsMax = times.worker.concurrency
  const conduct = watchConduct({ agenda, hurdles, books, report, callsMax })
  /** Keys of which an answer was altered on its way: after that a person may rightly be called. */
  const altered = new Set<string>()
  const ears: Pick<Grounds, "committed" | "claimed" | "asked" | "sent" | "answered" | "isNew"> = {
    committed: (commit, by) => {
      safety.committed(commit, books.enter(commit))
      conduct.committed(commit, by)
    },
    claimed: (tasks) => {
      books.claimed(tasks)
      conduct.claimed(tasks)
    },
    asked: (call, key, trouble, by) => {
      trace.note(call, key, by.name)
      if (call === "send" && trouble === "wrong-echo") altered.add(key)
    },
    sent: safety.sent,
    answered: safety.answered,
    isNew: (key) => {
      readTruth()
      return !truth.executions.has(key)
    }
  }
  return { problems, report, journal, truth, readTruth, books, altered, conduct, ears }
}

/** UUIDs of version 7 that grow, made of nothing but time and a count. */
const growingIds = () => {
  let count = 0
  return {
    next: (nowMs: number): string => {
      count++
      const time = nowMs.toString(16).padStart(12, "0")
      const [high, low] = [count >>> 12, count & 0xfff]
      const tail = (Math.imul(count, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")
      const middle = (0x8000 | (high & 0x3fff)).toString(16)
      return `${time.slice(0, 8)}-${time.slice(8)}-7${low.toString(16).padStart(3, "0")}-${middle}-0000${tail}`
    }
  }
}
