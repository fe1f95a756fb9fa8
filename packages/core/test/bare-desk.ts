/**
 * The use cases by themselves, without a worker of a process: a test has one carried out and plays the worker, so that it
 * says what room there is, and sees what it is handed and whether it is woken. To sleep takes a use case no time.
 */
import { type KernelOptions, keyedDigest } from "@paykernel/core"
import {
  CardGateway,
  type ClaimedTask,
  Clock,
  changeMerchant,
  Digest,
  Ids,
  merchantDirectory,
  type Ports,
  Risk,
  runTask,
  Store,
  Vault,
  VersionConflict,
  workerDefaults
} from "@paykernel/core/effect"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { operationsOf } from "../src/application/operations-of.ts"
import { systemIds } from "../src/application/system.ts"
import { watchedClock } from "../src/application/watched-clock.ts"
import type { TaskKind } from "../src/decision.ts"
import { digestKey, merchantId, merchantInput, type Script, scriptedGateway, type World } from "./kernel-world.ts"
import { replaceableStore } from "./standing-in.ts"
import { virtualTime } from "./virtual-time.ts"

export type BareDesk = Awaited<ReturnType<typeof bareDesk>>

/** With one merchant. */
export const bareDesk = async (script: Script = {}, options: Partial<KernelOptions> = {}) => {
  const { own, instead, store } = replaceableStore()
  const { time, runtime } = virtualTime()
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const calls: World["calls"] = []
  const incidents: World["incidents"] = []
  const wired: KernelOptions = {
    store,
    gateway: scriptedGateway(script, calls),
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])),
    digestKey,
    onIncident: (incident) => incidents.push(incident),
    ...options
  }
  const watched = watchedClock({ nowMs: () => clock.ms })
  const operations = operationsOf(wired, watched, { ...workerDefaults, owner: "desk" })
  const hands = playedHands()
  Object.assign(operations.hands, hands.played)
  const directory = merchantDirectory()
  const approved = { decision: "approved", reason: "" } as const
  const ports: Context.Context<Ports> = Context.mergeAll(
    Context.make(Store, wired.store),
    Context.make(CardGateway, wired.gateway),
    Context.make(Vault, wired.vault),
    Context.make(
      Risk,
      wired.risk ?? { assessCard: () => Effect.succeed(approved), assessPayment: () => Effect.succeed(approved) }
    ),
    Context.make(Clock, watched),
    Context.make(Ids, wired.ids ?? systemIds),
    Context.make(Digest, keyedDigest(wired.digestKey))
  )
  /** What came of it. Errors of the world reject. */
  const run = <A, E>(effect: Effect.Effect<A, E, Ports>): Promise<A> =>
    Effect.runPromiseWith(Context.merge(ports, runtime))(effect)
  const carry = runTask(operations, directory)
  /** In real time, unless a gateway that answers nothing is to be waited for in no time. */
  const carryOut = (task: ClaimedTask, { fresh = false, inNoTime = false } = {}): Promise<void> =>
    inNoTime ? run(carry(task, fresh)) : Effect.runPromiseWith(ports)(carry(task, fresh))
  Result.getOrThrow(
    await run(changeMerchant(directory, merchantInput.id, { _tag: "RegisterMerchant", ...merchantInput }))
  )
  return {
    ...{ own, instead, clock, time, calls, incidents, operations, directory, hands: hands.seen, run },
    /** What the world says no with. */
    failureOf: <A, E>(effect: Effect.Effect<A, E, Ports>): Promise<E> => run(Effect.flip(effect)),
    /** Carries out what was handed over, as the process would that has just committed it. */
    workOff: async (): Promise<void> => {
      for (const task of hands.seen.offered.splice(0)) await carryOut(task, { fresh: true })
    },
    carryOut
  }
}

/** What the test says and sees of the worker. */
const playedHands = () => {
  const seen: {
    room: { readonly atOnce: boolean } | null
    promised: number
    woken: number
    offered: Array<ClaimedTask>
  } = {
    ...{ room: { atOnce: true }, promised: 0, woken: 0 },
    offered: []
  }
  return {
    seen,
    played: {
      reserve: () => {
        const { room } = seen
        if (room === null) return null
        seen.promised++
        return { ...room, release: () => void seen.promised-- }
      },
      offer: (task: ClaimedTask) => void seen.offered.push(task),
      wake: () => void seen.woken++
    }
  }
}

/** From now on so many commits lose against somebody else who writes the same. Counts all that are asked for. */
export const contend = ({ own, instead }: Pick<BareDesk, "own" | "instead">, times: number): { commits: number } => {
  const counted = { commits: 0 }
  instead.commit = (commit) =>
    Effect.suspend(() => {
      const ref = commit.aggregates[0]?.ref
      const loses = ++counted.commits <= times && ref !== undefined
      return loses ? Effect.fail(new VersionConflict({ ref })) : own.commit(commit)
    })
  return counted
}

/** All tasks that are due by then, under leases of another process. */
export const claimBy = ({ own }: Pick<BareDesk, "own">, nowMs: number): Promise<ReadonlyArray<ClaimedTask>> =>
  Effect.runPromise(own.claim({ lane: "money", owner: "another", nowMs, leaseMs: 30_000, limit: 100 }))

/** Puts up work for what is not there, or not there any more. */
export const putUp = ({ own }: Pick<BareDesk, "own">, kind: TaskKind, type: string): Promise<unknown> => {
  const aggregate = { merchantId, type, id: "gone" }
  const task = { id: "t", kind, aggregate, subject: "", dueAtMs: 0, bornLeased: null }
  const nothing = { idempotency: null, aggregates: [], ledger: [], lease: null, sealed: [], erased: [] }
  return Effect.runPromise(own.commit({ ...nothing, tasks: [task] }))
}
