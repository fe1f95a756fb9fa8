import type { Intent, IntentRefundView, Kernel } from "@paykernel/core"
import type { Blockchain } from "@paykernel/core/effect"
import { type ChainMode, memoryChainJournal, simulatedBlockchain } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, type Process } from "../adverse-world.ts"
import { type HeldAnswers, hold, requestOf } from "../held-answers.ts"
import { everything, merchantId } from "../kernel-world.ts"
import { type Life, type Moment, newLife } from "../mortal-process.ts"
import { customer, finalityMs, order, usdc, whole } from "./intent-world.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

/** What the chains do until the crash: the second misfortune. */
const modes: ReadonlyArray<ChainMode> = deep
  ? ["normal", "drop-before", "execute-drop", "late", "stale", "restless"]
  : ["execute-drop"]

/** The chains as a mortal process reaches them. What was sent arrives, whoever sent it. */
const chainOf = (life: Life, blockchain: Blockchain["Service"]): Blockchain["Service"] => ({
  ...blockchain,
  deriveAddress: (request) => life.live("read", blockchain.deriveAddress(request)),
  depositsAt: (query) => life.live("read", blockchain.depositsAt(query)),
  sendRefund: (operation, timeoutMs) => life.live("send", blockchain.sendRefund(operation, timeoutMs), operation.key),
  lookupRefund: (key, timeoutMs) => life.live("lookup", blockchain.lookupRefund(key, timeoutMs), key)
})

const creation = requestOf<Intent>("create", ({ id }) => id)
const refunding = requestOf<IntentRefundView>("refund", ({ refund }) => refund.id)

const back = usdc(4_000_000n)

type Scene = HeldAnswers & {
  readonly world: AdverseWorld
  readonly chains: ReturnType<typeof simulatedBlockchain>
}

/** A merchant asks to be paid, a customer pays once, and the merchant gives some of it back. */
const trade = async (scene: Scene, process: Process): Promise<void> => {
  const { world, chains } = scene
  const asked = async <A>(ask: (kernel: Kernel) => Promise<A>): Promise<A | null> => {
    const answer = await process.call(ask)
    return answer === "dead" ? null : answer
  }
  const work = async (ms: number): Promise<void> => {
    world.clock.ms += ms
    await process.call((kernel) => kernel.drain())
    await Effect.runPromise(chains.drain)
  }
  const created = await asked((kernel) => kernel.intents.create(merchantId, order, creation))
  if (created?.ok) hold(scene, "create", created.value.answer?.body)
  const id = scene.told.get("create")
  await work(31_000)
  const found = id === undefined ? null : await asked((kernel) => kernel.intents.get(merchantId, id))
  const to = found?.ok ? (found.value.methods[0]?.address ?? null) : null
  const isPaid = chains.transactions().some(({ kind }) => kind === "deposit")
  if (to !== null && !isPaid) {
    const payments = [{ address: to.address, addressTag: to.addressTag, amount: whole }]
    Result.getOrThrow(await chains.pay({ chain: to.chain, payments }))
  }
  await work(finalityMs / 2)
  await work(2 * finalityMs)
  if (id === undefined) return
  await asked((kernel) => kernel.intents.hear(merchantId, id))
  const input = { destination: customer, amount: back, sourceCurrency: "USDC" } as const
  const refunded = await asked((kernel) => kernel.intents.refund(merchantId, id, input, refunding))
  if (refunded?.ok) hold(scene, "refund", refunded.value.answer?.body)
  await work(100)
  await work(2 * finalityMs)
}

/** Trades in a process that dies at its n-th moment, and again, with the same keys, in one that finds the rest. */
const crashAt = async (mode: ChainMode, n: number) => {
  const world = await adverseWorld(seededRandom(n))
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: { nowMs: () => world.clock.ms },
    random: seededRandom(n),
    secret: "of these tests",
    finalityMs,
    latencyMs: 0,
    lateMs: 0,
    maxInFlightMs: 1000
  })
  const scene: Scene = { world, chains, told: new Map(), complaints: [] }
  const start = (life: Life): Process =>
    world.start({ intents: { blockchain: chainOf(life, chains.blockchain), feeSchedule: noFees } }, life)
  const moments: Array<Moment> = []
  const doomed = start(newLife((moment) => moments.push(moment) === n))
  chains.setMode(mode, 0.5)
  await trade(scene, doomed)
  const died = doomed.life.isDead()
  world.bury(doomed)
  chains.setMode("normal", 1)
  const heir = start(newLife())
  await trade(scene, heir)
  await trade(scene, heir)
  for (let step = 0; step < 12; step++) {
    world.clock.ms += 120_000
    await heir.kernel.drain()
    await Effect.runPromise(chains.drain)
  }
  const problems = [...scene.complaints, ...(await disagreements(scene, heir))]
  await heir.kernel.close()
  return { died, problems, moment: moments[n - 1] }
}

const noFees = { fee: { kind: "sum", fees: [] }, onExcess: "limit" } as const

const disagreements = async ({ chains }: Scene, { kernel }: Process): Promise<ReadonlyArray<string>> => {
  const problems = (await kernel.audit()).map(({ problem }) => problem)
  const listed = await kernel.intents.list(merchantId, everything)
  const intents = listed.ok ? listed.value.items : []
  const sent = chains.transactions().filter(({ kind }) => kind === "refund")
  if (intents.length !== 1) problems.push(`${intents.length} intents for one key`)
  if (sent.length !== 1) problems.push(`${sent.length} refunds for one key`)
  for (const { status, context, paid, refunded, refunding, confirming } of intents) {
    const stands = `${status} ${context} ${paid.amount} ${refunded.amount} ${refunding.amount} ${confirming.count}`
    if (stands !== `refunded paid ${whole.amount} ${back.amount} 0 0`) problems.push(`the intent is ${stands}`)
  }
  return problems
}

describe.each(modes)("a process that dies at any call through its ports, the chains being %s", (mode) => {
  it("is paid once and gives back once, and says so", async () => {
    let points = 0
    const step = deep ? 1 : 3
    for (let n = 1; ; n += step) {
      const { died, problems, moment } = await crashAt(mode, n)
      expect(problems, `point ${n}, ${moment?.when} ${moment?.call}`).toEqual([])
      if (!died) break
      points = n
    }
    expect(points).toBeGreaterThan(40)
  })
})
