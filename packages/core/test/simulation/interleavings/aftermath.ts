/**
 * What must be so when nothing goes wrong any more: a process that knows nothing has found what the others left, time
 * has passed, and what the bank did, what is stored and what clients were told is the same.
 */
import * as Effect from "effect/Effect"
import { disagreements } from "../../bank-agreement.ts"
import type { Clients } from "./clients.ts"
import { type HeldCall, kill } from "./held-calls.ts"
import { type Process, type SmallWorld, settle, startProcess, until } from "./small-world.ts"
import { merchantId, pass } from "./wishes.ts"

const hourMs = 3_600_000

/** Whoever lives goes on, and everything arrives; then every process ends, and only what is durable is left. */
export const goOut = async (world: SmallWorld, clients: Clients): Promise<void> => {
  const { crossing } = world
  crossing.isOpen = true
  for (let next = firstOf(crossing.held); next !== undefined; next = firstOf(crossing.held)) {
    next.go("answered")
    await settle(world)
  }
  for (const client of clients) {
    const process = client.process()
    if (process !== null) kill(crossing, process.actor)
  }
}

/** By its name: what is held is the same in every order in which it has come to be held, and so is what follows. */
const firstOf = ([one, ...others]: ReadonlyArray<HeldCall>): HeldCall | undefined =>
  one && others.reduce((first, call) => (nameOf(call) < nameOf(first) ? call : first), one)

const nameOf = ({ by, what, about }: HeldCall): string => `${by.name}: ${what} ${about}`

/** A process that knows nothing finds what the others left, and clients ask once more for what they asked for. */
export const comeToRest = async (world: SmallWorld, clients: Clients): Promise<void> => {
  const heir = startProcess(world, "heir")
  for (const client of clients) if (client.wish.hasKey) await until(world, client.askAgain(heir))
  for (const ms of [31_000, 10_000, 60_000, 600_000, 7 * 24 * hourMs, hourMs]) {
    pass(world, ms)
    await until(world, heir.kernel.drain())
  }
  await judge(world, heir)
}

const judge = async (world: SmallWorld, { kernel }: Process): Promise<void> => {
  const { report, store, incidents, journal } = world
  for (const problem of world.truth.read()) report("I1", problem)
  const found = disagreements({ merchantId, kernel, store, incidents, bank: journal.read(), acknowledged: new Set() })
  for (const problem of await until(world, found)) report("TRUTH", problem)
  for (const problem of leftOpen(world)) report("I9", problem)
  for (const { key, escalation } of world.books.attemptsByKey.values()) {
    if (escalation === null) continue
    const { atMs, unknownSinceMs, why } = escalation
    if (unknownSinceMs === null || atMs - unknownSinceMs < 24 * hourMs) {
      report("MANUAL", `${key}: a person was called for nothing (${why})`)
    }
  }
}

/** What is due at some later time, or recurs, may stay. */
const standing: ReadonlySet<string> = new Set(["settle"])

const leftOpen = ({ store, nowMs }: SmallWorld): ReadonlyArray<string> =>
  Effect.runSync(store.claim({ lane: "money", owner: "end", nowMs: nowMs() + 1e15, leaseMs: 1, limit: 1000 }))
    .filter(({ kind }) => !standing.has(kind))
    .map(({ kind, subject }) => `${subject}: ${kind} is open`)
