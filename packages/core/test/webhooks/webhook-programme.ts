/**
 * Programmes of payments in a world where processes die, writes are lost and receivers fail. Whatever happened, as the
 * store has it, must have been taken by the receivers when the weather has cleared: each under one id, in one wording.
 */
import type { KernelOptions } from "@paykernel/core"
import type { Store, WebhookSender } from "@paykernel/core/effect"
import {
  plainDialect,
  type Reaction,
  type Received,
  type ScriptedReceivers,
  scriptedReceivers
} from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, type Process } from "../adverse-world.ts"
import { faultyStore, noStoreFaults, type StoreFaults } from "../faulty-store.ts"
import { type Client, forgetfulClient } from "../forgetful-client.ts"
import { merchantId, submitCard } from "../kernel-world.ts"
import { newLife, senderOf } from "../mortal-process.ts"
import { committedEvents, deliveries, endpoint, idOf, toldEvents } from "./webhook-world.ts"

const steps = 30
const hourMs = 3_600_000

export const urls = ["https://one.example/hook", "https://two.example/hook"]

/** A fault of one's own, for whoever wants to see it found. */
export type Plant = {
  readonly store?: (own: Store["Service"]) => Store["Service"]
  readonly sender?: (own: WebhookSender["Service"]) => WebhookSender["Service"]
}

type Scene = {
  readonly plant: Plant
  readonly world: AdverseWorld
  readonly receivers: ScriptedReceivers
  readonly client: Client
  readonly pick: <A>(choices: ReadonlyArray<A>) => A
  readonly processes: Array<Process>
  readonly faults: { now: StoreFaults }
  readonly endpointId: string
  crashes: number
}

type Ground = Pick<Scene, "world" | "receivers" | "plant">

const start = ({ world, receivers, plant }: Ground, perReceiverMax = 4): Process => {
  const life = newLife()
  const own = senderOf(life, receivers.sender)
  const sender = plant.sender?.(own) ?? own
  const worker = { idlePollMs: 3_600_000 }
  const webhooks: KernelOptions["webhooks"] = { sender, dialects: [plainDialect()], worker, perReceiverMax }
  return world.start({ webhooks }, life)
}

const reactions: ReadonlyArray<Reaction> = [
  ...[{ status: 200 }, { status: 204 }, { status: 500 }, { status: 429, retryAfterMs: 9_000 }],
  ...[{ unanswered: "timed_out" } as const, { unanswered: "connection_lost" } as const]
]

const anyProcess = ({ processes, pick }: Scene): Process => pick(processes)

const actions: { readonly [name: string]: (scene: Scene) => Promise<unknown> } = {
  pay: (scene) =>
    scene.client.pay(anyProcess(scene), {
      amount: scene.pick([1000n, 543n]),
      autoCapture: scene.pick([true, false]),
      by: "none"
    }),
  capture: async (scene) => {
    const [id] = scene.client.acknowledged
    if (id !== undefined) await scene.client.capture(anyProcess(scene), id, null)
  },
  refund: async (scene) => {
    const [id] = scene.client.acknowledged
    if (id !== undefined) await scene.client.refund(anyProcess(scene), id, scene.pick([1n, 300n]))
  },
  settle: (scene) => anyProcess(scene).call((kernel) => kernel.settlements.run(merchantId)),
  work: (scene) =>
    anyProcess(scene)
      .call((kernel) => kernel.drain())
      .catch(() => {}),
  wait: async ({ world, pick }) => {
    world.clock.ms += pick([1, 300, 6_000, 40_000, 400_000])
  },
  receiver: async ({ receivers, pick }) => receivers.script(pick(urls), pick(reactions), pick(reactions)),
  rotate: (scene) =>
    anyProcess(scene).call((kernel) =>
      kernel.webhooks.endpoints.rotateSecret(merchantId, scene.endpointId, { overlapMs: scene.pick([0, 60_000]) })
    ),
  weather: async ({ faults, pick }) => {
    const some = () => pick([0, 0, 0.1, 0.3])
    faults.now = { conflict: some(), awayBefore: some(), lostAnswer: some(), awayOnRead: some() }
  },
  crash: async (scene) => {
    const [victim] = scene.processes.splice(scene.pick([0, 1]) % scene.processes.length, 1)
    if (victim !== undefined) scene.world.bury(victim)
    scene.crashes++
    scene.processes.push(start(scene, scene.pick([1, 4])))
  },
  join: async (scene) => {
    if (scene.processes.length < 2) scene.processes.push(start(scene))
  }
}

const weights = { pay: 6, capture: 2, refund: 2, settle: 1, work: 6, wait: 5, receiver: 3, rotate: 1, weather: 2 }
const weighted = Object.entries({ ...weights, crash: 4, join: 2 }).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => name)
)

export const runProgramme = async (seed: number, plant: Plant = {}) => {
  const random = seededRandom(seed)
  const faults = { now: noStoreFaults }
  const planted = plant.store ?? ((store: Store["Service"]) => store)
  const world = await adverseWorld(random, (store) => faultyStore(planted(store), random, () => faults.now))
  const receivers = scriptedReceivers(() => world.clock.ms)
  const founder = start({ world, receivers, plant })
  const [first] = await Promise.all(urls.map((url) => endpoint(founder, { url, types: ["payment.*", "settlement.*"] })))
  const card = await submitCard(founder)
  const pick = <A>(choices: ReadonlyArray<A>): A => choices[Math.floor(random() * choices.length)] as A
  const client = forgetfulClient(card.id)
  const endpointId = first?.endpoint.id ?? ""
  const ground = { world, receivers, plant, client, pick, faults, endpointId }
  const scene: Scene = { ...ground, processes: [founder], crashes: 0 }
  const history: Array<string> = []
  for (let step = 0; step < steps; step++) {
    const name = pick(weighted)
    history.push(name)
    const together = pick([name, name, pick(weighted)])
    await Promise.all([name, ...(together === name ? [] : [together])].map((one) => actions[one]?.(scene)))
  }
  const found = await comesRight(scene)
  return { ...found, history, crashes: scene.crashes }
}

/** Faults end and receivers take what comes; a new process finds what the others left. */
const comesRight = async ({ world, receivers, plant, processes, faults }: Scene) => {
  faults.now = noStoreFaults
  for (const one of processes.splice(0)) world.bury(one)
  for (const url of urls) receivers.script(url, { status: 200 })
  await Effect.runPromise(world.bank.drain)
  const heir = start({ world, receivers, plant })
  await world.pass(heir, hourMs, 20)
  await world.pass(heir, 30 * hourMs, 10)
  const committed = (await committedEvents(world.store)).filter((name) => /^(?:payment|settlement)/u.test(name))
  const problems = urls.flatMap((url) => disagreements(committed, receivers.receivedAt(url)))
  const open = (await deliveries(heir)).filter(({ status }) => status !== "delivered")
  problems.push(...open.map(({ id, status }) => `${id} is ${status}`))
  problems.push(...(await heir.kernel.audit()).map(({ problem }) => problem))
  await heir.kernel.close()
  const ids = new Map<string, string>()
  for (const one of receivers.received) {
    const [name = ""] = toldEvents([one])
    if ((ids.get(idOf(one)) ?? name) !== name) problems.push(`${idOf(one)} tells of two events`)
    ids.set(idOf(one), name)
  }
  if (new Set(ids.values()).size !== ids.size) problems.push("an event has two ids")
  return { problems, committed: committed.length, posts: receivers.received.length }
}

const isTaken = ({ reaction }: Received): boolean => "status" in reaction && reaction.status < 300

const disagreements = (committed: ReadonlyArray<string>, received: ReadonlyArray<Received>): ReadonlyArray<string> => {
  const taken = new Set(toldEvents(received.filter(isTaken)))
  const problems = committed.filter((name) => !taken.has(name)).map((name) => `${name} was not taken`)
  for (const name of toldEvents(received)) if (!committed.includes(name)) problems.push(`${name} did not happen`)
  const bodies = new Map<string, string>()
  for (const one of received) {
    const before = bodies.get(idOf(one)) ?? one.body
    if (before !== one.body) problems.push(`${idOf(one)} says two things`)
    bodies.set(idOf(one), before)
  }
  return problems
}
