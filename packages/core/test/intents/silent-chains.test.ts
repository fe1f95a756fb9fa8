/** What becomes of intents where a chain or a trader does not answer, or says what nobody can record. */
import { bps, money } from "@paykernel/core"
import {
  type Blockchain,
  BlockchainUnavailable,
  type DepositSighting,
  type ExchangeRates,
  PairNotTraded,
  type TransferLookup,
  type TransferReply
} from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { world as openKernel } from "../kernel-world.ts"
import {
  balanceOf,
  customer,
  dayMs,
  depositsOf,
  errorOf,
  finalityMs,
  half,
  hourMs,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  pass,
  payIn,
  refund,
  refundsOf,
  send,
  settle,
  usdc,
  type WorldOptions,
  whole
} from "./intent-world.ts"

type Chain = Blockchain["Service"]

const away = { ok: false, error: { _tag: "Unavailable", retryAfterMs: 1000 } }

/** What an adapter gives instead of an answer, where it gives anything. */
const unknown: TransferReply = { _tag: "Unknown", why: "a test" }
const unavailable: TransferLookup = { _tag: "Unavailable", why: "a test" }

/** A chain that does not answer the calls that are named, until it is back. */
const silentWorld = async (...calls: ReadonlyArray<keyof Chain>) => {
  const silent = new Set<keyof Chain>()
  const [asked, leftAlone]: [Array<string>, Array<string>] = [[], []]
  const unless = <A, E>(call: keyof Chain, work: Effect.Effect<A, E>, given?: A): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      asked.push(call)
      if (!silent.has(call)) return work
      if (given !== undefined) return Effect.succeed(given)
      return Effect.onInterrupt(Effect.never, () => Effect.sync(() => leftAlone.push(call)))
    })
  const reachChain = (chain: Chain): Chain => ({
    ...chain,
    deriveAddress: (request) => unless("deriveAddress", chain.deriveAddress(request)),
    depositsAt: (query) => unless("depositsAt", chain.depositsAt(query)),
    quoteNetworkFee: (name, currency) => unless("quoteNetworkFee", chain.quoteNetworkFee(name, currency)),
    sendRefund: (operation, timeoutMs) => unless("sendRefund", chain.sendRefund(operation, timeoutMs), unknown),
    lookupRefund: (key, timeoutMs) => unless("lookupRefund", chain.lookupRefund(key, timeoutMs), unavailable)
  })
  const world = await intentWorld({ reachChain, kernel: { callTimeoutMs: 200 } })
  const fallSilent = () => calls.forEach((one) => void silent.add(one))
  return { world, asked, leftAlone, fallSilent, comeBack: () => silent.clear() }
}

describe("a chain that does not answer", () => {
  it("is waited for as long as a call may take, by whoever asks", async () => {
    const { world, leftAlone, fallSilent, comeBack } = await silentWorld("depositsAt", "quoteNetworkFee")
    const { id } = await openIntent(world)
    const { intents } = world.kernel
    fallSilent()
    expect(await intents.hear(merchantId, id)).toEqual(away)
    expect(await intents.quoteNetworkFee("ETH", "USDC")).toEqual(away)
    // Nobody listens any more, and the adapter hears so.
    expect(leftAlone).toEqual(["depositsAt", "quoteNetworkFee"])
    expect(await intents.quoteNetworkFee("DOGE", "USDC")).toEqual({
      ...{ ok: false, error: { _tag: "ChainNotSupported", chain: "DOGE" } }
    })
    comeBack()
    ok(await intents.hear(merchantId, id))
    expect(ok(await intents.quoteNetworkFee("ETH", "USDC")).amount).toEqual(usdc(500_000n))
  })

  it("has an address for an intent as soon as it is back", async () => {
    const { world, fallSilent, comeBack } = await silentWorld("deriveAddress")
    fallSilent()
    const { id } = await openIntent(world)
    expect((await intentOf(world, id)).status).toBe("created")
    expect(world.incidents).toMatchObject([{ kind: "task_failed", why: "BlockchainUnavailable" }])
    expect(ok(await world.kernel.intents.hear(merchantId, id)).status).toBe("created")
    const authorization = { from: "", to: "", value: 1n, validAfter: 0n, validBefore: 1n, nonce: "", signature: "" }
    const pull = { chain: "ETH", currency: "USDC", authorization } as const
    expect(errorOf(await world.kernel.intents.pull(merchantId, id, pull))).toBe("PullNotSupported")
    comeBack()
    await pass(world, 10_000, 1)
    expect((await intentOf(world, id)).status).toBe("pending")
  })

  it("leaves a refund in doubt until it says what became of it, and nobody else is asked about it", async () => {
    const { world, asked, fallSilent, comeBack } = await silentWorld("sendRefund", "lookupRefund")
    const intent = await payIn(world, await openIntent(world), whole)
    fallSilent()
    const { id } = await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    expect(await refundsOf(world, intent.id)).toMatchObject([{ id, status: "pending", attempt: { status: "unknown" } }])
    // Nobody hears anything, and nothing has changed.
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    comeBack()
    await pass(world, 30 * 60_000, 20)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ id, status: "paid" }])
    expect(world.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
    const before = asked.filter((call) => call === "lookupRefund").length
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(asked.filter((call) => call === "lookupRefund")).toHaveLength(before)
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("says what became of a refund to whoever hears of the intent first", async () => {
    const { world, fallSilent, comeBack } = await silentWorld("lookupRefund")
    const intent = await payIn(world, await openIntent(world), whole)
    fallSilent()
    world.chains.setMode("execute-drop", 1)
    await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    world.chains.setMode("normal", 1)
    comeBack()
    world.clock.ms += 2 * finalityMs
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(await intentOf(world, intent.id)).toMatchObject({ refunded: half, refunding: usdc(0n) })
    await pass(world, 60_000)
    expect(world.incidents).toEqual([])
  })

  it("calls a person where a refund stays in doubt, once, and is asked again when he says so", async () => {
    const { world, fallSilent, comeBack } = await silentWorld("sendRefund", "lookupRefund")
    const intent = await payIn(world, await openIntent(world), whole)
    fallSilent()
    const { id } = await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    await pass(world, 2 * dayMs, 6)
    const escalated = world.incidents.filter(({ kind }) => kind === "attempt_escalated")
    expect(escalated).toMatchObject([
      { merchantId, aggregate: { type: "intent_refund", id }, why: "a refund is in doubt" }
    ])
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "pending", attempt: { status: "manual" } }])
    comeBack()
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(world.incidents.filter(({ kind }) => kind === "attempt_escalated")).toHaveLength(1)
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a chain that never gave an address", () => {
  it("leaves nothing that could be paid for ever", async () => {
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        deriveAddress: () => Effect.fail(new BlockchainUnavailable({ reason: "a test" }))
      })
    })
    const { id } = await openIntent(world)
    await pass(world, 7 * hourMs, 8)
    expect((await intentOf(world, id)).status).toBe("created")
    await pass(world, 2 * hourMs, 8)
    expect((await intentOf(world, id)).status).toBe("expired")
  })
})

describe("a refund on its way", () => {
  it("is sent until it has left, looked after until it is final, and then left alone", async () => {
    const calls: Array<string> = []
    const replies: Array<TransferReply> = [
      { _tag: "NotSent", why: "a test" },
      { _tag: "NotSent", why: "a test" }
    ]
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        sendRefund: (operation, timeoutMs) =>
          Effect.suspend(() => {
            calls.push("send")
            const reply = replies.shift()
            return reply === undefined ? chain.sendRefund(operation, timeoutMs) : Effect.succeed(reply)
          }),
        lookupRefund: (key, timeoutMs) =>
          Effect.suspend(() => {
            calls.push("look")
            return chain.lookupRefund(key, timeoutMs)
          })
      })
    })
    const intent = await payIn(world, await openIntent(world), whole)
    await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    expect(calls).toEqual(["send"])
    await pass(world, 10_000, 20)
    expect(calls.slice(0, 4)).toEqual(["send", "send", "send", "look"])
    await pass(world, 5 * finalityMs, 20)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(calls.slice(3).every((call) => call === "look")).toBe(true)
    const before = calls.length
    await pass(world, hourMs, 20)
    expect(calls).toHaveLength(before)
    const query = { lane: "money", owner: "a test", nowMs: 1e15, leaseMs: 1, limit: 100 } as const
    const left = await Effect.runPromise(world.store.claim(query))
    expect(left.filter(({ kind }) => kind === "refund_transfer")).toEqual([])
    expect(calls.length).toBeLessThan(16)
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a refund that does not leave", () => {
  it("is given up after a day, and the merchant has it back", async () => {
    const world = await intentWorld({
      reachChain: (chain) => ({ ...chain, sendRefund: () => Effect.succeed({ _tag: "NotSent", why: "a test" }) })
    })
    const intent = await payIn(world, await openIntent(world), whole)
    const { id } = await refund(world, intent.id, { amount: half })
    await pass(world, 3 * dayMs, 12)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "failed", failure: "not_sent" }])
    const history = await Effect.runPromise(world.store.events({ merchantId, type: "intent_refund", id }, 0))
    expect(history.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ _tag: "AttemptAbandoned", why: "overdue" }) })
    )
    expect(await balanceOf(world, "merchant_available")).toBe(-whole.amount)
    expect(await intentOf(world, intent.id)).toMatchObject({ refunding: usdc(0n), refunded: usdc(0n) })
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("because its sender is gone is found out about by another, and sent once", async () => {
    const gate = Promise.withResolvers<void>()
    let sends = 0
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        sendRefund: (operation, timeoutMs) =>
          Effect.tap(chain.sendRefund(operation, timeoutMs), () =>
            ++sends === 1 ? Effect.promise(() => gate.promise) : Effect.void
          )
      })
    })
    const intent = await payIn(world, await openIntent(world), whole)
    await refund(world, intent.id, { amount: half })
    await expect.poll(() => sends).toBe(1)
    const { kernel, incidents } = await openKernel({}, { intents: world.settings }, world)
    onTestFinished(kernel.close)
    await pass({ kernel, clock: world.clock }, 20 * 60_000, 20)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    gate.resolve()
    await world.kernel.drain()
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(sends).toBe(1)
    expect(world.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
    expect([...world.incidents, ...incidents]).toEqual([])
    expect(await kernel.audit()).toEqual([])
  })
})

describe("a trader who does not answer", () => {
  it("is waited for as long as a call may take", async () => {
    const real = (await intentWorld()).rates.exchangeRates
    const exchangeRates = { ...real, quote: () => Effect.never }
    const { kernel } = await intentWorld({ intents: { exchangeRates }, kernel: { callTimeoutMs: 200 } })
    expect(kernel.intents.pairs).toEqual(real.pairs)
    expect(await kernel.intents.quoteRate({ base: "BTC", counter: "USDC" })).toEqual(away)
  })

  it("does not trade any more what he did: what came is credited when he does again, and given back from what there is", async () => {
    let isTrading = true
    const real = (await intentWorld()).rates.exchangeRates
    const exchangeRates: ExchangeRates["Service"] = {
      ...real,
      quote: (pair) => Effect.suspend(() => (isTrading ? real.quote(pair) : Effect.fail(new PairNotTraded({ pair }))))
    }
    const world = await intentWorld({ intents: { exchangeRates } })
    const intent = await openIntent(world, { settlementCurrency: "EURC" })
    isTrading = false
    const pair = { base: "USDC", counter: "EURC" } as const
    expect(await world.kernel.intents.quoteRate(pair)).toEqual({ ok: false, error: { _tag: "PairNotTraded", pair } })
    await send(world, intent, whole)
    await pass(world, 2 * finalityMs)
    // The operator is told, by the watch; whoever says that something happened is not to blame.
    expect(world.incidents.map(({ why }) => why)).toContain("PairNotTraded")
    expect(ok(await world.kernel.intents.hear(merchantId, intent.id)).status).toBe("pending")
    isTrading = true
    await settle(world, intent)
    expect((await intentOf(world, intent.id)).status).toBe("complete")
    isTrading = false
    const input = { destination: customer, amount: half, sourceCurrency: "EURC" } as const
    expect(await world.kernel.intents.refund(merchantId, intent.id, input)).toEqual({
      ...{ ok: false, error: { _tag: "PairNotTraded", pair } }
    })
    expect(await world.kernel.audit()).toEqual([])
  })
})

/** A chain whose sightings are told with a change, once it is said. */
const tellingWorld = async (options: WorldOptions = {}) => {
  const said: { change: (one: DepositSighting) => DepositSighting } = { change: (one) => one }
  const reachChain = (chain: Chain): Chain => ({
    ...chain,
    depositsAt: (query) =>
      Effect.map(chain.depositsAt(query), (page) => ({ ...page, sightings: page.sightings.map(said.change) }))
  })
  return { world: await intentWorld({ reachChain, ...options }), said }
}

describe("a deposit that its chain tells of in another way", () => {
  it.each([{ height: null }, { blockHash: null }])("is in no block where half of one is told: %j", async (change) => {
    const { world, said } = await tellingWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, finalityMs / 2, 1)
    said.change = (one) => ({ ...one, ...change })
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(await depositsOf(world, intent.id)).toMatchObject([{ status: "seen", block: null }])
  })

  it("is no deposit that is final where it is in no block", async () => {
    const { world, said } = await tellingWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    said.change = (one) => ({ ...one, height: null })
    world.clock.ms += 2 * finalityMs
    const heard = world.kernel.intents.hear(merchantId, intent.id)
    await expect(heard).rejects.toThrow("a final deposit is in a block")
    expect((await intentOf(world, intent.id)).paid).toEqual(usdc(0n))
  })

  it("came in time where it was first seen in time, whenever it is said to have come later", async () => {
    const { world, said } = await tellingWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, finalityMs / 2, 1)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    said.change = (one) => ({ ...one, firstSeenAtMs: one.firstSeenAtMs + 9 * hourMs })
    await settle(world, intent)
    expect(await depositsOf(world, intent.id)).toMatchObject([{ status: "final", late: false }])
    expect((await intentOf(world, intent.id)).status).toBe("complete")
  })

  it.each<[DepositSighting["status"], boolean]>([
    ["dropped", true],
    ["replaced", true],
    ["seen", false]
  ])("and that is %s for more than a week is not looked at again: %j", async (status, isSettled) => {
    const { world, said } = await tellingWorld()
    const intent = await openContinuous(world)
    const first = await send(world, intent, whole)
    const seenAtMs = world.clock.ms
    for (let n = 0; n < 2; n++) await send(world, intent, ...Array.from({ length: 20 }, () => usdc(1n)))
    said.change = (one) =>
      one.transactionHash === first ? { ...one, status, height: null, blockHash: null, replacedBy: null } : one
    await settle(world, intent)
    const watched = async () => {
      ok(await world.kernel.intents.hear(merchantId, intent.id))
      return (await intentOf(world, intent.id)).methods[0]?.watchedTo !== null
    }
    world.clock.ms = seenAtMs + 7 * dayMs
    expect(await watched()).toBe(false)
    world.clock.ms++
    expect(await watched()).toBe(isSettled)
  })

  it("costs what was agreed on, and nothing where another asset was asked for", async () => {
    const fee = { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" } as const
    const { world } = await tellingWorld({ intents: { feeSchedule: { fee, onExcess: "limit" } } })
    const intent = await openIntent(world)
    await payIn(world, intent, money(5_000_000n, "EURC"))
    expect(await balanceOf(world, "merchant_available", "EURC")).toBe(-5_000_000n)
    await payIn(world, intent, whole)
    expect(await balanceOf(world, "merchant_available")).toBe(-9_900_000n)
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a chain that says what nobody can record", () => {
  it("hides nothing of what comes after it, and the operator is told", async () => {
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        depositsAt: (query) =>
          Effect.map(chain.depositsAt(query), (page) => ({
            ...page,
            sightings: page.sightings.map((one) => (one.amount.amount === 7n ? { ...one, amount: usdc(0n) } : one))
          }))
      })
    })
    const intent = await openContinuous(world)
    await send(world, intent, usdc(7n))
    await send(world, intent, half)
    await pass(world, 2 * finalityMs)
    expect((await depositsOf(world, intent.id)).map(({ amount }) => amount)).toEqual([half])
    expect(world.incidents.map(({ why }) => why)).toContain("SightingRefused")
    expect(ok(await world.kernel.intents.hear(merchantId, intent.id)).paid).toEqual(half)
    expect(errorOf(await world.kernel.intents.hear(merchantId, "none"))).toBe("IntentNotFound")
  })
})

describe("how often an address is looked at", () => {
  /** How many looks there are in a while, and how far they are apart. */
  const looking = async () => {
    const { world, asked } = await silentWorld()
    const looks = async (ms: number, steps: number): Promise<number> => {
      const before = asked.filter((call) => call === "depositsAt").length
      await pass(world, ms, steps)
      return asked.filter((call) => call === "depositsAt").length - before
    }
    return { world, looks }
  }

  it("is twice a minute where somebody is expected to pay", async () => {
    const { world, looks } = await looking()
    await openIntent(world)
    await pass(world, hourMs)
    expect(await looks(600_000, 60)).toBe(20)
  })

  it("is every block once he has", async () => {
    const { world, looks } = await looking()
    await send(world, await openIntent(world), half)
    await pass(world, 2_000, 2)
    expect(await looks(6_000, 24)).toBe(6)
  })

  it("is every five minutes where whatever comes is taken", async () => {
    const { world, looks } = await looking()
    await openContinuous(world)
    await pass(world, 2 * hourMs)
    expect(await looks(3_600_000, 60)).toBe(12)
  })

  it("is once an hour when all is over, and never after the time in which late money is looked for", async () => {
    const { world, looks } = await looking()
    await payIn(world, await openIntent(world), whole)
    await pass(world, 12 * hourMs, 12)
    expect(await looks(10 * hourMs, 60)).toBe(10)
    await pass(world, 8 * dayMs, 40)
    expect(await looks(dayMs, 24)).toBe(0)
  })
})
