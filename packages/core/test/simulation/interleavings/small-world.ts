/**
 * The smallest world in which two clients can meet: real kernels over one memory store and one bank, all of whose calls
 * wait for a schedule, and the checker of the simulation, which holds its own books.
 */
import type { Incident, Kernel } from "@paykernel/core"
import type { CardGateway, Commit, Store, Vault } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { type BankRecord, memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { keyedDigest } from "../../../src/application/commit/keyed-digest.ts"
import { createKernelIn } from "../../../src/application/create-kernel.ts"
import { startMs } from "../../../src/testing/payment-examples.ts"
import { type Actor, type Agenda, makeAgenda } from "../../../src/testing/simulation/agenda.ts"
import { bankTruth } from "../../../src/testing/simulation/bank-truth.ts"
import { openBooks } from "../../../src/testing/simulation/books.ts"
import { countCoverage } from "../../../src/testing/simulation/coverage.ts"
import type { Problem, Report } from "../../../src/testing/simulation/problems.ts"
import { keepSafe } from "../../../src/testing/simulation/safety.ts"
import { virtualRuntime } from "../../../src/testing/simulation/virtual-runtime.ts"
import type { Crossing } from "./held-calls.ts"
import { gatewayOf, storeOf } from "./held-ports.ts"
import { chained } from "./situation.ts"

export type Process = { readonly name: string; readonly actor: Actor; readonly kernel: Kernel }

/** What was written before a schedule begins, as it can be written again. */
export type Past = {
  readonly writes: ReadonlyArray<Commit | ClaimRequest>
  readonly bank: ReadonlyArray<BankRecord>
  readonly passedMs: number
  readonly cardId: string
  /** The payment that there is. */
  readonly made: { readonly autoCapture: boolean; readonly by: "none" | "three_d_secure" } | null
  /** When an authorization or a challenge runs out. */
  readonly deadlineMs: number
}

export type ClaimRequest = Parameters<Store["Service"]["claim"]>[0]

/** Stands between processes and the store or the bank, for whoever wants to see a fault of its own found. */
export type Reach = {
  readonly store?: (own: Store["Service"]) => Store["Service"]
  readonly gateway?: (own: CardGateway["Service"]) => CardGateway["Service"]
}

export type SmallWorld = ReturnType<typeof openWorld>

const digestKey = new Uint8Array(32).fill(7)
export const digest = keyedDigest(digestKey)

const times = { maxInFlightMs: 5000, lookupLagMs: 2000 }
const never = 1e12
const itself = <A>(own: A): A => own

/** Opens a world in which the past has happened. */
export const openWorld = (past: Past, reach: Reach = {}) => {
  const agenda = makeAgenda(0)
  const outside: Actor = { name: "outside", state: "up", tasks: [] }
  const wall = { passedMs: past.passedMs }
  const nowMs = (): number => startMs + wall.passedMs + agenda.nowMs()
  const journal = memoryJournal()
  for (const record of past.bank) void journal.append(record)
  const checker = makeChecker(journal, nowMs)
  const bank = sandboxGateway({
    ...{ journal, digest, random: () => 0.5, latencyMs: 0, lateMs: 0, ...times },
    clock: { nowMs },
    challengeUrl: (id) => `https://bank.example/challenge/${id}`
  })
  const store = memoryStore()
  const incidents: Array<Incident> = []
  const world = {
    ...{ ...checker, agenda, outside, wall, nowMs, journal, bank, store, incidents },
    reached: { store: (reach.store ?? itself)(store), gateway: (reach.gateway ?? itself)(bank.gateway) },
    crossing: openCrossing(agenda, outside, nowMs),
    /** What each key is bound to, as clients were told. */
    bodies: new Map<string, string>(),
    writes: [...past.writes],
    /** Stands for all that was written since, in order: the store is what follows from it. */
    written: "",
    ...{ cardId: past.cardId, made: past.made, deadlineMs: past.deadlineMs }
  }
  for (const write of past.writes) {
    if ("owner" in write) checker.books.claimed(Effect.runSync(store.claim(write)))
    else {
      Effect.runSync(store.commit(write))
      checker.safety.committed(write, checker.books.enter(write))
    }
  }
  return world
}

const openCrossing = (agenda: Agenda, outside: Actor, nowMs: () => number): Crossing => {
  const told = new Map<Actor, string>()
  return {
    ...{ agenda, outside, told, held: [], isOpen: false },
    tell: (actor, what, answer) => told.set(actor, chained(told.get(actor) ?? actor.name, [what, nowMs(), answer]))
  }
}

const makeChecker = (journal: ReturnType<typeof memoryJournal>, nowMs: () => number) => {
  const problems: Array<Problem> = []
  const report: Report = (invariant, what) => {
    problems.push({ invariant, what, atMs: nowMs() })
  }
  const coverage = countCoverage()
  const truth = bankTruth(journal)
  const books = openBooks(coverage, report, times.maxInFlightMs + times.lookupLagMs)
  return { problems, report, coverage, truth, books, safety: keepSafe(books, truth, report) }
}

/** Begins a process. Ids are its own, so that what one process does never changes what another one is called. */
export const startProcess = (world: SmallWorld, name: string): Process => {
  const actor: Actor = { name, state: "up", tasks: [] }
  const kernel = createKernelIn(virtualRuntime(world.agenda, actor), {
    store: storeOf(world, actor),
    gateway: gatewayOf(world, actor),
    vault,
    digestKey,
    clock: { nowMs: world.nowMs },
    ids: idsOf(name),
    onIncident: (incident) => world.incidents.push(incident),
    worker: { idlePollMs: never },
    sweeper: { sweepEveryMs: never, expireCodesEveryMs: never }
  })
  return { name, actor, kernel }
}

/** Until nothing can go on before something is let through. */
export const settle = async ({ agenda }: SmallWorld): Promise<void> => {
  await agenda.run(0, 0, first)
}

const first = (): number => 0

/** Lets everything happen, timers too, until the promise is kept. */
export const until = async <A>({ agenda }: SmallWorld, promise: Promise<A>): Promise<A> => {
  let isOver = false
  const over = promise.finally(() => {
    isOver = true
  })
  // Looked at below, whatever it is.
  over.catch(() => {})
  for (let turn = 0; turn < 1000 && !isOver; turn++) await agenda.run(1000, turn === 0 ? 0 : 100, first)
  if (!isOver) throw new Error("a call is never answered")
  return over
}

/** A seal is a label here: what is at rest is not what these schedules are about. */
const vault: Vault["Service"] = {
  seal: (secret) => Effect.sync(() => `sealed:${typeof secret === "string" ? secret : secret.reveal()}`),
  open: (sealed) => Effect.sync(() => Redacted.make(sealed.slice("sealed:".length))),
  rewrap: Effect.succeed,
  fingerprint: () => Effect.succeed("0193a000-0000-8000-8000-00000000f00d")
}

/** UUIDs of version 7 that grow, and name their process. */
const idsOf = (process: string) => {
  const name = [...process].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("")
  let count = 0
  return {
    next: (nowMs: number): string => {
      const time = nowMs.toString(16).padStart(12, "0")
      const counted = (++count).toString(16).padStart(3, "0")
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-8000-${name.padStart(12, "0")}`
    }
  }
}
