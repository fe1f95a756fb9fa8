import type {
  CreateCrossBorderInput,
  CrossBorderView,
  IdempotentRequest,
  Kernel,
  OnchainTransaction
} from "@paykernel/core"
import type { FundingChain, PayoutNetwork } from "@paykernel/core/effect"
import { memoryNetworkJournal, type NetworkMode, simulatedPayoutNetwork } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, type Process } from "../adverse-world.ts"
import { type HeldAnswers, hold, requestOf } from "../held-answers.ts"
import { everything } from "../kernel-world.ts"
import { type Life, type Moment, newLife } from "../mortal-process.ts"
import {
  encryptJson,
  encryptList,
  exampleAnswer,
  merchantId,
  networkKey,
  quoteRequest,
  signed,
  walletsOf
} from "./cross-border-world.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

/** What the network does until the crash: the second misfortune. */
const modes: ReadonlyArray<NetworkMode> = deep
  ? ["normal", "down", "drop-before", "execute-drop", "late", "duplicate", "stale"]
  : ["execute-drop"]

/** The network as a mortal process reaches it. What was sent arrives, whoever sent it. */
const networkOf = (life: Life, network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
  ...network,
  routes: life.live("read", network.routes),
  quote: (request) => life.live("read", network.quote(request)),
  requirements: (quoteId) => life.live("read", network.requirements(quoteId)),
  submit: (payment, timeoutMs) => life.live("send", network.submit(payment, timeoutMs), payment.key),
  fund: (notice, timeoutMs) => life.live("send", network.fund(notice, timeoutMs), notice.key),
  answerRfi: (answer, timeoutMs) => life.live("send", network.answerRfi(answer, timeoutMs), answer.rfiId),
  lookup: (key, timeoutMs) => life.live("lookup", network.lookup(key, timeoutMs), key)
})

const chainOf = (life: Life, chain: FundingChain["Service"]): FundingChain["Service"] => ({
  ...chain,
  plan: (plan) => life.live("read", chain.plan(plan)),
  check: (funding) => life.live("read", chain.check(funding)),
  broadcast: (funding, timeoutMs) => life.live("send", chain.broadcast(funding, timeoutMs), funding.key),
  lookup: (key, timeoutMs) => life.live("lookup", chain.lookup(key, timeoutMs), key)
})

const paying: IdempotentRequest<CrossBorderView> = requestOf("pay", ({ payment }) => payment.id)
const funding: IdempotentRequest<OnchainTransaction> = requestOf("fund", ({ id }) => id)

type Scene = HeldAnswers & {
  readonly world: AdverseWorld
  readonly simulated: ReturnType<typeof simulatedPayoutNetwork>
  readonly originator: string
}

/** Encrypted once for all scenes: the network's key is the same in all of them. */
const texts = new Map<string, Promise<string>>()

const textOf = (name: string, write: () => Promise<string>): Promise<string> => {
  const text = texts.get(name) ?? write()
  texts.set(name, text)
  return text
}

/** An institution pays abroad: it takes a quote, answers a question, signs once, and waits. */
const trade = async (scene: Scene, process: Process): Promise<void> => {
  const { world, simulated, originator, told } = scene
  const { wallet, solana } = walletsOf(simulated)
  const asked = async <A>(ask: (kernel: Kernel["crossBorder"]) => Promise<A>): Promise<A | null> => {
    const answer = await process.call(({ crossBorder }) => ask(crossBorder))
    return answer === "dead" ? null : answer
  }
  const work = async (ms: number): Promise<void> => {
    world.clock.ms += ms
    await process.call((kernel) => kernel.drain())
    await Effect.runPromise(simulated.drain)
  }
  if (!told.has("quote")) {
    const quoted = await asked(({ quotes }) => quotes.create(merchantId, quoteRequest))
    if (quoted?.ok && quoted.value[0] !== undefined) told.set("quote", quoted.value[0].id)
  }
  const quoteId = told.get("quote")
  if (quoteId === undefined) return
  const requirements = await Effect.runPromise(simulated.network.requirements(quoteId).pipe(Effect.retry({ times: 9 })))
  if (requirements === undefined) throw new Error("a quote is forgotten")
  const { certificate } = simulated
  const parties = exampleAnswer(requirements.travelRule, { ORIGINATOR_NAME: originator })
  const input: CreateCrossBorderInput = {
    ...{ quoteId, blockchain: "ETH-SEPOLIA", senderAddress: wallet.address, refundAddress: wallet.address },
    useCase: "b2b",
    ...{ reasonForPayment: "PMT001", customerRefId: "c", beneficiaryRefId: null, refCode: null },
    travelRule: { version: 1, jwe: await textOf(originator, () => encryptList(certificate, parties)) },
    beneficiaryAccount: {
      version: 1,
      jwe: await textOf("account", () => encryptList(certificate, exampleAnswer(requirements.beneficiaryAccount)))
    }
  }
  const created = await asked(({ payments }) => payments.create(merchantId, input, paying))
  if (created?.ok) hold(scene, "pay", created.value.answer?.body)
  const id = told.get("pay")
  if (id === undefined) return work(31_000)
  await work(2_500)
  const found = await asked(({ payments }) => payments.get(merchantId, id))
  const rfi = found?.ok ? found.value.activeRfi : null
  if (rfi !== null) {
    const fields = exampleAnswer(rfi.fieldRequirements)
    const jwe = await textOf("rfi", () => encryptJson(certificate, fields))
    await asked(({ rfis }) => rfis.submit(merchantId, id, rfi.id, { version: 1, jwe }))
  }
  await work(2_500)
  await work(5_000)
  const version = { version: 1, metadata: null } as const
  const planned = await asked(({ transactions }) => transactions.create(merchantId, id, version, funding))
  if (planned?.ok) {
    hold(scene, "fund", planned.value.answer?.body)
    const { view } = planned.value
    const signedTransaction = signed({ wallet, solana }, view)
    if (view.status === "created") {
      await asked(({ transactions }) => transactions.submit(merchantId, id, view.id, { signedTransaction }))
    }
  }
  await work(100)
  await work(5_000)
  await work(5_000)
}

/** Trades in a process that dies at its n-th moment, and again, with the same keys, in one that finds the rest. */
const crashAt = async (mode: NetworkMode, originator: string, n: number) => {
  const world = await adverseWorld(seededRandom(n))
  let ids = 0
  const journal = memoryNetworkJournal()
  const simulated = simulatedPayoutNetwork({
    ...{ journal, key: await networkKey(), clock: { nowMs: () => world.clock.ms }, random: seededRandom(n) },
    ids: { next: () => `network-${++ids}` },
    ...{ quoteTtlMs: 3_600_000, fundsTtlMs: 7_200_000, lateMs: 0 }
  })
  const scene: Scene = { world, simulated, originator, told: new Map(), complaints: [] }
  const start = (life: Life): Process => {
    const crossBorder = { network: networkOf(life, simulated.network), chain: chainOf(life, simulated.fundingChain) }
    return world.start({ crossBorder, callTimeoutMs: 1_000 }, life)
  }
  const moments: Array<Moment> = []
  const doomed = start(newLife((moment) => moments.push(moment) === n))
  simulated.setMode(mode, 0.5)
  await trade(scene, doomed)
  const died = doomed.life.isDead()
  world.bury(doomed)
  simulated.setMode("normal", 1)
  const heir = start(newLife())
  // What the dead process held is its heir's after a while; until then an institution can only ask again.
  for (let turn = 0; turn < 3; turn++) {
    await trade(scene, heir)
    await world.pass(heir, 90_000, 3)
  }
  const taken = journal.read().map(({ record }) => record)
  const problems = [...scene.complaints, ...(await disagreements(scene, heir, taken))]
  await heir.kernel.close()
  return { died, problems, moment: moments[n - 1] }
}

const disagreements = async (
  { originator, world }: Scene,
  { kernel }: Process,
  records: ReadonlyArray<string>
): Promise<ReadonlyArray<string>> => {
  const problems = (await kernel.audit()).map(({ problem }) => problem)
  for (const { why } of world.incidents) if (why.startsWith("the network")) problems.push(why)
  const listed = await kernel.crossBorder.payments.list(merchantId, everything)
  const payments = listed.ok ? listed.value.items.map(({ payment }) => payment) : []
  if (payments.length !== 1) problems.push(`${payments.length} payments for one key`)
  const count = (record: string) => records.filter((one) => one === record).length
  for (const record of ["payment_taken", "payment_funded"]) {
    if (count(record) !== 1) problems.push(`${count(record)} × ${record}`)
  }
  const left = (await Effect.runPromise(world.store.sealedRecords(null, 10))).length
  if (left > 0) problems.push(`${left} sealed records are left`)
  const fails = originator.startsWith("Fail")
  for (const { status, received, refunds, contradiction } of payments) {
    const stands = `${status} ${received.length} ${refunds.map((refund) => refund.status).join()} ${contradiction}`
    const right = fails ? "failed 1 completed null" : "completed 1  null"
    if (stands !== right) problems.push(`the payment is ${stands}`)
  }
  return problems
}

const originators = deep ? ["CreateRfi", "FailThenRefundCreatedThenCompleted"] : ["CreateRfi"]

describe.each(modes)("a process that dies at any call through its ports, the network being %s", (mode) => {
  it.each(originators)("pays once, with money sent once, as %s", async (originator) => {
    let points = 0
    const step = deep ? 1 : 13
    for (let n = 1; ; n += step) {
      const { died, problems, moment } = await crashAt(mode, originator, n)
      expect(problems, `point ${n}, ${moment?.when} ${moment?.call} ${moment?.key}`).toEqual([])
      if (!died) break
      points = n
    }
    // Whoever does not reach the network does not come far.
    expect(points).toBeGreaterThan(mode === "down" ? 5 : 60)
  })
})
