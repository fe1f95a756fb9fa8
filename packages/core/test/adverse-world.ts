/**
 * A bank, a store and any number of processes on them, each of which may die. The times of recovery run on a clock that
 * the test moves; only what travels takes real time, and a very short one.
 */
import { createKernel, type Incident, type Kernel, type KernelOptions, keyedDigest } from "@paykernel/core"
import type { CardGateway, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import {
  type BankMessage,
  type BankRecord,
  memoryJournal,
  type SandboxGateway,
  sandboxGateway
} from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import { disagreements } from "./bank-agreement.ts"
import { merchantId, merchantInput } from "./kernel-world.ts"
import { gatewayOf, type Life, newLife, storeOf } from "./mortal-process.ts"

/** One process: its kernel, and its life. `call` ends when the process dies, as a client's connection does. */
export type Process = {
  readonly kernel: Kernel
  readonly life: Life
  readonly call: <A>(ask: (kernel: Kernel) => Promise<A>) => Promise<A | "dead">
}

export type AdverseWorld = {
  readonly clock: { ms: number }
  readonly store: Store["Service"]
  readonly bank: SandboxGateway
  readonly incidents: ReadonlyArray<Incident>
  /** Everything that the bank remembers, oldest first. */
  readonly records: () => ReadonlyArray<BankRecord>
  /** What was asked of the gateway, in order. */
  readonly asked: ReadonlyArray<Asked>
  /** What the bank said of its own accord. */
  readonly heard: ReadonlyArray<BankMessage>
  readonly start: (options?: Partial<KernelOptions>, life?: Life) => Process
  readonly bury: (process: Process) => void
  /** Lets time pass in steps, with the work that falls due in each. */
  readonly pass: (process: Process, ms: number, steps: number) => Promise<void>
  readonly disagreements: (process: Process, acknowledged: ReadonlySet<string>) => Promise<ReadonlyArray<string>>
}

export const secrets = { digestKey: new Uint8Array(32).fill(7) }

const ring = await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])

/** `reach` stands between the processes and the one durable store. */
export const adverseWorld = async (
  random: () => number,
  reach: (store: Store["Service"]) => Store["Service"] = (store) => store
): Promise<AdverseWorld> => {
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const store = memoryStore()
  const journal = memoryJournal()
  const heard: Array<BankMessage> = []
  const now = { nowMs: () => clock.ms }
  const bank = sandboxGateway({
    journal,
    clock: now,
    random,
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    digest: keyedDigest(secrets.digestKey),
    latencyMs: 0,
    dropDelayMs: 1,
    lateMs: 20,
    maxInFlightMs: 5000,
    lookupLagMs: 2000,
    onMessage: (message) => heard.push(message)
  })
  const incidents: Array<Incident> = []
  const asked: Array<Asked> = []
  const gateway = overheard(bank.gateway, (call, key) => {
    const entry: Asked = { call, key, atMs: clock.ms, answer: null }
    asked.push(entry)
    return entry
  })
  const start: AdverseWorld["start"] = (options = {}, life = newLife()) => {
    const kernel = createKernel({
      store: storeOf(life, reach(store)),
      gateway: gatewayOf(life, gateway),
      vault: envelopeVault(ring),
      digestKey: secrets.digestKey,
      clock: now,
      onIncident: (incident) => incidents.push(incident),
      worker: { idlePollMs: 3_600_000 },
      callTimeoutMs: 50,
      ...options
    })
    return { kernel, life, call: (ask) => Promise.race([ask(kernel), life.death]) }
  }
  const founder = start()
  const registered = await founder.kernel.merchants.register(merchantInput)
  if (!registered.ok) throw new Error(registered.error._tag)
  await founder.kernel.close()
  return {
    ...{ clock, store, bank, incidents, asked, heard, start, records: journal.read },
    bury: (process) => {
      process.life.kill()
      void process.kernel.close()
    },
    pass: async (process, ms, steps) => {
      for (let step = 0; step < steps; step++) {
        clock.ms += Math.ceil(ms / steps)
        await process.kernel.drain()
        await Effect.runPromise(bank.drain)
      }
    },
    disagreements: ({ kernel }, acknowledged) =>
      disagreements({ merchantId, store, incidents, bank: journal.read(), kernel, acknowledged })
  }
}

/** `answer` is the tag of what the gateway answered, once it has. */
type Asked = { readonly call: Call; readonly key: string; readonly atMs: number; answer: string | null }
type Call = "send" | "lookup" | "reverse"

const overheard = (
  gateway: CardGateway["Service"],
  hear: (call: Call, key: string) => Asked
): CardGateway["Service"] => {
  const heard = <A extends { readonly _tag: string }>(call: Call, key: string, effect: Effect.Effect<A>) =>
    Effect.suspend(() => {
      const entry = hear(call, key)
      return Effect.tap(effect, ({ _tag }) =>
        Effect.sync(() => {
          entry.answer = _tag
        })
      )
    })
  return {
    ...gateway,
    send: (operation, timeoutMs) => heard("send", operation.key, gateway.send(operation, timeoutMs)),
    lookup: (key, timeoutMs) => heard("lookup", key, gateway.lookup(key, timeoutMs)),
    reverse: (key, timeoutMs) => heard("reverse", key, gateway.reverse(key, timeoutMs))
  }
}

/** What a message may take to arrive and to show, with the kernel's own margin. */
const quietMs = 5000 + 2000 + 1000

/** Keys that were sent or reversed anew because the gateway did not know them yet, before it had to. */
export const hastyRecoveries = ({ asked }: Pick<AdverseWorld, "asked">): ReadonlyArray<string> => {
  const last = new Map<string, { readonly sentAtMs: number; answer: string | null }>()
  const hasty: Array<string> = []
  for (const { call, key, atMs, answer } of asked) {
    const before = last.get(key)
    if (call === "lookup" && before !== undefined) before.answer = answer
    if (call !== "lookup" && before?.answer === "AbsentYet" && atMs - before.sentAtMs < quietMs) hasty.push(key)
    if (call === "send") last.set(key, { sentAtMs: atMs, answer: null })
  }
  return hasty
}

/** Messages that went out again although nobody had asked in between what became of the one before. */
export const blindResends = ({ asked }: Pick<AdverseWorld, "asked">): ReadonlyArray<string> => {
  const last = new Map<string, string>()
  const blind: Array<string> = []
  for (const { call, key } of asked) {
    if (call === "send" && last.get(key) === "send") blind.push(key)
    last.set(key, call)
  }
  return blind
}

/** Tasks that are open when all should have come right. What is due at some later time, or recurs, may stay. */
export const unfinished = async ({ store, clock }: Pick<AdverseWorld, "store" | "clock">) => {
  const everMs = clock.ms + 1e15
  const open = await Effect.runPromise(
    store.claim({ lane: "money", owner: "end", nowMs: everMs, leaseMs: 1, limit: 1000 })
  )
  const standing = ["settle", "expire_authorization", "expire_challenge", "expire_checkout"]
  return open.filter(({ kind }) => !standing.includes(kind)).map(({ kind, subject }) => `${subject}: ${kind} is open`)
}
