/** One seed, one programme: what clients ask, what goes wrong meanwhile, and the calm in which it has to come right. */
import type { Store } from "@paykernel/core/effect"
import { gatewayModes } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import { seededRandom } from "../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, blindResends, type Process, unfinished } from "./adverse-world.ts"
import { paymentsOf } from "./bank-agreement.ts"
import { faultyStore, noStoreFaults, type StoreFaults } from "./faulty-store.ts"
import { type Client, forgetfulClient, type Verification } from "./forgetful-client.ts"
import { merchantId, submitCard } from "./kernel-world.ts"
import { distant } from "./standing-in.ts"

export type Outcome = {
  readonly seed: number
  readonly operations: number
  readonly crashes: number
  readonly payments: number
  readonly executions: number
  readonly problems: ReadonlyArray<string>
  readonly history: ReadonlyArray<string>
}

type Scene = {
  readonly world: AdverseWorld
  readonly client: Client
  readonly random: () => number
  readonly pick: <A>(choices: ReadonlyArray<A>) => A
  readonly processes: Array<Process>
  readonly faults: { now: StoreFaults }
  readonly history: Array<string>
  crashes: number
}

const processesMax = 2

export const runProgramme = async (seed: number, operations: number): Promise<Outcome> => {
  const random = seededRandom(seed)
  const faults = { now: noStoreFaults }
  // Half of the stores are across a network, where calls made at once overlap.
  const reached = random() < 0.5 ? distant : (store: Store["Service"]) => store
  const world = await adverseWorld(random, (store) => faultyStore(reached(store), random, () => faults.now))
  const founder = world.start()
  const card = await submitCard(founder)
  const pick = <A>(choices: ReadonlyArray<A>): A => {
    const chosen = choices[Math.floor(random() * choices.length)]
    if (chosen === undefined) throw new Error("nothing to choose from")
    return chosen
  }
  const client = forgetfulClient(card.id)
  const scene: Scene = { world, client, random, pick, processes: [founder], faults, history: [], crashes: 0 }
  let done = 0
  while (done < operations) {
    // Some at a time, so that clients and crashes meet each other half way.
    const together = 1 + Math.floor(random() * 4)
    await Promise.all(Array.from({ length: together }, () => act(scene)))
    done += together
  }
  const problems = await comesRight(scene)
  const payments = await paymentsOf({ store: world.store, merchantId })
  const executions = world.bank.journal().length
  const { crashes, history } = scene
  return { seed, operations: done, crashes, payments: payments.length, executions, problems, history }
}

/** What may happen, each as often as its weight. */
const act = async (scene: Scene): Promise<void> => {
  const { pick, history } = scene
  const name = pick(weighted)
  history.push(name)
  await actions[name](scene)
}

const actions = {
  pay: async ({ client, pick, ...scene }: Scene) => {
    const by = pick<Verification>(["none", "cvv", "cvv", "three_d_secure"])
    // 5.43 is declined, 5.66 needs a challenge.
    const amount = pick([1000n, 1000n, 777n, 543n, 566n])
    await client.pay(anyProcess({ pick, ...scene }), { amount, autoCapture: pick([true, false]), by })
  },
  again: (scene: Scene) =>
    scene.client.again(anyProcess(scene), Math.floor(scene.random() * Math.max(1, scene.client.keys()))),
  capture: async (scene: Scene) => {
    const id = anyPayment(scene)
    if (id !== null) await scene.client.capture(anyProcess(scene), id, scene.pick([null, 1n, 300n, 777n]))
  },
  refund: async (scene: Scene) => {
    const id = anyPayment(scene)
    if (id !== null) await scene.client.refund(anyProcess(scene), id, scene.pick([1n, 300n, 500n, 777n, 1000n]))
  },
  cancel: async (scene: Scene) => {
    const id = anyPayment(scene)
    if (id !== null) await scene.client.cancel(anyProcess(scene), id)
  },
  settle: async (scene: Scene) => {
    await anyProcess(scene).call((kernel) => kernel.settlements.run(merchantId))
  },
  mode: async ({ world, pick, history }: Scene) => {
    const mode = pick(gatewayModes)
    const rate = pick([0.2, 0.6, 1])
    history.push(`${mode} ${rate}`)
    world.bank.setMode(mode, rate)
  },
  weather: async (scene: Scene) => {
    const some = () => scene.pick([0, 0, 0.05, 0.2])
    scene.faults.now = scene.pick([
      noStoreFaults,
      { conflict: some(), awayBefore: some(), lostAnswer: some(), awayOnRead: some() }
    ])
  },
  // The processes' work, cut off when its process dies or the store is away.
  work: async (scene: Scene) => {
    await anyProcess(scene)
      .call((kernel) => kernel.drain())
      .catch(() => {})
  },
  wait: async ({ world, pick }: Scene) => {
    world.clock.ms += pick([1, 300, 2000, 9000, 40_000, 600_000])
  },
  waitLong: async ({ world, pick }: Scene) => {
    world.clock.ms += pick([3_600_000, 30 * 3_600_000])
  },
  stepBack: async ({ world, pick }: Scene) => {
    world.clock.ms -= pick([1, 500, 20_000])
  },
  settleDown: async ({ world }: Scene) => {
    await Effect.runPromise(world.bank.drain)
  },
  answer: async (scene: Scene) => {
    const { world, pick } = scene
    const challenged = (await paymentsOf({ store: world.store, merchantId })).find(
      ({ authentication }) => authentication?.challengeUrl != null
    )
    const id = challenged?.authentication?.challengeUrl?.split("/").at(-1)
    if (id !== undefined) await world.bank.challenges.answer(id, pick(["approved", "failed"]))
  },
  // What the bank says by itself may come at any time, and as often as it likes.
  message: async (scene: Scene) => {
    const { world, pick } = scene
    if (world.heard.length === 0) return
    const message = pick(world.heard)
    await anyProcess(scene).call((kernel) => kernel.payments.hear(merchantId, message.paymentId, message))
  },
  recheck: async (scene: Scene) => {
    const id = anyPayment(scene)
    if (id !== null) await anyProcess(scene).call((kernel) => kernel.payments.recheck(merchantId, id))
  },
  crash: async (scene: Scene) => {
    const [victim] = scene.processes.splice(Math.floor(scene.random() * scene.processes.length), 1)
    if (victim !== undefined) scene.world.bury(victim)
    scene.crashes++
    scene.processes.push(scene.world.start())
  },
  join: async ({ processes, world, random }: Scene) => {
    if (processes.length < processesMax) processes.push(world.start({ worker: workerOf(random) }))
  },
  suspend: async (scene: Scene) => {
    const change = scene.pick(["suspend", "reinstate", "reinstate"] as const)
    await anyProcess(scene).call((kernel) => kernel.merchants[change](merchantId))
  }
} satisfies { readonly [name: string]: (scene: Scene) => Promise<unknown> }

type Action = keyof typeof actions

const weights: { readonly [A in Action]: number } = {
  pay: 16,
  again: 8,
  capture: 7,
  refund: 7,
  cancel: 4,
  settle: 2,
  mode: 5,
  weather: 4,
  work: 10,
  wait: 8,
  waitLong: 1,
  stepBack: 2,
  settleDown: 3,
  answer: 3,
  message: 4,
  recheck: 2,
  crash: 4,
  join: 2,
  suspend: 1
}

const weighted = (Object.keys(actions) as Array<Action>).flatMap((name) =>
  Array.from({ length: weights[name] }, () => name)
)

/** Small limits, so that places and queues run out now and then. */
const workerOf = (random: () => number) => ({
  idlePollMs: 3_600_000,
  concurrency: random() < 0.5 ? 2 : 64,
  queueMax: random() < 0.5 ? 1 : 1024
})

const anyProcess = ({ processes, pick }: Pick<Scene, "processes" | "pick">): Process => pick(processes)

const anyPayment = ({ client, pick }: Scene): string | null =>
  client.acknowledged.size === 0 ? null : pick([...client.acknowledged])

/** Faults end, time passes, and a new process finds what the others left. */
const comesRight = async ({ world, client, processes, faults }: Scene): Promise<ReadonlyArray<string>> => {
  faults.now = noStoreFaults
  world.bank.setMode("normal", 1)
  await Effect.runPromise(world.bank.drain)
  for (const process of processes.splice(0)) world.bury(process)
  const heir = world.start()
  await heir.kernel.merchants.reinstate(merchantId)
  await world.pass(heir, 120_000, 24)
  await world.pass(heir, 3_600_000, 8)
  await world.pass(heir, 26 * 3_600_000, 13)
  // A person goes through what is left to persons: the gateway can be asked again.
  for (const { id } of await paymentsOf({ store: world.store, merchantId })) {
    await heir.kernel.payments.recheck(merchantId, id)
  }
  // What a client asks for once more now must be what it was told before.
  for (let n = 0; n < client.keys(); n++) await client.again(heir, n)
  await world.pass(heir, 120_000, 12)
  await world.pass(heir, 1_800_000, 6)
  const found = [...(await world.disagreements(heir, client.acknowledged)), ...client.complaints]
  for (const key of blindResends(world)) found.push(`${key}: sent again blindly`)
  found.push(...(await twins(world)), ...(await unfinished(world)))
  await heir.kernel.close()
  return found
}

/** Payments that share the key of their request. */
const twins = async ({ store }: AdverseWorld): Promise<ReadonlyArray<string>> => {
  const keys = (await paymentsOf({ store, merchantId })).map(({ description }) => description ?? "")
  return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key}: two payments`)
}
